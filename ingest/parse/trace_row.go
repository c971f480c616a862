package parse

import (
	"bytes"
	"regexp"
	"strconv"
	"strings"
	"time"

	"frontfoot/ingest/event"
)

// A told is the row of a line that is explained, with the parser that has read it.
type told struct {
	p *Parser
	*event.Batch
	raw []byte
}

// text is a column's value in words.
func (r *told) text(c event.Column) string {
	switch c.Spec().Kind {
	case event.Text, event.Bytes:
		return r.Text(c, 0)
	case event.Stamp:
		return time.Unix(0, r.Time(c, 0)).UTC().Format(time.RFC3339Nano)
	default:
		v, _ := r.Uint(c, 0)
		return strconv.FormatUint(v, 10)
	}
}

// origin says where a column's value came from: the name of a value, the header, or what holds of every line of the format.
func (r *told) origin(t *trace, c event.Column) string {
	text, h, stamp := r.text(c), &r.p.head, &r.p.stamp
	switch {
	case c == event.Time && stamp.ok && r.p.verdict != Skewed:
		return strings.TrimSpace("the line's stamp " + string(stamp.text))
	case c == event.Time, c == event.Received:
		return "when it was received"
	}
	for _, g := range t.given {
		if g.col == c && g.name != "" {
			return g.name
		}
	}
	for _, part := range [][]byte{h.host, h.app, h.pid, h.level} {
		if len(part) > 0 && text == string(part) {
			return "the syslog header"
		}
	}
	for _, g := range t.given {
		whole := len(text) < leastPart || c == event.Message // a short text stands in many others by chance
		if g.name != "" && !g.skip && (strings.EqualFold(string(g.value), text) || !whole && standsIn(bytes.ToLower(g.value), strings.ToLower(text))) {
			return g.name
		}
	}
	switch {
	case c == event.LogPriority, c == event.LogLevel && h.pri >= 0:
		return "the syslog header"
	case standsIn(r.raw, text):
		return "the line's text"
	case t.taker == "":
		return "of every line"
	}
	return "of the format"
}

// leastPart is how long a part of a value must be to be told as such.
const leastPart = 4

// left returns the parts of a line that no field or label holds; the message, which is the whole of it, is none.
func (r *told) left(t *trace) []string {
	taken := make([]bool, len(r.raw))
	body := r.p.head.body
	if bytes.HasSuffix(r.raw, body) {
		cover(taken, 0, len(r.raw)-len(body)) // what the header said
	}
	mark := func(value []byte) {
		for at := range places(r.raw, value) {
			cover(taken, at, at+len(value))
		}
	}
	mark(r.p.stamp.text)
	for _, g := range t.given {
		if !g.skip {
			mark(g.value)
		}
	}
	for c := range event.Column(event.NumColumns) {
		if r.Has(c, 0) && c != event.Raw && c != event.LabelsColumn && c != event.Message {
			mark([]byte(r.text(c)))
		}
	}
	r.Labels(0, func(_, value string) bool {
		mark([]byte(value))
		return true
	})
	var rest []string
	for at := 0; at < len(taken); {
		end := at
		for end < len(taken) && taken[end] == taken[at] {
			end++
		}
		if part := trimNames(string(r.raw[at:end]), end < len(taken)); !taken[at] && part != "" {
			rest = append(rest, part)
		}
		at = end
	}
	return rest
}

// nameBefore is a name that stands before its value: key=, "key":", <Name>.
var nameBefore = regexp.MustCompile(`(?:<[^<>]*>|"?[\w.@\[\]-]+"?\s*[=:]\s*)["'\[{(]*$`)

// trimNames cuts off the name of the value that follows, and what is no word; "" where there is nothing else.
func trimNames(part string, followed bool) string {
	if followed {
		part = nameBefore.ReplaceAllString(part, "")
	}
	part = strings.Trim(part, " \t,;:|=\"'()[]{}<>/\\")
	if !strings.ContainsFunc(part, func(c rune) bool { return c == '_' || '0' <= c && c <= '9' || c >= 'A' }) {
		return ""
	}
	return part
}

func cover(taken []bool, from, to int) {
	for i := from; i < to; i++ {
		taken[i] = true
	}
}

// places yields where a value stands in a text as words of their own.
func places(text, value []byte) func(yield func(int) bool) {
	return func(yield func(int) bool) {
		for at := 0; len(value) > 0 && at+len(value) <= len(text); {
			i := bytes.Index(text[at:], value)
			if i < 0 {
				return
			}
			at += i
			end := at + len(value)
			if (at == 0 || !wordByte(text[at-1]) || !wordByte(value[0])) && (end == len(text) || !wordByte(text[end]) || !wordByte(text[end-1])) && !yield(at) {
				return
			}
			at++
		}
	}
}

func standsIn(raw []byte, text string) bool {
	for range places(raw, []byte(text)) {
		return true
	}
	return false
}

func wordByte(c byte) bool {
	return c == '_' || c >= 0x80 || '0' <= c && c <= '9' || 'a' <= c && c <= 'z' || 'A' <= c && c <= 'Z'
}
