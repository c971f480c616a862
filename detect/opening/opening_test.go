package opening

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

func (w *world) meet(who, thing int) Verdict {
	w.taken = w.taken[:0]
	return w.Meet(hash(1, who), hash(2, thing), 1, w.now)
}

// live plays days on which, each hour, 16 servers speak to some of three places of their own, and go elsewhere as often as is said, and 30 other
// machines speak to anybody. It returns the most bits that anything had in the second half.
func (w *world) live(days int, elsewhere float64) (most float32) {
	begin := w.now
	for h := range days * 24 {
		w.now = begin + int64(h)*hour
		for who := range 46 {
			w.now += second
			thing := 100*who + w.r.IntN(3)
			if who >= 16 || w.r.Float64() < elsewhere {
				thing = 10_000 + w.r.IntN(500)
			}
			if v := w.meet(who, thing); h > days*12 {
				most = max(most, v.Bits)
			}
		}
	}
	w.now += hour
	return most
}

// TestOpeningIsFound checks that a server which goes further than ever is told of, where servers never do; and neither what goes on each day, nor
// another machine that does the same, nor a server where servers go elsewhere now and then.
func TestOpeningIsFound(t *testing.T) {
	for name, x := range map[string]struct {
		who       int
		elsewhere float64
		told      bool
	}{
		"a closed one":         {3, 0, true},
		"an open one":          {30, 0, false},
		"where servers do":     {3, 0.02, false},
		"one that is new here": {70, 0, false},
	} {
		w := newWorld(1)
		if most := w.live(30, x.elsewhere); most >= w.trials.Bar() {
			t.Errorf("%s: an ordinary day has %.1f bits, the bar is at %.1f", name, most, w.trials.Bar())
		}
		v := w.meet(x.who, 99_999)
		if told := v.Bits >= w.trials.Bar(); told != x.told {
			t.Errorf("%s: %+v, the bar is at %.1f", name, v, w.trials.Bar())
		}
	}
}

// TestOpensOnce checks that what was met is no news, that all of the hour in which a circle opens is, and that what comes next is not, for the circle is open.
func TestOpensOnce(t *testing.T) {
	w := newWorld(2)
	w.live(30, 0)
	first, again, more := w.meet(3, 99_999), w.meet(3, 99_999), w.meet(3, 99_998)
	w.now += hour
	later := w.meet(3, 99_997)
	if bar := w.trials.Bar(); first.Bits < bar || again.Bits != 0 || more.Bits < bar || later.Bits >= bar {
		t.Errorf("%.1f bits at first, %.1f again, %.1f of another, %.1f an hour later; the bar is at %.1f", first.Bits, again.Bits, more.Bits, later.Bits, bar)
	}
}

// TestFullCircle checks that a machine which has to do with half as many as there are bits is no measure for others, and that nothing is said of it.
func TestFullCircle(t *testing.T) {
	w := newWorld(3)
	for i := range 200 {
		w.meet(1, i)
	}
	for i := range 50 {
		w.now += hour
		if v := w.meet(1, 1000+i); v.Bits != 0 {
			t.Fatalf("%+v", v)
		}
	}
	if n := w.kinds.Of(0).hours; n != [octaves]row{} {
		t.Errorf("it counts %v", n)
	}
}

// TestHeldCountsLittle checks that an hour of one in an open incident counts an eighth.
func TestHeldCountsLittle(t *testing.T) {
	for held, want := range map[bool]float32{false: 1, true: dim} {
		w := newWorld(4)
		w.meet(1, 2)
		w.now += hour
		w.meet(1, 3)
		w.Learn(nil, held)
		w.Pass(w.now + hour)
		if n := w.kinds.Of(0).hours[0]; n.opened != want || n.all != want {
			t.Errorf("held is %v: it counts %+v, want %v", held, n, want)
		}
	}
}

