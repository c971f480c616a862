package incident

import "testing"

// TestEvidenceOfAFlood checks that a thousand events of one sort leave room for the few in which a story goes on, in their order.
func TestEvidenceOfAFlood(t *testing.T) {
	tr := NewTracker(Config{Site: "s", PerDay: 10})
	var out []Version
	see := func(seq uint64, value uint64) {
		o := act("10.0.0.1", 1, 30, 30, 30, 30)
		o.Finding.Seq = seq
		o.Kinds[0].Value = value
		tr.Observe(o, &out)
	}
	for seq := range uint64(1000) {
		see(seq, 7)
	}
	for seq := uint64(1000); seq < 1003; seq++ {
		see(seq, 8)
	}
	for seq := uint64(1003); seq < 2000; seq++ {
		see(seq, 7)
	}
	tr.Close(&out)
	rows := out[len(out)-1].Evidence
	if len(rows) != MaxEvidence {
		t.Fatalf("%d events are shown, want %d", len(rows), MaxEvidence)
	}
	late := 0
	for i, r := range rows {
		if i > 0 && r.Seq <= rows[i-1].Seq {
			t.Errorf("event %d is shown after event %d", r.Seq, rows[i-1].Seq)
		}
		if r.Seq >= 1000 && r.Seq < 1003 {
			late++
		}
	}
	if late != 3 {
		t.Errorf("%d of the 3 other events are shown", late)
	}
}

// TestEvidenceOfManySorts checks that each of many sorts is shown, and none more than ten times while others are shown less.
func TestEvidenceOfManySorts(t *testing.T) {
	var s sample
	for i := range 1000 {
		s.take(Row{Seq: uint64(i)}, uint32(i/50))
	}
	for sort := range uint32(20) {
		if n := s.count(sort); n < 4 || n > 10 {
			t.Errorf("sort %d is shown %d times", sort, n)
		}
	}
}

// TestEvidenceOnce checks that an event that several models tell of is shown once.
func TestEvidenceOnce(t *testing.T) {
	var s sample
	for seq := range uint64(4) {
		s.take(Row{"e", seq / 2}, uint32(seq))
	}
	if len(s.rows) != 2 || len(s.sorts) != 2 || s.rows[1] != (Row{"e", 1}) {
		t.Errorf("%+v of two events", s)
	}
}
