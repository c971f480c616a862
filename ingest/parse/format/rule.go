package format

import (
	"slices"
	"strconv"
)

func (r *reader) fields(n node) []Field {
	var out []Field
	n.pairs(func(name string, v node) {
		f := r.how(v)
		f.Name = name
		if len(f.To) == 0 && !slices.Contains([]string{"url", "account", "frame", "file", "executable", "level", "outcome"}, f.As) {
			v.fail("says nothing of where the value goes: to: FIELD")
		}
		out = append(out, f)
	})
	return out
}

// how reads what is done with a value: a field, a list of them, or a mapping.
func (r *reader) how(n node) Field {
	f := Field{At: n.Line}
	if !n.isMap() {
		f.To = n.texts()
		return f
	}
	n.keys("to, of, join, as, map, only, trim, until, unhex, octal, last, word", func(key string, v node) bool {
		switch key {
		case "to":
			f.To = v.texts()
		case "of", "join": // of a rule's from, which reads them
		case "as":
			f.As = v.text()
		case "map":
			f.Map = map[string]string{}
			v.pairs(func(word string, v node) { f.Map[word] = v.text() })
		case "only":
			f.Only = v.yes()
		case "trim":
			f.Trim = v.text()
		case "until":
			f.Until = v.text()
		case "unhex":
			f.Unhex = v.yes()
		case "octal":
			f.Octal = v.yes()
		case "last":
			if f.Last, _ = strconv.Atoi(v.text()); f.Last < 1 {
				v.fail("must be a number of characters")
			}
		case "word":
			f.Word = v.texts()
		default:
			return false
		}
		return true
	})
	return f
}

func (r *reader) rules(n node) []Rule {
	var out []Rule
	n.items(func(item node) { out = append(out, r.rule(item)) })
	return out
}

func (r *reader) rule(n node) Rule {
	rule := Rule{At: n.Line}
	n.keys("when, set, from, sum, cut, message, read, stop", func(key string, v node) bool {
		switch key {
		case "when":
			rule.When = r.conditions(v)
		case "set":
			rule.Set = r.assigns(v)
		case "from":
			v.pairs(func(field string, v node) { rule.From = append(rule.From, r.from(field, v)) })
		case "sum":
			v.pairs(func(field string, v node) {
				rule.Sum = append(rule.Sum, Sum{At: v.Line, Field: field, Of: v.texts()})
			})
		case "cut":
			rule.Cut = r.cut(v)
		case "message":
			rule.Message = v.text()
		case "read":
			rule.Read = r.reread(v)
		case "stop":
			rule.Stop = v.yes()
		default:
			return false
		}
		return true
	})
	return rule
}

func (r *reader) reread(n node) *Reread {
	out := &Reread{At: n.Line}
	n.keys("of, program", func(key string, v node) bool {
		switch key {
		case "of":
			out.Of = v.text()
		case "program":
			out.Program = v.texts()
		default:
			return false
		}
		return true
	})
	if out.Of == "" {
		n.fail("names no value: of: NAME")
	}
	return out
}

func (r *reader) from(field string, n node) From {
	f := From{At: n.Line, Field: field}
	if !n.isMap() {
		f.Of = n.texts()
		return f
	}
	f.How = r.how(n)
	for i := 0; i+1 < len(n.Content); i += 2 {
		switch n.Content[i].Value {
		case "of":
			f.Of = n.child(n.Content[i+1], "of").texts()
		case "join":
			join := n.child(n.Content[i+1], "join").text()
			f.Join = &join
		}
	}
	if len(f.Of) == 0 {
		n.fail("names no value: of: NAME")
	}
	return f
}

func (r *reader) cut(n node) *Cut {
	c := &Cut{At: n.Line}
	n.keys("of, patterns, kv, csv, json, cef, leef, xml, head, by, strip", func(key string, v node) bool {
		if key == "of" {
			c.Of = v.text()
			return true
		}
		return key != "text" && r.cutKey(c, key, v)
	})
	if c.Of == "" {
		n.fail("names no value: of: NAME")
	}
	if c.Way == Text && c.Head == "" {
		n.fail("says nothing of how: patterns, kv, csv, json, cef, leef or xml")
	}
	return c
}

func (r *reader) assigns(n node) []Assign {
	var out []Assign
	n.pairs(func(field string, v node) { out = append(out, Assign{At: v.Line, Field: field, Value: v.text()}) })
	return out
}

func (r *reader) conditions(n node) []Condition {
	var out []Condition
	n.pairs(func(name string, v node) {
		c := Condition{At: v.Line, Name: name}
		if !v.isMap() {
			c.Is = v.texts()
			out = append(out, c)
			return
		}
		lists := map[string]*[]string{"is": &c.Is, "not": &c.Not, "begins": &c.Begins, "ends": &c.Ends, "has": &c.Has}
		v.keys("is, not, begins, ends, has, present, same", func(key string, v node) bool {
			if list := lists[key]; list != nil {
				*list = v.texts()
				return true
			}
			if key == "same" {
				c.Same = v.text()
				return true
			}
			if key == "present" {
				yes := v.yes()
				c.Present = &yes
			}
			return key == "present"
		})
		out = append(out, c)
	})
	return out
}
