package template

import "strings"

// A line is a text cut into words. A word stands for a stretch of the text that is its parameter if it is one: of a key the value, which
// may be empty, of others all of it.
type line struct {
	text  string
	words [maxWords]word
	spans [maxWords]span
	dates [maxWords]uint8
	n     int
	frame uint32
	end   int  // of what was read
	dated bool // whether dates holds any
}

// A span is where something stands in a text.
type span struct{ from, to uint16 }

// split cuts a text into words.
func (m *Miner) split(text string) {
	l := &m.line
	l.text, l.n, l.dated = text, 0, false
	text = text[:min(len(text), maxText)]
	i := 0
	for i < len(text) {
		for i < len(text) && classes[text[i]]&gap != 0 {
			i++
		}
		from, seen := i, uint8(0)
		for i < len(text) && classes[text[i]]&gap == 0 {
			seen |= classes[text[i]]
			i++
		}
		if l.n == maxWords {
			i = from
			break
		}
		run := text[from:i]
		switch {
		case i == len(text) && len(l.text) > len(text) && from < i: // cut in two
			l.parameter(from, i)
		case seen&(digit|special) == 0:
			if seen != 0 {
				w := m.hash(run)
				if seen == upper && len(run) > 1 {
					w |= capitals
				}
				l.add(w, from, i)
				if len(run) == 3 {
					l.date(dateWord(run))
				}
			}
		case run == "=" && l.key(from):
			i = l.value(text, skipSpaces(text, i))
		case run[0] == ':' && from > 0 && text[from-1] == '"' && l.key(from-1): // JSON
			i = l.value(text, skipSpaces(text, from+1))
		default:
			i = m.run(text, from, i)
		}
	}
	l.end = i
	if l.dated {
		l.foldDates()
	}
	l.frame = frame(l.words[:l.n])
}

// run takes up a stretch without gaps that holds digits or special bytes, and returns where it went on to: the value of a key may be
// quoted and hold gaps.
func (m *Miner) run(text string, from, to int) int {
	l := &m.line
	whole, colons := false, false
	for i := from; i < to; i++ {
		switch text[i] {
		case '=':
			if name := text[from:i]; isKey(name) {
				l.add(m.hash(name)|label, i, i)
				return l.value(text, i+1)
			}
		case ':':
			rest := text[i+1 : to]
			whole = whole || strings.HasPrefix(rest, "//") || i == from+1 && strings.HasPrefix(rest, `\`) // a URL, a path with a drive
			colons = true
		}
	}
	if whole || colons && isAddress(text[from:to]) {
		l.parameter(from, to)
		return to
	}
	name := -1 // of the word before, if it ended in a colon
	for i := from; i < to && l.n < maxWords; {
		j, letters := i, false
		for j < to {
			c := text[j]
			if c == '.' && j+1 < to && text[j+1] == '.' {
				break
			}
			j++
			letters = letters || classes[c]&(digit|upper|lower) != 0
			if c == ':' {
				break
			}
		}
		if letters {
			if parameter, inCapitals := isParameter(text[i:j]); parameter {
				if name >= 0 {
					l.words[name] |= label
					l.spans[name].from = l.spans[name].to
				}
				name = -1
				l.parameter(i, j)
			} else {
				name = -1
				if text[j-1] == ':' {
					name = l.n
				}
				w := m.hash(text[i:j])
				if inCapitals {
					w |= capitals
				}
				l.add(w, i, j)
			}
		}
		for i = j; i < to && text[i] == '.'; {
			i++
		}
	}
	return to
}

// isKey reports whether s may be the name of a value: letters come first, and it is no path.
func isKey(s string) bool {
	if s == "" || classes[s[0]]&(upper|lower) == 0 {
		return false
	}
	for i := range len(s) {
		if c := s[i]; c == '/' || c == '\\' || c == '@' {
			return false
		}
	}
	return true
}

func skipSpaces(text string, i int) int {
	for i < len(text) && (text[i] == ' ' || text[i] == '\t') {
		i++
	}
	return i
}

// key makes a key of the last word, if it is none and ends before a position or a space before it.
func (l *line) key(at int) bool {
	if l.n == 0 || l.words[l.n-1] < literal || l.words[l.n-1]&label != 0 {
		return false
	}
	s := &l.spans[l.n-1]
	if int(s.to) != at && (int(s.to) != skipBack(l.text, at)) {
		return false
	}
	l.words[l.n-1] |= label
	s.from = s.to
	return true
}

func skipBack(text string, i int) int {
	for i > 0 && (text[i-1] == ' ' || text[i-1] == '\t') {
		i--
	}
	return i
}

// value makes what begins at a position the value of the key that is the last word, and returns where it ends.
func (l *line) value(text string, from int) int {
	to := from
	if from < len(text) && (text[from] == '"' || text[from] == '\'') {
		for i := from + 1; i < len(text); i++ {
			if text[i] == '\\' {
				i++
			} else if text[i] == text[from] {
				to = i + 1
				break
			}
		}
	}
	if to == from {
		for to < len(text) && classes[text[to]]&gap == 0 {
			to++
		}
	}
	l.spans[l.n-1] = span{uint16(from), uint16(to)}
	return to
}

// parameter adds a parameter, which is one with a parameter before it.
func (l *line) parameter(from, to int) {
	if l.n > 0 && l.words[l.n-1] == wild {
		l.spans[l.n-1].to = uint16(to)
		return
	}
	l.add(wild, from, to)
}

func (l *line) add(w word, from, to int) {
	l.words[l.n] = w
	l.spans[l.n] = span{uint16(from), uint16(to)}
	l.dates[l.n] = noDate
	l.n++
}

// date says what the last word is of a date.
func (l *line) date(kind uint8) {
	l.dates[l.n-1] = kind
	l.dated = l.dated || kind != noDate
}

// foldDates makes parameters of days and months.
func (l *line) foldDates() {
	isWild := func(i int) bool { return i < l.n && l.words[i] == wild }
	n := l.n
	out := 0
	for i := range n {
		w := l.words[i]
		switch l.dates[i] {
		case day:
			if isWild(i+1) || i+1 < n && l.dates[i+1] == month && isWild(i+2) {
				w = wild
			}
		case month:
			if isWild(i + 1) {
				w = wild
			}
		}
		if w == wild && out > 0 && l.words[out-1] == wild {
			l.spans[out-1].to = l.spans[i].to
			continue
		}
		l.words[out], l.spans[out] = w, l.spans[i]
		out++
	}
	l.n = out
}
