package format

import "slices"

// cutKey takes a key that says how to cut; it returns false for others.
func (r *reader) cutKey(c *Cut, key string, v node) bool {
	way := func(w Way) {
		if c.Way != Text {
			v.fail("is a second way to cut the same text")
		}
		c.Way = w
	}
	none := func() { v.keys("none", func(string, node) bool { return false }) }
	switch key {
	case "head":
		c.Head = v.text()
	case "by":
		c.By = v.text()
	case "strip":
		c.Strip = v.text()
	case "text":
		none()
	case "patterns":
		way(Patterns)
		v.items(func(item node) { c.Patterns = append(c.Patterns, r.pattern(item)...) })
	case "kv":
		way(KV)
		r.kv(c, v)
	case "csv":
		way(CSV)
		r.csv(c, v)
	case "json":
		way(JSON)
		v.keys("under", func(key string, v node) bool {
			if key == "under" {
				c.Under = v.text()
			}
			return key == "under"
		})
	case "cef":
		way(CEF)
		none()
	case "leef":
		way(LEEF)
		none()
	case "xml":
		way(XML)
		none()
	case "sd":
		way(SD)
		none()
	default:
		return false
	}
	return true
}

func (r *reader) kv(c *Cut, n node) {
	c.Pair, c.Key, c.Quotes = " ", "=", `"`
	n.keys("pair, key, quotes, spaces, words, brackets", func(key string, v node) bool {
		switch key {
		case "pair":
			c.Pair = v.text()
		case "key":
			c.Key = v.text()
		case "quotes":
			c.Quotes = v.text()
		case "spaces":
			c.Spaces = v.yes()
		case "words":
			v.pairs(func(name string, v node) { c.Words = append(c.Words, Words{name, v.texts()}) })
		case "brackets":
			c.Brackets = v.text()
		default:
			return false
		}
		return true
	})
	if c.Pair == "" || c.Key == "" || len(c.Pair) > 8 || len(c.Key) > 8 {
		n.fail("pair and key must be a few characters")
	}
	if (len(c.Words) > 0 || c.Brackets != "") && !c.PlainPairs() {
		n.fail("words and brackets need pairs that one character parts (not |), key \"=\", quotes \"\\\"\" and no spaces")
	}
	if len(c.Words) > MaxWords {
		n.fail("words: has more than %d lists", MaxWords)
	}
}

// MaxWords is how many lists of words a cut may have.
const MaxWords = 8

// PlainPairs reports whether pairs are of the commonest kind, which is read in a shorter way.
func (c *Cut) PlainPairs() bool {
	return c.Key == "=" && c.Quotes == `"` && len(c.Pair) == 1 && c.Pair != "|" && !c.Spaces
}

func (r *reader) csv(c *Cut, n node) {
	c.Separator, c.Quote = ',', '"'
	c.Columns = &Columns{At: n.Line}
	n.keys("separator, quote, braces, columns, by, then", func(key string, v node) bool {
		switch key {
		case "separator":
			c.Separator = v.char()
		case "quote":
			c.Quote = v.char()
		case "braces":
			c.Braces = v.yes()
		default:
			return r.columns(c.Columns, key, v)
		}
		return true
	})
	r.whole(c.Columns, n)
}

// columns takes a key that says what the columns are.
func (r *reader) columns(c *Columns, key string, v node) bool {
	switch key {
	case "by":
		c.By = v.text()
	case "columns":
		if v.isMap() {
			c.Of = map[string][]string{}
			v.pairs(func(value string, v node) { c.Of[value] = v.texts() })
		} else {
			c.List = v.texts()
		}
	case "then":
		c.Then = &Columns{At: v.Line}
		v.keys("by, columns, then", func(key string, v node) bool { return r.columns(c.Then, key, v) })
		r.whole(c.Then, v)
	default:
		return false
	}
	return true
}

func (r *reader) whole(c *Columns, n node) {
	if (c.Of != nil) != (c.By != "") || c.Of == nil && c.List == nil {
		n.fail("needs columns: a list, or with by: NAME a list for each of its values")
	}
}

// pattern reads an entry of patterns: one text or some that mean the same.
func (r *reader) pattern(n node) []Pattern {
	if len(n.Content) == 0 {
		return []Pattern{{At: n.Line, Text: n.text()}}
	}
	var p Pattern
	var out []Pattern
	n.keys("text, is, when, set, partial", func(key string, v node) bool {
		switch key {
		case "text":
			v.items(func(item node) { out = append(out, Pattern{At: item.Line, Text: item.text()}) })
		case "is":
			p.Is = v.texts()
		case "when":
			p.When = r.conditions(v)
		case "set":
			p.Set = r.assigns(v)
		case "partial":
			p.Partial = v.yes()
		default:
			return false
		}
		return true
	})
	if len(out) == 0 || slices.ContainsFunc(out, func(p Pattern) bool { return p.Text == "" }) {
		n.fail("has no text")
	}
	for i := range out {
		out[i].Is, out[i].When, out[i].Set, out[i].Partial = p.Is, p.When, p.Set, p.Partial
	}
	return out
}
