package engine

import (
	"fmt"
	"regexp"
	"strconv"
	"strings"
)

// Error is a failure that a person can do something about.
type Error struct {
	Err  error
	Hint string // what to do, one sentence in lower case
}

func (e *Error) Error() string { return e.Err.Error() }

func (e *Error) Unwrap() error { return e.Err }

// HintText says what to do about it.
func (e *Error) HintText() string { return e.Hint }

// Exception is an error of the engine, in ClickHouse's own words and with its code.
type Exception struct { //nolint:errname // it is what ClickHouse and its drivers call it
	Code int    // 62 is a syntax error; 0 when the text held none
	Text string // "Code: 62. DB::Exception: Syntax error: … (SYNTAX_ERROR)"
}

func (e *Exception) Error() string { return e.Text }

// wrapped is the prefix that the engine repeats when an exception passes through several of its layers.
var wrapped = regexp.MustCompile(`^(?:Code: \d+\. DB::Exception: )+(Code: (\d+)\. DB::Exception: )`)

func parseException(text string) *Exception {
	text = strings.TrimSpace(wrapped.ReplaceAllString(text, "$1"))
	e := &Exception{Text: text}
	if rest, ok := strings.CutPrefix(text, "Code: "); ok {
		digits, _, _ := strings.Cut(rest, ".")
		e.Code, _ = strconv.Atoi(digits)
	}
	return e
}

// exception makes an error in ClickHouse's form for what the endpoint refuses by itself.
func exception(code int, name, text string) *Exception {
	return &Exception{Code: code, Text: fmt.Sprintf("Code: %d. DB::Exception: %s. (%s)", code, text, name)}
}

// trimLine is b without the line ends around it.
func trimLine(b []byte) string { return strings.TrimSpace(string(b)) }
