package detect

import (
	"bytes"
	"fmt"
	"maps"
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"frontfoot/benchmarks/gen"
	"frontfoot/detect/incident"
	"frontfoot/detect/verdict"
	"frontfoot/ingest/event"
	"frontfoot/ingest/parse"
)

// inventory is a machine that looks around at three in the morning of every Monday but the first: other hosts, on other ports, each time.
const inventory = "10.21.99.7"

const weeks = 5

// councilWeeks is the log of a council with that machine, a list of batches a week.
func councilWeeks(t *testing.T) (out [weeks][]*event.Batch) {
	t.Helper()
	g, err := gen.New(gen.Config{Seed: 5, Sites: []string{"testham"}, Start: time.Unix(0, monday).UTC(), Days: 7 * weeks, EventsPerDay: 1500})
	if err != nil {
		t.Fatal(err)
	}
	parser, b := parse.New(parse.Config{Replay: true}), event.NewBuilder()
	add := func(text []byte, at time.Time) {
		parser.Line(b, text, at.UnixNano())
		b.End()
	}
	week := 0
	flush := func() {
		if b.Rows() > 0 {
			out[week] = append(out[week], b.Batch())
			b = event.NewBuilder()
		}
	}
	looked := 0
	for line := range g.Site(0) {
		if now := int(line.Time.Sub(time.Unix(0, monday)) / (7 * 24 * time.Hour)); now != week {
			flush()
			week = now
		}
		if week > looked && line.Time.Sub(time.Unix(0, monday))%(7*24*time.Hour) > 3*time.Hour {
			looked = week
			for i := range 60 {
				at := line.Time.Add(time.Duration(i) * time.Second)
				add(fmt.Appendf(nil, "<4>1 %s gw1 kernel - - - [99.1] [UFW AUDIT] IN=eth1 OUT=eth0 SRC=%s DST=10.21.%d.%d LEN=52 TTL=127 ID=1 PROTO=TCP SPT=5%04d DPT=%d WINDOW=64240 SYN",
					at.Format(time.RFC3339), inventory, week, i%20+1, i, 7000+1000*week+i), at)
			}
		}
		if add(line.Text, line.Time); b.Rows() >= 256 {
			flush()
		}
	}
	flush()
	return out
}

const monday = int64(1_772_409_600_000_000_000) // 2 March 2026, 00:00 UTC

// A told week is the last version of the incidents that were raised in it.
type toldWeek map[string]incident.Version

// about returns the incidents of a machine, and the others.
func (w toldWeek) about(who string) (its, others toldWeek) {
	its, others = toldWeek{}, toldWeek{}
	for id, v := range w {
		if slices.Contains(v.Entities, "source.ip="+who) {
			its[id] = v
		} else {
			others[id] = v
		}
	}
	return its, others
}

// playWeeks gives a site the weeks, each cut into messages of so many rows, and before each what is said then.
func playWeeks(t *testing.T, log [weeks][]*event.Batch, rows int, say func(week int, told []toldWeek) *Verdict) (told []toldWeek, state []byte) {
	t.Helper()
	s := NewSite("testham", ScoreKey(), DefaultConfig())
	seq := uint64(0)
	for week, batches := range log {
		var out Output
		if v := say(week, told); v != nil {
			value, err := v.Encode()
			if err != nil {
				t.Fatal(err)
			}
			c, err := DecodeControl(value)
			if err != nil {
				t.Fatal(err)
			}
			s.Control(c, int64(week), int64(seq), &out)
		}
		for _, b := range recut(batches, rows) {
			s.Process(Message{Seq0: seq, Events: b}, &out)
			seq += uint64(b.Rows())
		}
		now := toldWeek{}
		for _, v := range out.Incidents {
			now[v.ID] = v
		}
		told = append(told, now)
	}
	return told, s.Snapshot()
}

