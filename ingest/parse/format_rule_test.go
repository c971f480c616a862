package parse

import (
	"bytes"
	"testing"
)

// The comparisons of conditions are those of the text in lower case.
func TestLowerComparisons(t *testing.T) {
	p := New(Config{})
	texts := []string{"", "a", "A", "b", "ab", "Ab", "AB", "aB", "abc", "ABC", "[", "{", "@", "`", "Z[", "z{", "ÄB", "äb", "1aB"}
	for _, text := range texts {
		for _, word := range texts {
			v, w := []byte(text), bytes.Clone(p.lowered([]byte(word)))
			low := bytes.Clone(p.lowered(v))
			for name, c := range map[string][2]bool{
				"equal":  {equalLower(v, w), bytes.Equal(low, w)},
				"begins": {beginsLower(v, w), bytes.HasPrefix(low, w)},
				"ends":   {endsLower(v, w), bytes.HasSuffix(low, w)},
			} {
				if c[0] != c[1] {
					t.Errorf("%q %s %q: %v", text, name, w, c[0])
				}
			}
		}
	}
}
