package engine

import (
	"bytes"
)

// statement is what the endpoint must know of a text before the engine sees it: everything else is the engine's.
type statement struct {
	text    []byte // all of it
	format  string // the name in its FORMAT clause, "Values" for VALUES, "" without one
	bare    []byte // the text without its FORMAT clause, closing semicolon and, in an INSERT, without its rows
	insert  bool   // an INSERT whose rows follow it, in data or in the request's body
	data    []byte // the rows of an INSERT that stand in the text itself
	selects bool   // starts like a SELECT
	totals  bool   // says WITH TOTALS: rows that come after the last block
}

// parseStatement finds the FORMAT of a text and, in an INSERT, where its rows begin, by ClickHouse's own rules: the
// clauses count outside parentheses, strings, quoted names and comments only, and an INSERT's rows start after the
// format's name and one line end.
func parseStatement(text []byte) statement {
	s := scanner{text: text}
	first := s.next()
	if first.is("INSERT") {
		return parseInsert(&s, text)
	}
	return parseQuery(&s, first, text)
}

func parseInsert(s *scanner, text []byte) statement {
	skipTarget(s)
	depth := 0
	for t := s.next(); t.kind != end; t = s.next() {
		switch {
		case t.kind == open:
			depth++
		case t.kind == closing:
			depth--
		case t.is("SELECT") && !s.inColumnList(depth), t.is("WITH") && depth == 0:
			q := parseQuery(s, t, text)
			q.selects = false
			return q
		case depth > 0:
		case t.is("VALUES"):
			return statement{text: text, insert: true, bare: text[:t.start], format: "Values", data: text[t.stop:]}
		case t.is("FORMAT"):
			name := s.next()
			return statement{text: text, insert: true, bare: text[:t.start], format: string(name.text), data: afterFormat(text[name.stop:])}
		case t.is("INFILE"):
			return statement{text: text, bare: text}
		}
	}
	return statement{text: text, insert: true, bare: bytes.TrimRight(text[:s.last], "; \t\r\n")}
}

// inColumnList says whether the word just read is a column's name in INSERT INTO t (select, format).
func (s *scanner) inColumnList(depth int) bool {
	mark := *s
	after := s.next()
	*s = mark
	return depth > 0 && (after.kind == closing || bytes.Equal(after.text, []byte(",")))
}

// skipTarget passes INTO TABLE FUNCTION and the name, so that a table called values or format is no clause.
func skipTarget(s *scanner) {
	for {
		mark := *s
		t := s.next()
		if t.is("INTO") || t.is("TABLE") || t.is("FUNCTION") {
			continue
		}
		if t.kind != word && t.kind != quoted {
			*s = mark
			return
		}
		break
	}
	for {
		mark := *s
		if t := s.next(); t.kind != dot {
			*s = mark
			return
		}
		s.next()
	}
}

// afterFormat is ClickHouse's rule for where rows begin behind the name of their format.
func afterFormat(b []byte) []byte {
	b = bytes.TrimLeft(b, " \t\f")
	b = bytes.TrimPrefix(b, []byte("\r"))
	return bytes.TrimPrefix(b, []byte("\n"))
}

// parseQuery finds FORMAT name at the end of anything but an INSERT of rows. The scanner stands behind t.
func parseQuery(s *scanner, t token, text []byte) statement {
	q := statement{text: text, selects: t.kind == open || t.is("SELECT") || t.is("WITH") || t.is("FROM")}
	depth := 0
	for ; t.kind != end; t = s.next() {
		switch {
		case t.kind == open:
			depth++
		case t.kind == closing:
			depth--
		case t.is("TOTALS"):
			q.totals = true
		case depth > 0:
		case t.kind == semicolon:
			q.bare = text[:t.start]
			return q
		case t.is("FORMAT"):
			mark := *s
			name, after := s.next(), s.next()
			if name.kind == word && (after.kind == end || after.kind == semicolon || after.is("SETTINGS")) {
				q.format, q.bare = string(name.text), text[:t.start]
				return q
			}
			*s = mark
		}
	}
	q.bare = text[:s.last]
	return q
}
