package sketch

import (
	"bytes"
	"math"
	"testing"

	"pgregory.net/rapid"
)

func testKey() Key { return NewKey([16]byte{1, 2, 3}) }

// TestCountsAreExactUntilFull checks the promise that nothing is too high or too low while no bucket was full.
func TestCountsAreExactUntilFull(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		c := NewCounts(1<<16, 1<<20)
		want := map[uint64]float32{}
		for _, v := range rapid.SliceOfN(rapid.Uint64Range(1, 400), 1, 4096).Draw(t, "values") {
			h := testKey().Number(1, v)
			c.Add(h, 1)
			want[h]++
		}
		for h, n := range want {
			if got := c.Get(h); got != n {
				t.Fatalf("count is %v, added %v", got, n)
			}
		}
		if c.Len() != len(want) {
			t.Fatalf("%d hashes known, want %d", c.Len(), len(want))
		}
		if got := c.Get(testKey().Number(2, 1)); got != 0 {
			t.Fatalf("a hash that was never added has count %v", got)
		}
	})
}

// TestRoughCountsAreRight checks that what is added bit by bit is counted to within the error that is promised, also where each addition is far below what
// the count can tell apart, and that as little as comes is not always lost.
func TestRoughCountsAreRight(t *testing.T) {
	for name, x := range map[string]struct {
		weight float32
		times  int
		within float64
	}{"ones": {1, 200_000, 0.06}, "odd weights": {1.37, 100_000, 0.06}, "guarded": {0.0123, 200_000, 0.06}, "twice": {1.37109375, 5, 0}} {
		var mean float64
		for i := range uint64(30) {
			c := NewCounts(16<<10, 16<<10)
			h := testKey().Number(1, i)
			for range x.times {
				c.Add(h, x.weight)
			}
			got, want := float64(c.Get(h)), float64(x.weight)*float64(x.times)
			if math.Abs(got/want-1) > x.within {
				t.Errorf("%s: count is %v, want %v", name, got, want)
			}
			mean += got / want / 30
		}
		if math.Abs(mean-1) > 0.01 {
			t.Errorf("%s: on average %v of what it should be", name, mean)
		}
	}
	few := 0
	c := NewCounts(1<<16, 1<<20)
	for i := range uint64(6400) {
		c.Add(testKey().Number(1, i), 1.0/64)
		if c.Get(testKey().Number(1, i)) > 0 {
			few++
		}
	}
	if few < 1400 || few > 1800 { // 1/64 is a quarter of the least count
		t.Errorf("of 6,400 hashes a 64th each, %d are known", few)
	}
}

// TestBoundIsRaised checks that counts go on, and grow, where more memory is allowed than when they were written, and that what is larger than allowed is refused.
func TestBoundIsRaised(t *testing.T) {
	a := NewCounts(16<<10, 64<<10)
	for i := range uint64(40_000) {
		a.Add(testKey().Number(1, i), 3)
	}
	var e Encoder
	a.Encode(&e)
	b := NewCounts(128<<10, 2<<20)
	if err := b.Decode(NewDecoder(e.Buf)); err != nil || b.Len() != a.Len() || b.Bytes() != 64<<10 {
		t.Fatalf("%d hashes in %d bytes, want %d: %v", b.Len(), b.Bytes(), a.Len(), err)
	}
	for range 2 {
		for i := range uint64(40_000) {
			if h := testKey().Number(1, i); b.Get(h) == 0 {
				b.Add(h, 3)
			}
		}
	}
	if b.Len() < 39_000 || b.Bytes() != 256<<10 {
		t.Errorf("%d of 40,000 hashes are known, in %d bytes", b.Len(), b.Bytes())
	}
	if NewCounts(16<<10, 32<<10).Decode(NewDecoder(e.Buf)) == nil {
		t.Error("more is read than allowed")
	}
}

// TestOldCountsAreRead checks that counts of 8 slots a bucket, as models before version 5 wrote them, are taken up, and damaged ones are not.
func TestOldCountsAreRead(t *testing.T) {
	var e Encoder
	e.Uint(1)
	e.Uint(2)
	e.Uint(0)
	for i := range 4096 {
		if i != 17 && i != 4000 {
			e.Byte(0)
			continue
		}
		e.Byte(1)
		e.Fixed32(uint32(testKey().Number(1, uint64(i)) >> 32))
		e.Float(float32(i))
	}
	c := NewCounts(1<<14, 1<<16)
	if err := c.Decode(NewDecoder(e.Buf)); err != nil {
		t.Fatal(err)
	}
	if a, b := c.Get(testKey().Number(1, 17)), c.Get(testKey().Number(1, 4000)); a != 17 || b != 4000 || c.Len() != 2 {
		t.Errorf("%v, %v and %d hashes, want 17, 4000 and 2", a, b, c.Len())
	}
	e.Buf[1] = 3
	for name, damaged := range map[string][]byte{"another number": e.Buf, "cut": e.Buf[:len(e.Buf)-1], "a level of none": {10, 0, 0}} {
		if NewCounts(1<<14, 1<<16).Decode(NewDecoder(damaged)) == nil {
			t.Errorf("%s: no error", name)
		}
	}
}