// TestBounded checks that however many machines speak, the memory stays within its bound.
func TestBounded(t *testing.T) {
	w := newWorld(5)
	for i := range 200_000 {
		w.now += second / 10
		w.meet(i, i+1)
	}
	if n := w.Bytes(); n > 160<<10 {
		t.Errorf("%d bytes", n)
	}
}

// TestRoundTrip checks that the same state has the same bytes, and that what was restored goes on alike.
func TestRoundTrip(t *testing.T) {
	w := newWorld(6)
	w.live(8, 0)
	w.Learn(nil, true)
	var e, again sketch.Encoder
	w.Encode(&e)
	other := &world{New(nil), w.r, w.now}
	if err := other.Decode(sketch.NewDecoder(e.Buf)); err != nil {
		t.Fatal(err)
	}
	other.Encode(&again)
	if !bytes.Equal(e.Buf, again.Buf) {
		t.Fatal("the bytes differ after a round trip")
	}
	for i := range 400 {
		w.now += hour / 2
		other.now = w.now
		if a, b := w.meet(i%20, i*i%97), other.meet(i%20, i*i%97); a != b {
			t.Fatalf("row %d: %+v and %+v after a round trip", i, a, b)
		}
	}
}

// TestUnsound checks that circles and counts which no model comes to are refused, and what was cut.
func TestUnsound(t *testing.T) {
	for name, damage := range map[string]func(*world){
		"flags":  func(w *world) { w.circles.Known(sketch.Mix(hash(1, 1), 1)).Thing.flags = flags },
		"kind":   func(w *world) { w.circles.Known(sketch.Mix(hash(1, 1), 1)).Thing.kind = 3 },
		"future": func(w *world) { w.circles.Known(sketch.Mix(hash(1, 1), 1)).Last += 1 << 30 },
		"share":  func(w *world) { w.kinds.Of(0).hours[0] = row{all: 1, opened: 2} },
		"nobody": nil,
	} {
		w := newWorld(7)
		w.meet(1, 2)
		if damage != nil {
			damage(w)
		}
		var e sketch.Encoder
		w.Encode(&e)
		if err := New(nil).Decode(sketch.NewDecoder(e.Buf)); (err != nil) != (damage != nil) {
			t.Errorf("%s: %v", name, err)
		}
		if New(nil).Decode(sketch.NewDecoder(e.Buf[:len(e.Buf)-1])) == nil {
			t.Errorf("%s: what was cut is read", name)
		}
	}
}

// FuzzDecode checks that no bytes make Decode panic, nor what is done with what it accepts, and that this is written as it was read.
func FuzzDecode(f *testing.F) {
	w := newWorld(9)
	w.live(2, 0)
	var e sketch.Encoder
	w.Encode(&e)
	f.Add(e.Buf)
	f.Add([]byte{})
	f.Fuzz(func(t *testing.T, data []byte) {
		m, d := New(nil), sketch.NewDecoder(data)
		if m.Decode(d) != nil {
			return
		}
		var e, again sketch.Encoder
		m.Encode(&e)
		same := New(nil)
		if err := same.Decode(sketch.NewDecoder(e.Buf)); err != nil {
			t.Fatal(err)
		}
		if same.Encode(&again); !bytes.Equal(e.Buf, again.Buf) {
			t.Fatal("written otherwise than it was read")
		}
		for i := range 100 {
			m.Meet(hash(1, i%9), hash(2, i), hash(3, i%4), start+int64(i)*hour)
		}
	})
}

func BenchmarkMeet(b *testing.B) {
	w := newWorld(1)
	w.live(6, 0)
	b.ReportAllocs()
	var who, what [977]uint64
	for i := range who {
		who[i], what[i] = hash(1, i%46), hash(2, i)
	}
	for i := 0; b.Loop(); i++ {
		w.now += second / 10
		w.taken = w.taken[:0]
		w.Meet(who[i%977], what[i%977], 1, w.now)
	}
}
