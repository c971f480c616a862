package stride

import (
	"bytes"
	"math"
	"math/rand/v2"
	"strconv"
	"strings"
	"testing"
	"time"

	"frontfoot/detect/sketch"
)

const (
	start  = 1_772_409_600 * int64(time.Second)
	minute = int64(time.Minute)
	hour   = 60 * minute
	day    = 24 * hour
)

func testKey() sketch.Key { return sketch.NewKey([16]byte{9}) }

func hash(domain, n int) uint64 { return testKey().Number(uint64(domain), uint64(n)) }

// A world is a model and the time in it.
type world struct {
	*Model
	r   *rand.Rand
	now int64
}

func newWorld(seed uint64) *world {
	return &world{New(testKey(), nil), rand.New(rand.NewPCG(seed, 1)), start}
}

// open lets somebody open the record of a number, and returns what is known of him.
func (w *world) open(who, number int) Verdict {
	sort, place := w.read("CT" + strconv.Itoa(1_000_000+number))
	v := w.Open(hash(1, who), sort, place, w.now)
	w.Learn(nil, false)
	return v
}

// live plays days on which so many clerks open records here and there; the first of them, where there is one who walks, those of a street each day. It returns how
// often anybody was told of after the first week.
func (w *world) live(days, clerks, walker int) (told int) {
	for d := range days {
		w.now = start + int64(d)*day + 9*hour
		for range 20 {
			for who := range clerks {
				w.now += 10 * int64(time.Second)
				number := w.r.IntN(68_000)
				if who == walker {
					number = 700*d + w.r.IntN(40)
				}
				if v := w.open(who, number); v.Fresh && d >= 7 {
					told++
				}
			}
		}
	}
	return told
}

// walk lets somebody open so many records of a street, and says whether he was told of.
func (w *world) walk(who, records int) (best Verdict, told bool) {
	for range records {
		w.now += minute
		v := w.open(who, 40_000+w.r.IntN(40))
		if told = told || v.Fresh; v.Bits > best.Bits {
			best = v
		}
	}
	return best, told
}

// TestWalkIsFound checks that ten records of one street are told of, of somebody who opens others all day as of somebody new, and that as many others are not.
func TestWalkIsFound(t *testing.T) {
	for name, who := range map[string]int{"a clerk": 3, "somebody new": 99} {
		w := newWorld(1)
		if told := w.live(14, 30, -1); told > 0 {
			t.Errorf("%s: ordinary days are told of %d times", name, told)
		}
		if v, told := w.walk(who, 10); !told || v.Short < 6 || v.Within < 31 {
			t.Errorf("%s is not told of: %+v", name, v)
		}
	}
}

// TestWhoAlwaysWalks checks that somebody who works through a street each day is no news after a week, and that another one who does is.
func TestWhoAlwaysWalks(t *testing.T) {
	w := newWorld(2)
	if told := w.live(21, 80, 0); told > 0 {
		t.Errorf("told of %d times", told)
	}
	if _, told := w.walk(5, 12); !told {
		t.Error("another one who walks is not told of")
	}
}

// TestSameRecordAgain checks that records which somebody comes back to are no strides.
func TestSameRecordAgain(t *testing.T) {
	w := newWorld(3)
	w.live(14, 30, -1)
	for range 20 {
		for _, number := range []int{40_000, 52_000, 61_000} {
			w.now += minute
			if v := w.open(3, number); v.Fresh {
				t.Fatalf("%+v", v)
			}
		}
	}
}

// TestCloseByNature checks that numbers which are close by nature, such as pages of a document, tell nothing.
func TestCloseByNature(t *testing.T) {
	w := newWorld(4)
	for i := range 5000 {
		w.now += minute
		sort, place := w.read("/plans/" + strconv.Itoa(26_000+i/40) + "/pages/" + strconv.Itoa(1000000+i%40))
		v := w.Open(hash(1, i/40%20), sort, place, w.now)
		if w.Learn(nil, false); v.Bits > 0 {
			t.Fatalf("%+v", v)
		}
	}
}

// TestManySorts checks that sorts of numbers which came before, however many, are nothing to the records that come then: a walk through these is told of. One who reads
// on in such a sort all the time keeps it known.
func TestManySorts(t *testing.T) {
	w := newWorld(7)
	page := func(sort, number int) {
		w.now += minute
		of, place := w.read("/" + strings.Repeat("x", sort) + "/pages/" + strconv.Itoa(1000+number))
		w.Open(hash(1, 200), of, place, w.now)
		w.Learn(nil, false)
	}
	for sort := range 200 {
		for number := range 10 {
			page(sort, number)
			page(0, number)
		}
	}
	for number := range 3000 {
		page(199, number%40)
	}
	if told := w.live(14, 30, -1); told > 0 {
		t.Errorf("ordinary days are told of %d times", told)
	}
	if v, told := w.walk(3, 10); !told {
		t.Errorf("a walk is not told of: %+v", v)
	}
	of, _ := w.read("//pages/1000")
	if s := w.kinds.Known(of); s == nil || s.Thing.strides[1] < 200 {
		t.Errorf("the pages that are always read are forgotten: %+v", s)
	}
}

