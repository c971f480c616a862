package detect

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"frontfoot/detect/debut"
	"frontfoot/detect/drift"
	"frontfoot/detect/excess"
	"frontfoot/detect/feature"
	"frontfoot/detect/incident"
	"frontfoot/detect/meeting"
	"frontfoot/detect/opening"
	"frontfoot/detect/refusal"
	"frontfoot/detect/remit"
	"frontfoot/detect/rhythm"
	"frontfoot/detect/sequence"
	"frontfoot/detect/silence"
	"frontfoot/detect/sketch"
	"frontfoot/detect/spelling"
	"frontfoot/detect/stride"
	"frontfoot/detect/surge"
	"frontfoot/detect/variety"
	"frontfoot/detect/whereabouts"
	"frontfoot/ingest/event"
)

const (
	maxSequences = 16      // models in a snapshot
	maxModelName = 32      // bytes
	maxPremises  = 1 << 12 // bytes of it: more would make a snapshot that nobody can read
)

// newSequences returns the models that count over rows. Their order is part of what stories mean: a new one is put last.
func newSequences(key sketch.Key, layout *feature.Layout) sequences {
	return sequences{
		rhythm.New(layout), spelling.New(key, layout), refusal.New(key, layout), excess.New(key, layout), meeting.New(layout), drift.New(layout), silence.New(key),
		whereabouts.New(key, layout), surge.New(key, layout), variety.New(key, layout),
		stride.New(key, layout), opening.New(layout), debut.New(key, layout), remit.New(key, layout),
	}
}

// sequences are models that count over rows.
type sequences []sequence.Model

func (all sequences) begin(b *event.Batch) {
	for _, model := range all {
		model.Begin(b)
	}
}

func (all sequences) learn(r *sequence.Row, held bool) {
	for _, model := range all {
		model.Learn(r, held)
	}
}

func (all sequences) bytes() (n int) {
	for _, model := range all {
		n += model.Bytes()
	}
	return n
}

// counted tells what the row scored last makes together with those before it: a finding and an observation of its own each.
func (s *Site) counted(m *Message, row int, learning bool, daily float32, out *Output) {
	if len(s.sequences) == 0 {
		return
	}
	s.seq = sequence.Row{Row: &s.row, Batch: m.Events, Index: row, Now: s.clock.now, Daily: daily, Learning: learning, Counts: s.engine.model.Counts(), Place: s.here(m, row)}
	for i, model := range s.sequences {
		f := model.Take(&s.seq)
		if f == nil {
			continue
		}
		o := s.together(model.Name(), i, f)
		o.Learning = learning
		known := s.book.Mark(o, s.clock.now)
		switch {
		case f.Place != nil:
			o.Told = s.clock.now
		case !o.Kinds[0].Quiet: // else nothing comes with what nobody wants to hear of
			s.beside(o)
			s.book.Mark(o, s.clock.now)
		}
		s.place(cmp.Or(f.Place, &s.seq.Place), m, row, &o.Finding)
		s.tracker.Observe(o, &out.Incidents)
		if !known {
			out.Findings = append(out.Findings, o.Finding)
		}
	}
}

// together makes an observation of what a model found, without its place in the log.
func (s *Site) together(name string, number int, f *sequence.Finding) *incident.Observation {
	return &incident.Observation{
		Finding: incident.Finding{
			Site: s.name, Model: name, Score: f.Bits, Field: f.Field, Value: f.Value,
			Seen: f.Seen, Expected: f.Expected, Reason: f.Seen + " (" + f.Expected + ")", Tactic: string(f.Tactic),
		},
		Entities: f.Entities,
		Kinds: []incident.Kind{{
			Feature: incident.Counted + number*sequence.MaxKinds + f.Kind, Name: f.Field, Bits: f.Bits, Value: f.Hash,
			What: f.Seen, Expected: "(" + f.Expected + ")", Tactic: string(f.Tactic), Side: uint8(f.Side),
		}},
		Daily: s.seq.Daily,
		Busy:  f.Busy,
		Now:   s.clock.now,
	}
}

// beside adds what else is unusual about the row, where it says who acts: an account that comes from a new country, with an action that is new for it. Each thing is
// held against how busy that one is, and not against all strangers who come from outside.
func (s *Site) beside(o *incident.Observation) {
	e := s.engine
	x := explainer{layout: e.layout, row: &s.row, age: s.clock.age()}
	if who := x.named(o.Entities[0].Hash); who >= 0 {
		o.Kinds = append(o.Kinds, x.kinds(e.model, e.named())...)
		o.Busy = max(o.Busy, x.busyOf(e.model, who))
	}
}

// here is the place of a row of a message. It shares the message's memory.
func (s *Site) here(m *Message, row int) sequence.Place {
	premises := m.Events.Text(event.Premises, row)
	return sequence.Place{
		Epoch: m.Epoch, Seq: m.Seq0 + uint64(row), Time: s.row.Time,
		Received: m.Events.Time(event.Received, row), Premises: premises[:min(len(premises), maxPremises)],
	}
}

// place fills in which row a finding is about, its name, and with which row of a message it was told.
func (s *Site) place(p *sequence.Place, m *Message, row int, f *incident.Finding) {
	f.Premises = strings.Clone(p.Premises)
	f.Epoch, f.Seq, f.Time, f.Received = p.Epoch, p.Seq, p.Time, p.Received
	f.Offset, f.Row = m.Offset, m.Row0+uint32(row)
	f.ID = findingID(s.name, f.Model, f.Epoch, f.Seq)
}

// encode appends what each model knows, with its name and its length.
func (all sequences) encode(e *sketch.Encoder) {
	e.Uint(uint64(len(all)))
	for _, model := range all {
		e.Text(model.Name())
		var own sketch.Encoder
		model.Encode(&own)
		e.Text(string(own.Buf))
	}
}

// decode reads what encode wrote. A model that is not there knows nothing yet.
func (all sequences) decode(d *sketch.Decoder) error {
	var names []string
	for range d.Count(maxSequences) {
		name, state := d.Text(maxModelName), d.Text(d.Left())
		if d.Err() != nil {
			break
		}
		if slices.Contains(names, name) {
			return fmt.Errorf("the model %s twice", name)
		}
		if err := all.restore(name, state); err != nil {
			return err
		}
		names = append(names, name)
	}
	return d.Err()
}

func (all sequences) restore(name, state string) error {
	for _, model := range all {
		if model.Name() != name {
			continue
		}
		d := sketch.NewDecoder([]byte(state))
		if err := model.Decode(d); err != nil {
			return fmt.Errorf("reading the model %s: %w", name, err)
		}
		if d.Left() > 0 {
			return fmt.Errorf("%d bytes too many of the model %s", d.Left(), name)
		}
		return nil
	}
	return fmt.Errorf("a model %q that this program lacks", name)
}
