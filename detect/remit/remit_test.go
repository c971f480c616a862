package remit

import (
	"bytes"
	"testing"
	"time"

	"frontfoot/detect/sketch"
)

const (
	start = 1_772_409_600 * int64(time.Second)
	hour  = int64(time.Hour)
)

func hash(domain, n int) uint64 {
	return sketch.NewKey([16]byte{9}).Number(uint64(domain), uint64(n))
}

// A world is a model and the time in it.
type world struct {
	*Model
	now int64
}

func newWorld() *world { return &world{modelOfEvents(), start} }

// change lets an account that the site knows so well, in all and at its source, make a sort of change.
func (w *world) change(who, sort int, known, there float32) Verdict {
	return w.Change(&Case{Who: hash(1, who), Deed: hash(2, sort), Kind: 1, Known: known, There: there, Now: w.now})
}

// live plays so many days, on each of which one of three administrators makes two of four sorts of changes around noon. It returns the most bits of the second half.
func (w *world) live(days int) (most float32) {
	begin := w.now
	for d := range days {
		w.now = begin + int64(d)*int64(day) + 13*hour
		for i := range 2 {
			if v := w.change(d%3, (d+i)%4, 500+float32(d), 200+float32(d)); d > days/2 {
				most = max(most, v.Bits)
			}
		}
	}
	w.now = begin + int64(days)*int64(day) + 13*hour
	return most
}

// TestStrangeVisits checks how many bits a visit has that is strange in some ways: what none of 30 visits showed has log2(31), what three showed log2(31/7), and a quarter of the day in which there was none
// log2(32/2); and that an ordinary visit has none.
func TestStrangeVisits(t *testing.T) {
	for name, x := range map[string]struct {
		who, sort    int
		known, there float32
		later        int64
		least, most  float32
	}{
		"ordinary":                            {1, 2, 600, 300, 0, 0, 0.1},
		"a stranger from nowhere":             {9, 99, 0, 0, 0, 11, 11.1},
		"an administrator from elsewhere":     {1, 2, 600, 0, 0, 4.9, 5},
		"the same at night with a new change": {1, 99, 600, 0, 12 * hour, 11, 11.2},
		"staff who never changed a thing":     {9, 2, 600, 300, 0, 1.1, 1.2},
		"an administrator without a source":   {1, 2, 600, -1, 0, 0, 0.1},
	} {
		w := newWorld()
		if most := w.live(30); most >= w.trials.Bar() {
			t.Errorf("%s: an ordinary day has %.1f bits, the bar is at %.1f", name, most, w.trials.Bar())
		}
		w.now += x.later
		if v := w.change(x.who, x.sort, x.known, x.there); v.Bits < x.least || v.Bits > x.most {
			t.Errorf("%s: %+v, want %v to %v bits", name, v, x.least, x.most)
		}
	}
}

// TestLittleIsKnown checks that nothing is improbable before anything is known, and little after few visits.
func TestLittleIsKnown(t *testing.T) {
	w := newWorld()
	if v := w.change(9, 9, 0, 0); v.Bits > 0.01 {
		t.Errorf("the first visit: %+v", v)
	}
	w.live(2)
	if v := w.change(8, 8, 0, 0); v.Bits > 8 {
		t.Errorf("the fourth visit: %+v", v)
	}
}

// TestVisitIsOneTrial checks that a visit counts once however much is changed, says again only what shows more, and ends after an hour.
func TestVisitIsOneTrial(t *testing.T) {
	w := newWorld()
	w.live(30)
	made := w.kinds.Of(0).made
	first, again, more := w.change(1, 2, 600, 0), w.change(1, 2, 600, 0), w.change(1, 99, 600, 0)
	if first.Bits == 0 || again.Bits != 0 || more.Bits <= first.Bits {
		t.Errorf("%.1f bits at first, %.1f again, %.1f of more", first.Bits, again.Bits, more.Bits)
	}
	w.now += hour
	w.change(1, 2, 600, 300)
	if n := w.kinds.Of(0).made - made; n != 2 {
		t.Errorf("%d visits, want 2", n)
	}
}

// TestUsualIsUsualEverywhere checks that a well known administrator's first visit in a log of another kind is nothing to tell, however long the site is known.
func TestUsualIsUsualEverywhere(t *testing.T) {
	w := newWorld()
	w.live(180)
	v := w.Change(&Case{Who: hash(1, 1), Deed: hash(2, 2), Kind: 2, Known: 5000, There: 5000, Now: w.now})
	if w.trials.Tells(v.Bits) {
		t.Errorf("%+v is told, the bar is at %.1f", v, w.trials.Bar())
	}
}

// TestManyAdministrators checks that a stranger is judged where as many as a large council has change settings, and also where there is no seat for him.
func TestManyAdministrators(t *testing.T) {
	for _, accounts := range []int{24, 2000} {
		w := newWorld()
		for d := range 30 {
			w.now = start + int64(d)*int64(day) + 13*hour
			for who := d % 4; who < accounts; who += 4 {
				for i := range 5 {
					w.change(who, i, 500, 200)
				}
			}
		}
		for i := range 20 { // who teach one another
			if v := w.change(10_000+i, 99, 0, 0); v.Bits < 8 {
				t.Fatalf("%d accounts: stranger %d has %+v", accounts, i, v)
			}
		}
	}
}

