package excess

import (
	"bytes"
	"math"
	"math/rand/v2"
	"testing"
	"time"

	"frontfoot/detect/sketch"
)

const (
	start  = 1_772_409_600 * int64(time.Second)
	second = int64(time.Second)
	minute = 60 * second
	hour   = 60 * minute
	ours   = 77 // a kind of connection
	server = 1
)

func hash(domain, n int) uint64 {
	return sketch.NewKey([16]byte{9}).Number(uint64(domain), uint64(n))
}

// a world is a model and the time in it.
type world struct {
	*Model
	r   *rand.Rand
	now int64
}

func newWorld(seed uint64) *world {
	return &world{New(testKey(), nil), rand.New(rand.NewPCG(seed, 1)), start}
}

func (w *world) move(who int, size float64) Verdict {
	return w.Count(&Case{Who: hash(1, who), At: hash(2, server), Kind: ours, Bytes: uint64(size), Now: w.now})
}

// live plays days on which each of so many people moves some 20 kB some times, now and then a MB, and a server a terabyte each night. It returns the
// most bits that anybody had after the first days.
func (w *world) live(days, people int) (most float32) {
	for d := range days {
		for h := range 8 {
			for who := range people {
				w.now = start + int64(d)*int64(day) + int64(9+h)*hour + int64(who)*second
				for range w.r.IntN(4) {
					if v := w.move(who, 20_000*math.Exp(1.5*w.r.NormFloat64())); d > 4 {
						most = max(most, v.Bits)
					}
				}
			}
		}
		w.now = start + int64(d)*int64(day) + 23*hour
		for range 10 {
			if v := w.move(-1, 1e11*(0.5+w.r.Float64())); d > 4 {
				most = max(most, v.Bits)
			}
		}
	}
	w.now = start + int64(days)*int64(day) + 9*hour
	return most
}

func (w *world) bar() float32 { return w.trials.Bar() }

// TestTheftIsFound checks that much more than ever is told of: at once, in drops, in number, by a server as by a workstation; and that nothing is of what goes
// on each day.
func TestTheftIsFound(t *testing.T) {
	for name, x := range map[string]struct {
		times int
		size  float64
		every int64
	}{
		"at once":   {1, 3e9, 0},
		"in pieces": {30, 3e7, minute},
		"in drops":  {48, 9e6, 30 * minute},
		"often":     {600, 100, second},
	} {
		w := newWorld(1)
		if most := w.live(10, 40); most >= w.bar() {
			t.Errorf("%s: an ordinary day has %.1f bits, the bar is at %.1f", name, most, w.bar())
		}
		var best Verdict
		for range x.times {
			if v := w.move(7, x.size); v.Bits > best.Bits {
				best = v
			}
			w.now += x.every
		}
		if best.Bits < w.bar() {
			t.Errorf("%s: %+v, the bar is at %.1f", name, best, w.bar())
		}
		if moved := x.size > 1000; (best.What == kib) != moved || best.Fresh {
			t.Errorf("%s: told of bytes is %v, of one who is new %v, want %v and false", name, best.What == kib, best.Fresh, moved)
		}
	}
}

// TestOnceIsOrdinary checks that what somebody did is ordinary for it on the next day, for two weeks, and not for others.
func TestOnceIsOrdinary(t *testing.T) {
	w := newWorld(2)
	w.live(10, 40)
	first := w.move(7, 3e9)
	w.now += int64(day)
	again := w.move(7, 3e9)
	other := w.move(8, 3e9)
	if first.Bits < w.bar() || again.Bits != 0 || other.Bits < w.bar() {
		t.Errorf("%.1f bits at first, %.1f again, %.1f of another one; the bar is at %.1f", first.Bits, again.Bits, other.Bits, w.bar())
	}
	for d := range 13 {
		w.now += int64(day)
		if v := w.move(7, 20_000); v.Bits >= w.bar() {
			t.Fatalf("%v days later %+v of 20 kB", d, v)
		}
	}
	w.now += 8 * int64(day)
	w.move(7, 20_000)
	w.now += int64(day)
	if v := w.move(7, 3e9); v.Bits < w.bar() {
		t.Errorf("three weeks later %.1f bits", v.Bits)
	}
}

