package drift

import (
	"bytes"
	"math"
	"math/rand/v2"
	"testing"
	"time"

	"frontfoot/detect/feature"
	"frontfoot/detect/sketch"
)

const (
	start = 1_772_409_600 * int64(time.Second) // a Monday
	day   = int64(24 * time.Hour)
	log   = 7 << 40
	kinds = 30 // sorts of events of a site
)

// hash is one whose high half tells n.
func hash(n int) uint64 { return sketch.NewKey([16]byte{9}).Number(3, uint64(n)) }

// A world is a model, the day in it, and what it told.
type world struct {
	*Model
	r    *rand.Rand
	day  int
	told []Verdict
}

func newWorld(seed uint64) *world {
	return &world{Model: New(feature.NewEvents(sketch.NewKey([16]byte{9})).Layout()), r: rand.New(rand.NewPCG(seed, 1))}
}

// come brings so many events of a sort on the world's day, of ten who bring them or of one.
func (w *world) come(sort int, n float64, who int) {
	for i := range int(n) {
		by := who
		if who == 0 {
			by = 1 + w.r.IntN(10)
		}
		at := start + int64(w.day)*day + int64(float64(day)*float64(i)/n)
		if v, told := w.Count(hash(1000+sort), log, hash(by), at); told {
			w.told = append(w.told, v)
		}
	}
}

// live plays days on which sorts come in numbers of their own, the first third more often on workdays, times what much says of a sort, beside what more brings.
func (w *world) live(days int, much func(sort int) float64, more func()) {
	for range days {
		for sort := range kinds {
			n := float64(5+4*sort) * math.Exp(0.2*w.r.NormFloat64())
			if sort < kinds/3 && w.day%7 >= 5 {
				n /= 8
			}
			if much != nil {
				n *= much(sort)
			}
			w.come(sort, n, 0)
		}
		if more != nil {
			more()
		}
		w.day++
	}
}

// creeping is poison of one who brings ever more of what came five times a day: seven in a hundred more each day.
func (w *world) creeping(since int) func() {
	return func() { w.come(0, math.Pow(1.07, float64(w.day-since)), 99) }
}

// TestCreepingIsTold checks that what grows slowly is told of once, by how much and by whom, and that nothing is where the slow baseline was made what it is now.
func TestCreepingIsTold(t *testing.T) {
	for _, forgetful := range []bool{false, true} {
		w := newWorld(1)
		w.live(70, nil, nil)
		creep := w.creeping(70)
		w.live(60, nil, func() {
			creep()
			for s := range w.sorts.All() {
				for i := range s.Thing.past {
					if forgetful && i >= fast {
						s.Thing.past[i] = s.Thing.past[fast-1]
					}
				}
			}
		})
		switch {
		case forgetful:
			if len(w.told) > 0 {
				t.Errorf("without a slow baseline: %+v", w.told)
			}
		case len(w.told) != 1:
			t.Errorf("told %+v, want it once", w.told)
		default:
			if v := w.told[0]; v.Is < 1.8*v.Was || v.ByOne < 0.25 || v.Others > 0 || v.Weeks < 8 {
				t.Errorf("%+v", v)
			}
		}
	}
}

// TestWhatIsNoGrowth checks that nothing is told of what is no change of what a site is made of.
func TestWhatIsNoGrowth(t *testing.T) {
	for name, much := range map[string]func(w *world, sort int) float64{
		"as ever": func(*world, int) float64 { return 1 },
		"a new office": func(w *world, _ int) float64 {
			if w.day >= 80 {
				return 3
			}
			return 1
		},
		"a holiday": func(w *world, sort int) float64 {
			if w.day >= 80 && w.day < 94 && sort < kinds/3 {
				return 0.1
			}
			return 1
		},
		"one loud week": func(w *world, sort int) float64 {
			if w.day >= 84 && w.day < 91 && sort == 3 {
				return 30
			}
			return 1
		},
		"silence": func(w *world, _ int) float64 {
			if w.day >= 84 && w.day < 105 {
				return 0
			}
			return 1
		},
	} {
		w := newWorld(2)
		w.live(150, func(sort int) float64 { return much(w, sort) }, nil)
		if len(w.told) > 0 {
			t.Errorf("%s: told %+v", name, w.told)
		}
	}
}

// TestYoungSitesSayNothing checks that within six weeks nothing is told, however much grows.
func TestYoungSitesSayNothing(t *testing.T) {
	w := newWorld(3)
	w.live(21, nil, nil)
	w.live(20, func(sort int) float64 {
		if sort == 4 {
			return 50
		}
		return 1
	}, nil)
	if len(w.told) > 0 {
		t.Errorf("told %+v", w.told)
	}
}

// TestManyThatGrow checks that a change of many sorts is told of once, with how many there are.
func TestManyThatGrow(t *testing.T) {
	w := newWorld(4)
	w.live(84, nil, nil)
	w.live(60, func(sort int) float64 {
		if sort >= 5 && sort < 9 {
			return 12
		}
		return 1
	}, nil)
	if len(w.told) != 1 || w.told[0].Others != 3 || w.told[0].ByOne != 0 {
		t.Errorf("told %+v, want once, of four", w.told)
	}
}

