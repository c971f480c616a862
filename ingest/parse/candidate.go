package parse

import (
	"cmp"
	"slices"
	"strings"

	"frontfoot/ingest/parse/literal"
)

// A candidate is one match of one line of a format. Candidates are numbered from the one that is tried first.
type candidate struct {
	line        *formatLine
	anchor      int32          // the number of the rarest text without which it cannot be; -1 for none
	has         []literal.Text // the other texts without which it cannot be
	any, lacks  []int32        // numbers of texts
	begins      []byte
	programs    []programTag
	object      bool // the line must be a JSON object
	own         bool // a user's
	rank, match int
}

// A programTag is a tag in lower case, or the beginning of one. "" is that of lines without one.
type programTag struct {
	text   string
	begins bool
}

type programPrefix struct {
	prefix     string
	candidates []int32
}

// lists are short lists of candidates behind one another, which a line that comes touches less memory for than lists apart.
type lists struct {
	ends []int32 // where a list begins, and the one before it ends
	all  []int32
}

func newLists(apart [][]int32) lists {
	l := lists{ends: make([]int32, 1, len(apart)+1)}
	for _, list := range apart {
		l.all = append(l.all, list...)
		l.ends = append(l.ends, int32(len(l.all)))
	}
	return l
}

func (l *lists) of(n int) []int32 { return l.all[l.ends[n]:l.ends[n+1]] }

// begun tells with which bytes some prefixes begin.
type begun [256]bool

func (b *begun) add(prefix string) {
	for c := range b {
		b[c] = b[c] || prefix == "" || prefix[0] == byte(c)
	}
}

// newCandidate ranks a match by how much text it asks for.
func newCandidate(l *formatLine, match int, own bool) candidate {
	m := &l.matches[match]
	c := candidate{line: l, match: match, own: own, begins: []byte(m.Begins), object: len(m.Keys) > 0, rank: 2 * len(m.Begins)}
	for _, list := range [][]string{m.Has, m.Keys} {
		for _, text := range list {
			c.rank += len(text)
		}
	}
	if len(m.Any) > 0 {
		c.rank += len(slices.MinFunc(m.Any, func(a, b string) int { return cmp.Compare(len(a), len(b)) }))
	}
	for _, name := range m.Program {
		text, begins := strings.CutSuffix(strings.ToLower(name), "*")
		c.programs = append(c.programs, programTag{text, begins})
	}
	if len(m.Program) > 0 {
		c.rank += 16
	}
	return c
}

// index orders the candidates and makes the set of the texts that are searched for in every line.
func (f *Formats) index() {
	slices.SortStableFunc(f.all, func(a, b candidate) int {
		if a.own != b.own {
			return cmp.Compare(number01(b.own), number01(a.own))
		}
		return cmp.Compare(b.rank, a.rank)
	})
	counts := f.counts()
	t := texts{numbers: map[string]int32{}, counts: counts}
	for i := range f.all {
		c := &f.all[i]
		c.anchor = -1
		if rarest := c.takeRarest(counts); rarest != "" {
			c.anchor = t.number(rarest, true)
		} else {
			c.any = t.all(c.line.matches[c.match].Any, true)
		}
	}
	for i := range f.all {
		c := &f.all[i]
		m := &c.line.matches[c.match]
		c.lacks = t.all(m.Lacks, len(m.Lacks) > fewTexts)
		if c.anchor >= 0 {
			c.any = t.all(m.Any, len(m.Any) > fewTexts)
		}
	}
	f.texts, f.seldom = literal.New(t.often, counts), t.seldom
	anchored := make([][]int32, len(t.often))
	for i := range f.all {
		f.anchor(int32(i), anchored)
	}
	f.anchored = newLists(anchored)
}

// fewTexts is up to how many texts of which one must stand in a line are looked for one by one once the line's anchor was found.
const fewTexts = 4

// texts number what candidates ask for: what is searched for in every line from 0 on, what is looked for where a candidate asks below 0.
type texts struct {
	numbers map[string]int32
	often   []string
	seldom  []literal.Text
	counts  *literal.Counts
}

func (t *texts) number(text string, often bool) int32 {
	n, ok := t.numbers[text]
	switch {
	case ok:
		return n
	case often && len(text) >= literal.Least:
		n = int32(len(t.often))
		t.often = append(t.often, text)
	default:
		n = ^int32(len(t.seldom))
		t.seldom = append(t.seldom, t.counts.Text(text))
	}
	t.numbers[text] = n
	return n
}

func (t *texts) all(list []string, often bool) []int32 {
	var out []int32
	for _, text := range list {
		out = append(out, t.number(text, often))
	}
	return out
}

// takeRarest returns the rarest text without which the line cannot be, and keeps the others to be looked for. It returns "" where all are short.
func (c *candidate) takeRarest(counts *literal.Counts) string {
	m := &c.line.matches[c.match]
	all := slices.Clone(m.Has)
	for _, key := range m.Keys {
		all = append(all, `"`+key+`"`)
	}
	rarest := ""
	for _, text := range append(all, m.Begins) {
		if len(text) >= literal.Least && (rarest == "" || counts.Of(text) < counts.Of(rarest)) {
			rarest = text
		}
	}
	slices.SortStableFunc(all, func(a, b string) int { return cmp.Compare(counts.Of(a), counts.Of(b)) }) // what most lines lack is looked for first
	for _, text := range all {
		if text != rarest {
			c.has = append(c.has, counts.Text(text))
		}
	}
	return rarest
}

// counts returns what stands how often in the formats' samples, and in their texts: what many of them share finds none of them.
func (f *Formats) counts() *literal.Counts {
	counts := &literal.Counts{}
	for i := range f.all {
		m := &f.all[i].line.matches[f.all[i].match]
		for _, text := range slices.Concat(m.Has, m.Any, m.Lacks) {
			counts.Add(text)
		}
	}
	for _, s := range f.specs {
		for i := range s.Samples {
			counts.Add(s.Samples[i].Line)
		}
	}
	return counts
}

// anchor enters a candidate where it is found: by its rarest text, by each of those of which one must stand there, or by its programs. One of which nothing
// but short texts is known is looked at for every line.
func (f *Formats) anchor(i int32, anchored [][]int32) {
	c := &f.all[i]
	switch {
	case c.anchor >= 0:
		anchored[c.anchor] = append(anchored[c.anchor], i)
	case len(c.any) > 0 && slices.Min(c.any) >= 0:
		for _, n := range c.any {
			anchored[n] = append(anchored[n], i)
		}
	case len(c.programs) == 0 || slices.Contains(c.programs, programTag{}):
		f.always = append(f.always, i)
	default:
		for _, name := range c.programs {
			if !name.begins {
				f.programs[name.text] = append(f.programs[name.text], i)
				continue
			}
			at := slices.IndexFunc(f.prefixes, func(p programPrefix) bool { return p.prefix == name.text })
			if at < 0 {
				at = len(f.prefixes)
				f.prefixes = append(f.prefixes, programPrefix{prefix: name.text})
				f.begun.add(name.text)
			}
			f.prefixes[at].candidates = append(f.prefixes[at].candidates, i)
		}
	}
}

func number01(b bool) int {
	if b {
		return 1
	}
	return 0
}
