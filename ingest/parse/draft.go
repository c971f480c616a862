package parse

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"frontfoot/ingest/event"
)

// What Draft cannot draft from.
var (
	ErrNothingToDraft = errors.New("no lines")
	ErrAllUnderstood  = errors.New("no line that nobody understands")
)

// A LeftOut is a line that a draft is not made from.
type LeftOut struct {
	Line int // from 1
	Why  string
}

// What a draft looks at, and shows.
const (
	draftLines   = 10_000
	draftSamples = 5
	draftFields  = 120
)

// A draft is a format in the making: what lines of one kind have in common.
type draft struct {
	name    string
	bodies  [][]byte
	apps    map[string]int
	way     string   // the YAML that says how the lines are cut
	names   []string // of the values, in the order in which they first came
	count   map[string]int
	samples map[string][]byte // a value of each name
	texts   []string          // what all lines hold
	keys    bool              // names are members of a JSON object
}

// Draft writes a format for those of some lines that nobody understands yet: how they are cut, what names like those in general use mean, and some of the
// lines as samples with what the draft makes of them, all for people to correct. It looks at the first 10,000 lines, and tells which it has left out.
func Draft(ctx context.Context, name string, lines [][]byte) (text []byte, left []LeftOut, err error) {
	d := &draft{name: name, apps: map[string]int{}, count: map[string]int{}, samples: map[string][]byte{}}
	p := New(Config{Replay: true})
	var whole [][]byte
	for i, line := range lines[:min(len(lines), draftLines)] {
		if why := p.noDraft(line); why != "" {
			left = append(left, LeftOut{i + 1, why})
			continue
		}
		line = bytes.ToValidUTF8(trimEnd(line), []byte{'?'}) // YAML holds no other
		if len(bytes.TrimSpace(line)) == 0 || len(line) > maxLine {
			continue
		}
		p.begin(event.NewBuilder(), samplesNow().UnixNano())
		h := p.scanHeader(line)
		if len(bytes.TrimSpace(h.body)) == 0 {
			continue
		}
		d.bodies = append(d.bodies, h.body)
		d.apps[string(h.app)]++
		whole = append(whole, line)
	}
	switch {
	case len(d.bodies) == 0 && len(left) > 0:
		return nil, left, ErrAllUnderstood
	case len(d.bodies) == 0:
		return nil, nil, ErrNothingToDraft
	}
	d.shape(p)
	text, err = d.withSamples(ctx, d.write(nil), whole)
	return text, left, err
}

// noDraft says why no draft is made from a line, "" where one is. Formats that read what any product writes leave room for one of its own.
func (p *Parser) noDraft(line []byte) string {
	line = trimEnd(line)
	if isBinary(line) {
		return "is binary, or not in UTF-8"
	}
	p.trace = &trace{}
	defer func() { p.trace = nil }()
	b := event.NewBuilder()
	p.Line(b, line, samplesNow().UnixNano())
	switch taker := p.trace.taker; {
	case taker == "", slices.Contains([]string{anyJSON, anyPairs, "cef", "leef"}, taker):
		return ""
	case p.Partial():
		return "is understood in part by " + taker
	default:
		return "is understood by " + taker
	}
}

// isBinary reports whether a line is no text: it holds a NUL, or every tenth of its characters is a control or no character at all.
func isBinary(line []byte) bool {
	odd := 0
	for _, r := range string(line) {
		switch {
		case r == 0:
			return true
		case r == utf8.RuneError, r < ' ' && r != '\t':
			odd++
		}
	}
	return odd*10 > utf8.RuneCount(line)
}

// shape finds how the lines are cut: by the way that fits most of them, the stricter first.
func (d *draft) shape(p *Parser) {
	most := len(d.bodies)*9/10 + 1
	if len(d.bodies) < 10 {
		most = len(d.bodies)
	}
	for _, try := range []func(*Parser) int{d.json, d.marked, d.pairs, d.columns} {
		d.names, d.keys = nil, false
		clear(d.count)
		clear(d.samples)
		if try(p) >= most {
			d.common(most)
			return
		}
	}
	d.names = nil
	d.patterns()
}

func (d *draft) saw(name, value []byte) {
	if d.count[string(name)] == 0 {
		if len(d.names) == draftFields {
			return
		}
		d.names = append(d.names, string(name))
	}
	d.count[string(name)]++
	if _, ok := d.samples[string(name)]; !ok && !absent(value) {
		d.samples[string(name)] = bytes.Clone(value)
	}
}

func (d *draft) json(p *Parser) int {
	n := 0
	d.keys = true
	for _, body := range d.bodies {
		if used, err := p.json.walk(body, func(path, value []byte, _ jsonType) { d.saw(path, value) }); err == nil && used == len(body) && p.json.members > 0 {
			n++
		}
	}
	d.way = "json: {}"
	return n
}

func (d *draft) marked(p *Parser) int {
	n := 0
	visit := func(name, value []byte) { d.saw(name, value) }
	for _, body := range d.bodies {
		switch {
		case p.cef.CEF(body, visit) == nil:
			n, d.way = n+1, "cef: {}"
		case p.cef.LEEF(body, visit) == nil:
			n, d.way = n+1, "leef: {}"
		case p.xml.Walk(body, visit) == nil:
			n, d.way = n+1, "xml: {}"
		}
	}
	return n
}

