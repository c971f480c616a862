package template

import (
	"encoding/binary"
	"math/bits"

	"frontfoot/detect/sketch"
)

// A word of a text or of a shape is a number: one of two wildcards, or a keyed hash with what must be known of the word.
type word uint32

const (
	wild   word = 1 // a parameter by its form, or a word that was seen to change
	proven word = 2 // a word that changed so often that one more is no difference

	capitals word = 1 << 0  // flag of a text in capitals
	label    word = 1 << 1  // flag of a key, whose value is left out
	literal  word = 1 << 31 // flag of all that are no wildcards
)

// valid reports whether w can have been made by a Miner.
func (w word) valid() bool { return w >= literal || w == wild || w == proven }

// hash makes the word of a text. Who does not know the secret cannot choose texts that collide.
func (m *Miner) hash(s string) word {
	h := m.secret[0] ^ uint64(len(s))
	for ; len(s) >= 8; s = s[8:] {
		h = sketch.Mix(h^load(s), m.secret[1])
	}
	var tail [8]byte
	copy(tail[:], s)
	h = sketch.Mix(h^binary.LittleEndian.Uint64(tail[:]), m.secret[1])
	return literal | word(h>>32)<<2
}

// load returns the first eight bytes of s.
func load(s string) uint64 {
	_ = s[7]
	return uint64(s[0]) | uint64(s[1])<<8 | uint64(s[2])<<16 | uint64(s[3])<<24 |
		uint64(s[4])<<32 | uint64(s[5])<<40 | uint64(s[6])<<48 | uint64(s[7])<<56
}

// What a byte is.
const (
	gap     uint8 = 1 << iota // between words
	digit                     // makes a parameter
	upper                     // a letter
	lower                     // a letter, or part of one beyond ASCII
	special                   // may make a parameter or end a key
)

// classes holds what each byte is. Other marks than the special ones are 0.
var classes = makeClasses()

func makeClasses() (t [256]uint8) {
	for c := range t {
		switch c := byte(c); {
		case c <= ' ' || c == 0x7f:
			t[c] = gap
		case c-'0' <= 9:
			t[c] = digit
		case c-'A' < 26:
			t[c] = upper
		case c-'a' < 26 || c >= 0x80:
			t[c] = lower
		}
	}
	for _, c := range []byte(",;()[]{}<>\"'|") {
		t[c] = gap
	}
	for _, c := range []byte(".:=/\\@") {
		t[c] = special
	}
	return t
}

// isParameter reports whether a part of a text is a parameter by its form, and otherwise whether it is in capitals; of a name with dots
// the last part decides that.
func isParameter(s string) (parameter, inCapitals bool) {
	for len(s) > 0 && (s[0] == '.' || s[0] == ':') {
		s = s[1:]
	}
	for len(s) > 0 && (s[len(s)-1] == '.' || s[len(s)-1] == ':') {
		s = s[:len(s)-1]
	}
	slashes, dots, hex, tail, seen := 0, 0, 0, 0, uint8(0)
	for i := range len(s) {
		c := s[i]
		switch {
		case c-'0' <= 9 || c == '@' || c == '\\':
			return true, false
		case c == '/':
			slashes++
		case c == '.':
			dots++
			seen, tail = 0, i+1
			continue
		case c|0x20-'a' < 6:
			hex++
		}
		seen |= classes[c]
	}
	inCapitals = seen&(upper|lower) == upper && len(s)-tail > 1
	switch {
	case slashes > 1 || slashes == 1 && len(s) > 1 && s[0] == '/': // a path
	case hex == len(s) && hex >= 8: // a hash or an address without a digit
	case dots > 1 && !inCapitals: // a name of a host, a class or a file
	default:
		return false, inCapitals
	}
	return true, false
}

// isAddress reports whether s is groups of hexadecimal digits, as in addresses of Ethernet and of IPv6.
func isAddress(s string) bool {
	colons := 0
	for i := range len(s) {
		switch c := s[i]; {
		case c == ':':
			colons++
		case c-'0' > 9 && c|0x20-'a' >= 6 && c != '.':
			return false
		}
	}
	return colons > 1
}

// Days and months are parameters where a number follows, a day also before a month.
const (
	noDate uint8 = iota
	day
	month
)

func dateWord(s string) uint8 {
	switch s {
	case "Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun":
		return day
	case "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec":
		return month
	}
	return noDate
}

// frame returns the hash of what must be the same in all texts of a shape: how many words there are, and the keys in their places.
func frame(words []word) uint32 {
	h := uint64(len(words))
	for i, w := range words {
		if w >= literal && w&label != 0 {
			h = bits.RotateLeft64((h^uint64(w)^uint64(i)<<32)*0x9e3779b97f4a7c15, 29)
		}
	}
	return uint32(h ^ h>>32)
}

// restOf returns the hash of all words but the first, which is never 0.
func restOf(frame uint32, words []word) uint32 {
	h := uint64(frame)
	for _, w := range words[1:] {
		h = bits.RotateLeft64((h^uint64(w))*0x9e3779b97f4a7c15, 29)
	}
	return uint32(h^h>>32) | 1
}