// TestCountsGrowByHalf checks that a Counts takes no more memory than its hashes need, and that growing loses next to none of them, whatever they count.
func TestCountsGrowByHalf(t *testing.T) {
	const n = 20_000
	c := NewCounts(8<<10, 1<<20)
	for i := range uint64(n) {
		c.Add(testKey().Number(1, i), float32(i%5+1))
		if need := 4 * c.Len() * 3 / 2; c.Bytes() > max(16<<10, need*8/5) {
			t.Fatalf("%d bytes for %d hashes, which need %d where two thirds are taken", c.Bytes(), c.Len(), need)
		}
	}
	if c.Bytes() != 128<<10 {
		t.Errorf("%d bytes, want three times 2^n of what was in the beginning", c.Bytes())
	}
	known, wrong := 0, 0
	for i := range uint64(n) {
		switch c.Get(testKey().Number(1, i)) {
		case 0:
		case float32(i%5 + 1):
			known++
		default:
			wrong++
		}
	}
	if known < n*97/100 || wrong > n/100 {
		t.Errorf("of %d hashes %d are known, and %d wrongly", n, known, wrong)
	}
}

// TestCountsUnderFlood checks that a million unique hashes neither take more memory than allowed, nor wash out what is seen often, nor make
// a new hash look known beyond what is promised.
func TestCountsUnderFlood(t *testing.T) {
	const most = 1 << 18
	c := NewCounts(most/16, most)
	key := testKey()
	for i := range uint64(1000) {
		c.Add(key.Number(1, i), 100)
	}
	for i := range uint64(1 << 20) {
		c.Add(key.Number(2, i), 1)
	}
	if c.Bytes() > most {
		t.Errorf("%d bytes, allowed %d", c.Bytes(), most)
	}
	kept, high := 0, 0
	for i := range uint64(1000) {
		n := c.Get(key.Number(1, i))
		if n > 0 {
			kept++
		}
		if n > 100 {
			high++
		}
	}
	if kept < 990 || high > 100 { // each was met by 256 others, of which one in 2^12 has its tag
		t.Errorf("%d of 1000 frequent hashes are left, %d with a count too high", kept, high)
	}
	known := 0
	for i := range uint64(10000) {
		if c.Get(key.Number(3, i)) > 0 {
			known++
		}
	}
	if known > 60 { // 39 are promised
		t.Errorf("%d of 10000 unseen hashes look known", known)
	}
}

// TestCountsRoundTrip checks that the same state has the same bytes and that bytes give the same state, growth included.
func TestCountsRoundTrip(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		a := NewCounts(1<<14, 1<<17)
		for _, v := range rapid.SliceOfN(rapid.Uint64(), 0, 3000).Draw(t, "values") {
			a.Add(testKey().Number(1, v), float32(v%7+1))
		}
		if rapid.Bool().Draw(t, "halve") {
			a.Scale(0.5, 1)
		}
		var e Encoder
		a.Encode(&e)
		b := NewCounts(1<<14, 1<<17)
		if err := b.Decode(NewDecoder(e.Buf)); err != nil {
			t.Fatal(err)
		}
		var again Encoder
		b.Encode(&again)
		if !bytes.Equal(e.Buf, again.Buf) {
			t.Fatal("the bytes differ after a round trip")
		}
	})
}

// TestTailRisesWithTheScore checks that bits never fall as the score rises, and that they agree with counting where there are enough events.
func TestTailRisesWithTheScore(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		var tail Tail
		for _, x := range rapid.SliceOfN(rapid.Float32Range(0, 5000), 1, 500).Draw(t, "scores") {
			tail.Add(x, 1)
		}
		last := float32(-1)
		for x := float32(0); x < 10000; x = x*1.05 + 0.1 {
			b := tail.Bits(x)
			if !(b >= last) || math.IsInf(float64(b), 0) {
				t.Fatalf("bits %v of score %v come after %v", b, x, last)
			}
			last = b
		}
	})
}

// TestTailCounts checks the estimate against a known distribution: of scores 0..999 once each, a tenth is at 900 or above.
func TestTailCounts(t *testing.T) {
	var tail Tail
	for range 20 {
		for i := range 1000 {
			tail.Add(float32(i*617%1000), 1)
		}
	}
	for _, c := range []struct{ score, bits float32 }{{0, 0}, {500, 1}, {750, 2}, {900, 3.32}, {990, 6.64}} {
		if got := tail.Bits(c.score); math.Abs(float64(got-c.bits)) > 0.5 {
			t.Errorf("Bits(%v) = %v, want about %v", c.score, got, c.bits)
		}
		if got := tail.At(c.bits); math.Abs(float64(got-c.score)) > 30 {
			t.Errorf("At(%v) = %v, want about %v", c.bits, got, c.score)
		}
	}
}

