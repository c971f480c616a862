package literal

import (
	"bytes"
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"testing"
)

func found(s *Set, n int, line string) []int {
	var f Found
	s.Find([]byte(line), &f)
	got := slices.Sorted(f.All())
	for i := range n {
		if f.Has(i) != slices.Contains(got, i) {
			panic("Has and All differ")
		}
	}
	return got
}

func TestFind(t *testing.T) {
	texts := []string{"user", "users", "hers", "the user", "\xff\x00\xff\x00", "user"}
	s := New(texts, &Counts{})
	for line, want := range map[string][]int{
		"ushers":               {2},
		"":                     {},
		"use":                  {},
		"xyzxyz":               {},
		"hi\xff\x00\xff\x00":   {4},
		"of the users":         {0, 1, 3, 5},
		"of us, the user hers": {0, 2, 3, 5},
	} {
		if got := found(s, len(texts), line); !slices.Equal(got, want) {
			t.Errorf("%q: got %v, want %v", line, got, want)
		}
	}
	if got := found(New(nil, &Counts{}), 0, "abc"); len(got) != 0 {
		t.Errorf("no texts: got %v", got)
	}
}

// What a Set finds is what looking for each text by itself finds, also when one Found serves many lines.
func TestFindAsContainsDoes(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	for _, letters := range []int{2, 3, 30, 256} {
		for _, longest := range []int{6, 12, 40} {
			findAsContainsDoes(t, r, letters, longest)
		}
	}
}

// findAsContainsDoes looks for random texts in random lines of which some hold whole texts, many of them at the ends.
func findAsContainsDoes(t *testing.T, r *rand.Rand, letters, longest int) {
	random := func(n int) []byte {
		out := make([]byte, n)
		for i := range out {
			out[i] = byte('a' + r.IntN(letters))
		}
		return out
	}
	var texts []string
	var counts Counts
	for range 300 {
		texts = append(texts, string(random(Least+r.IntN(longest))))
		counts.Add(string(random(20)))
	}
	s, seen := New(texts, &counts), 0
	var f Found
	for range 700 {
		line := random(r.IntN(400))
		for range r.IntN(3) {
			line = slices.Insert(line, []int{0, len(line), r.IntN(len(line) + 1)}[r.IntN(3)], []byte(texts[r.IntN(len(texts))])...)
		}
		f.Reset()
		s.Find(line, &f)
		for i, text := range texts {
			if f.Has(i) != bytes.Contains(line, []byte(text)) {
				t.Fatalf("%q in %q: got %v", text, line, f.Has(i))
			}
			if f.Has(i) {
				seen++
			}
		}
	}
	if seen == 0 {
		t.Errorf("%d letters, texts of %d: nothing is found", letters, longest)
	}
}

// FuzzFind takes the lines of a that are long enough for texts and looks for them in line, after counting what stands in seen.
func FuzzFind(f *testing.F) {
	f.Add([]byte("type=\nsubtype=\n\"date\"\nID"), []byte(`type=traffic subtype="x" "date" ID`), "type=type=")
	f.Add([]byte("aaaa\naaaaa\naaab\na"), []byte("aaaaaaaab"), "")
	f.Fuzz(func(t *testing.T, a, line []byte, seen string) {
		var texts []string
		for text := range bytes.SplitSeq(a, []byte("\n")) {
			if len(text) >= Least {
				texts = append(texts, string(text))
			}
		}
		var counts Counts
		counts.Add(seen)
		got := found(New(texts, &counts), len(texts), string(line))
		for i, text := range texts {
			if want := bytes.Contains(line, []byte(text)); slices.Contains(got, i) != want {
				t.Errorf("%q in %q: want %v", text, line, want)
			}
		}
	})
}

func TestCounts(t *testing.T) {
	var c Counts
	c.Add("date=2026 date=")
	for text, want := range map[string]uint32{"date": 2, "2026": 1, "date=": 2, "date=2026": 1, "nowhere": 0, "dat": math.MaxUint32} {
		if got := c.Of(text); got != want {
			t.Errorf("%s: %d, want %d", text, got, want)
		}
	}
}

func TestFindMakesNoGarbage(t *testing.T) {
	s, line := New([]string{"alpha", "beta"}, &Counts{}), []byte("some alpha and beta and alpha")
	var f Found
	s.Find(line, &f)
	if n := testing.AllocsPerRun(100, func() { f.Reset(); s.Find(line, &f) }); n != 0 {
		t.Errorf("%v allocations", n)
	}
}

func BenchmarkFind(b *testing.B) {
	line := []byte(`<189>date=2026-11-26 time=10:00:00 devname="FW1" devid="FGT60E" logid="0000000013" type="traffic" subtype="forward" level="notice" srcip=10.1.1.1 srcport=51234 dstip=203.0.113.9 dstport=443 action="close" policyid=7 service="HTTPS" sentbyte=1234 rcvdbyte=4567`)
	for _, n := range []int{30, 300, 3000} {
		b.Run(fmt.Sprint(n), func(b *testing.B) {
			var texts []string
			for i := range n {
				texts = append(texts, fmt.Sprintf("%%%c%c%c-%d: type=%d", 'A'+i%26, 'A'+i/26%26, 'A'+i/676%26, i, i))
			}
			s := New(texts, &Counts{})
			var f Found
			b.SetBytes(int64(len(line)))
			for b.Loop() {
				f.Reset()
				s.Find(line, &f)
			}
		})
	}
}
