package detect

import (
	"bytes"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"frontfoot/ingest/event"
	"frontfoot/ingest/ledger"
)

// feeder gives a site numbered messages and gathers what it says.
type feeder struct {
	site   *Site
	offset int64
	out    Output
}

func newFeeder(t testing.TB) *feeder {
	t.Helper()
	s, err := conformSite("ashford")
	if err != nil {
		t.Fatal(err)
	}
	return &feeder{site: s}
}

func (f *feeder) events(epoch string, seq uint64, n int) {
	batch, err := event.Decode(conformEvents("ashford", seq, n))
	if err != nil {
		panic(err)
	}
	f.site.Process(Message{Epoch: epoch, Seq0: seq, Offset: f.offset, Events: batch}, &f.out)
	f.offset++
}

func (f *feeder) note(epoch string, number, seq uint64, entries ...ledger.Entry) {
	f.site.Note(Note{Epoch: epoch, Number: number, Seq: seq, Offset: f.offset, Entries: entries}, &f.out)
	f.offset++
}

// said returns the ledger in short, such as "gap 3+2", and the events that were kept.
func (f *feeder) said() (entries, kept []string) {
	for _, e := range f.out.Ledger {
		entries = append(entries, fmt.Sprintf("%s %d+%d", e.Kind, e.Seq, e.Rows))
	}
	for _, m := range f.out.Messages {
		kept = append(kept, fmt.Sprintf("%d@%d+%d", m.Seq0, m.Row0, m.Events.Rows()))
		for k := range m.Events.Rows() {
			if at := m.Events.Time(event.Time, k); at != int64(m.Seq0+uint64(k))*int64(time.Hour) {
				kept = append(kept, fmt.Sprintf("but row %d is of %d", k, at))
			}
		}
	}
	return entries, kept
}

func TestArrivals(t *testing.T) {
	for name, c := range map[string]struct {
		feed    func(*feeder)
		entries []string
		kept    []string
	}{
		"in order": {func(f *feeder) { f.events("a", 0, 2); f.events("a", 2, 3) }, nil, []string{"0@0+2", "2@0+3"}},
		"again, told once with what follows": {
			func(f *feeder) {
				f.events("a", 0, 2)
				f.events("a", 2, 2)
				f.events("a", 0, 2)
				f.events("a", 2, 2)
				f.events("a", 4, 1)
			},
			[]string{"duplicate 0+4"},
			[]string{"0@0+2", "2@0+2", "4@0+1"},
		},
		"again in part":  {func(f *feeder) { f.events("a", 0, 3); f.events("a", 1, 4) }, []string{"duplicate 1+2"}, []string{"0@0+3", "3@2+2"}},
		"missing":        {func(f *feeder) { f.events("a", 0, 2); f.events("a", 5, 1) }, []string{"gap 2+3"}, []string{"0@0+2", "5@0+1"}},
		"missing from 0": {func(f *feeder) { f.events("a", 0, 1); f.events("b", 2, 1) }, []string{"gap 0+2"}, []string{"0@0+1", "2@0+1"}},
		"missing, then after all in part, in the middle of a message": {
			func(f *feeder) { f.events("a", 0, 2); f.events("a", 6, 1); f.events("a", 1, 4); f.events("a", 7, 1) },
			[]string{"gap 2+4", "duplicate 1+1", "gap_filled 2+3"},
			[]string{"0@0+2", "6@0+1", "2@1+3", "7@0+1"},
		},
		"epochs do not mix": {func(f *feeder) { f.events("a", 0, 2); f.events("b", 0, 2); f.events("a", 2, 1) }, nil, []string{"0@0+2", "0@0+2", "2@0+1"}},
		"the end of an epoch": {
			func(f *feeder) {
				f.events("a", 0, 2)
				f.note("b", 0, 0, ledger.Entry{Kind: ledger.EpochEnd, Epoch: "a", Seq: 5})
				f.events("a", 3, 1)
				f.events("b", 0, 1)
			},
			[]string{"gap 2+3", "epoch_end 5+0", "gap_filled 3+1"},
			[]string{"0@0+2", "3@0+1", "0@0+1"},
		},
		"a note counts what is missing before it, and comes once": {
			func(f *feeder) {
				f.events("a", 0, 2)
				f.note("a", 0, 4, ledger.Entry{Kind: ledger.Taken, Rows: 4})
				f.note("a", 0, 4, ledger.Entry{Kind: ledger.Taken, Rows: 4})
				f.note("a", 2, 4, ledger.Entry{Kind: ledger.Unparsed, Rows: 1})
			},
			[]string{"gap 2+2", "taken 0+4", "gap 4+0", "unparsed 0+1"},
			[]string{"0@0+2"},
		},
		"ticks come with the canary": {
			func(f *feeder) {
				f.note("a", 0, 0, ledger.Entry{Kind: ledger.Tick}, ledger.Entry{Kind: ledger.Tick})
				f.note("a", 1, 0, ledger.Entry{Kind: ledger.Tick})
				f.note("a", 2, 0, ledger.Entry{Kind: ledger.Canary})
				f.note("a", 3, 0, ledger.Entry{Kind: ledger.Canary})
			},
			[]string{"canary 0+0", "tick 0+3", "canary 0+0"},
			nil,
		},
		"broken, and repaired": {
			func(f *feeder) {
				f.events("a", 0, 2)
				f.site.Broken(Broken{Offset: f.offset, Numbered: true, Epoch: "a", Seq0: 2, N: 3}, &f.out)
				f.events("a", 5, 1)
				f.events("a", 2, 3)
				f.events("a", 2, 3)
				f.events("a", 6, 1)
			},
			[]string{"dead_letter 2+3", "gap_filled 2+3", "duplicate 2+3"},
			[]string{"0@0+2", "5@0+1", "2@0+3", "6@0+1"},
		},
		"a log that had begun before": {
			func(f *feeder) { f.offset = 100; f.events("a", 7, 1); f.events("b", 7, 1) },
			[]string{"gap 0+7"},
			[]string{"7@0+1", "7@0+1"},
		},
	} {
		t.Run(name, func(t *testing.T) {
			f := newFeeder(t)
			c.feed(f)
			entries, kept := f.said()
			if diff := cmp.Diff(c.entries, entries); diff != "" {
				t.Errorf("ledger: %s", diff)
			}
			if diff := cmp.Diff(c.kept, kept); diff != "" {
				t.Errorf("events: %s", diff)
			}
		})
	}
}