// TestNoPause checks that one who changes something each half hour, day and night, makes a visit a day, and is judged again in each.
func TestNoPause(t *testing.T) {
	w := newWorld()
	for range 30 * 48 {
		w.now += hour / 2
		w.change(1, 2, 500, 200)
	}
	if n := w.kinds.Of(0).visits; n < 28 || n > 31 {
		t.Errorf("%v visits in 30 days", n)
	}
	w.now += hour/2 + int64(day)
	if v := w.change(1, 99, 500, 0); v.Bits < 8 {
		t.Errorf("%+v, from elsewhere and never done before", v)
	}
}

// TestHeldCountsLittle checks that a visit of somebody in an open incident counts an eighth.
func TestHeldCountsLittle(t *testing.T) {
	for held, want := range map[bool]float32{false: 1, true: dim} {
		w := newWorld()
		w.change(1, 2, 600, 300)
		w.Learn(nil, held)
		w.Pass(w.now + 2*hour)
		if n := w.kinds.Of(0).visits; n != want {
			t.Errorf("held is %v: it counts %v, want %v", held, n, want)
		}
	}
}

// TestBounded checks that however many accounts change however much, the memory stays within its bound, and the past is never too long to change.
func TestBounded(t *testing.T) {
	w := newWorld()
	for i := range 100_000 {
		w.now += hour / 50
		w.change(i, i, 0, 0)
	}
	if n := w.Bytes(); n > 40<<10 {
		t.Errorf("%d bytes", n)
	}
	if n := w.kinds.Of(0).visits; n >= past {
		t.Errorf("%v visits", n)
	}
}

// TestRoundTrip checks that the same state has the same bytes, and that what was restored goes on alike.
func TestRoundTrip(t *testing.T) {
	w := newWorld()
	w.live(8)
	w.change(1, 2, 3, 4)
	w.Learn(nil, true)
	var e, again sketch.Encoder
	w.Encode(&e)
	other := &world{modelOfEvents(), w.now}
	if err := other.Decode(sketch.NewDecoder(e.Buf)); err != nil {
		t.Fatal(err)
	}
	if other.Encode(&again); !bytes.Equal(e.Buf, again.Buf) {
		t.Fatal("the bytes differ after a round trip")
	}
	for i := range 400 {
		w.now += hour / 2
		other.now = w.now
		if a, b := w.change(i%9, i*i%7, float32(i), 1), other.change(i%9, i*i%7, float32(i), 1); a != b {
			t.Fatalf("row %d: %+v and %+v after a round trip", i, a, b)
		}
	}
}

// TestUnsound checks that visits which no model comes to are refused, and what was cut.
func TestUnsound(t *testing.T) {
	for name, damage := range map[string]func(*world, *sketch.Seat[visit]){
		"step":   func(_ *world, s *sketch.Seat[visit]) { s.Thing.shown[place] = none + 1 },
		"moment": func(_ *world, s *sketch.Seat[visit]) { s.Thing.shown[moment] = quarters },
		"kind":   func(_ *world, s *sketch.Seat[visit]) { s.Thing.kind = 3 },
		"begun":  func(_ *world, s *sketch.Seat[visit]) { s.Thing.began = s.Last + 1 },
		"future": func(_ *world, s *sketch.Seat[visit]) { s.Last += 1 << 30 },
		"deed":   func(w *world, _ *sketch.Seat[visit]) { w.deeds.Known(sketch.Mix(hash(2, 2), 1)).Last += 1 << 30 },
		"shares": func(w *world, _ *sketch.Seat[visit]) { w.kinds.Of(0).sides[place][0] = -1 },
		"sound":  nil,
	} {
		w := newWorld()
		w.change(1, 2, 3, 4)
		if damage != nil {
			damage(w, w.visits.Known(sketch.Mix(hash(1, 1), 1)))
		}
		var e sketch.Encoder
		w.Encode(&e)
		if err := modelOfEvents().Decode(sketch.NewDecoder(e.Buf)); (err != nil) != (damage != nil) {
			t.Errorf("%s: %v", name, err)
		}
		if modelOfEvents().Decode(sketch.NewDecoder(e.Buf[:len(e.Buf)-1])) == nil {
			t.Errorf("%s: what was cut is read", name)
		}
	}
}

// FuzzDecode checks that no bytes make Decode panic, nor what is done with what it accepts, and that this is written as it was read.
func FuzzDecode(f *testing.F) {
	w := newWorld()
	w.live(9)
	var e sketch.Encoder
	w.Encode(&e)
	f.Add(e.Buf)
	f.Add([]byte{})
	f.Fuzz(func(t *testing.T, data []byte) {
		m := modelOfEvents()
		if m.Decode(sketch.NewDecoder(data)) != nil {
			return
		}
		var e, again sketch.Encoder
		m.Encode(&e)
		same := modelOfEvents()
		if err := same.Decode(sketch.NewDecoder(e.Buf)); err != nil {
			t.Fatal(err)
		}
		if same.Encode(&again); !bytes.Equal(e.Buf, again.Buf) {
			t.Fatal("written otherwise than it was read")
		}
		for i := range 100 {
			v := m.Change(&Case{Who: hash(1, i%9), Deed: hash(2, i), Kind: hash(3, i%4), Known: float32(i), There: 1, Now: start + int64(i)*hour})
			if v.Bits != v.Bits || v.Bits < -1 || v.Bits > 1<<10 {
				t.Fatalf("%v bits", v.Bits)
			}
		}
	})
}
