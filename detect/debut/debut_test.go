package debut

import (
	"bytes"
	"math/rand/v2"
	"testing"

	"frontfoot/detect/sketch"
)

const (
	start  = int64(1_772_409_600) * 1e9
	second = int64(1e9)
	hour   = 3600 * second
	web    = 443 // a service
	mail   = 25
)

func testKey() sketch.Key { return sketch.NewKey([16]byte{9}) }

func hash(domain, n int) uint64 { return testKey().Number(uint64(domain), uint64(n)) }

// A world is a model, the time in it, and how many places there were.
type world struct {
	*Model
	r      *rand.Rand
	now    int64
	places int
}

func newWorld(seed uint64) *world {
	return &world{Model: New(testKey(), nil), r: rand.New(rand.NewPCG(seed, 1)), now: start}
}

// call is a connection of a machine to a place, with so many bytes.
func (w *world) call(place, service, from int, bytes uint64, fresh bool) Verdict {
	return w.Count(&Case{Place: hash(1, place), Service: hash(2, service), From: hash(3, from), Bytes: bytes, Call: true, New: fresh, Now: w.now})
}

// live plays days with 60 new places each, to which one machine or two come once or twice with some kilobytes, and returns the most bits of the second half.
func (w *world) live(days int) (most float32) {
	for i := range days * 60 {
		w.now += int64(day) / 60
		w.places++
		for n := range 1 + w.r.IntN(3)/2 {
			for range 1 + w.r.IntN(3)/2 {
				if v := w.call(w.places, web, w.r.IntN(100), 1000+uint64(w.r.IntN(9000)), n == 0); i > days*30 {
					most = max(most, v.Bits)
				}
			}
		}
	}
	return most
}

// best plays so many calls to a new place by so many machines and returns what told most.
func (w *world) best(service, machines, calls int, bytes uint64) (best Verdict) {
	w.places++
	for i := range calls {
		w.now += 10 * second
		if v := w.call(w.places, service, i%machines, bytes, i == 0); v.Bits > best.Bits {
			best = v
		}
	}
	return best
}

// TestDebutIsFound checks that a new place is told of to which many machines come, much is sent or many calls go, also where its service is new itself; and
// neither an ordinary one, nor one that was there.
func TestDebutIsFound(t *testing.T) {
	for name, x := range map[string]struct {
		service, machines, calls int
		bytes                    uint64
		what                     int
	}{
		"many machines":  {web, 12, 12, 1000, machines},
		"much":           {web, 1, 3, 9e6, kib},
		"many calls":     {web, 1, 60, 10, calls},
		"of a new sort":  {mail, 12, 12, 1000, machines},
		"as all are":     {web, 2, 2, 5000, -1},
		"as all of mail": {mail, 2, 2, 5000, -1},
	} {
		w := newWorld(1)
		if most := w.live(14); most >= w.trials.Bar() {
			t.Errorf("%s: an ordinary day has %.1f bits, the bar is at %.1f", name, most, w.trials.Bar())
		}
		v := w.best(x.service, x.machines, x.calls, x.bytes)
		if told := v.Bits >= w.trials.Bar(); told != (x.what >= 0) || told && v.What != x.what {
			t.Errorf("%s: %+v, the bar is at %.1f", name, v, w.trials.Bar())
		}
	}
	w := newWorld(1)
	w.live(14)
	for i := range 50 {
		if v := w.call(90_000, web, i, 9e6, false); v != (Verdict{}) {
			t.Fatalf("%+v of what was there", v)
		}
	}
}

// TestOneDay checks that a place's first day ends, that what it came to counts once among the others.
func TestOneDay(t *testing.T) {
	w := newWorld(2)
	w.live(6)
	w.now += 2 * int64(day)
	w.Pass(w.now)
	before := w.kinds.Of(0).came[machines][9]
	w.best(web, 20, 20, 100)
	w.now += int64(first) * second
	if v := w.call(w.places, web, 99, 9e6, false); v != (Verdict{}) {
		t.Errorf("%+v on the second day", v)
	}
	w.Pass(w.now + 2*int64(day))
	if got := w.kinds.Of(0).came[machines][9]; before != 0 || got == 0 {
		t.Errorf("%v have come to as many machines, %v before", got, before)
	}
}

// TestBeginningTeachesNothing checks that what is there in a site's first days is no measure for what is new.
func TestBeginningTeachesNothing(t *testing.T) {
	w := newWorld(3)
	w.live(3)
	if w.kinds.Len() != 0 || w.trials.Daily() != 1 {
		t.Errorf("%d kinds and %.0f trials", w.kinds.Len(), w.trials.Daily())
	}
}

