// Package verdict keeps what people said of a site's incidents, and says what follows from it: of what nothing more is to be told, and what is
// never to be learned. Use it beside a model, not in one: what people said lies over what was learned and changes nothing in it, so
// that taking it back is exact, and what it is not about stays as it is to the bit.
//
// A verdict speaks of a scope: who acted in the incident, and the values that were new. What was seen with more different values than a
// story remembers (a scan) is spoken of with any value.
package verdict

import (
	"cmp"
	"slices"
	"strings"

	"frontfoot/detect/feature"
	"frontfoot/detect/incident"
)

// What can be said of an incident.
const (
	Nothing    = ""           // what was said is taken back
	Benign     = "benign"     // it is normal for those who acted: known from now on
	Confirmed  = "confirmed"  // it was an attack: what it showed is never learned
	Suppressed = "suppressed" // for some time, it raises no incident and makes none grow
)

// MaxVerdicts is how many verdicts a site keeps. One more, and that which had nothing to say for the longest is forgotten.
const MaxVerdicts = 256

// A Verdict is what was said of one incident.
type Verdict struct {
	Incident string
	Says     string // Benign, Confirmed, Suppressed or Nothing
	Scope    incident.Scope
	Until    int64 // end of what is suppressed, in the site's own time, nanoseconds since 1970 UTC
}

// A said verdict stands.
type said struct {
	Verdict
	used int64 // the site's own time when it last made a difference
}

// A Book holds the verdicts that stand, the latest last. It is for one goroutine.
type Book struct {
	layout *feature.Layout
	said   []said
	never  []never // what is not learned: it follows from said
	stale  bool    // and has to be made anew
}

// never is what is not to be learned of one feature.
type never struct {
	feature int
	values  map[uint64]int // to the number of the verdict
	any     []int          // numbers of verdicts by which no value that looks unusual is learned of those who acted
}

// New returns an empty Book for rows of a layout.
func New(layout *feature.Layout) *Book { return &Book{layout: layout} }

// Say puts a verdict in place of what was said of the incident before. It returns the incident whose verdict had to be forgotten for want of
// room, "" where none had.
func (b *Book) Say(v *Verdict, now int64) (forgotten string) {
	b.said = slices.DeleteFunc(b.said, func(s said) bool { return s.Incident == v.Incident })
	if v.Says != Nothing {
		if len(b.said) == MaxVerdicts {
			i := b.idlest(now)
			forgotten = b.said[i].Incident
			b.said = slices.Delete(b.said, i, i+1)
		}
		b.said = append(b.said, said{Verdict: *v, used: now})
	}
	b.stale = true
	return forgotten
}

// idlest is the number of the verdict that is over, or else had nothing to say for the longest.
func (b *Book) idlest(now int64) int {
	least := 0
	for i := range b.said {
		over := cmp.Compare(b.said[least].weight(now), b.said[i].weight(now))
		if over > 0 {
			least = i
		}
	}
	return least
}

func (s *said) weight(now int64) int64 {
	if !s.stands(now) {
		return -1 << 63
	}
	return s.used
}

// stands reports whether a verdict holds at a time.
func (s *said) stands(now int64) bool { return s.Says != Suppressed || now < s.Until }

// Len returns how many verdicts stand, those included whose time is over.
func (b *Book) Len() int { return len(b.said) }

// Settled reports whether it was said of an incident that it needs nobody's attention.
func (b *Book) Settled(id string, now int64) bool {
	i := slices.IndexFunc(b.said, func(s said) bool { return s.Incident == id })
	return i >= 0 && b.said[i].Says != Confirmed && b.said[i].stands(now)
}

// Mark marks what of an observation is not to be spoken of. It reports whether all that it shows is benign.
func (b *Book) Mark(o *incident.Observation, now int64) (known bool) {
	if len(b.said) == 0 { // spares the names
		return false
	}
	names := o.Names()
	known = len(o.Kinds) > 0
	for i := range o.Kinds {
		k := &o.Kinds[i]
		s := b.find(names, k.Name, k.Value, now)
		k.Quiet = s != nil
		known = known && s != nil && s.Says == Benign
		if s != nil {
			s.used = max(s.used, now)
		}
	}
	return known
}

