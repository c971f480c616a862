// Package format reads the YAML files that describe log formats, as docs/writing-formats.md documents them. It knows their shape and says where a
// file departs from it; what fields and patterns mean is the business of package parse, which compiles a Spec.
package format

import (
	"fmt"
	"strings"
)

// A Spec is one file. Lists keep the file's order.
type Spec struct {
	File     string // as messages name it
	Name     string // dataset
	Title    string
	Vendor   string
	Product  string
	Kind     string // observer.type; "" for hosts and applications
	Versions string
	Setup    string
	// Reference has the vendor's pages, Types the log types in them and whether they are read.
	Reference []string
	Types     []Type

	Lines []Line
	Time  []Time
	// Fields of the format; a line's own come first.
	Fields     []Field
	SkipOthers bool // names without a field are dropped instead of becoming labels
	Rules      []Rule
	Samples    []Sample
}

// A Type is a log type of the reference. Read is false where it is not read, and Note says why.
type Type struct {
	Name string
	Read bool
	Note string
}

// A Line is one kind of line of a format: any of Match recognises it, Cut cuts it.
type Line struct {
	At    int // line of the file, as everywhere below
	Match []Match
	// OwnHeader says that a date at the beginning is the format's own and no syslog header.
	OwnHeader bool
	Cut       Cut
	Fields    []Field
	Time      []Time
	Rules     []Rule
}

// A Match holds where everything in it does.
type Match struct {
	At              int
	Has, Any, Lacks []string
	Begins          string
	Program, Keys   []string
}

// A Way is how a text is cut.
type Way uint8

// The ways to cut a text.
const (
	Text Way = iota // not at all
	Patterns
	KV
	CSV
	JSON
	CEF
	LEEF
	XML
	SD // the structured data of an RFC 5424 header
)

// A Cut says how a text becomes named values.
type Cut struct {
	At   int
	Of   string // the value to cut; "" is the line
	Head string // pattern of what stands before; "" for nothing
	Way  Way

	Patterns []Pattern
	By       string // the value that finds the pattern

	Pair, Key, Quotes string // of KV
	Spaces            bool
	Words             []Words  // words without a key that are values, too
	Brackets          string   // the name of what stands in square brackets between pairs
	Columns           *Columns // of CSV
	Separator, Quote  byte
	Braces            bool
	Strip             string // names that begin with it go without it
	Under             string // of JSON: names below this path go without it, too
}

// Words are words of which those that stand between pairs become one value.
type Words struct {
	Name string
	List []string
}

// Columns are the names of a CSV line's columns: one list, or one for each value of By.
type Columns struct {
	At   int
	By   string // number of a column, or name of one that was read
	List []string
	Of   map[string][]string // by value; "" is any other
	Then *Columns            // what follows behind the list
}

// A Pattern is a text with captures, and what it means.
type Pattern struct {
	At   int
	Text string
	Is   []string // values of the cut's By
	When []Condition
	Set  []Assign
	// Partial says that what fits is only the beginning of a message.
	Partial bool
}

// A Field says where a value goes.
type Field struct {
	At    int
	Name  string
	To    []string // ECS fields, "skip", "label" or "label NAME"
	As    string
	Map   map[string]string
	Only  bool
	Trim  string
	Until string
	Unhex bool     // a text that is hexadecimal digits and nothing else is decoded
	Octal bool     // bytes written as a backslash and three octal digits are decoded
	Last  int      // only that many characters at the end; 0 for all
	Word  []string // only the first word that has one of these in it
}

// A Condition compares a value. Every list that is not empty must have one that fits; Present is nil where it does not matter.
type Condition struct {
	At                         int
	Name                       string
	Is, Not, Begins, Ends, Has []string
	Present                    *bool
	Same                       string // the name of a value that must be the same
}

// An Assign gives a field a constant.
type Assign struct {
	At           int
	Field, Value string
}

// A From gives a field the first of some values that is there.
type From struct {
	At    int
	Field string
	Of    []string
	Join  *string // what stands between the values; nil where the first that is there is taken
	How   Field   // As, Map and so on; To is the field
}

// A Sum gives a field the sum of two or more values.
type Sum struct {
	At    int
	Field string
	Of    []string
}

// A Rule does something where all its conditions hold.
type Rule struct {
	At      int
	When    []Condition
	Set     []Assign
	From    []From
	Sum     []Sum
	Cut     *Cut
	Message string
	Read    *Reread
	Stop    bool
}

// A Reread has a value read as a line of its own, by all formats. No rule runs behind it.
type Reread struct {
	At      int
	Of      string
	Program []string // values of which the first that is there is the program that wrote it
}

// A Time is a value, or some joined by blanks, that holds the event's time.
type Time struct {
	At         int
	Of         []string
	Zone, Near string
	Finer      string // a stamp of the same moment that is taken in its place where both are near
	Layout     string
}

// A Sample is a line and what it must give.
type Sample struct {
	At      int
	Line    string
	From    string
	Gives   map[string]string
	Partial bool
	Zone    string
}

// A Problem is one thing that is wrong with a file.
type Problem struct {
	Line int
	Path string // keys from the top, joined by dots; elements of lists by number from 0
	Text string
}

// An Error is every problem of one file, a line each: "file:line: path: text".
type Error struct {
	File     string
	Problems []Problem
}

// Error implements error.
func (e *Error) Error() string {
	lines := make([]string, len(e.Problems))
	for i, p := range e.Problems {
		text := p.Text
		if p.Path != "" {
			text = p.Path + ": " + text
		}
		lines[i] = fmt.Sprintf("%s:%d: %s", e.File, max(p.Line, 1), text)
	}
	return strings.Join(lines, "\n")
}
