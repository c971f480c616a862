package silence

import (
	"bytes"
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"
	"time"

	"frontfoot/detect/feature"
	"frontfoot/detect/sequence"
	"frontfoot/detect/sketch"
	"frontfoot/ingest/event"
)

const (
	start  = 1_772_409_600 * int64(time.Second)
	minute = int64(time.Minute)
	hour   = int64(time.Hour)
	daily  = int64(day)
)

// A machine of a world is silent at times.
type machine struct {
	name   string
	every  int64                // how often it speaks, about
	awake  func(now int64) bool // nil is always
	device bool                 // it is a device that saw the event
}

// A world is a model and the time in it.
type world struct {
	*Model
	events   *feature.Events
	r        *rand.Rand
	now      int64
	seq      uint64
	learning bool
	machines []machine
	next     []int64
	told     []string
	findings []*sequence.Finding
}

func newWorld(seed uint64, machines ...machine) *world {
	key := sketch.NewKey([16]byte{9})
	events := feature.NewEvents(key)
	return &world{
		Model: New(key), events: events, r: rand.New(rand.NewPCG(seed, 1)), now: start, machines: machines, next: make([]int64, len(machines)),
	}
}

// servers are so many that speak about every twenty minutes.
func servers(n int) (all []machine) {
	for i := range n {
		all = append(all, machine{name: fmt.Sprintf("srv%02d", i), every: 20 * minute})
	}
	return all
}

// say gives the model a row of a machine.
func (w *world) say(m *machine) {
	b := event.NewBuilder()
	b.SetTime(event.Time, w.now)
	if m.device {
		b.SetString(event.ObserverHostname, m.name)
		b.SetString(event.HostHostname, "phone")
	} else {
		b.SetString(event.HostHostname, m.name)
	}
	b.End()
	batch, r := b.Batch(), feature.Row{}
	w.events.Begin(batch)
	w.Begin(batch)
	w.events.Row(0, &r)
	row := &sequence.Row{
		Row: &r, Batch: batch, Now: w.now, Daily: 10_000, Learning: w.learning,
		Place: sequence.Place{Epoch: "e", Seq: w.seq, Time: w.now, Premises: "mill"},
	}
	w.seq++
	if f := w.Take(row); f != nil {
		w.findings = append(w.findings, f)
		w.told = append(w.told, f.Entities[0].Text)
	}
	w.Learn(row, false)
}

// live lets a time pass in which machines speak, but for those that are off.
func (w *world) live(span int64, off ...string) {
	for end := w.now + span; w.now < end; w.now += minute {
		for i := range w.machines {
			m := &w.machines[i]
			if w.next[i] > w.now || m.awake != nil && !m.awake(w.now) || strings.Contains(strings.Join(off, " "), m.name) {
				continue
			}
			w.say(m)
			w.next[i] = w.now + m.every/2 + w.r.Int64N(m.every)
		}
	}
}

// TestSilenceIsTold checks that a machine which falls silent is told of once, while it is silent, at the place of its last line, and in which words.
func TestSilenceIsTold(t *testing.T) {
	w := newWorld(1, servers(8)...)
	w.machines = append(w.machines, machine{name: "fw", every: 20 * minute, device: true})
	w.next = append(w.next, 0)
	w.live(12 * daily)
	if len(w.told) > 0 {
		t.Fatalf("of ordinary days %q is told", w.told)
	}
	for _, name := range []string{"srv03", "fw"} {
		off, seq := w.now, w.seq
		w.told, w.findings = nil, nil
		w.live(8*hour, name)
		if len(w.told) != 1 || w.told[0] != name {
			t.Fatalf("%s fell silent, told is %q", name, w.told)
		}
		f := w.findings[0]
		if !strings.HasPrefix(f.Seen, name+" has sent no logs for ") || !strings.HasSuffix(f.Expected, " in the last two weeks") || f.Tactic != feature.Evasion {
			t.Errorf("%s: said %q (%s) of %s", name, f.Seen, f.Expected, f.Tactic)
		}
		if p := f.Place; p == nil || p.Time >= off || p.Seq >= seq || p.Epoch != "e" || p.Premises != "mill" {
			t.Errorf("%s: told at %+v, want its last line, before %d", name, p, off)
		}
		w.told = nil
		w.live(daily)
		if len(w.told) > 0 {
			t.Errorf("%s came back, told is %q", name, w.told)
		}
	}
}