// Whatever comes in whatever order, again or not at all: each number is kept at most once, and what was told adds up.
func TestArrivalsAddUp(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		f := feeder{}
		f.site, _ = conformSite("ashford")
		kept := map[string]int{}
		came := map[string]bool{}
		most := map[string]uint64{}
		for range rapid.IntRange(1, 25).Draw(t, "messages") {
			epoch := rapid.SampledFrom([]string{"a", "b"}).Draw(t, "epoch")
			seq, n := rapid.Uint64Range(0, 40).Draw(t, "seq"), rapid.IntRange(1, 6).Draw(t, "rows")
			f.events(epoch, seq, n)
			for k := seq; k < seq+uint64(n); k++ {
				came[fmt.Sprint(epoch, k)] = true
			}
			most[epoch] = max(most[epoch], seq+uint64(n))
			if rapid.Bool().Draw(t, "restart") {
				state := f.site.Snapshot()
				f.site, _ = conformSite("ashford")
				if err := f.site.Restore(state); err != nil {
					t.Fatal(err)
				}
				if !bytes.Equal(state, f.site.Snapshot()) {
					t.Fatal("a snapshot of what was restored differs")
				}
			}
		}
		for _, m := range f.out.Messages {
			for k := range m.Events.Rows() {
				kept[fmt.Sprint(m.Epoch, m.Seq0+uint64(k))]++
			}
		}
		for key, n := range kept {
			if n != 1 || !came[key] {
				t.Fatalf("%s was kept %d times", key, n)
			}
		}
		if len(kept) != len(came) {
			t.Fatalf("%d events were kept of %d", len(kept), len(came))
		}
		gaps, filled := uint64(0), uint64(0)
		for _, e := range f.out.Ledger {
			switch e.Kind {
			case ledger.Gap:
				gaps += e.Rows
			case ledger.GapFilled:
				filled += e.Rows
			default:
			}
		}
		if missing := most["a"] + most["b"] - uint64(len(came)); gaps-filled != missing {
			t.Fatalf("%d missing and %d of them filled were told, %d are missing", gaps, filled, missing)
		}
	})
}

