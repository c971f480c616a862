package literal

import "bytes"

// A Text is looked for by the byte of it that is rarest, which stops the search less often than its first one, mostly a blank or a quote.
type Text struct {
	text []byte
	at   int
}

// Text returns a text to be looked for in lines like those that were counted.
func (c *Counts) Text(text string) Text {
	t := Text{text: []byte(text)}
	for i := range t.text {
		if c.bytes[t.text[i]] < c.bytes[t.text[t.at]] {
			t.at = i
		}
	}
	return t
}

// In reports whether the text stands in a line.
func (t *Text) In(line []byte) bool {
	if len(t.text) == 0 {
		return true
	}
	for from := t.at; from < len(line); from++ {
		i := bytes.IndexByte(line[from:], t.text[t.at])
		if i < 0 {
			return false
		}
		if from += i; bytes.HasPrefix(line[from-t.at:], t.text) {
			return true
		}
	}
	return false
}
