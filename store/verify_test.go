package store

import (
	"fmt"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"frontfoot/detect"
	"frontfoot/detect/incident"
	"frontfoot/ingest/event"
	"frontfoot/ingest/ledger"
)

// at gives a message another place in its collector's run.
func at(m detect.Scored, epoch string, seq uint64) detect.Scored {
	m.Epoch, m.Seq0 = epoch, seq
	return m
}

func verify(t *testing.T, s *Store) *Verification {
	t.Helper()
	v, err := s.Verify(t.Context(), "exeter", VerifyOptions{})
	if err != nil {
		t.Fatal(err)
	}
	return v
}

func TestVerifyClean(t *testing.T) {
	s := open(t)
	write(t, s, &detect.Batch{Token: "a", Sites: []detect.Output{{
		Site:     "exeter",
		Messages: []detect.Scored{at(scored(10, 1, "auth"), "e", 0), at(scored(5, 2, "auth"), "e", 10), at(scored(4, 3, "auth"), "e", 20), at(scored(3, 4, "auth"), "f", 0)},
		Findings: []incident.Finding{{ID: "1", Site: "exeter", Received: t0, Epoch: "e", Seq: 3}, {ID: "2", Site: "exeter", Received: t0, Epoch: "e", Seq: 16}},
		Ledger: []ledger.Entry{
			{Kind: ledger.Gap, First: t0, Last: t0, Epoch: "e", Seq: 15, Rows: 2},
			{Kind: ledger.DeadLetter, First: t0, Last: t0, Epoch: "e", Seq: 17, Rows: 3},
			{Kind: ledger.EpochEnd, First: t0, Last: t0, Epoch: "e", Seq: 24},
			{Kind: ledger.Gap, First: t0, Last: t0, Epoch: "g", Seq: 0, Rows: 4},
		},
	}, {Site: "truro", Messages: []detect.Scored{at(scored(2, 1, "auth"), "e", 4)}}}})
	v := verify(t, s)
	want := &Verification{Site: "exeter", Epochs: 2, Events: 22, Explained: 9, RollUp: 22, RollUpOf: 22, Ranges: []Range{}, Doubles: []Double{}, Danglings: []Ref{}}
	if diff := cmp.Diff(v, want); diff != "" || !v.Clean() {
		t.Errorf("got against want:\n%s", diff)
	}
}

// TestVerifyFilledGap checks that what came after all must be in the store: nothing explains that it is not.
func TestVerifyFilledGap(t *testing.T) {
	s := open(t)
	write(t, s, &detect.Batch{Token: "a", Sites: []detect.Output{{
		Site:     "exeter",
		Messages: []detect.Scored{at(scored(10, 1, "auth"), "e", 0), at(scored(5, 2, "auth"), "e", 12), at(scored(5, 3, "auth"), "e", 30)},
		Ledger: []ledger.Entry{
			{Kind: ledger.Gap, First: t0, Last: t0, Epoch: "e", Seq: 10, Rows: 20},
			{Kind: ledger.GapFilled, First: t0, Last: t0, Epoch: "e", Seq: 12, Rows: 8},
			{Kind: ledger.Damaged, First: t0, Last: t0, Epoch: "e", Seq: 19, Rows: 1},
			{Kind: ledger.EpochEnd, First: t0, Last: t0, Epoch: "e", Seq: 35},
		},
	}}})
	v := verify(t, s)
	if diff := cmp.Diff(v.Ranges, []Range{{"e", 17, 19}}); diff != "" || v.Missing != 2 || v.Explained != 2+1+10 {
		t.Errorf("%d missing, %d explained, ranges got against want:\n%s", v.Missing, v.Explained, diff)
	}
}

func TestVerifyFinds(t *testing.T) {
	s := open(t)
	messages := []detect.Scored{at(scored(10, 1, "auth"), "e", 2), at(scored(5, 2, "auth"), "e", 70_000), at(scored(3, 4, "auth"), "f", 0)}
	write(t, s, &detect.Batch{Token: "a", Sites: []detect.Output{{
		Site: "exeter", Messages: messages,
		Findings:  []incident.Finding{{ID: "1", Site: "exeter", Received: t0, Epoch: "e", Seq: 3}, {ID: "2", Site: "exeter", Received: t0, Epoch: "e", Seq: 50}},
		Incidents: []incident.Version{{ID: "i", Site: "exeter", Number: 1, Evidence: []incident.Row{{Epoch: "f", Seq: 2}, {Epoch: "f", Seq: 3}}}},
		Ledger: []ledger.Entry{
			{Kind: ledger.EpochEnd, First: time.Now().UnixNano(), Last: t0, Epoch: "f", Seq: 6},
			{Kind: ledger.Gap, First: time.Now().UnixNano(), Last: t0, Epoch: "e", Seq: 100, Rows: 100},
		},
	}}})
	write(t, s, &detect.Batch{Token: "b", Sites: []detect.Output{{Site: "exeter", Messages: messages[2:]}}})
	if err := s.conn.Exec(t.Context(), "INSERT INTO events_by_hour (site, hour, expires, events) VALUES ('exeter', '2026-03-02 00:00:00', '2100-01-01', 7)"); err != nil {
		t.Fatal(err)
	}
	v := verify(t, s)
	want := &Verification{
		Site: "exeter", Epochs: 2, Events: 21, Explained: 100, Missing: 2 + 88 + 69_800 + 3, Doubled: 3, RollUp: 28, RollUpOf: 21, Dangling: 2,
		Ranges:    []Range{{"e", 0, 2}, {"e", 12, 100}, {"e", 200, 70_000}, {"f", 3, 6}},
		Doubles:   []Double{{"f", 0, 2}, {"f", 1, 2}, {"f", 2, 2}},
		Danglings: []Ref{{"finding", "2", "e", 50}, {"incident", "i", "f", 3}},
	}
	if diff := cmp.Diff(v, want); diff != "" || v.Clean() {
		t.Errorf("got against want:\n%s", diff)
	}
}