// TestHistTop checks that the bits of the top rank are the share of events that reached it.
func TestHistTop(t *testing.T) {
	var h Hist
	for i := range 4096 {
		rank := 0
		if i%64 == 0 {
			rank = Classes - 1
		}
		h.Add(rank, 1)
	}
	if got := h.Bits(Classes - 1); math.Abs(float64(got)-6) > 0.1 {
		t.Errorf("one in 64 has %v bits, want 6", got)
	}
	if got := h.Bits(0); got != 0 {
		t.Errorf("the lowest rank has %v bits, want 0", got)
	}
}

// TestLog2 checks the table against the library, and that it never falls.
func TestLog2(t *testing.T) {
	last := Log2(1e-30)
	for x := 1e-30; x < 1e30; x *= 1.0007 {
		got := Log2(float32(x))
		if math.Abs(float64(got)-math.Log2(x)) > 0.002 {
			t.Fatalf("Log2(%g) = %v, want %v", x, got, math.Log2(x))
		}
		if got < last {
			t.Fatalf("Log2 falls at %g", x)
		}
		last = got
	}
	for _, x := range []float32{0, -1, float32(math.NaN())} {
		if got := Log2(x); got != -126 {
			t.Errorf("Log2(%v) = %v, want -126", x, got)
		}
	}
}

// TestDecoderRefusesLongForms checks that a number has one form alone: the same state must never have two byte strings.
func TestDecoderRefusesLongForms(t *testing.T) {
	d := NewDecoder([]byte{0x81, 0x00})
	if d.Uint(); d.Err() == nil {
		t.Error("a varint with a needless byte was accepted")
	}
}

// TestExp2 checks the table against the library, that it never falls, and what lies outside of it.
func TestExp2(t *testing.T) {
	last := Exp2(-126)
	for x := -126.0; x <= 126; x += 0.013 {
		got := Exp2(float32(x))
		if want := math.Exp2(x); math.Abs(float64(got)/want-1) > 0.002 {
			t.Errorf("2^%g: got %g, want %g", x, got, want)
		}
		if got < last {
			t.Errorf("2^%g falls to %g from %g", x, got, last)
		}
		last = got
	}
	for _, x := range []float32{float32(math.NaN()), float32(math.Inf(-1)), -1e9, 1e9, float32(math.Inf(1))} {
		if got := Exp2(x); !(got > 0) || math.IsInf(float64(got), 0) {
			t.Errorf("2^%g is %g", x, got)
		}
	}
}

// TestTailIsAsLongAsItsScores checks that a Tail of small scores takes little memory, says what one with room for large ones says, and is the same
// after a round trip.
func TestTailIsAsLongAsItsScores(t *testing.T) {
	var small, large, back Tail
	large.Add(60_000, 0)
	for i := range 3000 {
		x := float32(i%97) / 8
		small.Add(x, 1)
		large.Add(x, 1)
	}
	if small.Bytes() > 2048 || large.Bytes() < 3*small.Bytes() {
		t.Errorf("%d bytes of small scores, %d with a large one", small.Bytes(), large.Bytes())
	}
	var e, again Encoder
	small.Encode(&e)
	if err := back.Decode(NewDecoder(e.Buf)); err != nil {
		t.Fatal(err)
	}
	if back.Encode(&again); !bytes.Equal(e.Buf, again.Buf) {
		t.Error("the bytes differ after a round trip")
	}
	for x := float32(0); x < 300; x += 0.25 {
		if a, b, c := small.Bits(x), large.Bits(x), back.Bits(x); a != b || a != c {
			t.Fatalf("at %v: %v bits, %v with room for more, %v after a round trip", x, a, b, c)
		}
	}
	for bits := float32(0); bits < 20; bits++ {
		if a, b := small.At(bits), large.At(bits); a != b {
			t.Errorf("%v bits are at %v, and at %v with room for more", bits, a, b)
		}
	}
}

// TestEmptyTailFades checks that a Tail that knows nothing says nothing, also when its past has faded and it was written and read.
func TestEmptyTailFades(t *testing.T) {
	var empty, back Tail
	empty.Scale(0.5)
	var e Encoder
	empty.Encode(&e)
	if err := back.Decode(NewDecoder(e.Buf)); err != nil {
		t.Fatal(err)
	}
	if a, b := empty.Bits(100), back.Bits(100); a != 0 || b != 0 {
		t.Errorf("%v bits, and %v after a round trip", a, b)
	}
}