// TestVerdictsWeekByWeek says something of what a machine does every week, and takes it back two weeks later. In between there is silence about that, all
// else is told as it would have been to the bit, and then it speaks again.
func TestVerdictsWeekByWeek(t *testing.T) {
	log := councilWeeks(t)
	silent := func(int, []toldWeek) *Verdict { return nil }
	plain, before := playWeeks(t, log, 200, silent)
	for week := 1; week < weeks; week++ {
		if its, _ := plain[week].about(inventory); len(its) == 0 {
			t.Fatalf("without a word there is nothing to tell in week %d", week)
		}
	}
	if _, others := plain[3].about(inventory); len(others) == 0 {
		t.Fatal("nothing else is told")
	}
	for name, says := range map[string]Verdict{
		"benign":     {Verdict: verdict.Benign},
		"suppressed": {Verdict: verdict.Suppressed, Until: monday + 99*7*int64(24*time.Hour)},
		"expired":    {Verdict: verdict.Suppressed, Until: monday + 4*7*int64(24*time.Hour)},
	} {
		t.Run(name, func(t *testing.T) {
			say := func(week int, told []toldWeek) *Verdict {
				v := says
				switch {
				case week == 2:
					its, _ := told[1].about(inventory)
					for _, id := range slices.Sorted(maps.Keys(its)) {
						v.Incident, v.Scope = id, its[id].Scope
					}
					return &v
				case week == 4 && name != "expired":
					its, _ := told[1].about(inventory)
					return &Verdict{Incident: slices.Sorted(maps.Keys(its))[len(its)-1]}
				}
				return nil
			}
			got, state := playWeeks(t, log, 200, say)
			for week := range got {
				its, others := got[week].about(inventory)
				speaks, want := plain[week].about(inventory)
				if week == 2 || week == 3 {
					clear(speaks)
				}
				if diff := cmp.Diff(speaks, its); diff != "" {
					t.Errorf("week %d: of that is told: %s", week, diff)
				}
				if diff := cmp.Diff(want, others); diff != "" {
					t.Errorf("week %d: others are told differently: %s", week, diff)
				}
			}
			if _, again := playWeeks(t, log, 77, say); !bytes.Equal(state, again) {
				t.Error("cut otherwise, the same two logs end in another state")
			}
			if name != "expired" && !bytes.Equal(state, before) {
				t.Error("taken back, it has left a trace in the state")
			}
		})
	}
}

// TestConfirmedIsNeverLearned says that what a machine did was an attack: it is as new in every later week, and is learned again once that is taken back.
func TestConfirmedIsNeverLearned(t *testing.T) {
	s := NewSite("testham", ScoreKey(), DefaultConfig())
	ordinary := func(n int) *event.Batch {
		b := event.NewBuilder()
		for i := range n {
			fill(b, monday+int64(i)*int64(time.Minute), fmt.Sprint("10.0.0.", i%20), 443)
		}
		return b.Batch()
	}
	odd := func() float32 {
		b := event.NewBuilder()
		fill(b, s.clock.now+int64(time.Minute), "10.0.0.3", 4444)
		var out Output
		s.Process(Message{Events: b.Batch()}, &out)
		return out.Messages[0].Scores[0]
	}
	var out Output
	s.Process(Message{Events: ordinary(4000)}, &out)
	f := s.events.Layout()
	scope := incident.Scope{Entities: []string{"source.ip=10.0.0.3"}}
	for i := range f.Fields {
		if f.Fields[i].Name == "destination.port" {
			scope.Reasons = append(scope.Reasons, incident.Reason{Field: "destination.port", Values: []uint64{s.key.Number(uint64(i+1), 4444)}})
		}
	}
	scope.Reasons = scope.Reasons[:1] // asked for from inside
	s.Control(Control{Verdict: &Verdict{Incident: "i", Verdict: verdict.Confirmed, Scope: scope}}, 0, 0, &out)
	first, last := odd(), float32(0)
	for range 300 {
		last = odd()
	}
	if first < 5 || last < first-0.1 {
		t.Errorf("it scores %.2f, and %.2f after 300 times", first, last)
	}
	s.Control(Control{Verdict: &Verdict{Incident: "i"}}, 1, 0, &out)
	for range 300 {
		last = odd()
	}
	if last >= first/2 {
		t.Errorf("taken back, it is not learned: %.2f, then %.2f", first, last)
	}
}

func fill(b *event.Builder, at int64, from string, port uint64) {
	b.SetTime(event.Time, at)
	b.SetString(event.Dataset, "firewall")
	b.SetString(event.SourceIP, from)
	b.SetString(event.DestinationIP, "10.0.1.1")
	b.SetUint(event.DestinationPort, port)
	b.End()
}

// TestVerdictsAreSaved checks that a site restored from its snapshot holds what was said.
func TestVerdictsAreSaved(t *testing.T) {
	s := NewSite("testham", ScoreKey(), DefaultConfig())
	var out Output
	scope := incident.Scope{Entities: []string{"a=b"}, Reasons: []incident.Reason{{Field: "c", Any: true}}}
	for i := range verdict.MaxVerdicts + 3 {
		s.Control(Control{Verdict: &Verdict{Incident: fmt.Sprint(i), Verdict: verdict.Benign, Scope: scope}}, int64(i), 0, &out)
	}
	again := NewSite("testham", ScoreKey(), DefaultConfig())
	if err := again.Restore(s.Snapshot()); err != nil || again.book.Len() != verdict.MaxVerdicts || !bytes.Equal(again.Snapshot(), s.Snapshot()) {
		t.Errorf("%d verdicts, %v", again.book.Len(), err)
	}
	forgotten := 0
	for _, v := range out.Verdicts {
		if v.Author == forgetful {
			forgotten++
		}
	}
	if forgotten != 3 {
		t.Errorf("%d are told to be forgotten, want 3", forgotten)
	}
}