// Quiet returns by which verdict, Benign or Suppressed, a value of a field is not to be spoken of where some of the named entities show it; Nothing
// where it is.
func (b *Book) Quiet(names []string, field string, value uint64, now int64) string {
	if s := b.find(names, field, value, now); s != nil {
		return s.Says
	}
	return Nothing
}

// find returns the verdict by which something is not spoken of: a benign one before one that ends.
func (b *Book) find(names []string, field string, value uint64, now int64) (found *said) {
	for i := range b.said {
		s := &b.said[i]
		if s.Says == Confirmed || !s.stands(now) || found != nil && s.Says != Benign {
			continue
		}
		if slices.ContainsFunc(s.Scope.Entities, func(e string) bool { return slices.Contains(names, e) }) &&
			slices.ContainsFunc(s.Scope.Reasons, func(r incident.Reason) bool { return r.Covers(field, value) }) {
			if found = s; s.Says == Benign {
				return s
			}
		}
	}
	return found
}

// compile makes of the verdicts what is not to be learned. That somebody is new, or when, is no reason by itself to learn nothing of
// them for ever, unless it is all there is.
func (b *Book) compile() {
	if !b.stale {
		return
	}
	b.never, b.stale = b.never[:0], false
	features := map[string][]int{}
	for f := range b.layout.Features() {
		features[b.layout.Name(f)] = append(features[b.layout.Name(f)], f)
	}
	for i := range b.said {
		s := &b.said[i]
		if s.Says != Confirmed {
			continue
		}
		strong := slices.ContainsFunc(s.Scope.Reasons, func(r incident.Reason) bool { return !r.Weak })
		for _, r := range s.Scope.Reasons {
			if strong && r.Weak {
				continue
			}
			for _, f := range features[r.Field] {
				b.forbid(f, &r, i)
			}
		}
	}
}

// forbid adds a reason of a verdict to what is not learned of a feature.
func (b *Book) forbid(f int, r *incident.Reason, number int) {
	at := slices.IndexFunc(b.never, func(n never) bool { return n.feature == f })
	if at < 0 {
		at = len(b.never)
		b.never = append(b.never, never{feature: f, values: map[uint64]int{}})
	}
	n := &b.never[at]
	for _, v := range r.Values {
		n.values[v] = number
	}
	if r.Any {
		n.any = append(n.any, number)
	}
}

// Learns reports whether a row may be learned; unusual tells which of its features look so.
func (b *Book) Learns(r *feature.Row, unusual func(feature int) bool, now int64) bool {
	b.compile()
	for i := range b.never {
		n := &b.never[i]
		key := b.layout.Key(n.feature, r)
		if key == 0 {
			continue
		}
		number, ok := n.values[key]
		if !ok && len(n.any) > 0 && unusual(n.feature) {
			for _, number = range n.any {
				if ok = b.acts(r, b.said[number].Scope.Entities); ok {
					break
				}
			}
		}
		if ok {
			s := &b.said[number]
			s.used = max(s.used, now)
			return false
		}
	}
	return true
}

// acts reports whether one of the named entities acts in a row.
func (b *Book) acts(r *feature.Row, who []string) bool {
	for i := range b.layout.Fields {
		f := &b.layout.Fields[i]
		if f.Role != feature.Actor || r.Values[i].Hash == 0 {
			continue
		}
		text := f.Format(r.Values[i])
		for _, w := range who {
			if name, value, _ := strings.Cut(w, "="); name == f.Name && value == text {
				return true
			}
		}
	}
	return false
}

// Bytes is about the memory that the verdicts take.
func (b *Book) Bytes() int {
	b.compile()
	n := 0
	for i := range b.said {
		s := &b.said[i]
		n += 128 + len(s.Incident)
		for _, e := range s.Scope.Entities {
			n += 16 + len(e)
		}
		for j := range s.Scope.Reasons {
			n += 64 + len(s.Scope.Reasons[j].Field) + 8*len(s.Scope.Reasons[j].Values)
		}
	}
	for i := range b.never {
		n += 96 + 24*len(b.never[i].values) + 8*len(b.never[i].any)
	}
	return n
}
