package detect

import (
	"context"
	"crypto/sha256"
	"errors"
	"testing"
	"time"

	"frontfoot/ingest/bus"
	"frontfoot/ingest/event"
)

// habit is a batch of a day: everybody's logins, and with them those of a stranger where there is one.
func habit(day int, stranger string) *event.Batch {
	b := event.NewBuilder()
	add := func(second int, user, address string) {
		at := time.Unix(0, monday).AddDate(0, 0, day).Add(time.Duration(second) * time.Second).UnixNano()
		b.SetTime(event.Time, at)
		b.SetTime(event.Received, at)
		b.SetString(event.Dataset, "test")
		b.SetString(event.UserName, user)
		b.SetString(event.SourceIP, address)
		b.End()
	}
	for i := range 2000 {
		add(40*i, string(rune('a'+i%9)), "10.0.0."+string(rune('1'+i%9)))
		if stranger != "" && i%20 == 0 {
			add(40*i+1, stranger, "203.0.113.9")
		}
	}
	return b.Batch()
}

// TestRollback puts a site back to before somebody was learned: he is new again, and all else stays.
func TestRollback(t *testing.T) {
	s := NewSite("testham", ScoreKey(), DefaultConfig())
	seq := uint64(0)
	give := func(b *event.Batch) (out Output) {
		s.Process(Message{Epoch: "00000000000000000000000000000001", Seq0: seq, Offset: int64(seq), Events: b}, &out)
		seq += uint64(b.Rows())
		return out
	}
	strange := func() float32 { // of the stranger's first login of a day, which is the row behind the first
		before := s.Snapshot()
		defer func() {
			if err := s.Restore(before); err != nil {
				t.Fatal(err)
			}
		}()
		var out Output
		s.Process(Message{Epoch: "00000000000000000000000000000001", Seq0: seq, Offset: int64(seq), Events: habit(12, "mallory").Slice(0, 2)}, &out)
		return out.Messages[0].Scores[1]
	}
	var kept []*Kept
	var fresh float32
	for day := range 12 {
		who := ""
		if day >= 6 {
			who = "mallory"
		}
		if day == 6 {
			fresh = strange()
		}
		out := give(habit(day, who))
		if s.keep(int64(seq), &out); out.Kept != nil {
			kept = append(kept, out.Kept)
		}
	}
	if len(kept) < 10 || len(kept) > 12 {
		t.Fatalf("%d states were kept in 12 days", len(kept))
	}
	learned, raised := strange(), s.tracker.Raised()
	var out Output
	if err := s.rollBack(&Rollback{To: kept[3].Time, Note: "mallory", Author: "ann"}, kept[3].Snapshot, 7, int64(seq), &out); err != nil {
		t.Fatal(err)
	}
	if again := strange(); again < 0.9*fresh || fresh < 2*learned {
		t.Errorf("the stranger has %.1f bits after the state is put back, %.1f before, %.1f when he was new", again, learned, fresh)
	}
	if len(out.Verdicts) != 1 || out.Verdicts[0].Verdict != kindRollback || out.Verdicts[0].Offset != 7 || out.Verdicts[0].At != int64(seq) {
		t.Errorf("told: %+v", out.Verdicts)
	}
	if s.tracker.Raised() != raised || s.Learning() {
		t.Error("the incidents are gone, or the site is learned anew")
	}
	if out := give(habit(12, "")); len(out.Ledger) > 0 {
		t.Errorf("what had come is not known any more: %+v", out.Ledger)
	}
}

// TestRollbackToNothing refuses states that are none of the site's, and stays as it is.
func TestRollbackToNothing(t *testing.T) {
	s, other, foreign := NewSite("testham", ScoreKey(), DefaultConfig()), NewSite("elsewhere", ScoreKey(), DefaultConfig()), NewSite("testham", [16]byte{1}, DefaultConfig())
	for _, x := range []*Site{s, other, foreign} {
		x.Process(Message{Events: habit(0, "")}, &Output{})
	}
	whole := s.Snapshot()
	for name, state := range map[string][]byte{
		"nothing": {}, "half": whole[:len(whole)/2], "another site's": other.Snapshot(), "another key's": foreign.Snapshot(),
	} {
		if err := s.Check(state); !errors.Is(err, ErrSnapshot) {
			t.Errorf("%s: got %v", name, err)
		}
		if err := s.rollBack(&Rollback{}, state, 0, 0, &Output{}); !errors.Is(err, ErrSnapshot) {
			t.Errorf("%s: got %v", name, err)
		}
	}
	if err := s.Check(whole); err != nil {
		t.Error(err)
	}
	if string(whole) != string(s.Snapshot()) {
		t.Error("the state has changed")
	}
}

