package verdict

import (
	"errors"
	"fmt"
	"slices"

	"frontfoot/detect/incident"
	"frontfoot/detect/sketch"
)

// Bounds of what a verdict may hold: with them, a site's Book takes 1.7 MiB at most.
const (
	maxName  = 64  // bytes of an incident's id
	maxWho   = 192 // bytes of an entity
	maxField = 128 // bytes of a field's name
)

var errBounds = errors.New("a verdict out of bounds")

// Validate reports what a verdict has too much of, or lacks.
func (v *Verdict) Validate() error {
	switch {
	case v.Incident == "" || len(v.Incident) > maxName:
		return fmt.Errorf("%w: an incident's id of %d bytes, not 1 to %d", errBounds, len(v.Incident), maxName)
	case !slices.Contains([]string{Nothing, Benign, Confirmed, Suppressed}, v.Says):
		return fmt.Errorf("%w: it says %.32q", errBounds, v.Says)
	case len(v.Scope.Entities) > incident.MaxScoped || len(v.Scope.Reasons) > incident.MaxReasons:
		return fmt.Errorf("%w: %d entities and %d reasons", errBounds, len(v.Scope.Entities), len(v.Scope.Reasons))
	case v.Says == Suppressed && v.Until <= 0:
		return fmt.Errorf("%w: suppressed without an end", errBounds)
	case v.Says != Nothing && (len(v.Scope.Entities) == 0 || len(v.Scope.Reasons) == 0):
		return fmt.Errorf("%w: it is about nobody or nothing", errBounds)
	}
	for _, e := range v.Scope.Entities {
		if e == "" || len(e) > maxWho {
			return fmt.Errorf("%w: an entity of %d bytes, not 1 to %d", errBounds, len(e), maxWho)
		}
	}
	for i := range v.Scope.Reasons {
		if r := &v.Scope.Reasons[i]; r.Field == "" || len(r.Field) > maxField || len(r.Values) > incident.MaxValues {
			return fmt.Errorf("%w: reason %d has a name of %d bytes and %d values", errBounds, i+1, len(r.Field), len(r.Values))
		}
	}
	return nil
}

// Encode appends the verdicts to e.
func (b *Book) Encode(e *sketch.Encoder) {
	e.Uint(uint64(len(b.said)))
	for i := range b.said {
		s := &b.said[i]
		e.Text(s.Incident)
		e.Text(s.Says)
		e.Int(s.Until)
		e.Int(s.used)
		e.Uint(uint64(len(s.Scope.Entities)))
		for _, who := range s.Scope.Entities {
			e.Text(who)
		}
		e.Uint(uint64(len(s.Scope.Reasons)))
		for j := range s.Scope.Reasons {
			r := &s.Scope.Reasons[j]
			e.Text(r.Field)
			e.Bool(r.Any)
			e.Bool(r.Weak)
			e.Uint(uint64(len(r.Values)))
			for _, v := range r.Values {
				e.Fixed64(v)
			}
		}
	}
}

// Decode reads what Encode wrote. On an error the Book is of no use.
func (b *Book) Decode(d *sketch.Decoder) error {
	b.said, b.stale = nil, true
	for range d.Count(MaxVerdicts) {
		s := said{Verdict: Verdict{Incident: d.Text(maxName), Says: d.Text(maxName), Until: d.Int()}, used: d.Int()}
		for range d.Count(incident.MaxScoped) {
			s.Scope.Entities = append(s.Scope.Entities, d.Text(maxWho))
		}
		for range d.Count(incident.MaxReasons) {
			r := incident.Reason{Field: d.Text(maxField), Any: d.Bool(), Weak: d.Bool()}
			for range d.Count(incident.MaxValues) {
				r.Values = append(r.Values, d.Fixed64())
			}
			s.Scope.Reasons = append(s.Scope.Reasons, r)
		}
		if err := d.Err(); err != nil {
			return err
		}
		if err := s.Validate(); err != nil {
			return err
		}
		b.said = append(b.said, s)
	}
	return d.Err()
}