// TestNewcomersAreHeldAgainstNewcomers checks that one who was never seen is judged by what others did when they were new.
func TestNewcomersAreHeldAgainstNewcomers(t *testing.T) {
	w := newWorld(3)
	for i := range 400 {
		w.now += 20 * minute
		for range 1 + int(w.r.ExpFloat64()) {
			w.move(1000+i, 40_000*w.r.ExpFloat64())
		}
	}
	usual := w.move(5_000, 60_000)
	var v Verdict
	for range 300 {
		w.now += second
		if x := w.move(5_001, 4e6); x.Bits > v.Bits {
			v = x
		}
	}
	if usual.Bits >= w.bar() || v.Bits < w.bar() || !v.Fresh {
		t.Errorf("%.1f bits of one as others, %+v of one who is not; the bar is at %.1f", usual.Bits, v, w.bar())
	}
}

// TestWhereLittleIsKnown checks that the first ones are not called improbable.
func TestWhereLittleIsKnown(t *testing.T) {
	w := newWorld(4)
	for i := range 5 {
		if v := w.move(i, 1e10); v.Bits > 6 {
			t.Errorf("number %d has %.1f bits", i+1, v.Bits)
		}
		w.now += int64(day)
	}
}

// TestFloodPutsOutOnlyItself lets a million addresses come once each: what is known stays, in bounded memory.
func TestFloodPutsOutOnlyItself(t *testing.T) {
	w := newWorld(5)
	w.live(8, 40)
	for i := range 1 << 20 {
		w.now += second / 100
		w.move(1_000_000+i, 100)
	}
	if v := w.move(7, 3e9); v.Bits < w.bar() || v.Fresh {
		t.Errorf("after the flood %+v, the bar is at %.1f", v, w.bar())
	}
	if n := w.Bytes(); n > 192<<10 {
		t.Errorf("%d bytes", n)
	}
}

// TestHeldCountsLittle checks that a window of somebody in an open incident counts an eighth.
func TestHeldCountsLittle(t *testing.T) {
	for held, want := range map[bool]float32{false: 1, true: dim} {
		w := newWorld(6)
		w.move(1, 1000)
		w.Learn(nil, held)
		w.Pass(start + 3*int64(day))
		if n := w.kinds.Of(0).of[0].new[1]; n != want {
			t.Errorf("held is %v: it counts %v, want %v", held, n, want)
		}
	}
}

// TestTimeRunsBack checks that stamps of any order are borne.
func TestTimeRunsBack(t *testing.T) {
	m := New(testKey(), nil)
	for _, now := range []int64{start, 0, -1 << 62, start + int64(day), 1 << 62, 5} {
		for range 40 {
			if v := m.Count(&Case{Who: 1 << 40, At: 2, Kind: ours, Bytes: 1 << 63, Now: now}); !(v.Bits >= 0 && v.Bits < 200) {
				t.Fatalf("%v bits at %d", v.Bits, now)
			}
		}
	}
}

// TestFirstDay checks that a first stamp of a clock that was never set leaves a state that can be read when time has come.
func TestFirstDay(t *testing.T) {
	m := New(testKey(), nil)
	m.Count(&Case{Who: 1 << 40, At: 2, Kind: ours, Bytes: 1000, Now: 5 * hour})
	m.Count(&Case{Who: 2 << 40, At: 2, Kind: ours, Bytes: 1000, Now: start})
	var e sketch.Encoder
	m.Encode(&e)
	if err := New(testKey(), nil).Decode(sketch.NewDecoder(e.Buf)); err != nil {
		t.Error(err)
	}
}