// TestNightsAndWeekends checks that machines which are off at night and at weekends are not told of for that, and servers beside them are at night.
func TestNightsAndWeekends(t *testing.T) {
	office := func(now int64) bool {
		d, h := now/daily, now%daily/hour
		return (d+4)%7 != 0 && (d+4)%7 != 6 && h >= 8 && h < 18 // the first day of 1970 was a Thursday
	}
	all := servers(6)
	for i := range 5 {
		all = append(all, machine{name: fmt.Sprintf("pc%d", i), every: 30 * minute, awake: office})
	}
	w := newWorld(2, all...)
	w.live(28 * daily)
	if len(w.told) > 0 {
		t.Errorf("of ordinary weeks %q is told", w.told)
	}
	w.live(8*hour, "srv01")
	if len(w.told) != 1 || w.told[0] != "srv01" {
		t.Errorf("told is %q", w.told)
	}
}

// TestSiteIsSilent checks that where everybody, or half of them, is silent nobody is told of, neither then nor when one is slow to come back, and that it is
// not learned: what is silent for as long afterwards is told of.
func TestSiteIsSilent(t *testing.T) {
	for name, off := range map[string]int{"all": 8, "half": 5} {
		w := newWorld(3, servers(8)...)
		w.live(12 * daily)
		var silent []string
		for i := range off {
			silent = append(silent, w.machines[i].name)
		}
		w.live(9*hour, silent...)
		w.live(30*minute, "srv02")
		w.live(daily)
		if len(w.told) > 0 {
			t.Errorf("%s: told is %q", name, w.told)
		}
		w.live(9*hour, "srv04")
		if len(w.told) != 1 || w.told[0] != "srv04" {
			t.Errorf("%s: later %q is told", name, w.told)
		}
	}
}

// TestSiteIsSilentAtMidnight checks that of a machine that is slow to come back after a silence of the site in which a week began the week is a new one, too, as of
// all others.
func TestSiteIsSilentAtMidnight(t *testing.T) {
	w := newWorld(3, servers(8)...)
	w.live(14*daily - 2*hour)
	days := w.trials
	var all []string
	for _, m := range w.machines {
		all = append(all, m.name)
	}
	w.live(5*hour, all...)
	w.live(hour, "srv02")
	w.live(2 * hour)
	for s := range w.sources.All() {
		if n := s.Thing.minutes[0]; n > 3*60 {
			t.Errorf("%s spoke in %d minutes of a week of three hours", s.Thing.name, n)
		}
	}
	for range w.machines {
		days.Make()
	}
	if days.Pass(w.trials.Now(), 0); w.trials != days {
		t.Errorf("%.2f days of machines in a day, want %.2f", w.trials.Daily(), days.Daily())
	}
}

// TestNewcomersAreNotTold checks that of a machine which is known for some days only nothing is said, nor by a site that learns, nor where there is one machine alone.
func TestNewcomersAreNotTold(t *testing.T) {
	w := newWorld(4, servers(8)...)
	w.live(12*daily, "srv05")
	w.live(4 * daily)
	w.live(daily, "srv05")
	w.learning = true
	w.live(daily, "srv06")
	alone := newWorld(4, servers(1)...)
	alone.live(12 * daily)
	alone.live(daily, "srv00")
	alone.live(daily)
	if len(w.told)+len(alone.told) > 0 {
		t.Errorf("told is %q, and of one alone %q", w.told, alone.told)
	}
}

