package format

import (
	"cmp"
	"path/filepath"
	"slices"
	"strings"
)

// maxFile is the most bytes that a file may have.
const maxFile = 1 << 20

// Read reads one file's text. The error is an *Error with every problem found; names of fields and patterns are not looked at yet.
func Read(file string, src []byte) (*Spec, error) {
	r := &reader{}
	s := &Spec{File: file}
	if len(src) > maxFile {
		r.report(1, "", "is larger than a megabyte")
	} else if root, ok := r.root(src); ok {
		r.spec(s, root)
		r.check(s, file)
	}
	if len(r.problems) > 0 {
		slices.SortStableFunc(r.problems, func(a, b Problem) int { return cmp.Compare(a.Line, b.Line) })
		return nil, &Error{file, r.problems}
	}
	return s, nil
}

func (r *reader) spec(s *Spec, n node) {
	texts := map[string]*string{
		"format": &s.Name, "title": &s.Title, "vendor": &s.Vendor, "product": &s.Product, "kind": &s.Kind, "versions": &s.Versions, "setup": &s.Setup,
	}
	n.keys("format, title, vendor, product, kind, versions, reference, setup, types, lines, time, fields, others, rules, samples", func(key string, v node) bool {
		if text := texts[key]; text != nil {
			*text = v.text()
			return true
		}
		switch key {
		case "reference":
			s.Reference = v.texts()
		case "types":
			v.pairs(func(name string, v node) { s.Types = append(s.Types, typeOf(name, v.text())) })
		case "lines":
			v.items(func(item node) { s.Lines = append(s.Lines, r.line(item)) })
		case "time":
			s.Time = r.times(v)
		case "fields":
			s.Fields = r.fields(v)
		case "others":
			s.SkipOthers = v.text() == "skip"
			if !s.SkipOthers && v.text() != "labels" {
				v.fail("must be labels or skip")
			}
		case "rules":
			s.Rules = r.rules(v)
		case "samples":
			v.items(func(item node) { s.Samples = append(s.Samples, r.sample(item)) })
		default:
			return false
		}
		return true
	})
}

func typeOf(name, note string) Type {
	if note == "read" {
		return Type{Name: name, Read: true}
	}
	return Type{Name: name, Note: strings.TrimSpace(strings.TrimPrefix(note, "not read:"))}
}

// check looks at what a file must have.
func (r *reader) check(s *Spec, file string) {
	need := func(ok bool, path, text string) {
		if !ok {
			r.report(1, path, text)
		}
	}
	need(named(s.Name), "format", "must be lower-case letters, digits and _, with dots between, at most 64: vendor.product")
	if want := strings.TrimSuffix(filepath.Base(file), ".yaml"); want != s.Name && named(s.Name) {
		need(false, "format", "is "+s.Name+", and so the file must be "+s.Name+".yaml")
	}
	need(s.Title != "", "title", "is missing: what people call it")
	need(len(s.Lines) > 0, "lines", "is missing: nothing says how a line is recognised")
}

// named reports whether v can be the name of a format.
func named(v string) bool {
	ok := func(c rune) bool { return c >= 'a' && c <= 'z' || c >= '0' && c <= '9' || c == '_' }
	return v != "" && len(v) <= 64 && !slices.ContainsFunc(strings.Split(v, "."), func(part string) bool {
		return part == "" || strings.IndexFunc(part, func(c rune) bool { return !ok(c) }) >= 0
	})
}

func (r *reader) line(n node) Line {
	l := Line{At: n.Line}
	matched := false
	n.keys("match, header, patterns, kv, csv, json, cef, leef, xml, sd, text, head, by, strip, time, fields, rules", func(key string, v node) bool {
		switch key {
		case "match":
			matched = true
			v.items(func(item node) { l.Match = append(l.Match, r.match(item)) })
		case "header":
			if l.OwnHeader = v.text() == "own"; !l.OwnHeader && v.text() != "syslog" {
				v.fail("must be syslog or own")
			}
		case "time":
			l.Time = r.times(v)
		case "fields":
			l.Fields = r.fields(v)
		case "rules":
			l.Rules = r.rules(v)
		case "of":
			return false
		default:
			return r.cutKey(&l.Cut, key, v)
		}
		return true
	})
	l.Cut.At = n.Line
	if !matched {
		n.fail("has no match: nothing says which lines it is for")
	}
	return l
}

func (r *reader) match(n node) Match {
	m := Match{At: n.Line}
	n.keys("has, any, lacks, begins, program, keys", func(key string, v node) bool {
		switch key {
		case "has":
			m.Has = v.texts()
		case "any":
			m.Any = v.texts()
		case "lacks":
			m.Lacks = v.texts()
		case "begins":
			m.Begins = v.text()
		case "program":
			m.Program = v.texts()
		case "keys":
			m.Keys = v.texts()
		default:
			return false
		}
		if slices.Contains(slices.Concat(m.Has, m.Any, m.Lacks, m.Keys), "") {
			v.fail("has an empty text, which stands in every line")
		}
		return true
	})
	switch texts := len(m.Has) + len(m.Any) + len(m.Keys) + len(m.Begins); {
	case texts == 0 && len(m.Program) == 0:
		n.fail("needs one of has, any, begins, program and keys: it would take every line")
	case texts == 0 && slices.Contains(m.Program, ""):
		n.fail("program: \"\" is a line without a tag, and needs a text beside it: has, any, begins or keys")
	}
	return m
}

func (r *reader) times(n node) []Time {
	var out []Time
	n.items(func(item node) {
		t := Time{At: item.Line}
		if len(item.Content) == 0 {
			t.Of = []string{item.text()}
		} else {
			item.keys("of, zone, near, finer, layout", func(key string, v node) bool {
				switch key {
				case "of":
					t.Of = v.texts()
				case "zone":
					t.Zone = v.text()
				case "near":
					t.Near = v.text()
				case "finer":
					t.Finer = v.text()
				case "layout":
					t.Layout = v.text()
				default:
					return false
				}
				return true
			})
		}
		if len(t.Of) == 0 || slices.Contains(t.Of, "") {
			item.fail("names no value: of: NAME")
		}
		out = append(out, t)
	})
	return out
}

func (r *reader) sample(n node) Sample {
	s := Sample{At: n.Line, Gives: map[string]string{}}
	n.keys("line, from, gives, partial, zone", func(key string, v node) bool {
		switch key {
		case "line":
			s.Line = v.text()
		case "from":
			s.From = v.text()
		case "gives":
			v.pairs(func(name string, v node) { s.Gives[name] = v.text() })
		case "partial":
			s.Partial = v.yes()
		case "zone":
			s.Zone = v.text()
		default:
			return false
		}
		return true
	})
	return s
}