// TestKnownByName checks that nothing is told or learned of an address once a row says that it is of a domain which was there before.
func TestKnownByName(t *testing.T) {
	w := newWorld(4)
	w.live(14)
	w.places++
	w.Count(&Case{Place: hash(1, w.places), Service: hash(2, web), From: 1, New: true, Named: true, Now: w.now})
	for i := range 100 {
		if v := w.call(w.places, web, i, 9e6, false); v != (Verdict{}) {
			t.Fatalf("%+v", v)
		}
	}
	w.Pass(w.now + 2*int64(day))
	if n := w.kinds.Of(0).came[machines][12]; n != 0 {
		t.Errorf("%v have come to as many machines", n)
	}
}

// TestHeldCountsLittle checks that the first day of what is in an open incident counts an eighth.
func TestHeldCountsLittle(t *testing.T) {
	for held, want := range map[bool]float32{false: 1, true: dim} {
		w := newWorld(5)
		w.Pass(w.now)
		w.now += 5 * int64(day)
		w.call(1, web, 1, 100, true)
		w.Learn(nil, held)
		w.Pass(w.now + 2*int64(day))
		if n := w.kinds.Of(0).came[calls][1]; n != want {
			t.Errorf("held is %v: it counts %v, want %v", held, n, want)
		}
	}
}

// TestBounded checks that however many places are new, the memory stays within its bound.
func TestBounded(t *testing.T) {
	w := newWorld(6)
	w.Pass(w.now)
	w.now += 5 * int64(day)
	for i := range 200_000 {
		w.now += second / 10
		w.call(i, i, 1, 100, true)
	}
	if n := w.Bytes(); n > 80<<10 {
		t.Errorf("%d bytes", n)
	}
}

// TestRoundTrip checks that the same state has the same bytes, and that what was restored goes on alike.
func TestRoundTrip(t *testing.T) {
	w := newWorld(7)
	w.live(8)
	w.Learn(nil, true)
	var e, again sketch.Encoder
	w.Encode(&e)
	other := &world{Model: New(testKey(), nil), now: w.now, places: w.places}
	if err := other.Decode(sketch.NewDecoder(e.Buf)); err != nil {
		t.Fatal(err)
	}
	other.Encode(&again)
	if !bytes.Equal(e.Buf, again.Buf) {
		t.Fatal("the bytes differ after a round trip")
	}
	for i := range 40 {
		if a, b := w.best(web, 1+i%5, i, 4000), other.best(web, 1+i%5, i, 4000); a != b {
			t.Fatalf("place %d: %+v and %+v after a round trip", i, a, b)
		}
	}
}

// TestUnsound checks that places which no model comes to are refused, and what was cut.
func TestUnsound(t *testing.T) {
	for name, damage := range map[string]func(*world){
		"kind":   func(w *world) { w.Model.places.Known(hash(1, 1)).Thing.kind = 9 },
		"future": func(w *world) { w.Model.places.Known(hash(1, 1)).Last += 1 << 30 },
		"begun":  func(w *world) { w.Model.places.Known(hash(1, 1)).Thing.begun += 1 << 20 },
		"share":  func(w *world) { w.kinds.Of(0).came[0][3] = -1 },
		"nobody": nil,
	} {
		w := newWorld(8)
		w.Pass(w.now)
		w.now += 5 * int64(day)
		w.call(1, web, 1, 100, true)
		if damage != nil {
			damage(w)
		}
		var e sketch.Encoder
		w.Encode(&e)
		if err := New(testKey(), nil).Decode(sketch.NewDecoder(e.Buf)); (err != nil) != (damage != nil) {
			t.Errorf("%s: %v", name, err)
		}
		if New(testKey(), nil).Decode(sketch.NewDecoder(e.Buf[:len(e.Buf)-1])) == nil {
			t.Errorf("%s: what was cut is read", name)
		}
	}
}

// FuzzDecode checks that no bytes make Decode panic, nor what is done with what it accepts, and that this is written as it was read.
func FuzzDecode(f *testing.F) {
	w := newWorld(9)
	w.live(6)
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
		w := &world{Model: m, now: start + 9*int64(day)}
		for i := range 30 {
			w.now += hour
			w.best(i%4, 1+i%3, 9, 4000)
		}
	})
}

func BenchmarkCount(b *testing.B) {
	w := newWorld(1)
	w.live(8)
	b.ReportAllocs()
	for i := 0; b.Loop(); i++ {
		w.now += second / 10
		w.call(i%977, web, i%50, 4000, i%64 == 0)
	}
}