// TestOnceIsOrdinary checks that the second silence as long as the first is not told of.
func TestOnceIsOrdinary(t *testing.T) {
	w := newWorld(5, servers(8)...)
	w.live(12 * daily)
	w.live(8*hour, "srv05")
	w.live(3 * daily)
	w.live(8*hour-30*minute, "srv05")
	if len(w.told) != 1 {
		t.Errorf("told is %q, want one", w.told)
	}
}

// TestFloodOfNames lets a hundred thousand machines come once each: memory is bounded, and those that are known stay.
func TestFloodOfNames(t *testing.T) {
	w := newWorld(6, servers(8)...)
	w.live(12 * daily)
	for i := range 100_000 {
		w.say(&machine{name: fmt.Sprintf("made-up-%d-%s", i, strings.Repeat("x", 300))})
	}
	if n := w.Bytes(); n > 80<<10 {
		t.Errorf("%d bytes", n)
	}
	w.live(8*hour, "srv02")
	if len(w.told) != 1 || w.told[0] != "srv02" {
		t.Errorf("told is %q", w.told)
	}
}

// TestWroteInAnyBatch checks that who wrote a row is the same whatever rows came before it in its batch: a device that one column names is not the one that
// another column names so.
func TestWroteInAnyBatch(t *testing.T) {
	b := event.NewBuilder()
	for _, c := range observers {
		b.SetTime(event.Time, start)
		b.SetString(c, "fw1")
		b.End()
	}
	together := b.Batch()
	w := newWorld(1)
	w.Begin(together)
	for i, c := range observers {
		got, _, column := w.wrote(&sequence.Row{Row: &feature.Row{}, Batch: together, Index: i})
		other := newWorld(1)
		other.Begin(together)
		if want, _, _ := other.wrote(&sequence.Row{Row: &feature.Row{}, Batch: together, Index: i}); got != want || column != uint8(c) {
			t.Errorf("%s is %x after other rows, want %x", c, got, want)
		}
	}
}

// TestStep checks the steps of silences, and that each is within the longest of its step.
func TestStep(t *testing.T) {
	for length, want := range map[int64]uint8{0: 0, 15 * minute: 0, 16 * minute: 1, 22 * minute: 1, 23 * minute: 2, 32 * minute: 3, 64 * minute: 5, 8 * hour: 10, 400 * daily: farthest} {
		got := step(uint32(length / int64(time.Second)))
		if got != want {
			t.Errorf("%v is step %d, want %d", time.Duration(length), got, want)
		}
		if most := longest(got); got < farthest && (time.Duration(length) > most+time.Minute || got > 0 && time.Duration(length) < longest(got-1)-time.Minute) {
			t.Errorf("%v is step %d, the longest of which is %v", time.Duration(length), got, most)
		}
	}
}

// TestHeldCountsLittle checks that a day of somebody in an open incident counts an eighth.
func TestHeldCountsLittle(t *testing.T) {
	for held, want := range map[bool]float32{false: 1, true: dim} {
		var l life
		s := source{days: settled, spoke: true, far: 3, odd: held}
		if s.end(&l); l[1] != want || l[4] != want || l[5] != 0 || s.odd {
			t.Errorf("held is %v: %v, want %v in the first four", held, l, want)
		}
	}
}

// TestTimeRunsBack checks that stamps of any order are borne.
func TestTimeRunsBack(t *testing.T) {
	w := newWorld(7, servers(3)...)
	for _, now := range []int64{start, 0, -1 << 62, start + daily, 1 << 62, 5} {
		for i := range w.machines {
			w.now = now
			w.say(&w.machines[i])
		}
	}
	if w.Len() != 3 {
		t.Errorf("%d machines are known, want 3", w.Len())
	}
}

// Len returns how many machines are known.
func (m *Model) Len() (n int) {
	for range m.sources.All() {
		n++
	}
	return n
}

