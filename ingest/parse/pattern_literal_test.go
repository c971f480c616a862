package parse

import (
	"bytes"
	"testing"
)

// A literal stands where package bytes finds it, whatever stands behind a text in memory.
func TestLiteralText(t *testing.T) {
	texts := []string{"", "a", "ab", "aab", "abab", "aaaaaaa", "abcdefgh", "abcdefghi", "xabcdefghiabcdefgh", "ababababababababab", "\x00", "a\x00b"}
	memory := []byte("abcdefghi")
	for _, text := range texts {
		for _, word := range texts[1:] {
			v, w := append([]byte(text), memory...)[:len(text)], []byte(word)
			l := newLiteralText(w)
			if got, want := l.begins(v), bytes.HasPrefix(v, w); got != want {
				t.Errorf("%q begins with %q: %v", text, word, got)
			}
			if got, want := l.index(v), bytes.Index(v, w); got != want {
				t.Errorf("%q in %q: at %d, want %d", word, text, got, want)
			}
			if got, want := l.lastIndex(v), bytes.LastIndex(v, w); got != want {
				t.Errorf("%q last in %q: at %d, want %d", word, text, got, want)
			}
		}
	}
}
