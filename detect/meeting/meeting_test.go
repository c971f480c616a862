package meeting

import (
	"bytes"
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
)

func hash(domain, n int) uint64 {
	return sketch.NewKey([16]byte{9}).Number(uint64(domain), uint64(n))
}

// A world is a model and the time in it.
type world struct {
	*Model
	r   *rand.Rand
	now int64
}

func newWorld(seed uint64) *world {
	return &world{New(nil), rand.New(rand.NewPCG(seed, 1)), start}
}

func (w *world) meet(who, whom int) Verdict { return w.Meet(hash(1, who), hash(2, whom), w.now) }

func (w *world) bar() float32 { return w.trials.Bar() }

// live plays days on which so many machines speak each hour to some of eight servers, and now and then to one or two of each other. On each day a new
// one comes, which speaks to all servers at once. It returns the most bits that anything had after the first days.
func (w *world) live(days, machines int) (most float32) {
	for d := range days {
		for h := range 8 {
			for who := range machines {
				w.now = start + int64(d)*int64(day) + int64(9+h)*hour + int64(who)*second
				for range 3 {
					if v := w.meet(who, w.r.IntN(8)); d > 4 {
						most = max(most, v.Bits)
					}
				}
				for w.r.IntN(20) == 0 {
					if v := w.meet(who, 100+w.r.IntN(machines)); d > 4 {
						most = max(most, v.Bits)
					}
				}
			}
			for server := range 8 {
				if v := w.meet(1000+d, server); d > 4 {
					most = max(most, v.Bits)
				}
			}
		}
	}
	w.now = start + int64(days)*int64(day) + 9*hour
	return most
}

// spread lets a machine go to so many others, and returns the most telling verdict.
func (w *world) spread(who, from, machines int, every int64) (best Verdict) {
	for i := range machines {
		w.now += every
		if v := w.meet(who, from+i); v.Bits > best.Bits {
			best = v
		}
	}
	return best
}

// TestSpreadIsFound checks that one who goes through the machines of a network is told of, within an hour as within a day, also where it is new; and that
// nothing is of what goes on each day.
func TestSpreadIsFound(t *testing.T) {
	for name, x := range map[string]struct {
		who    int
		every  int64
		window time.Duration
		fresh  bool
	}{
		"at once":  {7, 20 * second, time.Hour, false},
		"slowly":   {7, 45 * minute, day, false},
		"of a new": {5000, 20 * second, time.Hour, true},
	} {
		w := newWorld(1)
		if most := w.live(14, 60); most >= w.bar() {
			t.Errorf("%s: an ordinary day has %.1f bits, the bar is at %.1f", name, most, w.bar())
		}
		v := w.spread(x.who, 3000, 40, x.every)
		if v.Bits < w.bar() || v.Window != x.window || v.Fresh != x.fresh || v.Met < 16 {
			t.Errorf("%s: %+v, the bar is at %.1f", name, v, w.bar())
		}
	}
}

// TestMeetsOnce checks that whom one has met is no news, and that as many others again are none for two weeks, but for another one.
func TestMeetsOnce(t *testing.T) {
	w := newWorld(2)
	w.live(10, 60)
	first := w.spread(7, 3000, 40, 20*second)
	again := w.spread(7, 3000, 40, 20*second)
	w.now += int64(day)
	others := w.spread(7, 4000, 30, 20*second)
	another := w.spread(8, 3000, 40, 20*second)
	if first.Bits < w.bar() || again.Bits != 0 || others.Bits != 0 || another.Bits < w.bar() {
		t.Errorf("%.1f bits at first, %.1f again, %.1f of as many others, %.1f of another one; the bar is at %.1f",
			first.Bits, again.Bits, others.Bits, another.Bits, w.bar())
	}
}

// TestLittleKnown checks that nobody is told of where too little is known of others.
func TestLittleKnown(t *testing.T) {
	w := newWorld(3)
	if v := w.spread(7, 3000, 200, second); v.Bits != 0 {
		t.Errorf("%+v of the first machine there is", v)
	}
}

// TestHeldCountsLittle checks that a window of one in an open incident counts an eighth.
func TestHeldCountsLittle(t *testing.T) {
	for held, want := range map[bool]float32{false: 1, true: dim} {
		w := newWorld(4)
		w.meet(1, 2)
		w.Learn(nil, held)
		w.Pass(w.now + 2*int64(day))
		if n := w.curves[hourly].fresh()[1]; n != want {
			t.Errorf("held is %v: it counts %v, want %v", held, n, want)
		}
	}
}

// TestBounded checks that however many machines speak, the memory stays within its bound.
func TestBounded(t *testing.T) {
	w := newWorld(5)
	for i := range 200_000 {
		w.now += second
		w.meet(i, i+1)
	}
	if n := w.Bytes(); n > 256<<10 {
		t.Errorf("%d bytes", n)
	}
}

// TestRoundTrip checks that the same state has the same bytes, that what was restored goes on alike, and that damage is found.
func TestRoundTrip(t *testing.T) {
	w := newWorld(6)
	w.live(10, 60)
	w.spread(7, 3000, 20, 20*second)
	w.Learn(nil, true)
	var e, again sketch.Encoder
	w.Encode(&e)
	other := &world{New(nil), w.r, w.now}
	if err := other.Decode(sketch.NewDecoder(e.Buf)); err != nil {
		t.Fatal(err)
	}
	other.Encode(&again)
	if !bytes.Equal(e.Buf, again.Buf) {
		t.Error("what was restored has other bytes")
	}
	if a, b := w.spread(8, 3000, 40, second), other.spread(8, 3000, 40, second); a != b {
		t.Errorf("%+v, restored %+v", a, b)
	}
	if err := New(nil).Decode(sketch.NewDecoder(e.Buf[:len(e.Buf)-1])); err == nil {
		t.Error("a state that was cut is read")
	}
	for s := range w.circles.All() {
		s.Thing.best[0][hourly] = farthest + 1
	}
	var bad sketch.Encoder
	w.Encode(&bad)
	if err := New(nil).Decode(sketch.NewDecoder(bad.Buf)); err == nil {
		t.Error("a machine that met more than there are is read")
	}
}
