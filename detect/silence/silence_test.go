package silence

import (
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