// TestWithoutWho checks that the one who brought it is waited for a day, and no longer.
func TestWithoutWho(t *testing.T) {
	w := newWorld(5)
	w.live(70, nil, nil)
	creep := w.creeping(70)
	for len(w.told) == 0 && w.day < 200 {
		w.live(1, nil, func() {
			if !w.news.open {
				creep()
			}
		})
	}
	if len(w.told) != 1 || w.told[0].ByOne != 0 || w.day%7 != 2 {
		t.Errorf("on day %d told %+v", w.day, w.told)
	}
}

// TestFloodIsBounded lets a hundred thousand sorts come once each: what is known stays, in bounded memory.
func TestFloodIsBounded(t *testing.T) {
	w := newWorld(6)
	w.live(70, nil, nil)
	for i := range 100_000 {
		w.Count(hash(1_000_000+i), log, hash(1), start+70*day)
	}
	w.live(60, nil, w.creeping(70))
	if len(w.told) == 0 || w.Bytes() > 64<<10 {
		t.Errorf("told %+v, in %d bytes", w.told, w.Bytes())
	}
}

// TestTimeRunsBack checks that stamps of any order are borne.
func TestTimeRunsBack(t *testing.T) {
	m := New(nil)
	for _, now := range []int64{start, 0, -1 << 62, start + day, 1 << 62, 5} {
		for range 40 {
			m.Count(1<<40, 2, 3, now)
		}
	}
	var e sketch.Encoder
	m.Encode(&e)
	if err := New(nil).Decode(sketch.NewDecoder(e.Buf)); err != nil {
		t.Error(err)
	}
}

// TestRoundTrip checks that the same state has the same bytes, and that what was restored goes on alike, also where news wait.
func TestRoundTrip(t *testing.T) {
	w := newWorld(7)
	w.live(70, nil, nil)
	creep := w.creeping(70)
	for w.day < 200 && !w.news.open {
		w.live(1, nil, creep)
	}
	var e, again sketch.Encoder
	w.Encode(&e)
	other := New(nil)
	if err := other.Decode(sketch.NewDecoder(e.Buf)); err != nil {
		t.Fatal(err)
	}
	other.Encode(&again)
	if !bytes.Equal(e.Buf, again.Buf) {
		t.Fatal("the bytes differ after a round trip")
	}
	for i := range 20_000 {
		now := start + int64(w.day)*day + int64(i)*int64(time.Hour)
		a, one := w.Count(hash(1000+i%kinds), log, hash(i%5), now)
		b, two := other.Count(hash(1000+i%kinds), log, hash(i%5), now)
		if a != b || one != two {
			t.Fatalf("event %d: %+v and %+v after a round trip", i, a, b)
		}
	}
	for n := range e.Buf {
		if n%97 == 0 && New(nil).Decode(sketch.NewDecoder(e.Buf[:n])) == nil {
			t.Fatalf("no error of the first %d bytes of %d", n, len(e.Buf))
		}
	}
}

// TestUnsound checks that counts which no model comes to are refused.
func TestUnsound(t *testing.T) {
	for name, damage := range map[string]func(*Model, *tally){
		"kind":   func(_ *Model, x *tally) { x.kind = 9 },
		"votes":  func(_ *Model, x *tally) { x.votes = x.n + 1 },
		"young":  func(_ *Model, x *tally) { x.chosen = true },
		"future": func(m *Model, _ *tally) { m.ended = 5 },
	} {
		w := newWorld(8)
		w.live(2, nil, nil)
		for s := range w.sorts.All() {
			damage(w.Model, &s.Thing)
			break
		}
		var e sketch.Encoder
		w.Encode(&e)
		if New(nil).Decode(sketch.NewDecoder(e.Buf)) == nil {
			t.Errorf("%s: no error", name)
		}
	}
}

// FuzzDecode checks that no bytes make Decode panic, nor what is done with what it accepts, and that this is written as it was read.
func FuzzDecode(f *testing.F) {
	w := newWorld(9)
	w.live(50, nil, nil)
	var e sketch.Encoder
	w.Encode(&e)
	f.Add(e.Buf)
	f.Add([]byte{})
	f.Fuzz(func(t *testing.T, data []byte) {
		m := New(nil)
		if m.Decode(sketch.NewDecoder(data)) != nil {
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
		for i := range 2000 {
			m.Count(hash(1000+i%kinds), log+uint64(i%20), hash(i%5), start+int64(i)*int64(time.Hour))
		}
	})
}

func BenchmarkCount(b *testing.B) {
	w := newWorld(1)
	w.live(14, nil, nil)
	b.ReportAllocs()
	at := start + 14*day
	for i := 0; b.Loop(); i++ {
		at += int64(time.Second) / 10
		w.Count(hash(1000+i%kinds), log, hash(i%7), at)
	}
}