// What a site remembers of numbers must not grow without end.
func TestArrivalsAreBounded(t *testing.T) {
	f := newFeeder(t)
	for i := range 2 * maxRetired {
		f.events(fmt.Sprint("epoch", i), 0, 1)
	}
	for i := range uint64(300) {
		f.events("last", 2*i, 1)
	}
	a := &f.site.arrivals
	if len(a.retired) != maxRetired {
		t.Errorf("%d epochs are remembered, want %d", len(a.retired), maxRetired)
	}
	if len(a.epochs) > maxEpochs || len(a.epochs[len(a.epochs)-1].holes) > maxHoles {
		t.Errorf("%d epochs, %d holes", len(a.epochs), len(a.epochs[len(a.epochs)-1].holes))
	}
	again, _ := conformSite("ashford")
	if err := again.Restore(f.site.Snapshot()); err != nil {
		t.Error(err)
	}
}

// A collector is installed or started anew more often than there is room for its epochs: nobody is refused, those that are over leave first, and of those that
// left it is known how far they had come, also by who restores the state.
func TestEpochsAreRetired(t *testing.T) {
	for name, c := range map[string]struct {
		ended   bool
		entries []string
	}{
		"each said that the one before is over": {true, []string{"gap 5+2", "duplicate 3+2", "gap_filled 5+2", "duplicate 0+1"}},
		"nobody said so":                        {false, []string{"gap 5+2", "duplicate 3+4", "duplicate 0+1"}}, // what was missing is not waited for any more
	} {
		t.Run(name, func(t *testing.T) {
			f := newFeeder(t)
			f.events("other", 0, 5)
			f.events("other", 7, 1)
			for i := range 3 * maxEpochs {
				f.events(fmt.Sprint("start", i), 0, 2)
				if c.ended {
					f.note(fmt.Sprint("start", i+1), 0, 0, ledger.Entry{Kind: ledger.EpochEnd, Epoch: fmt.Sprint("start", i), Seq: 2})
				}
			}
			again, _ := conformSite("ashford")
			if err := again.Restore(f.site.Snapshot()); err != nil {
				t.Fatal(err)
			}
			f.site = again
			kept := len(f.out.Messages)
			f.events("other", 3, 4)
			f.events("other", 8, 1)
			f.events("start0", 0, 1)
			f.events("other", 9, 1)
			var entries []string
			for _, e := range f.out.Ledger {
				if e.Kind != ledger.EpochEnd {
					entries = append(entries, fmt.Sprintf("%s %d+%d", e.Kind, e.Seq, e.Rows))
				}
			}
			if diff := cmp.Diff(c.entries, entries); diff != "" {
				t.Errorf("ledger: %s", diff)
			}
			want := 2 // 8 and 9
			if c.ended {
				want++
			}
			if n := len(f.out.Messages) - kept; n != want {
				t.Errorf("%d messages were kept, want %d", n, want)
			}
		})
	}
}

// A payload that names another site is stored as its sender's, told, and an incident at once.
func TestClaimOfAnotherSiteIsAnIncident(t *testing.T) {
	claim := func(learned bool) Output {
		cfg := DefaultConfig()
		cfg.IncidentsPerDay = 0
		if learned {
			cfg.LearnFor, cfg.LearnEvents, cfg.LearnAtMost = 0, 0, 0
		}
		s := NewSite("ashford", [16]byte{1}, cfg)
		var out Output
		for i := range 3 {
			b := event.NewBuilder()
			b.SetTime(event.Time, int64(i+1)*int64(time.Second))
			b.SetString(event.ClaimedSite, "ashford")
			b.End()
			b.SetTime(event.Time, int64(i+1)*int64(time.Second))
			b.SetString(event.ClaimedSite, "northmoor")
			b.End()
			s.Process(Message{Epoch: "a", Seq0: uint64(2 * i), Offset: int64(i), Events: b.Batch()}, &out)
		}
		return out
	}
	out := claim(true)
	if len(out.Incidents) == 0 || !strings.Contains(out.Incidents[0].Title, "northmoor") || out.Incidents[0].Evidence[0].Seq != 1 {
		t.Errorf("got incidents %+v, want one about northmoor", out.Incidents)
	}
	var alarms, claims int
	for _, f := range out.Findings {
		if f.Model == identity {
			alarms++
		}
	}
	for _, e := range out.Ledger {
		if e.Kind == ledger.Claimed && e.Rows == 1 {
			claims++
		}
	}
	if alarms != 1 || claims != 3 || out.Messages[0].Events.Text(event.ClaimedSite, 1) != "northmoor" {
		t.Errorf("%d findings and %d entries, want 1 and 3", alarms, claims)
	}
	if out := claim(false); len(out.Incidents) != 0 || len(out.Ledger) != 3 {
		t.Errorf("while it learns: %d incidents, %d entries", len(out.Incidents), len(out.Ledger))
	}
}
