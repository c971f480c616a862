package variety

import (
	"bytes"
	"math/rand/v2"
	"testing"
	"time"

	"frontfoot/detect/sketch"
)

const (
	start  = 1_772_409_600 * int64(time.Second)
	minute = int64(time.Minute)
	hour   = int64(time.Hour)
	ours   = 77 // a kind
)

func testKey() sketch.Key { return sketch.NewKey([16]byte{9}) }

func hash(domain, n int) uint64 { return testKey().Number(uint64(domain), uint64(n)) }

// a world is a model and the time in it.
type world struct {
	*Model
	r   *rand.Rand
	now int64
}

func newWorld(seed uint64) *world {
	return &world{New(testKey(), nil), rand.New(rand.NewPCG(seed, 1)), start}
}

func (w *world) see(key, thing int) Verdict {
	return w.Count(hash(1, key), hash(2, thing), ours, w.now)
}

// live plays days on which each of so many keys is seen with one to four things an hour, of thousands, and each hour one new key with one or two. It
// returns the most bits that there were after the first week.
func (w *world) live(days, keys int) (most float32) {
	for d := range days {
		for h := range 8 {
			for key := range keys {
				w.now = start + int64(d)*int64(day) + int64(9+h)*hour + int64(key)*minute/8
				for range 1 + w.r.IntN(4) {
					if v := w.see(key, w.r.IntN(5000)); d > 7 {
						most = max(most, v.Bits)
					}
				}
			}
			fresh := 10_000 + d*8 + h
			for range 1 + w.r.IntN(2) {
				if v := w.see(fresh, w.r.IntN(5000)); d > 7 {
					most = max(most, v.Bits)
				}
			}
		}
	}
	w.now = start + int64(days)*int64(day) + 9*hour
	return most
}

// many shows a key with so many things, and returns what told most.
func (w *world) many(key, things int, every int64) (best Verdict) {
	for i := range things {
		if v := w.see(key, 100_000+i); v.Bits > best.Bits {
			best = v
		}
		w.now += every
	}
	return best
}

// TestManyAreFound checks that many more different things than ever are told of, of a key that is known and of one that is new, at once and through
// the day; and neither what goes on each day nor the same thing many times.
func TestManyAreFound(t *testing.T) {
	for name, x := range map[string]struct {
		key, things int
		every       int64
		window      time.Duration
		fresh       bool
	}{
		"known, at once":    {7, 60, minute / 2, time.Hour, false},
		"known, by drops":   {7, 400, minute, day, false},
		"new, at once":      {50_000, 40, minute / 2, time.Hour, true},
		"new, by the hour":  {50_000, 40, 12 * minute, day, true},
		"one thing, and on": {50_000, 1, minute, 0, false},
	} {
		w := newWorld(1)
		if most := w.live(14, 40); most >= w.trials.Bar() {
			t.Errorf("%s: an ordinary day has %.1f bits, the bar is at %.1f", name, most, w.trials.Bar())
		}
		best := w.many(x.key, x.things, x.every)
		for range 100 {
			if v := w.see(x.key, 100_000); v.Bits > 0 {
				t.Errorf("%s: %+v of what was there", name, v)
			}
		}
		if told := best.Bits >= w.trials.Bar(); told != (x.window > 0) || told && (best.Fresh != x.fresh || best.With < 10) {
			t.Errorf("%s: %+v, the bar is at %.1f", name, best, w.trials.Bar())
		}
		if x.window == time.Hour && best.Window != x.window {
			t.Errorf("%s: within %v", name, best.Window)
		}
	}
}

// TestOnceIsOrdinary checks that what a key did is ordinary for it on the next day, and not for others.
func TestOnceIsOrdinary(t *testing.T) {
	w := newWorld(2)
	w.live(14, 40)
	first := w.many(7, 100, minute/4)
	w.now += int64(day)
	again := w.many(7, 100, minute/4)
	w.now += int64(day)
	other := w.many(8, 100, minute/4)
	if bar := w.trials.Bar(); first.Bits < bar || again.Bits >= bar || other.Bits < bar {
		t.Errorf("%.1f bits at first, %.1f again, %.1f of another one; the bar is at %.1f", first.Bits, again.Bits, other.Bits, bar)
	}
}

// TestBeginningTeachesNothing checks that what is busy since the beginning is no measure for what is new.
func TestBeginningTeachesNothing(t *testing.T) {
	w := newWorld(3)
	for d := range 3 {
		for key := range 30 {
			w.now = start + int64(d)*int64(day) + hour
			w.many(key, 100, 0)
		}
	}
	w.live(14, 10)
	if best := w.many(50_000, 100, minute/4); best.Bits < w.trials.Bar() || !best.Fresh {
		t.Errorf("%+v, the bar is at %.1f", best, w.trials.Bar())
	}
}

// TestWhereLittleIsKnown checks that the first ones are not called improbable.
func TestWhereLittleIsKnown(t *testing.T) {
	w := newWorld(4)
	for i := range 5 {
		w.now += 5 * int64(day)
		if v := w.many(i, 300, minute/10); v.Bits > 6 {
			t.Errorf("number %d has %.1f bits", i+1, v.Bits)
		}
	}
}