// TestHeldIsNoHabit checks that what is of an open incident counts an eighth, and that only what is not becomes one's own past, by which the like of it wins less.
func TestHeldIsNoHabit(t *testing.T) {
	var again [2]float32
	for i, held := range []bool{false, true} {
		w := newWorld(5)
		w.live(14, 30, -1)
		for range 10 {
			w.now += minute
			sort, place := w.read("CT" + strconv.Itoa(1_040_000+w.r.IntN(40)))
			w.Open(hash(1, 3), sort, place, w.now)
			l := w.lesson
			before := float32(0)
			if l.kind != nil {
				before = l.kind.strides[l.steps]
			}
			if w.Learn(nil, held); held && l.kind != nil && l.kind.strides[l.steps] > before+dim {
				t.Error("what is held counts in full")
			}
		}
		w.now += day
		v, _ := w.walk(3, 10)
		again[i] = v.Bits
	}
	if again[0] > again[1]-5 {
		t.Errorf("%.1f bits of one who did it yesterday, %.1f where that was held", again[0], again[1])
	}
}

// TestRead says what of a name is its number.
func TestRead(t *testing.T) {
	m := New(testKey(), nil)
	near := func(a, b string) bool {
		x, p := m.read(a)
		y, q := m.read(b)
		return x == y && p != 0 && q != 0 && max(p, q)-min(p, q) < 100
	}
	for _, c := range []struct {
		a, b string
		want bool
	}{
		{"CT0040001", "CT0040017", true},
		{"/applications/26-00411/comment", "/applications/26-00412/comment", true},
		{"/applications/26-00411", "/applications/25-00412", false},
		{"4711", "4712", true},
		{"99990000000001", "99990000000002", true},
		{"99990000000001", "99980000000001", false},
		{"invoice", "invoices", false},
		{"", "", false},
		{"a1b22c", "a2b22c", false},
	} {
		if got := near(c.a, c.b); got != c.want {
			t.Errorf("%q and %q are close: %v, want %v", c.a, c.b, got, c.want)
		}
	}
}

// TestBounded checks that however many open records, the memory stays within its bound.
func TestBounded(t *testing.T) {
	w := newWorld(6)
	for i := range 200_000 {
		w.now += int64(time.Second)
		w.Open(hash(1, i/2%60_000), hash(3, i%40), uint64(1+w.r.IntN(math.MaxInt32)), w.now)
		w.Learn(nil, false)
	}
	if n := w.Bytes(); n > 132<<10 {
		t.Errorf("%d bytes", n)
	}
}

// TestRoundTrip checks that the same state has the same bytes, that what was restored goes on alike, and that damage is found.
func TestRoundTrip(t *testing.T) {
	w := newWorld(7)
	w.live(14, 30, -1)
	w.walk(3, 4)
	var e, again sketch.Encoder
	w.Encode(&e)
	other := &world{New(testKey(), nil), rand.New(rand.NewPCG(8, 1)), w.now}
	if err := other.Decode(sketch.NewDecoder(e.Buf)); err != nil {
		t.Fatal(err)
	}
	if other.Encode(&again); !bytes.Equal(e.Buf, again.Buf) {
		t.Error("what was restored has other bytes")
	}
	w.r = rand.New(rand.NewPCG(8, 1))
	a, _ := w.walk(3, 6)
	if b, told := other.walk(3, 6); a != b || !told {
		t.Errorf("%+v, restored %+v", a, b)
	}
	for n := range e.Buf {
		if New(testKey(), nil).Decode(sketch.NewDecoder(e.Buf[:n])) == nil {
			t.Fatalf("%d of %d bytes are read", n, len(e.Buf))
		}
	}
	for s := range w.walkers.All() {
		s.Thing.bits = richest + 1
	}
	var bad sketch.Encoder
	w.Encode(&bad)
	if New(testKey(), nil).Decode(sketch.NewDecoder(bad.Buf)) == nil {
		t.Error("somebody who has won more than anybody can is read")
	}
}

// FuzzDecode checks that no bytes make Decode panic, nor what is done with what it accepts, and that this is written as it was read.
func FuzzDecode(f *testing.F) {
	w := newWorld(9)
	w.live(5, 8, -1)
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
			m.Open(hash(1, i%9), hash(3, i%40), uint64(1+i*i), start+int64(i)*hour)
			m.Learn(nil, i%2 == 0)
		}
	})
}
