package detect

import (
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"frontfoot/detect/decoy"
	"frontfoot/detect/incident"
	"frontfoot/detect/verdict"
)

// A Verdict is what a person said of an incident.
type Verdict struct {
	Incident string
	Verdict  string // of package verdict, such as benign; "" takes back what was said before
	Note     string
	Author   string
	Time     int64 // when it was said, nanoseconds since 1970 UTC
	Scope    incident.Scope
	Until    int64 // end of what is suppressed, in the site's own time; 0 where nothing is
	Offset   int64 // of its record on the site's control topic
	At       int64 // offset on the site's topic of the first message that it was taken before
}

// A Control is what a record of a control topic says: one of them.
type Control struct {
	Verdict  *Verdict
	Decoys   *Decoys
	Rollback *Rollback
}

// Decoys are what nobody at a site uses, in place of those that were named before.
type Decoys struct {
	decoy.Decoys
	Author string
	Time   int64 // when they were named, nanoseconds since 1970 UTC
}

// control is a record of a control topic as it stands on the wire, a JSON object; other kinds may follow.
type control struct {
	Kind     string     `json:"kind"` // verdict, decoys or rollback
	Incident string     `json:"incident"`
	Verdict  string     `json:"verdict"`
	Note     string     `json:"note,omitempty"`
	Author   string     `json:"author,omitempty"`
	Time     time.Time  `json:"time"` // RFC 3339
	Until    *time.Time `json:"until,omitempty"`
	incident.Scope
	Decoys *decoy.Decoys `json:"decoys,omitempty"`
	State  *stateRef     `json:"state,omitempty"`
}

// stateRef names a kept state.
type stateRef struct {
	Time   time.Time `json:"time"`         // the site's own
	Offset int64     `json:"kafka_offset"` // as the store has it
	SHA256 string    `json:"sha256"`       // of its snapshot, 64 hexadecimal digits
}

const (
	kindVerdict  = "verdict"
	kindDecoys   = "decoys"
	kindRollback = "rollback"
	maxControl   = 64 << 10 // bytes of a record
	maxWord      = 256      // bytes of its author's name
	maxNote      = 4 << 10  // and of the note
	forgetful    = "frontfoot"
)

// ErrControl is wrapped by the errors of DecodeControl and Encode.
var ErrControl = errors.New("malformed control record")

// Encode returns the verdict as the value of a record of ff.ctl.<site>. Where it stands in the log is left out.
func (v *Verdict) Encode() ([]byte, error) {
	c := control{
		Kind: kindVerdict, Incident: v.Incident, Verdict: v.Verdict, Note: v.Note, Author: v.Author, Time: time.Unix(0, v.Time).UTC(), Scope: v.Scope,
	}
	if v.Until != 0 {
		until := time.Unix(0, v.Until).UTC()
		c.Until = &until
	}
	b, err := json.Marshal(c)
	if err == nil {
		_, err = DecodeControl(b)
	}
	if err != nil {
		return nil, fmt.Errorf("encoding a verdict: %w", err)
	}
	return b, nil
}

// DecodeControl reads a record of a control topic. Records of a kind that this version does not know are errors.
func DecodeControl(value []byte) (Control, error) {
	var c control
	if len(value) > maxControl {
		return Control{}, fmt.Errorf("%w: %d bytes are over %d", ErrControl, len(value), maxControl)
	}
	if err := json.Unmarshal(value, &c); err != nil {
		return Control{}, fmt.Errorf("%w: %w", ErrControl, err)
	}
	v, err := c.verdict()
	switch {
	case err != nil:
	case c.Kind == kindVerdict:
		said := v.said()
		if err = said.Validate(); err == nil {
			return Control{Verdict: v}, nil
		}
	case c.Kind == kindDecoys && c.Decoys != nil:
		if err = c.Decoys.Validate(); err == nil {
			return Control{Decoys: &Decoys{Decoys: *c.Decoys, Author: v.Author, Time: v.Time}}, nil
		}
	case c.Kind == kindRollback && c.State != nil:
		var r *Rollback
		if r, err = c.State.rollback(v); err == nil {
			return Control{Rollback: r}, nil
		}
	default:
		err = fmt.Errorf("unknown kind %.64q", c.Kind)
	}
	return Control{}, fmt.Errorf("%w: %w", ErrControl, err)
}

// Encode returns the decoys as the value of a record of ff.ctl.<site>.
func (d *Decoys) Encode() ([]byte, error) {
	b, err := json.Marshal(control{Kind: kindDecoys, Author: d.Author, Time: time.Unix(0, d.Time).UTC(), Decoys: &d.Decoys})
	if err == nil {
		_, err = DecodeControl(b)
	}
	if err != nil {
		return nil, fmt.Errorf("encoding decoys: %w", err)
	}
	return b, nil
}

