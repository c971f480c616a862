package parse

import (
	"bytes"
	"strings"

	"frontfoot/ingest/parse/format"
)

// Words between pairs have no key: they are flags, of which those of one list become one value.
type wordLists struct {
	names [][]byte
	of    map[string]int // by word: the place of its list's name
}

func newWordLists(lists []format.Words) *wordLists {
	if len(lists) == 0 {
		return nil
	}
	out := &wordLists{of: map[string]int{}}
	for i, l := range lists {
		out.names = append(out.names, []byte(l.Name))
		for _, word := range l.List {
			out.of[word] = i
		}
	}
	return out
}

// gather adds a word to the others of its list and reports whether a list has it. A value that grows too long takes no more of them.
func (p *Parser) gather(lists *wordLists, word []byte) bool {
	i, ok := lists.of[string(word)]
	if !ok {
		return false
	}
	switch v := p.gathered[i]; {
	case v == nil:
		p.gathered[i] = word
	case len(v)+len(word) < maxName:
		at := len(p.mem)
		p.mem = append(append(append(p.mem, v...), ','), word...)
		p.gathered[i] = p.mem[at:len(p.mem):len(p.mem)]
	}
	return true
}

// giveGathered takes the values that were gathered.
func (p *Parser) giveGathered(c *cut) {
	for i, name := range c.words.names {
		if v := p.gathered[i]; v != nil {
			p.gathered[i] = nil
			p.value(c, name, v)
		}
	}
}

// maxWord is how long a word may be that is looked for in a text.
const maxWord = 32

// wordSet returns words in lower case, nil for none.
func wordSet(list []string) map[string]bool {
	if len(list) == 0 {
		return nil
	}
	out := map[string]bool{}
	for _, word := range list {
		out[strings.ToLower(word)] = true
	}
	return out
}

// wordWith returns the first word of v that is one of some words or has one between other characters than letters and digits, such as DROP_INPUT for
// drop, and nil where there is none.
func wordWith(v []byte, words map[string]bool) []byte {
	var low [maxWord]byte
	for len(v) > 0 {
		var w []byte
		w, v = word(v)
		for i := 0; i < len(w); i++ {
			n := 0
			for i+n < len(w) && alnum(w[i+n]) {
				if n < maxWord {
					low[n] = w[i+n] | 0x20 // of digits it changes nothing
				}
				n++
			}
			if n > 0 && n <= maxWord && words[string(low[:n])] {
				return bytes.TrimFunc(w, func(r rune) bool { return r < 0x80 && !alnum(byte(r)) })
			}
			i += n
		}
	}
	return nil
}
