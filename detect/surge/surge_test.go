package surge

import (
	"bytes"
	"math"
	"math/rand/v2"
	"testing"

	"frontfoot/detect/feature"
	"frontfoot/detect/sketch"
)

const (
	start = 1_772_409_600_000_000_000 // a Monday
	whole = int64(day * 1e9)
	kinds = 40 // series of a site
)

func testKey() sketch.Key { return sketch.NewKey([16]byte{9}) }

func name(n int) uint64 { return testKey().Number(3, uint64(n)) }

// A world is a model, the day in it, and what it showed.
type world struct {
	*Model
	r    *rand.Rand
	day  int
	at   int64             // of it, in nanoseconds
	told map[int][]Verdict // by day: what was above the bar
	best float32           // the most bits that anything had
}

func newWorld(seed uint64) *world {
	return &world{New(testKey(), feature.NewEvents(testKey()).Layout()), rand.New(rand.NewPCG(seed, 1)), 0, 0, map[int][]Verdict{}, 0}
}

// come brings one of a series.
func (w *world) come(series int) {
	at := start + int64(w.day)*whole + w.at
	w.pass(at)
	w.all.n++
	v := w.Count(name(series), at)
	w.best = max(w.best, v.Bits)
	if v.Bits >= w.trials.Bar() {
		w.tell(name(series), v.Bits)
		w.told[w.day] = append(w.told[w.day], v)
	}
}

// live plays days on which series come in numbers of their own, the first half more often on workdays, times what much says of one.
func (w *world) live(days int, much func(series int) float64) {
	for range days {
		var left [kinds]float64
		for s := range left {
			left[s] = float64(8+9*s) * math.Exp(0.25*w.r.NormFloat64())
			if s < kinds/2 && w.day%7 >= 5 {
				left[s] /= 8
			}
			if much != nil {
				left[s] *= much(s)
			}
		}
		for hour := range 24 {
			w.at = int64(hour) * whole / 24
			for s, n := range left {
				for range int(n*float64(hour+1)/24) - int(n*float64(hour)/24) {
					w.come(s)
				}
			}
		}
		w.day++
	}
}

// only is so many times as much of one series, and of others what is usual.
func only(series int, times float64) func(int) float64 {
	return func(s int) float64 {
		if s == series {
			return times
		}
		return 1
	}
}

func (w *world) words() (n int) {
	for _, v := range w.told {
		n += len(v)
	}
	return n
}

// sure is so many bits that no site of a test has by chance.
const sure = 18

// TestDaysAreTold checks that three days of six times as much are told of on the first, and days of not twice as much as ever, each too little by itself, together.
func TestDaysAreTold(t *testing.T) {
	w := newWorld(1)
	w.live(28, nil)
	if w.best >= sure {
		t.Errorf("ordinary weeks: %v bits", w.best)
	}
	w.live(3, only(3, 6))
	if v := w.told[28]; len(v) == 0 || w.best < sure || v[0].Usual > 120 || v[0].Much < v[0].Usual {
		t.Errorf("%v bits, told %+v", w.best, w.told)
	}
	for _, alone := range []bool{false, true} {
		w := newWorld(1)
		w.live(28, nil)
		for range 10 {
			w.live(1, only(30, 2.8))
			if alone {
				w.pass(start + int64(w.day)*whole)
				w.series.Known(name(30)).Thing.won = 0
			}
		}
		if alone == (w.best >= sure) {
			t.Errorf("each day for itself is %v: %v bits", alone, w.best)
		}
	}
}

// TestWhatIsNoSurge checks that no more is told than chance brings of what is no more of one thing than of others.
func TestWhatIsNoSurge(t *testing.T) {
	for what, much := range map[string]func(day, series int) float64{
		"as ever": func(int, int) float64 { return 1 },
		"a new office": func(day, _ int) float64 {
			if day >= 30 {
				return 3
			}
			return 1
		},
		"a holiday": func(day, series int) float64 {
			if day >= 30 && day < 42 && series < kinds/2 {
				return 0.1
			}
			return 1
		},
		"a log that was silent": func(day, series int) float64 {
			if day >= 30 && day < 60 && series%4 == 0 {
				return 0
			}
			return 1
		},
		"growth": func(day, _ int) float64 { return math.Pow(1.01, float64(day)) },
	} {
		w := newWorld(2)
		w.live(90, func(series int) float64 { return much(w.day, series) })
		if w.best >= sure || w.words() > 90/8 {
			t.Errorf("%s: %v bits, told %+v", what, w.best, w.told)
		}
	}
}

// TestToldOnce checks that what stays is told on its first day, and is usual after a fortnight.
func TestToldOnce(t *testing.T) {
	w := newWorld(3)
	w.live(28, nil)
	w.live(60, only(12, 8))
	first := len(w.told[28])
	if first == 0 || w.words() > first+60/8 {
		t.Errorf("told %+v", w.told)
	}
	if x := w.series.Known(name(12)).Thing; x.top() < level(8*116)-perOctave/2 {
		t.Errorf("after 60 days %d are usual", number(x.top()))
	}
}

// TestChanceIsHonest checks that of what goes on by itself no more is told than so many bits say.
func TestChanceIsHonest(t *testing.T) {
	w := newWorld(4)
	trials, seen := 0, map[int]int{}
	for w.live(14, nil); w.day < 600; w.live(1, nil) {
		trials += kinds
		for s := range w.series.All() {
			x := &s.Thing
			step := x.step(x.n)
			if step == 0 {
				continue
			}
			b := w.life.bits(step)
			for bar := 3; float32(bar) <= max(b, x.stake()+bet(b))-chosen; bar++ {
				seen[bar]++
			}
		}
	}
	for bar, n := range seen {
		if want := float64(trials) / math.Exp2(float64(bar)); float64(n) > 2*want+4 {
			t.Errorf("%d days of %d have %d bits, want at most %.1f", n, trials, bar, want)
		}
	}
	if len(seen) == 0 || w.words() > 600/8 {
		t.Errorf("told %d times in %d days", w.words(), w.day)
	}
}

