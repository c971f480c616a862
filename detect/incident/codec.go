package incident

import (
	"frontfoot/detect/sketch"
)

// maxString bounds the texts of a decoded Tracker.
const maxString = 1 << 12

// Encode appends the tracker's state to e.
func (t *Tracker) Encode(e *sketch.Encoder) {
	for i := range t.usual {
		t.usual[i].encode(e)
	}
	e.Int(t.since)
	e.Int(t.day)
	e.Uint(uint64(t.raised))
	e.Uint(uint64(t.unheard))
	e.Uint(uint64(len(t.open)))
	for _, s := range t.open {
		s.encode(e)
	}
}

// Decode reads what Encode wrote. On an error the tracker is of no use.
func (t *Tracker) Decode(d *sketch.Decoder) error {
	for i := range t.usual {
		if err := t.usual[i].decode(d); err != nil {
			return err
		}
	}
	t.since, t.day, t.raised = d.Int(), d.Int(), d.Count(1<<20)
	t.unheard = d.Count(t.raised)
	t.open, t.incidents = nil, nil
	for range d.Count(t.cfg.MaxOpen) {
		s := new(story)
		s.decode(d)
		t.open = append(t.open, s)
		if s.counted {
			t.incidents = append(t.incidents, s)
		}
		if d.Err() != nil {
			break
		}
	}
	return d.Err()
}

func (h *habit) encode(e *sketch.Encoder) {
	h.ranks.Encode(e)
	e.Float(h.ended)
}

func (h *habit) decode(d *sketch.Decoder) error {
	if err := h.ranks.Decode(d); err != nil {
		return err
	}
	h.ended = d.Float()
	return d.Err()
}

func (s *story) encode(e *sketch.Encoder) {
	e.Text(s.id)
	e.Text(s.premises)
	e.Int(s.first)
	e.Int(s.last)
	e.Int(s.raised)
	e.Float(s.need)
	e.Uint(uint64(s.number))
	e.Uint(uint64(s.told))
	e.Float(s.toldRank)
	e.Uint(uint64(s.findings))
	e.Bool(s.counted)
	e.Bool(s.certain)
	e.Bool(s.settled)
	e.Uint(uint64(len(s.entities)))
	for i := range s.entities {
		x := &s.entities[i]
		e.Fixed64(x.Hash)
		e.Text(x.Name)
		e.Text(x.Text)
		e.Bool(x.Actor)
	}
	e.Uint(uint64(len(s.kinds)))
	for i := range s.kinds {
		s.kinds[i].encode(e)
	}
	s.evidence.encode(e)
}

func (s *story) decode(d *sketch.Decoder) {
	s.id, s.premises = d.Text(maxString), d.Text(maxString)
	s.first, s.last, s.raised = d.Int(), d.Int(), d.Int()
	s.need = d.Float()
	s.number, s.told = uint32(d.Count(1<<31)), uint32(d.Count(1<<31))
	s.toldRank = d.Float()
	s.findings = uint32(d.Count(1 << 31))
	s.counted, s.certain, s.settled = d.Bool(), d.Bool(), d.Bool()
	for range d.Count(maxEntities) {
		s.entities = append(s.entities, Entity{Hash: d.Fixed64(), Name: d.Text(maxString), Text: d.Text(maxString), Actor: d.Bool()})
	}
	for range d.Count(maxKinds) {
		var k kind
		k.decode(d)
		s.kinds = append(s.kinds, k)
	}
	s.evidence.decode(d)
}

func (k *kind) encode(e *sketch.Encoder) {
	e.Uint(uint64(k.Feature))
	e.Text(k.Name)
	e.Float(k.Bits)
	e.Fixed64(k.Value)
	e.Text(k.What)
	e.Text(k.Expected)
	e.Text(k.Tactic)
	e.Byte(k.Side)
	e.Bool(k.Weak)
	e.Bool(k.Quiet)
	e.Float(k.busy)
	e.Uint(uint64(k.count))
	e.Fixed64(k.values)
	e.Int(k.first)
	e.Int(k.last)
	e.Bool(k.more)
	e.Uint(uint64(len(k.seen)))
	for _, v := range k.seen {
		e.Fixed64(v)
	}
}

func (k *kind) decode(d *sketch.Decoder) {
	k.Feature, k.Name, k.Bits, k.Value = d.Count(1<<16), d.Text(maxString), d.Float(), d.Fixed64()
	k.What, k.Expected, k.Tactic = d.Text(maxString), d.Text(maxString), d.Text(64)
	k.Side = d.Byte()
	k.Weak, k.Quiet, k.busy = d.Bool(), d.Bool(), d.Float()
	k.count, k.values = uint32(d.Count(1<<31)), d.Fixed64()
	k.first, k.last = d.Int(), d.Int()
	k.more = d.Bool()
	for range d.Count(MaxValues) {
		k.seen = append(k.seen, d.Fixed64())
	}
}

func (s *sample) encode(e *sketch.Encoder) {
	e.Uint(uint64(len(s.rows)))
	for i, r := range s.rows {
		same := i > 0 && r.Epoch == s.rows[i-1].Epoch
		if e.Bool(same); !same {
			e.Text(r.Epoch)
		}
		e.Uint(r.Seq)
		e.Uint(uint64(s.sorts[i]))
	}
}

func (s *sample) decode(d *sketch.Decoder) {
	for i := range d.Count(MaxEvidence) {
		var r Row
		if same := d.Bool(); same && i > 0 {
			r.Epoch = s.rows[i-1].Epoch
		} else {
			r.Epoch = d.Text(maxString)
		}
		r.Seq = d.Uint()
		s.rows, s.sorts = append(s.rows, r), append(s.sorts, uint32(d.Count(1<<32-1)))
	}
}
