package refusal

import (
	"math/rand/v2"
	"testing"
	"time"

	"frontfoot/detect/sketch"
)

const (
	start  = 1_772_409_600 * int64(time.Second)
	second = int64(time.Second)
	minute = 60 * second
)

func testKey() sketch.Key { return sketch.NewKey([16]byte{9}) }

func hash(domain, n int) uint64 { return testKey().Number(uint64(domain), uint64(n)) }

const login = 77 // a kind of refusal

// a world is a model and the time in it.
type world struct {
	*Model
	r   *rand.Rand
	now int64
}

func newWorld(seed uint64) *world {
	return &world{New(testKey(), nil), rand.New(rand.NewPCG(seed, 1)), start}
}

// refuse lets somebody be refused at a target, some time after the last refusal.
func (w *world) refuse(who, at int, after int64, known bool) Verdict {
	w.now += after
	w.taken = w.taken[:0]
	return w.Refuse(&Case{Who: hash(1, who), At: hash(2, at), Kind: login, Now: w.now, Known: known})
}

// live plays days on each of which so many people mistype a password one to four times, and returns the most bits that one had.
func (w *world) live(days, people int, known bool) (most float32) {
	for range days {
		for range people {
			who := w.r.IntN(10 * people)
			pause := day / int64(people)
			for range 1 + int(min(3, w.r.ExpFloat64())) {
				v := w.refuse(who, who, min(pause, 10*second), known)
				most = max(most, v.Bits)
			}
			w.now += pause
		}
	}
	return most
}

// guess lets one address try so many passwords at so many accounts and returns the most that was said of it.
func (w *world) guess(who, times, accounts int, every int64) (best Verdict) {
	for i := range times {
		if v := w.refuse(who, 100_000+i%accounts, every, false); v.Bits > best.Bits {
			best = v
		}
	}
	return best
}

func (w *world) bar() float32 { return w.trials.Bar() }

// TestGuessingIsFound checks that who guesses is told from those who mistype, fast and slowly, at one account and at all.
func TestGuessingIsFound(t *testing.T) {
	for name, x := range map[string]struct {
		times, accounts int
		every           int64
	}{
		"one account":     {300, 1, 10 * second},
		"slowly":          {250, 2, 5 * minute},
		"all accounts":    {90, 90, 40 * second},
		"a few at a time": {60, 60, 20 * minute},
	} {
		w := newWorld(1)
		if most := w.live(10, 30, false); most >= w.bar() {
			t.Errorf("%s: people who mistype have %.1f bits, the bar is at %.1f", name, most, w.bar())
		}
		v := w.guess(999_999, x.times, x.accounts, x.every)
		if v.Bits < w.bar()+4 {
			t.Errorf("%s: %+v, the bar is at %.1f", name, v, w.bar())
		}
		if v.Times > float32(x.times) || v.Targets > 1.3*float32(x.accounts)+1 && x.accounts < 20 {
			t.Errorf("%s: told of %v times and %v accounts", name, v.Times, v.Targets)
		}
	}
}

// TestNobodyTeachesWhileJudged checks that three who spray together do not make each other usual, and twenty one after the other not the
// next one.
func TestNobodyTeachesWhileJudged(t *testing.T) {
	w := newWorld(2)
	w.live(10, 30, false)
	alone := w.guess(999_000, 200, 50, 30*second).Bits
	w = newWorld(2)
	w.live(10, 30, false)
	var together float32
	for i := range 600 {
		together = max(together, w.refuse(999_000+i%3, 100_000+i, 10*second, false).Bits)
	}
	if together < alone-2 {
		t.Errorf("%.1f bits of one alone, %.1f of three together", alone, together)
	}
	w.now += 2 * day
	for who := range 20 {
		w.guess(999_100+who, 200, 50, 30*second)
		w.now += 3 * hour
	}
	w.now += 2 * day
	if v := w.guess(999_009, 200, 50, 30*second); v.Bits < w.bar() {
		t.Errorf("after twenty who guessed, another one has %.1f bits, the bar is at %.1f", v.Bits, w.bar())
	}
}

// TestOneCountsOnce checks that one actor, however often it comes, is one of those that others are held against.
func TestOneCountsOnce(t *testing.T) {
	w := newWorld(2)
	for range 50 {
		w.guess(7, 8, 8, minute)
		w.now += 2 * day
	}
	for i, c := range w.kinds.Of(0) {
		for k, n := range c.n {
			if n > 1 || n == 0 && k == 1 {
				t.Errorf("by measure %d, %v came to octave %d", i, n, k)
			}
		}
	}
}

// TestFullTableTakesNew checks that there is room for one who is refused often when all places are taken by those who were refused twice.
func TestFullTableTakesNew(t *testing.T) {
	w := newWorld(2)
	for range 2 {
		for who := range 4 * slots {
			w.refuse(who, 1, second/4, false)
			w.refuse(who, 1, 0, false)
		}
	}
	if v := w.guess(999_999, 200, 20, 10*second); v.Bits < w.bar() {
		t.Errorf("in a full table one who guesses has %.1f bits, the bar is at %.1f", v.Bits, w.bar())
	}
	if w.actors.Len() != slots {
		t.Errorf("%d places, want %d", w.actors.Len(), slots)
	}
}

