package incident

import "slices"

// A Scope is what a person speaks of who speaks of an incident: who acted in it, and what was new about it. It holds no texts that somebody
// may have made up but the names of who acted.
type Scope struct {
	Entities []string `json:"entities"` // "source.ip=192.0.2.7": those who acted, or else whom it was about
	Reasons  []Reason `json:"reasons"`  // in the order of the version's sentences
}

// A Reason is one kind of novelty of a scope.
type Reason struct {
	Field  string   `json:"field"`            // "source.ip + destination.port"
	Values []uint64 `json:"values,omitempty"` // hashes of the values that were seen, at most MaxValues
	Any    bool     `json:"any,omitempty"`    // there were more values than that: which ones does not matter
	Weak   bool     `json:"weak,omitempty"`   // it is only that somebody is new, or when
}

const (
	// MaxValues is the most values of a kind that a story remembers. What comes with more is no matter of single values any more.
	MaxValues = 8
	// MaxReasons is the most reasons of a Scope.
	MaxReasons = maxKinds
	// MaxScoped is the most entities of a Scope.
	MaxScoped = maxEntities
)

// Covers reports whether a reason is about a field and a value.
func (r *Reason) Covers(field string, value uint64) bool {
	return r.Field == field && (r.Any || slices.Contains(r.Values, value))
}

// String names an entity as versions do.
func (e *Entity) String() string { return e.Name + "=" + e.Text }

// Names names the entities of an observation.
func (o *Observation) Names() []string {
	names := make([]string, len(o.Entities))
	for i := range o.Entities {
		names[i] = o.Entities[i].String()
	}
	return names
}

// scope is what can be said of the story.
func (s *story) scope() Scope {
	c := Scope{Entities: s.scoped()}
	for i := range s.kinds {
		if k := &s.kinds[i]; !k.Quiet {
			c.Reasons = append(c.Reasons, Reason{Field: k.Name, Values: slices.Clone(k.seen), Any: k.more, Weak: k.Weak})
		}
	}
	return c
}

// scoped returns those who act in the story; where nobody does, the first that it is about.
func (s *story) scoped() []string {
	var names []string
	for i := range s.entities {
		if s.entities[i].Actor {
			names = append(names, s.entities[i].String())
		}
	}
	if len(names) == 0 && len(s.entities) > 0 {
		names = append(names, s.entities[0].String())
	}
	return names
}

// note remembers a value of a kind.
func (k *kind) note(value uint64) {
	switch {
	case slices.Contains(k.seen, value):
	case len(k.seen) < MaxValues:
		k.seen = append(k.seen, value)
	default:
		k.more = true
	}
}

// Quiet tells a Tracker what is not to be spoken of: whether it knows that somebody shows a value of a field.
type Quiet func(entities []string, field string, value uint64) bool

// Judge marks what open stories hold by what is to be quiet from now on. What is marked stays in its story and counts for what is usual here;
// it neither raises an incident nor makes one grow. A story that is spoken of as settled takes up no more of what is not quiet: that
// is another story.
func (t *Tracker) Judge(quiet Quiet, settled func(id string) bool) {
	for _, s := range t.open {
		s.settled = settled(s.id)
		names := s.scoped()
		for i := range s.kinds {
			k := &s.kinds[i]
			unheard := func(v uint64) bool { return !quiet(names, k.Name, v) }
			k.Quiet = len(k.seen) > 0 && !slices.ContainsFunc(k.seen, unheard) && (!k.more || quiet(names, k.Name, AnyValue))
		}
	}
}

// AnyValue is a value that no list of values holds: it is covered where all are.
const AnyValue = 0

// quiet reports whether all that an observation shows is not to be spoken of.
func (o *Observation) quiet() bool {
	return len(o.Kinds) > 0 && !slices.ContainsFunc(o.Kinds, func(k Kind) bool { return !k.Quiet })
}