// TestMostBytes checks that what is part of a kibibyte counts as one, and that the largest number does not come round to nothing.
func TestMostBytes(t *testing.T) {
	for bytes, want := range map[uint64]uint32{0: 0, 1: 1, 1024: 1, 1025: 2, math.MaxUint64: math.MaxUint32} {
		var n doing
		if n.add(&Case{Bytes: bytes}); n[windows] != want {
			t.Errorf("%d bytes count %d, want %d", bytes, n[windows], want)
		}
	}
}

// TestUnsound checks that counts which no model comes to are refused.
func TestUnsound(t *testing.T) {
	for name, damage := range map[string]func(*tally){
		"far": func(a *tally) { a.best[1][2] = farthest + 1 }, "ended": func(a *tally) { a.ended[1] = settled + 1 }, "odd": func(a *tally) { a.odd = 1 << windows },
	} {
		w := newWorld(8)
		w.move(1, 1000)
		for s := range w.tallies.All() {
			damage(&s.Thing)
		}
		var e sketch.Encoder
		w.Encode(&e)
		if New(testKey(), nil).Decode(sketch.NewDecoder(e.Buf)) == nil {
			t.Errorf("%s: no error", name)
		}
	}
}

// TestRoundTrip checks that the same state has the same bytes, and that what was restored goes on alike.
func TestRoundTrip(t *testing.T) {
	w := newWorld(8)
	w.live(6, 20)
	w.move(3, 1e9)
	var e, again sketch.Encoder
	w.Encode(&e)
	other := &world{New(testKey(), nil), w.r, w.now}
	if err := other.Decode(sketch.NewDecoder(e.Buf)); err != nil {
		t.Fatal(err)
	}
	other.Encode(&again)
	if !bytes.Equal(e.Buf, again.Buf) {
		t.Fatal("the bytes differ after a round trip")
	}
	for i := range 200 {
		w.now += minute
		other.now = w.now
		if a, b := w.move(i%30, float64(i)*1e6), other.move(i%30, float64(i)*1e6); a != b {
			t.Fatalf("connection %d: %+v and %+v after a round trip", i, a, b)
		}
	}
	for n := range e.Buf {
		if n%97 == 0 && New(testKey(), nil).Decode(sketch.NewDecoder(e.Buf[:n])) == nil {
			t.Fatalf("no error of the first %d bytes of %d", n, len(e.Buf))
		}
	}
}

// FuzzDecode checks that no bytes make Decode panic, nor what is done with what it accepts, and that this is written as it was read.
func FuzzDecode(f *testing.F) {
	w := newWorld(9)
	w.live(2, 5)
	var e sketch.Encoder
	w.Encode(&e)
	f.Add(e.Buf)
	f.Add([]byte{})
	f.Fuzz(func(t *testing.T, data []byte) {
		m, d := New(testKey(), nil), sketch.NewDecoder(data)
		if m.Decode(d) != nil {
			return
		}
		var e sketch.Encoder
		m.Encode(&e)
		var again sketch.Encoder // numbers that were longer than need be are written short
		same := New(testKey(), nil)
		if err := same.Decode(sketch.NewDecoder(e.Buf)); err != nil {
			t.Fatal(err)
		}
		if same.Encode(&again); !bytes.Equal(e.Buf, again.Buf) {
			t.Fatal("written otherwise than it was read")
		}
		for i := range 100 {
			m.Count(&Case{Who: hash(1, i%9), At: hash(2, i%5), Kind: hash(3, i%40), Bytes: 1 << (i % 64), Now: start + int64(i)*hour})
		}
	})
}

func BenchmarkCount(b *testing.B) {
	w := newWorld(1)
	w.live(6, 60)
	b.ReportAllocs()
	for i := 0; b.Loop(); i++ {
		w.now += second / 10
		w.move(i%60, 20_000)
	}
}