// TestFloodPutsOutOnlyItself lets a million keys come with one thing each, and ten thousand with two: what is known stays, in bounded memory.
func TestFloodPutsOutOnlyItself(t *testing.T) {
	w := newWorld(5)
	w.live(14, 40)
	for i := range 1 << 18 {
		w.now += minute / 6000
		w.see(1_000_000+i, i)
		if i%100 == 0 {
			w.see(1_000_000+i, i+1)
		}
	}
	if v := w.many(7, 100, minute/4); v.Bits < w.trials.Bar() || v.Fresh {
		t.Errorf("after the flood %+v, the bar is at %.1f", v, w.trials.Bar())
	}
	if n := w.Bytes(); n > 128<<10 {
		t.Errorf("%d bytes", n)
	}
}

// TestHeldCountsLittle checks that a window of somebody in an open incident counts an eighth.
func TestHeldCountsLittle(t *testing.T) {
	for held, want := range map[bool]float32{false: 1, true: dim} {
		w := newWorld(6)
		w.see(2, 1)
		w.now += beginning * int64(time.Second)
		w.many(1, 3, minute)
		w.Learn(nil, held)
		w.Pass(w.now + 3*int64(day))
		if n := w.kinds.Of(0).of[1].new[3]; n != want {
			t.Errorf("held is %v: it counts %v, want %v", held, n, want)
		}
	}
}

// TestTimeRunsBack checks that stamps of any order are borne.
func TestTimeRunsBack(t *testing.T) {
	m := New(testKey(), nil)
	for _, now := range []int64{start, 0, -1 << 62, start + int64(day), 1 << 62, 5} {
		for i := range 400 {
			if v := m.Count(1<<40, hash(2, i), ours, now); !(v.Bits >= 0 && v.Bits < 200) {
				t.Fatalf("%v bits at %d", v.Bits, now)
			}
		}
	}
}

// TestSteps checks that each count has the step of which it is not beyond the largest.
func TestSteps(t *testing.T) {
	for n := uint32(1); n < 5000; n++ {
		if step := reach(n); n > most(step) || n <= most(step-1) {
			t.Fatalf("%d is in step %d, which ends at %d", n, step, most(step))
		}
	}
}

// TestDoor checks who is let in: who was seen with another thing before, and nobody else came to the place.
func TestDoor(t *testing.T) {
	var d door
	const one, two = 1 << 30, 2 << 30 // of one place
	for i, x := range []struct {
		key, thing, before uint64
		in, other          bool
	}{
		{one, 5, 0, false, true}, {one, 5, 5, false, false}, {one, 6, 5, true, false}, {two, 5, 6, false, true}, {one, 7, 5, false, true}, {one, 8, 7, true, false},
	} {
		if before, in, other := d.pass(x.key, x.thing); in != x.in || other != x.other || in && before != x.before {
			t.Errorf("number %d: in is %v after %d, another is %v", i+1, in, before, other)
		}
	}
}

// TestUnsound checks that counts which no model comes to are refused.
func TestUnsound(t *testing.T) {
	for name, damage := range map[string]func(*tally){
		"far": func(a *tally) { a.best[1][1] = 200 }, "ended": func(a *tally) { a.ended[1] = settled + 1 }, "flags": func(a *tally) { a.flags = 2 * old },
		"kind": func(a *tally) { a.kind = 3 },
	} {
		w := newWorld(8)
		w.many(1, 3, minute)
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
	w.live(9, 20)
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
	for i := range 400 {
		w.now += minute / 2
		other.now = w.now
		if a, b := w.see(i%30, i*i%97), other.see(i%30, i*i%97); a != b {
			t.Fatalf("row %d: %+v and %+v after a round trip", i, a, b)
		}
	}
}

// FuzzDecode checks that no bytes make Decode panic, nor what is done with what it accepts, and that this is written as it was read.
func FuzzDecode(f *testing.F) {
	w := newWorld(9)
	w.live(5, 8)
	var e sketch.Encoder
	w.Encode(&e)
	f.Add(e.Buf)
	f.Add([]byte{})
	f.Fuzz(func(t *testing.T, data []byte) {
		m, d := New(testKey(), nil), sketch.NewDecoder(data)
		if m.Decode(d) != nil {
			return
		}
		var e, again sketch.Encoder
		m.Encode(&e)
		same := New(testKey(), nil)
		if err := same.Decode(sketch.NewDecoder(e.Buf)); err != nil {
			t.Fatal(err)
		}
		if same.Encode(&again); !bytes.Equal(e.Buf, again.Buf) {
			t.Fatal("written otherwise than it was read")
		}
		for i := range 100 {
			m.Count(hash(1, i%9), hash(2, i), hash(3, i%40), start+int64(i)*hour)
		}
	})
}

func BenchmarkCount(b *testing.B) {
	w := newWorld(1)
	w.live(6, 60)
	b.ReportAllocs()
	for i := 0; b.Loop(); i++ {
		w.taken = w.taken[:0]
		w.now += minute / 600
		w.see(i%60, i%977)
	}
}
