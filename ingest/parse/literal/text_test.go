package literal

import (
	"math/rand/v2"
	"strings"
	"testing"
)

// A text is found wherever it stands, whichever of its bytes is looked for.
func TestText(t *testing.T) {
	const letters = "ab c"
	r := rand.New(rand.NewPCG(5, 6))
	word := func(most int) string {
		v := make([]byte, r.IntN(most))
		for i := range v {
			v[i] = letters[r.IntN(len(letters))]
		}
		return string(v)
	}
	held, counts := 0, &Counts{}
	for range 100_000 {
		line, text := word(24), word(5)
		counts.bytes = [256]uint32{}
		counts.Add(word(40)) // now one byte is the rarest, now another
		want := strings.Contains(line, text)
		if want {
			held++
		}
		if in := counts.Text(text); in.In([]byte(line)) != want {
			t.Fatalf("%q in %q: got %v, want %v", text, line, !want, want)
		}
	}
	if held < 10_000 || held > 90_000 {
		t.Errorf("%d of the texts stood in their lines: nothing was tried", held)
	}
}