// The first numbers of an old epoch fell away with their day: that is no loss.
func TestVerifyExpired(t *testing.T) {
	s := open(t)
	s.cfg.RetentionDays = 90
	old := scored(3, 9, "auth")
	old.Epoch, old.Seq0 = "e", 40
	began := t0 - 100*day
	write(t, s, &detect.Batch{Token: "a", Sites: []detect.Output{{
		Site: "exeter", Messages: []detect.Scored{old},
		Ledger: []ledger.Entry{{Kind: ledger.EpochEnd, First: began, Last: t0, Epoch: "e", Seq: 43}, {Kind: ledger.EpochEnd, First: began, Last: t0, Epoch: "gone", Seq: 9}},
	}}})
	v := verify(t, s)
	if v.Expired != 49 && v.Expired != 52 || v.Missing != 0 { // the merge may have taken the three as well
		t.Errorf("got %d expired and %d missing, want 49 or 52 and 0", v.Expired, v.Missing)
	}
}

// Where rows are kept for a week all that is there is about to expire: whether a beginning is missing is told by how old the first row is, and by what
// the ledger says of the epoch's end it is not.
func TestVerifyBeginningOfAWeek(t *testing.T) {
	for age, want := range map[time.Duration]Verification{
		24 * time.Hour:     {Missing: 40, Ranges: []Range{{"e", 0, 40}}},
		5 * 24 * time.Hour: {Expired: 40, Presumed: 40, Ranges: []Range{}},
	} {
		for _, ended := range []bool{false, true} {
			t.Run(fmt.Sprintf("%v, ended %v", age, ended), func(t *testing.T) {
				s := open(t)
				s.cfg.RetentionDays = 7
				received := time.Now().Add(-age).UnixNano()
				b := event.NewBuilder()
				b.SetTime(event.Time, received)
				b.SetTime(event.Received, received)
				b.End()
				out := detect.Output{Site: "exeter", Messages: []detect.Scored{{
					Message: detect.Message{Epoch: "e", Seq0: 40, Offset: 9, Events: b.Batch()}, Scores: make([]float32, 1), Models: make([]detect.Model, 1),
				}}}
				if ended {
					now := time.Now().UnixNano()
					out.Ledger = []ledger.Entry{{Kind: ledger.EpochEnd, First: now, Last: now, Epoch: "e", Seq: 41}}
				}
				write(t, s, &detect.Batch{Token: "a", Sites: []detect.Output{out}})
				v := verify(t, s)
				if v.Missing != want.Missing || v.Expired != want.Expired || v.Presumed != want.Presumed || !cmp.Equal(v.Ranges, want.Ranges) {
					t.Errorf("%d missing, %d expired, %d of them presumed, %v; want %+v", v.Missing, v.Expired, v.Presumed, v.Ranges, want)
				}
			})
		}
	}
}

// without must agree with a look at each number.
func TestEpochWithout(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		e := &epoch{}
		in := map[uint64]bool{}
		from := uint64(0)
		for range rapid.IntRange(0, 6).Draw(t, "covers") {
			from += rapid.Uint64Range(0, 5).Draw(t, "skip")
			to := from + rapid.Uint64Range(1, 6).Draw(t, "rows")
			e.covers = add(e.covers, from, to)
			for n := from; n < to; n++ {
				in[n] = true
			}
		}
		lo := rapid.Uint64Range(0, 40).Draw(t, "lo")
		hi := lo + rapid.Uint64Range(0, 20).Draw(t, "n")
		var got, want []string
		covered, wantCovered := uint64(0), uint64(0)
		e.without(lo, hi, func(from, to uint64) {
			for n := from; n < to; n++ {
				got = append(got, strconv.FormatUint(n, 10))
			}
		}, &covered)
		for n := lo; n < hi; n++ {
			if in[n] {
				wantCovered++
			} else {
				want = append(want, strconv.FormatUint(n, 10))
			}
			if e.covered(n) != in[n] {
				t.Errorf("covered(%d) = %v", n, !in[n])
			}
		}
		if strings.Join(got, " ") != strings.Join(want, " ") || covered != wantCovered {
			t.Errorf("[%d, %d) without %v: got %v and %d covered, want %v and %d", lo, hi, e.covers, got, covered, want, wantCovered)
		}
	})
}

// Of many epochs that never came the same ones are listed each time.
func TestVerifyListsInOrder(t *testing.T) {
	v := &verifier{Store: &Store{}, opt: VerifyOptions{List: 3}, out: &Verification{}, known: map[string]*epoch{}}
	for _, name := range []string{"f", "c", "a", "e", "b", "d", "h", "g"} {
		v.known[name] = &epoch{end: 10}
	}
	v.unseen()
	if diff := cmp.Diff(v.out.Ranges, []Range{{"a", 0, 10}, {"b", 0, 10}, {"c", 0, 10}}); diff != "" || v.out.Missing != 80 {
		t.Errorf("%d missing, ranges got against want:\n%s", v.out.Missing, diff)
	}
}
