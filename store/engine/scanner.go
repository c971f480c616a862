package engine

import (
	"bytes"
	"strings"
)

// tokenKind is what the scanner tells apart; everything else is other.
type tokenKind int

const (
	end tokenKind = iota
	word
	quoted // "name" or `name`
	open
	closing
	dot
	semicolon
	other
)

// token is a piece of SQL: text[start:stop].
type token struct {
	kind        tokenKind
	text        []byte
	start, stop int
}

func (t token) is(keyword string) bool {
	return t.kind == word && len(t.text) == len(keyword) && strings.EqualFold(string(t.text), keyword)
}

// scanner cuts SQL into tokens and passes over blanks, comments and strings as ClickHouse's lexer does.
type scanner struct {
	text []byte
	pos  int
	last int // where the last token ended: what follows is blank or comment
}

func (s *scanner) next() token {
	s.skipBlank()
	start := s.pos
	if start >= len(s.text) {
		return token{kind: end, start: start, stop: start}
	}
	kind := s.token()
	s.last = s.pos
	return token{kind: kind, text: s.text[start:s.pos], start: start, stop: s.pos}
}

func (s *scanner) token() tokenKind {
	c := s.text[s.pos]
	switch {
	case isWord(c):
		for s.pos < len(s.text) && isWord(s.text[s.pos]) {
			s.pos++
		}
		return word
	case c == '\'':
		s.quote(c)
		return other
	case c == '"', c == '`':
		s.quote(c)
		return quoted
	case c == '$' && s.heredoc():
		return other
	}
	s.pos++
	switch c {
	case '(', '[', '{':
		return open
	case ')', ']', '}':
		return closing
	case '.':
		return dot
	case ';':
		return semicolon
	}
	return other
}

func isWord(c byte) bool {
	return c == '_' || c >= '0' && c <= '9' || c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= 0x80
}

// quote passes a string or a quoted name: a backslash takes the next byte with it, a doubled quote stands for itself.
func (s *scanner) quote(q byte) {
	for s.pos++; s.pos < len(s.text); s.pos++ {
		switch s.text[s.pos] {
		case '\\':
			s.pos++
		case q:
			s.pos++
			if s.pos >= len(s.text) || s.text[s.pos] != q {
				return
			}
		}
	}
	s.pos = len(s.text)
}

// heredoc passes $tag$ … $tag$.
func (s *scanner) heredoc() bool {
	rest := s.text[s.pos:]
	n := 1
	for n < len(rest) && isWord(rest[n]) {
		n++
	}
	if n >= len(rest) || rest[n] != '$' {
		return false
	}
	tag := rest[:n+1]
	i := bytes.Index(rest[n+1:], tag)
	if i < 0 {
		return false
	}
	s.pos += n + 1 + i + len(tag)
	return true
}

func (s *scanner) skipBlank() {
	for s.pos < len(s.text) {
		rest := s.text[s.pos:]
		switch {
		case rest[0] == ' ', rest[0] >= '\t' && rest[0] <= '\r':
			s.pos++
		case bytes.HasPrefix(rest, []byte("--")), bytes.HasPrefix(rest, []byte("#!")), bytes.HasPrefix(rest, []byte("# ")):
			s.skipPast(rest, "\n")
		case bytes.HasPrefix(rest, []byte("/*")):
			s.pos += 2
			s.skipPast(rest[2:], "*/")
		default:
			return
		}
	}
}

func (s *scanner) skipPast(rest []byte, stop string) {
	if i := bytes.Index(rest, []byte(stop)); i >= 0 {
		s.pos += i + len(stop)
		return
	}
	s.pos = len(s.text)
}
