package rhythm

import (
	"bytes"
	"math"
	"math/rand/v2"
	"slices"
	"testing"
	"time"

	"frontfoot/detect/sketch"
)

const (
	start  = int64(1_772_409_600e9) // Monday 2 March 2026
	minute = int64(time.Minute)
	hour   = int64(time.Hour)
)

// A world is calls in the order of their times.
type world struct {
	r     *rand.Rand
	calls []Call
}

func newWorld(seed uint64) *world { return &world{r: rand.New(rand.NewPCG(seed, 1))} }

func hash(kind, n int) uint64 { return sketch.NewKey([16]byte{7}).Number(uint64(kind), uint64(n)) }

// add is a call of a machine to a place.
func (w *world) add(at int64, machine, place int, size float64) {
	w.calls = append(w.calls, Call{Who: hash(1, machine), To: hash(2, place), Log: hash(3, 1), At: start + at, Size: uint64(size), Sized: true})
}

// browse is what machines do by chance over some days: each visits few places often and many seldom.
func (w *world) browse(machines int, days float64) {
	for m := range machines {
		for at := 0.0; at < days*24*60; at += w.r.ExpFloat64() * 4 {
			place := int(math.Exp(w.r.Float64() * 8)) // as often in each octave of places
			if w.r.IntN(3) == 0 {
				place = 10_000 + m*8 + w.r.IntN(8) // places of its own
			}
			w.add(int64(at*float64(minute)), m, place, 2400*math.Exp(w.r.NormFloat64()))
		}
	}
}

// beacon calls each period from a time on, earlier or later by up to a part of it.
func (w *world) beacon(from int64, times int, machine, place int, period int64, jitter float64) {
	for at := from; times > 0; times-- {
		w.add(at, machine, place, 700*math.Exp(0.1*w.r.NormFloat64()))
		at += int64(float64(period) * (1 + jitter*(2*w.r.Float64()-1)))
	}
}

// play returns the most bits of each pair that has some, and when it had as many as want.
func (w *world) play(m *Model, want float32) (best map[[2]uint64]float32, first map[[2]uint64]int64) {
	slices.SortStableFunc(w.calls, func(a, b Call) int { return int((a.At - b.At) / 1e6) })
	best, first = map[[2]uint64]float32{}, map[[2]uint64]int64{}
	for i := range w.calls {
		c := &w.calls[i]
		m.Pass(c.At)
		v := m.Score(c)
		m.learn(1)
		pair := [2]uint64{c.Who, c.To}
		best[pair] = max(best[pair], v.Bits)
		if v.Bits >= want && first[pair] == 0 {
			first[pair] = c.At
		}
	}
	return best, first
}

// TestJitteredBeaconIsFound plays a beacon of ten minutes, a fifth more or less, among browsing by chance: within some hours it has more bits
// than any other pair ever has.
func TestJitteredBeaconIsFound(t *testing.T) {
	for seed := range uint64(5) {
		w := newWorld(seed)
		w.browse(40, 3)
		w.beacon(40*hour, 100, 3, 77_777, 10*minute, 0.2)
		best, first := w.play(New(nil), 15)
		bad := [2]uint64{hash(1, 3), hash(2, 77_777)}
		if at := first[bad]; at == 0 || at-start > 45*hour {
			t.Errorf("seed %d: found after %v, want within 5 hours", seed, time.Duration(at-start-40*hour))
		}
		for pair, bits := range best {
			if pair != bad && bits >= best[bad] {
				t.Errorf("seed %d: a pair by chance has %.1f bits, the beacon %.1f", seed, bits, best[bad])
			}
		}
	}
}

// TestWhatEverybodyAsksIsNoBeacon plays a service that each of 40 machines asks each 17 minutes.
func TestWhatEverybodyAsksIsNoBeacon(t *testing.T) {
	w := newWorld(9)
	w.browse(40, 3)
	for m := range 40 {
		w.beacon(int64(m)*minute/3, 200, m, 55_555, 1024e9, 0.01)
	}
	best, _ := w.play(New(nil), 10)
	if len(best) < 1000 {
		t.Fatalf("%d pairs", len(best))
	}
	for m := range 40 {
		if bits := best[[2]uint64{hash(1, m), hash(2, 55_555)}]; bits > 5 {
			t.Errorf("machine %d has %.1f bits for what everybody asks", m, bits)
		}
	}
}

// TestKnownRhythmIsUsual checks that what was even when all was taken for usual stays without bits, and that nights and missed calls do not hide a
// beacon.
func TestKnownRhythmIsUsual(t *testing.T) {
	w := newWorld(4)
	w.browse(40, 3)
	w.beacon(hour, 150, 5, 66_666, 20*minute, 0.05)
	for night := range 3 { // a copy each night, which is forgotten by day
		w.beacon(int64(3+24*night)*hour, 12, 5, 66_668, 8*minute, 0.05)
	}
	for night := range 2 {
		w.beacon(int64(28+24*night)*hour, 30, 6, 66_667, 15*minute, 0.3)
	}
	slices.SortStableFunc(w.calls, func(a, b Call) int { return int((a.At - b.At) / 1e6) })
	for i := range w.calls {
		w.calls[i].Known = w.calls[i].At < start+24*hour
	}
	w.calls = slices.DeleteFunc(w.calls, func(c Call) bool { return c.To == hash(2, 66_667) && c.At/1e9%11 == 0 })
	best, _ := w.play(New(nil), 10)
	for _, place := range []int{66_666, 66_668} {
		if bits := best[[2]uint64{hash(1, 5), hash(2, place)}]; bits != 0 {
			t.Errorf("a known rhythm has %.1f bits", bits)
		}
	}
	if bits := best[[2]uint64{hash(1, 6), hash(2, 66_667)}]; bits < 15 {
		t.Errorf("a beacon with a night and missed calls has %.1f bits, want 15", bits)
	}
}