// TestKnownAtOnce checks that what somebody did while the site learned is not told of when it goes on each night.
func TestKnownAtOnce(t *testing.T) {
	w := newWorld(6)
	w.live(1, 30, true)
	for night := range 4 {
		for i := range 80 {
			if v := w.refuse(999_999, i, second/3, night == 0); night > 0 && v.Bits >= w.bar() {
				t.Fatalf("in the night %d, %+v, the bar is at %.1f", night+1, v, w.bar())
			}
		}
		w.now += day - 30*second
	}
}

// TestPaceRaisedByDay checks that one who guesses twice as often each day is told of all the same, and that the next one is.
func TestPaceRaisedByDay(t *testing.T) {
	w := newWorld(6)
	w.live(10, 30, false)
	var told int
	for times := 2; times <= 512; times *= 2 {
		if v := w.guess(999_999, times, 1, 5*second); v.Bits >= w.bar() && told == 0 {
			told = times
		}
		w.now += 2 * day
	}
	if told == 0 {
		t.Error("nothing was told of one who came to 512 in steps")
	}
	if v := w.guess(999_998, 256, 1, 5*second); v.Bits < w.bar() {
		t.Errorf("another one has %.1f bits after that, the bar is at %.1f", v.Bits, w.bar())
	}
}

// TestWhereLittleIsKnown checks that one who is refused often is not called improbable where nobody or hardly anybody was refused before.
func TestWhereLittleIsKnown(t *testing.T) {
	w := newWorld(3)
	if v := w.guess(1, 2000, 50, second); v.Bits > 6 {
		t.Errorf("the first one has %.1f bits", v.Bits)
	}
	for seed := range uint64(20) {
		w = newWorld(seed)
		w.live(1, 4, false)
		if v := w.guess(999_999, 40, 1, second); v.Bits > 10 {
			t.Errorf("after four, %.1f bits", v.Bits)
		}
	}
}

// TestOwnPast checks that a client which is broken for long is ordinary by then, and that another one is not.
func TestOwnPast(t *testing.T) {
	w := newWorld(4)
	broken := func(who int) (v Verdict) {
		v = w.guess(who, 40, 1, minute)
		w.now += 4 * hour
		return v
	}
	w.live(7, 30, true)
	first := broken(5_000)
	w.now += 2 * day
	if again := broken(5_000); again.Bits == 0 {
		t.Error("nothing is said of the second time")
	}
	for range 30 {
		broken(5_000)
	}
	if again := broken(5_000); first.Bits < w.bar() || again.Bits >= w.bar() {
		t.Errorf("%.1f bits at first, %.1f in the end, the bar is at %.1f", first.Bits, again.Bits, w.bar())
	}
	if v := broken(6_000); v.Bits < w.bar()-3 {
		t.Errorf("another one has %.1f bits, the bar is at %.1f", v.Bits, w.bar())
	}
}

// TestCurveIsAProbability checks that of actors whose counts are drawn from one law, heavy or light, about as few have b bits as should.
func TestCurveIsAProbability(t *testing.T) {
	for name, draw := range map[string]func(r *rand.Rand) int{
		"light": func(r *rand.Rand) int { return 1 + int(4*r.ExpFloat64()) },
		"heavy": func(r *rand.Rand) int { return 1 + int(1/(r.Float64()+1e-3)) },
	} {
		r := rand.New(rand.NewPCG(5, 6))
		var c curve
		var above [9]float64
		all := 0.0
		for n := range 4000 {
			far := reach(float32(draw(r)))
			if n >= 500 && far >= 2 {
				all++
				for b := range above {
					if c.bits(far, 0, 0) >= float32(b) {
						above[b]++
					}
				}
			}
			for k := uint8(1); k <= far; k++ {
				c.n[k]++
			}
		}
		for b, got := range above {
			if want := all / float64(int(1)<<b); got > 1.25*want+8 {
				t.Errorf("%s: %v of %v have %d bits, want %.0f", name, got, all, b, want)
			}
		}
		if above[2] < all/50 {
			t.Errorf("%s: only %v of %v have two bits: the bound is of no use", name, above[2], all)
		}
	}
}

// TestFloodPutsOutOnlyItself lets half a million addresses be refused once each while one guesses.
func TestFloodPutsOutOnlyItself(t *testing.T) {
	w := newWorld(7)
	w.live(10, 30, false)
	best := w.guess(999_999, 20, 20, 10*second)
	for i := range 500_000 {
		w.refuse(1_000_000+i, 1, second/50, false)
		if i%1000 == 0 {
			if v := w.refuse(999_999, i, 0, false); v.Bits > best.Bits {
				best = v
			}
		}
	}
	if best.Bits < 12 {
		t.Errorf("under the flood one who guesses has %.1f bits", best.Bits)
	}
	if n := w.Bytes(); n > 64<<10 {
		t.Errorf("%d bytes", n)
	}
}

// TestTimeRunsBack checks that stamps of any order are borne.
func TestTimeRunsBack(t *testing.T) {
	m := New(testKey(), nil)
	for _, now := range []int64{start, 0, -1 << 62, start + day, 1 << 62, 5} {
		for i := range 40 {
			if v := m.Refuse(&Case{Who: 1 << 40, At: uint64(i) << 59, Kind: login, Now: now}); !(v.Bits >= 0 && v.Bits < 200) {
				t.Fatalf("%v bits at %d", v.Bits, now)
			}
		}
	}
}
