package parse

import (
	"bytes"
	"strings"
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

// The lengths by which most values are passed over leave out none for which the condition holds.
func TestPossibleLengths(t *testing.T) {
	long := strings.Repeat("x", 70)
	texts := []string{"", "a", "ab", "abc", "cab", "CABS", long[:62], long[:63], long[:64], long}
	yes, no := true, false
	p := New(Config{})
	spared := 0
	for _, a := range texts {
		for _, b := range texts {
			words := lowerWords([]string{a, b})
			for name, c := range map[string]condition{"is": {is: words}, "begins": {begins: words}, "ends": {ends: words}, "has": {has: words}, "not": {not: words}} {
				for _, present := range []*bool{nil, &yes, &no} {
					c.slot = 1
					some := c.possible(present)
					for _, text := range texts {
						p.slots[1] = []byte(text)
						c.lengths = anyLength
						want := p.condition(&c) && (present == nil || *present == (text != ""))
						if c.lengths = some; p.condition(&c) != want {
							t.Errorf("%s %q and %q, %q: want %v", name, a, b, text, want)
						}
						if some&lengthBit(p.slots[1]) == 0 {
							spared++
						}
					}
				}
			}
		}
	}
	if spared == 0 {
		t.Error("no value is passed over")
	}
}