// TestRollbackOfWhatWasLearnedAnew puts a site back that had lost all, and one that has begun again since: its age and its rate are those of the state.
func TestRollbackOfWhatWasLearnedAnew(t *testing.T) {
	old := NewSite("testham", ScoreKey(), DefaultConfig())
	for day := range 12 {
		old.Process(Message{Events: habit(day, "")}, &Output{})
	}
	state := old.Snapshot()
	for name, first := range map[string]int{"nothing known": -1, "two days known": 13} {
		s := NewSite("testham", ScoreKey(), DefaultConfig())
		if first >= 0 {
			s.Process(Message{Events: habit(first, "")}, &Output{})
			s.Process(Message{Events: habit(first+1, "")}, &Output{})
		}
		if err := s.rollBack(&Rollback{}, state, 0, 0, &Output{}); err != nil {
			t.Fatal(err)
		}
		s.Process(Message{Events: habit(15, "")}, &Output{})
		if rate := daily(s.seen, s.clock.age()); s.Learning() || s.clock.first != old.clock.first || rate > 2000 {
			t.Errorf("%s: learning %v, since %d, %v events a day", name, s.Learning(), s.clock.first, rate)
		}
	}
	if err := old.Check(func() []byte {
		old.Process(Message{Events: habit(20, "")}, &Output{})
		later := old.Snapshot()
		if err := old.Restore(state); err != nil {
			t.Fatal(err)
		}
		return later
	}()); !errors.Is(err, errLater) {
		t.Errorf("a state of later: %v", err)
	}
}

// TestFewStatesAreKept checks that stamps alone, which others write, keep no states.
func TestFewStatesAreKept(t *testing.T) {
	s := NewSite("testham", ScoreKey(), DefaultConfig())
	s.Process(Message{Events: habit(0, "")}, &Output{})
	kept := 0
	for i := range 200 {
		b := event.NewBuilder()
		b.SetTime(event.Time, time.Unix(0, monday).AddDate(0, 0, 1).Add(time.Duration(i)*25*time.Hour).UnixNano())
		b.SetTime(event.Received, time.Unix(0, monday).AddDate(0, 0, 1).Add(time.Duration(i)*time.Second).UnixNano())
		b.SetString(event.Dataset, "test")
		b.End()
		var out Output
		s.Process(Message{Events: b.Batch()}, &out)
		if s.keep(0, &out); out.Kept != nil {
			kept++
		}
	}
	if kept > 1 {
		t.Errorf("200 events in 200 seconds keep %d states", kept)
	}
}

// TestOneRollbackABatch has many rollbacks in one batch: the last that can be used counts, as if each had come in a batch of its own, and few states are
// asked for.
func TestOneRollbackABatch(t *testing.T) {
	s := NewSite("testham", ScoreKey(), DefaultConfig())
	s.Process(Message{Events: habit(0, "")}, &Output{})
	state, asked := s.Snapshot(), 0
	l := &lane{worker: &Worker{dep: Dependencies{State: func(_ context.Context, _ string, _, offset int64) ([]byte, error) {
		if asked++; offset != 7 && offset != 9 {
			return nil, ErrNoState
		}
		return state, nil
	}}}}
	m := siteMessages{site: "testham"}
	for i := range int64(10) {
		value, err := (&Rollback{State: i, SHA256: sha256.Sum256(state)}).Encode()
		if err != nil {
			t.Fatal(err)
		}
		m.controls = append(m.controls, bus.Message{Offset: i, Value: value})
	}
	for _, c := range []struct {
		records, letters, asked int
		counts                  int64 // -1: none
	}{{10, 9, 1, 9}, {9, 8, 2, 7}, {7, 7, mostAsked, -1}} {
		asked = 0
		m.controls = m.controls[:c.records]
		controls, err := l.hear(t.Context(), s, &m)
		if err != nil {
			t.Fatal(err)
		}
		var out Output
		letters, counts := l.takeAll(s, &m, controls, &out), int64(-1)
		for _, v := range out.Verdicts {
			counts = v.Offset
		}
		if len(letters) != c.letters || len(letters)+len(out.Verdicts) != c.records || counts != c.counts || asked != c.asked {
			t.Errorf("of %d rollbacks number %d counts, %d are letters, %d states were asked for; want %+v", c.records, counts, len(letters), asked, c)
		}
	}
}
