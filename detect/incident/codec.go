package incident

import (
	"frontfoot/detect/sketch"
)

// maxString bounds the texts of a decoded Tracker.
const maxString = 1 << 12

// Encode appends the tracker's state to e.
func (t *Tracker) Encode(e *sketch.Encoder) {
	t.usual[single].encode(e)
	e.Int(t.since)
	e.Int(t.day)
	e.Uint(uint64(t.raised))
	e.Uint(uint64(len(t.open)))
	for _, s := range t.open {
		s.encode(e)
	}
}

// Decode reads what Encode wrote. On an error the tracker is of no use.
func (t *Tracker) Decode(d *sketch.Decoder) error {
	if err := t.usual[single].decode(d); err != nil {
		return err
	}
	t.since, t.day, t.raised = d.Int(), d.Int(), d.Count(1<<20)
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

func (s *story) encode(e *sketch.Encoder) {
	e.Text(s.id)
	e.Text(s.premises)
	e.Int(s.first)
	e.Int(s.last)
	e.Int(s.raised)
	e.Float(s.need)
	e.Float(s.busy)
	e.Uint(uint64(s.number))
	e.Uint(uint64(s.told))
	e.Float(s.toldRank)
	e.Uint(uint64(s.findings))
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
	rows := s.evidence.rows
	e.Uint(uint64(len(rows)))
	for i, r := range rows {
		same := i > 0 && r.Epoch == rows[i-1].Epoch
		if e.Bool(same); !same {
			e.Text(r.Epoch)
		}
		e.Uint(r.Seq)
	}
}

func (s *story) decode(d *sketch.Decoder) {
	s.id, s.premises = d.Text(maxString), d.Text(maxString)
	s.first, s.last, s.raised = d.Int(), d.Int(), d.Int()
	s.need, s.busy = d.Float(), d.Float()
	s.number, s.told = uint32(d.Count(1<<31)), uint32(d.Count(1<<31))
	s.counted = s.number > 0
	s.toldRank = d.Float()
	s.findings = uint32(d.Count(1 << 31))
	for range d.Count(maxEntities) {
		s.entities = append(s.entities, Entity{Hash: d.Fixed64(), Name: d.Text(maxString), Text: d.Text(maxString), Actor: d.Bool()})
	}
	for range d.Count(maxKinds) {
		var k kind
		k.decode(d)
		s.kinds = append(s.kinds, k)
	}
	for i := range d.Count(MaxEvidence) {
		var r Row
		if same := d.Bool(); same && i > 0 {
			r.Epoch = s.evidence.rows[i-1].Epoch
		} else {
			r.Epoch = d.Text(maxString)
		}
		r.Seq = d.Uint()
		s.evidence.rows, s.evidence.sorts = append(s.evidence.rows, r), append(s.evidence.sorts, 0)
	}
}

func (k *kind) encode(e *sketch.Encoder) {
	e.Uint(uint64(k.Feature))
	e.Float(k.Bits)
	e.Fixed64(k.Value)
	e.Text(k.What)
	e.Text(k.Expected)
	e.Text(k.Tactic)
	e.Byte(k.Side)
	e.Bool(k.Weak)
	e.Uint(uint64(k.count))
	e.Fixed64(k.values)
	e.Int(k.first)
	e.Int(k.last)
}

func (k *kind) decode(d *sketch.Decoder) {
	k.Feature, k.Bits, k.Value = d.Count(1<<16), d.Float(), d.Fixed64()
	k.What, k.Expected, k.Tactic = d.Text(maxString), d.Text(maxString), d.Text(64)
	k.Side = d.Byte()
	k.Weak = d.Bool()
	k.count, k.values = uint32(d.Count(1<<31)), d.Fixed64()
	k.first, k.last = d.Int(), d.Int()
}

// EncodeMarks appends what stories know for the sake of verdicts to e. Snapshots of older versions end before it.
func (t *Tracker) EncodeMarks(e *sketch.Encoder) {
	e.Uint(uint64(t.unheard))
	for _, s := range t.open {
		e.Bool(s.counted)
		e.Bool(s.certain)
		e.Bool(s.settled)
		for i := range s.kinds {
			k := &s.kinds[i]
			e.Text(k.Name)
			e.Bool(k.Quiet)
			e.Bool(k.more)
			e.Uint(uint64(len(k.seen)))
			for _, v := range k.seen {
				e.Fixed64(v)
			}
		}
	}
}

// DecodeMarks reads what EncodeMarks wrote of the stories that Decode has read.
func (t *Tracker) DecodeMarks(d *sketch.Decoder) error {
	t.unheard = d.Count(t.raised)
	t.incidents = nil
	for _, s := range t.open {
		s.counted, s.certain, s.settled = d.Bool(), d.Bool(), d.Bool()
		if s.counted {
			t.incidents = append(t.incidents, s)
		}
		for i := range s.kinds {
			k := &s.kinds[i]
			k.Name, k.Quiet, k.more = d.Text(maxString), d.Bool(), d.Bool()
			for range d.Count(MaxValues) {
				k.seen = append(k.seen, d.Fixed64())
			}
		}
	}
	return d.Err()
}

// EncodeCounted appends what stories are like that the number of rows tells. Snapshots of older versions end before it.
func (t *Tracker) EncodeCounted(e *sketch.Encoder) { t.usual[number].encode(e) }

// DecodeCounted reads what EncodeCounted wrote.
func (t *Tracker) DecodeCounted(d *sketch.Decoder) error { return t.usual[number].decode(d) }

// EncodeWhole appends what stories are like that one row as a whole tells. Snapshots of older versions end before it.
func (t *Tracker) EncodeWhole(e *sketch.Encoder) { t.usual[whole].encode(e) }

// DecodeWhole reads what EncodeWhole wrote.
func (t *Tracker) DecodeWhole(d *sketch.Decoder) error { return t.usual[whole].decode(d) }

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

// EncodeSorts appends what the evidence of stories is of. Snapshots of older versions end before it.
func (t *Tracker) EncodeSorts(e *sketch.Encoder) {
	for _, s := range t.open {
		for _, sort := range s.evidence.sorts {
			e.Uint(uint64(sort))
		}
	}
}

// DecodeSorts reads what EncodeSorts wrote of the stories that Decode has read.
func (t *Tracker) DecodeSorts(d *sketch.Decoder) error {
	for _, s := range t.open {
		for i := range s.evidence.sorts {
			s.evidence.sorts[i] = uint32(d.Count(1<<32 - 1))
		}
	}
	return d.Err()
}