// Encode returns the rollback as the value of a record of ff.ctl.<site>.
func (r *Rollback) Encode() ([]byte, error) {
	b, err := json.Marshal(control{
		Kind: kindRollback, Author: r.Author, Note: r.Note, Time: time.Unix(0, r.Time).UTC(),
		State: &stateRef{Time: time.Unix(0, r.To).UTC(), Offset: r.State, SHA256: hex.EncodeToString(r.SHA256[:])},
	})
	if err == nil {
		_, err = DecodeControl(b)
	}
	if err != nil {
		return nil, fmt.Errorf("encoding a rollback: %w", err)
	}
	return b, nil
}

var errState = errors.New("it names no state")

// rollback makes one of the state and of who said it, when and why.
func (f *stateRef) rollback(said *Verdict) (*Rollback, error) {
	r := &Rollback{To: f.Time.UnixNano(), Note: said.Note, Author: said.Author, Time: said.Time, State: f.Offset}
	if n, err := hex.Decode(r.SHA256[:], []byte(f.SHA256[:min(len(f.SHA256), 2*len(r.SHA256))])); err != nil || n != len(r.SHA256) || len(f.SHA256) != 2*n {
		return nil, fmt.Errorf("%w: its sha256 has not 64 hexadecimal digits", errState)
	}
	if f.Offset < 0 || !dated(f.Time) {
		return nil, fmt.Errorf("%w: its offset or time is out of bounds", errState)
	}
	return r, nil
}

var errSigned = errors.New("who said it, when or why is out of bounds")

func (c *control) verdict() (*Verdict, error) {
	v := &Verdict{Incident: c.Incident, Verdict: c.Verdict, Note: c.Note, Author: c.Author, Scope: c.Scope}
	for _, t := range []struct {
		at *time.Time
		to *int64
	}{{&c.Time, &v.Time}, {c.Until, &v.Until}} {
		if t.at == nil {
			continue
		}
		if !dated(*t.at) {
			return nil, fmt.Errorf("%w: time %s", errSigned, t.at.Format(time.RFC3339))
		}
		*t.to = t.at.UnixNano()
	}
	if len(c.Author) > maxWord || len(c.Note) > maxNote {
		return nil, errSigned
	}
	if c.Verdict != verdict.Suppressed {
		v.Until = 0
	}
	return v, nil
}

// dated reports whether a time is one of 1970 to 2200 in UTC, whatever zone it was written in: so it is written again.
func dated(t time.Time) bool { return t.UTC().Year() >= 1970 && t.UTC().Year() <= 2200 }

// said is what the book keeps of it.
func (v *Verdict) said() verdict.Verdict {
	return verdict.Verdict{Incident: v.Incident, Says: v.Verdict, Scope: v.Scope, Until: v.Until}
}

// Control takes what people said on the site's control topic: it holds for all messages that come after, the next at an offset of the site's topic. A
// rollback changes nothing here: it needs a state from elsewhere.
func (s *Site) Control(c Control, offset, next int64, out *Output) {
	out.Site = s.name
	if v := c.Verdict; v != nil {
		v.Offset, v.At = offset, next
		said := v.said()
		forgotten := s.book.Say(&said, s.clock.now)
		out.Verdicts = append(out.Verdicts, *v)
		if forgotten != "" {
			out.Verdicts = append(out.Verdicts, Verdict{
				Incident: forgotten, Note: "forgotten: a site keeps its latest verdicts alone", Author: forgetful, Time: v.Time, Offset: offset, At: next,
			})
		}
	}
	if d := c.Decoys; d != nil {
		s.decoys.Put(d.Decoys)
		out.Verdicts = append(out.Verdicts, Verdict{
			Verdict: kindDecoys, Note: fmt.Sprintf("%d decoys", d.Len()), Author: d.Author, Time: d.Time, Offset: offset, At: next,
			Scope: incident.Scope{Entities: d.Names()},
		})
	}
	s.unheard = true
}

// hear lets the open stories know what was said since the last message: once, however much that is.
func (s *Site) hear() {
	if !s.unheard {
		return
	}
	s.unheard = false
	s.tracker.Judge(func(names []string, field string, value uint64) bool {
		return s.book.Quiet(names, field, value, s.clock.now) != verdict.Nothing
	}, func(id string) bool { return s.book.Settled(id, s.clock.now) })
}