// TestFading checks that how far days go counts half after each fortnight, also where no line came in the week at whose beginning it does.
func TestFading(t *testing.T) {
	m := New(testKey(), nil)
	m.pass(start)
	days := int64(0)
	for _, x := range []struct {
		days int64
		want float32
	}{{6, 64}, {1, 64}, {7, 32}, {1, 64}, {13, 32}, {14, 32}, {7, 64}, {14, 32}} {
		m.life[1] = 64
		days += x.days
		if m.pass(start + days*whole); m.life[1] != x.want {
			t.Errorf("%v days after %d more, on day %d, want %v", m.life[1], x.days, days, x.want)
		}
	}
}

// TestHeldTeachesNothing checks that what comes of somebody in an open incident is not usual afterwards.
func TestHeldTeachesNothing(t *testing.T) {
	for _, held := range []bool{false, true} {
		w := newWorld(5)
		w.live(28, nil)
		before := w.series.Known(name(3)).Thing.top()
		for range 300 {
			w.taken = w.taken[:0]
			w.Count(name(3), start+28*whole)
			w.Learn(nil, held)
		}
		w.day++
		w.live(20, nil)
		if after := w.series.Known(name(3)).Thing.top(); (after > before+perOctave) == held {
			t.Errorf("held is %v: %d were usual, and %d are", held, number(before), number(after))
		}
	}
}

// TestBetsAreFair checks that a bet on a chance that is as likely as it says wins nothing on average, and never less for a smaller one.
func TestBetsAreFair(t *testing.T) {
	sum, last := 0.0, float32(-1)
	const n = 1 << 16
	for i := range n {
		b := bet(float32(-math.Log2(1 - (float64(i)+0.5)/n)))
		if b < last-0.05 {
			t.Fatalf("%v after %v", b, last)
		}
		last = b
		sum += math.Exp2(float64(b)) / n
	}
	if sum > 1.02 || sum < 0.8 {
		t.Errorf("wins %.3f on average", sum)
	}
}

// TestTimeRunsBack checks that stamps of any order are borne, and leave a state that can be read.
func TestTimeRunsBack(t *testing.T) {
	m := New(testKey(), nil)
	for _, now := range []int64{start, 0, -1 << 62, start + whole, 1 << 62, 5} {
		for range 40 {
			if v := m.Count(1<<40, now); !(v.Bits >= 0 && v.Bits < 200) {
				t.Fatalf("%v bits at %d", v.Bits, now)
			}
		}
	}
	var e sketch.Encoder
	m.Encode(&e)
	if err := New(testKey(), nil).Decode(sketch.NewDecoder(e.Buf)); err != nil {
		t.Error(err)
	}
}

// TestUnsound checks that counts which no model comes to are refused.
func TestUnsound(t *testing.T) {
	for what, damage := range map[string]func(*series){
		"held": func(x *series) { x.held = x.n + 1 }, "days": func(x *series) { x.days = week + 1 }, "far": func(x *series) { x.best[0], x.far = highest, 1 },
		"last": func(x *series) { x.last = fortnight + 1 },
	} {
		m := New(testKey(), nil)
		m.Count(1<<40, start)
		damage(&m.series.Known(1 << 40).Thing)
		var e sketch.Encoder
		m.Encode(&e)
		if New(testKey(), nil).Decode(sketch.NewDecoder(e.Buf)) == nil {
			t.Errorf("%s: no error", what)
		}
	}
}

// TestRoundTrip checks that the same state has the same bytes, and that what was restored goes on alike.
func TestRoundTrip(t *testing.T) {
	w := newWorld(6)
	w.live(20, only(5, 2))
	w.live(2, only(5, 9))
	var e, again sketch.Encoder
	w.Encode(&e)
	other := &world{New(testKey(), nil), nil, w.day, 0, nil, 0}
	if err := other.Decode(sketch.NewDecoder(e.Buf)); err != nil {
		t.Fatal(err)
	}
	if other.Encode(&again); !bytes.Equal(e.Buf, again.Buf) {
		t.Fatal("the bytes differ after a round trip")
	}
	for i := range 4000 {
		at := start + int64(w.day)*whole + int64(i)*whole/1000
		if a, b := w.Count(name(i%3), at), other.Count(name(i%3), at); a != b {
			t.Fatalf("event %d: %+v and %+v after a round trip", i, a, b)
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
	w := newWorld(7)
	w.live(9, nil)
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
		if m.Encode(&e); !bytes.Equal(e.Buf, data[:len(data)-d.Left()]) {
			var again sketch.Encoder // numbers may be written longer than they need
			same := New(testKey(), nil)
			if err := same.Decode(sketch.NewDecoder(e.Buf)); err != nil {
				t.Fatal(err)
			}
			if same.Encode(&again); !bytes.Equal(e.Buf, again.Buf) {
				t.Fatal("written otherwise than it was read")
			}
		}
		for i := range 200 {
			m.Count(name(i%50), start+int64(i)*whole/3)
		}
	})
}

func BenchmarkCount(b *testing.B) {
	w := newWorld(1)
	w.live(10, nil)
	b.ReportAllocs()
	for i := 0; b.Loop(); i++ {
		w.taken = w.taken[:0]
		w.Count(name(i%kinds), start+10*whole+int64(i))
	}
}