func (d *draft) pairs(p *Parser) int {
	n := 0
	d.way = "kv: {}"
	sep := byte(' ')
	first := d.bodies[0]
	for _, c := range []byte{'\t', '|', ';', ','} {
		if bytes.Count(first, []byte{c}) >= 2 && bytes.Count(first, []byte{c})+1 >= bytes.Count(first, []byte{'='}) {
			sep, d.way = c, fmt.Sprintf("kv: {pair: %q}", string(c))
			break
		}
	}
	for _, body := range d.bodies {
		pairs, words := 0, 0
		cur := cursor{v: body, sep: sep}
		for key, value, ok := p.next(&cur); ok; key, value, ok = p.next(&cur) {
			if keyLike(key) {
				pairs++
				d.saw(key, value)
			} else {
				words++
			}
		}
		if pairs >= 3 && pairs > words {
			n++
		}
	}
	return n
}

func (d *draft) columns(p *Parser) int {
	for _, sep := range []byte{',', ';', '\t', '|'} {
		c := &columns{separator: sep, quote: '"'}
		widths := map[int]int{}
		for _, body := range d.bodies {
			p.mem = p.mem[:0]
			cells, _ := p.cells(c, body)
			widths[len(cells)]++
		}
		width, n := 0, 0
		for w, lines := range widths {
			if lines > n || lines == n && w > width {
				width, n = w, lines
			}
		}
		if width < 5 || n*10 < len(d.bodies)*9 {
			continue
		}
		for _, body := range d.bodies {
			p.mem = p.mem[:0]
			cells, _ := p.cells(c, body)
			for i, cell := range cells[:min(len(cells), width)] {
				d.saw(fmt.Appendf(nil, "column_%d", i), cell)
			}
		}
		d.way = fmt.Sprintf("csv: {separator: %q, columns: [%s]}", string(sep), strings.Join(d.names, ", "))
		return n
	}
	return 0
}

// common finds what all lines hold: names, of which the longest say most.
func (d *draft) common(most int) {
	var names []string
	for _, name := range d.names {
		if d.count[name] >= most && !strings.ContainsAny(name, ".@") && !strings.HasPrefix(name, "column_") {
			names = append(names, name)
		}
	}
	slices.SortStableFunc(names, func(a, b string) int { return len(b) - len(a) })
	for _, name := range names[:min(len(names), 3)] {
		if strings.HasPrefix(d.way, "kv") {
			name += "="
		}
		d.texts = append(d.texts, name)
	}
	if strings.HasPrefix(d.way, "cef") || strings.HasPrefix(d.way, "leef") {
		d.keys, d.texts = false, nil
		mark, _, _ := bytes.Cut(d.bodies[0], []byte{':'})
		d.texts = []string{string(mark) + ":", "|" + string(d.samples[string(bytes.ToLower(mark))+".vendor"]) + "|" + string(d.samples[string(bytes.ToLower(mark))+".product"]) + "|"}
	}
}

// patterns writes a pattern for each shape of a text: words in which digits or addresses stand, or which differ, are captures.
func (d *draft) patterns() {
	shapes := map[string][][][]byte{}
	var order []string
	for _, body := range d.bodies {
		words := bytes.Split(body, []byte{' '})
		key := fmt.Sprint(len(words), " ", draftWord(words[0]))
		if len(shapes[key]) == 0 {
			order = append(order, key)
		}
		shapes[key] = append(shapes[key], words)
	}
	slices.SortStableFunc(order, func(a, b string) int { return len(shapes[b]) - len(shapes[a]) })
	var out strings.Builder
	out.WriteString("patterns:")
	for _, key := range order[:min(len(order), 40)] {
		out.WriteString("\n      - " + quoteYAML(draftPattern(shapes[key])))
	}
	d.way = out.String()
}

// draftWord returns a word, or "*" for one that looks as if it changed from line to line.
func draftWord(w []byte) string {
	if isAddr(w) || bytes.ContainsAny(w, "0123456789") {
		return "*"
	}
	return string(w)
}

func draftPattern(lines [][][]byte) string {
	var out []string
	escape := strings.NewReplacer("{", `\{`, "}", `\}`, "[", `\[`, "]", `\]`, `\`, `\\`)
	for i, w := range lines[0][:min(len(lines[0]), maxCaptures)] {
		same := draftWord(w) != "*"
		all, ints := true, true
		for _, words := range lines {
			same = same && bytes.Equal(words[i], w)
			all = all && isAddr(words[i])
			ints = ints && len(words[i]) > 0 && digits(words[i]) == len(words[i])
		}
		switch name := "word_" + strconv.Itoa(i); {
		case same:
			out = append(out, escape.Replace(string(w)))
		case all:
			out = append(out, "{ip "+name+"}")
		case ints:
			out = append(out, "{int "+name+"}")
		default:
			out = append(out, "{opt "+name+"}")
		}
	}
	if len(lines[0]) > maxCaptures {
		out = append(out, "{rest _}")
	}
	return strings.Join(out, " ")
}