// TestRoundTrip checks that the same state has the same bytes, that what was restored goes on alike, and that no part of it is read.
func TestRoundTrip(t *testing.T) {
	w := newWorld(8, servers(8)...)
	w.live(12 * daily)
	w.live(20*minute, "srv01")
	var e, again sketch.Encoder
	w.Encode(&e)
	other := newWorld(8, servers(8)...)
	if err := other.Decode(sketch.NewDecoder(e.Buf)); err != nil {
		t.Fatal(err)
	}
	other.Encode(&again)
	if !bytes.Equal(e.Buf, again.Buf) {
		t.Fatal("the bytes differ after a round trip")
	}
	other.now, other.seq, other.r = w.now, w.seq, rand.New(rand.NewPCG(10, 1))
	w.r, w.next, other.next = rand.New(rand.NewPCG(10, 1)), make([]int64, 8), make([]int64, 8)
	w.live(8*hour, "srv01")
	other.live(8*hour, "srv01")
	if len(w.told) != 1 || len(other.told) != 1 || w.findings[0].Seen != other.findings[0].Seen || *w.findings[0].Place != *other.findings[0].Place {
		t.Errorf("%q and %q after a round trip", w.told, other.told)
	}
	for n := range e.Buf {
		if New(w.key).Decode(sketch.NewDecoder(e.Buf[:n])) == nil {
			t.Fatalf("no error of the first %d bytes of %d", n, len(e.Buf))
		}
	}
}

// TestUnsound checks that what no model comes to is refused.
func TestUnsound(t *testing.T) {
	for name, damage := range map[string]func(*source){
		"far": func(s *source) { s.far = farthest + 1 }, "days": func(s *source) { s.days = settled + 1 }, "column": func(s *source) { s.column = 255 },
	} {
		w := newWorld(9, servers(2)...)
		w.live(hour)
		for s := range w.sources.All() {
			damage(&s.Thing)
		}
		var e sketch.Encoder
		w.Encode(&e)
		if New(w.key).Decode(sketch.NewDecoder(e.Buf)) == nil {
			t.Errorf("%s: no error", name)
		}
	}
}

// FuzzDecode checks that no bytes make Decode panic, nor what is done with what it accepts, and that this is written as it was read.
func FuzzDecode(f *testing.F) {
	w := newWorld(9, servers(4)...)
	w.live(9 * daily)
	var e sketch.Encoder
	w.Encode(&e)
	f.Add(e.Buf)
	f.Add([]byte{})
	f.Fuzz(func(t *testing.T, data []byte) {
		w := newWorld(9, servers(4)...)
		if w.Decode(sketch.NewDecoder(data)) != nil {
			return
		}
		var e, again sketch.Encoder // an older form of the trials is read, too, and written in today's
		w.Encode(&e)
		same := New(w.key)
		if err := same.Decode(sketch.NewDecoder(e.Buf)); err != nil {
			t.Fatal(err)
		}
		if same.Encode(&again); !bytes.Equal(e.Buf, again.Buf) {
			t.Fatal("written otherwise than it was read")
		}
		w.live(3 * hour)
	})
}

func BenchmarkTake(b *testing.B) {
	w := newWorld(1, servers(32)...)
	w.live(10 * daily)
	build, rows := event.NewBuilder(), make([]feature.Row, len(w.machines))
	for i := range w.machines {
		build.SetString(event.HostHostname, w.machines[i].name)
		build.End()
	}
	batch := build.Batch()
	w.events.Begin(batch)
	w.Begin(batch)
	for i := range rows {
		w.events.Row(i, &rows[i])
	}
	row := &sequence.Row{Batch: batch, Daily: 10_000, Place: sequence.Place{Epoch: "e"}}
	b.ReportAllocs()
	for i := 0; b.Loop(); i++ {
		w.now += int64(5 * time.Second)
		row.Now, row.Index = w.now, i%len(rows)
		row.Row = &rows[row.Index]
		w.Take(row)
	}
}