// TestChanceHasTheBitsItShould checks the test itself against its promise: of pairs by chance no more than one in 2^b has b bits.
func TestChanceHasTheBitsItShould(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	const all = 20_000
	var above [11]int
	for range all {
		p := beat{n: 12}
		for range p.n {
			x := float32(20 * r.ExpFloat64())
			p.sum += x
			p.logs += sketch.Log2(x)
		}
		for b := range above {
			if p.even(0) >= float32(b) {
				above[b]++
			}
		}
	}
	for b := 1; b < len(above); b++ {
		want := float64(all) / math.Exp2(float64(b))
		if got := float64(above[b]); got > want+4*math.Sqrt(want) {
			t.Errorf("%v of %d by chance have %d bits, want %v at most", got, all, b, want)
		}
	}
	if above[1] < all/20 {
		t.Errorf("only %d of %d have a bit: the bound is of no use", above[1], all)
	}
}

// TestFloodPutsOutOnlyItself lets a machine call a million places while a beacon goes on and another one begins.
func TestFloodPutsOutOnlyItself(t *testing.T) {
	w := newWorld(2)
	w.browse(40, 1)
	w.beacon(10*hour, 80, 3, 77_777, 10*minute, 0.2)
	w.beacon(15*hour, 50, 4, 77_778, 10*minute, 0.2)
	for i := range 1 << 20 {
		w.add(14*hour+int64(i)*10e6, 39, 1_000_000+i, 100)
	}
	m := New(nil)
	best, _ := w.play(m, 10)
	if n := m.Bytes(); n > 512<<10 {
		t.Errorf("%d bytes", n)
	}
	for _, bad := range [][2]uint64{{hash(1, 3), hash(2, 77_777)}, {hash(1, 4), hash(2, 77_778)}} {
		if best[bad] < 15 {
			t.Errorf("a beacon under the flood has %.1f bits, want 15", best[bad])
		}
	}
}

// TestRoundTrip checks that the same state has the same bytes, and that what was restored goes on alike.
func TestRoundTrip(t *testing.T) {
	w := newWorld(3)
	w.browse(30, 1)
	w.beacon(4*hour, 90, 3, 77_777, 10*minute, 0.2)
	a, b := New(nil), New(nil)
	w.play(a, 10)
	var e, again sketch.Encoder
	a.Encode(&e)
	if err := b.Decode(sketch.NewDecoder(e.Buf)); err != nil {
		t.Fatal(err)
	}
	b.Encode(&again)
	if !bytes.Equal(e.Buf, again.Buf) {
		t.Fatal("the bytes differ after a round trip")
	}
	if a.pairs.held != b.pairs.held {
		t.Error("another count of what each machine holds")
	}
	for i := range 50 {
		c := Call{Who: hash(1, 3), To: hash(2, 77_777), Log: hash(3, 1), At: start + 30*hour + int64(i)*10*minute, Size: 700, Sized: true}
		if x, y := a.Score(&c), b.Score(&c); x != y {
			t.Fatalf("call %d: %+v and %+v after a round trip", i, x, y)
		}
	}
	for n := range e.Buf {
		if n%97 == 0 && New(nil).Decode(sketch.NewDecoder(e.Buf[:n])) == nil {
			t.Fatalf("no error of the first %d bytes of %d", n, len(e.Buf))
		}
	}
}

// TestShortIntervalsAreRestored checks that what is known of a pair is read again where the logarithms of its intervals are negative.
func TestShortIntervalsAreRestored(t *testing.T) {
	w := newWorld(1)
	w.add(0, 1, 2, 100)
	w.add(5200e6, 1, 2, 100)
	a := New(nil)
	w.play(a, 10)
	var e sketch.Encoder
	a.Encode(&e)
	if err := New(nil).Decode(sketch.NewDecoder(e.Buf)); err != nil {
		t.Error(err)
	}
}

func BenchmarkScore(b *testing.B) {
	w := newWorld(1)
	w.browse(40, 2)
	m := New(nil)
	b.ReportAllocs()
	for i := 0; b.Loop(); i++ {
		m.Score(&w.calls[i%len(w.calls)])
		m.learn(1)
	}
}

func TestOdds(t *testing.T) {
	for bits, want := range map[float32]string{3: "8", 10: "1,024", 31: "more than a billion", 126: "more than a billion"} {
		if got := odds(bits); got != want {
			t.Errorf("%v bits: once in %s, want %s", bits, got, want)
		}
	}
}
