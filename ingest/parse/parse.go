// Package parse turns the bytes of one log line into one row of an event.Builder. Use a Parser where lines arrive, and Stream
// for a whole reader. The format is recognised line by line; a line that nobody understands is still a row. LoadFormats
// reads a user's own formats from a folder. A Parser keeps nothing of one line for the next and never looks at the clock: what "now" is, the caller says.
package parse

import (
	"bytes"
	"slices"
	"time"
	"unicode/utf8"

	"frontfoot/ingest/event"
	"frontfoot/ingest/parse/cef"
	"frontfoot/ingest/parse/format"
	"frontfoot/ingest/parse/literal"
	"frontfoot/ingest/parse/xml"
)

// Datasets of lines that have no product of their own.
const (
	Unknown = "unknown" // nobody understood the line
	Syslog  = "syslog"  // only its syslog header was understood
)

// Bounds on what one line may add: a line of a megabyte must not become a hundred thousand labels, nor a name of a megabyte.
const (
	maxLabels = 256
	maxName   = 255 // bytes of a label's or a host's name
)

// A Config says how a source's lines are to be read.
type Config struct {
	// Zone is the zone of stamps that name none. UTC where nil.
	Zone *time.Location
	// Replay keeps every stamp that the store can hold: old files, demos and corpora. Without it the source is live, and a
	// stamp more than 26 h away from its reception is replaced by it and kept in the label "clock".
	Replay bool
	// Formats recognise what the line is; nil for those that come with frontfoot.
	Formats *Formats
}

// A Parser reads lines into rows. It reuses its memory from line to line and is for one goroutine.
type Parser struct {
	zone    *time.Location
	replay  bool
	years   yearCache
	visit   visitors
	formats *Formats

	found      literal.Found
	candidates []int32
	searched   []byte // what formats' texts are looked for in
	trace      *trace // what explains the line at hand; nil where nobody asks

	// The line at hand.
	b         *event.Builder
	received  int64
	line      []byte
	head      header
	json      walker
	stamp     moment
	verdict   Stamp
	level     []byte // the source's own word for severity
	dataset   string
	broken    string // why a format understood the line only in part; "" where it did not
	labels    int
	depth     int // of lines within lines
	slots     [numSlots][]byte
	gathered  [format.MaxWords][]byte // words between pairs, by list
	columns   [][]byte
	cutting   *cut // what formatValue works for
	inner     walker
	envelope  envelope
	cef       cef.Walker
	xml       xml.Walker
	sdTaken   bool // the header's structured data went to a format's fields
	values    int  // cut from the line's marked texts
	lastField *field
	lastValue []byte // of a marked text
	caps      [maxCaptures][]byte
	steps     int    // left to fit the text at hand to patterns
	mem       []byte // unescaped text; only ever appended to within a line
	cased     []byte // the value that was asked for words last, and the same in lower case
	low       []byte
}

// New returns a Parser for a source of that configuration.
func New(cfg Config) *Parser {
	if cfg.Zone == nil {
		cfg.Zone = time.UTC
	}
	if cfg.Formats == nil {
		cfg.Formats = BuiltIn()
	}
	p := &Parser{zone: cfg.Zone, replay: cfg.Replay, formats: cfg.Formats}
	p.visit = p.newVisitors()
	return p
}

// Line fills the builder's current row from one line, received at that many nanoseconds since 1970 UTC; ending the row is the
// caller's part. One line end (LF, CRLF or NUL) is cut off. It returns false where no format understood the line: the row then
// has the times, the raw bytes, the printable text as message and the dataset "unknown". It never fails and never panics.
func (p *Parser) Line(b *event.Builder, raw []byte, received int64) bool {
	raw = slices.Clip(trimEnd(raw)) // what stands behind the line is another's
	p.begin(b, received)
	p.line = raw
	if text := p.fromUTF16(raw); text != nil {
		p.line = text
		p.trace.decoded(text)
	}
	b.Trust(utf8.Valid(p.line))
	p.line = bytes.TrimPrefix(p.line, []byte("\ufeff")) // with which editors of Windows begin a file
	p.head = p.scanHeader(p.line)
	understood := p.understand()
	p.finish(raw, understood)
	b.Trust(false)
	p.b, p.line = nil, nil
	return understood || p.head.found
}

// Partial reports whether a format understood the last line in part only; its label event.partial tells why.
func (p *Parser) Partial() bool { return p.broken != "" }

func (p *Parser) begin(b *event.Builder, received int64) {
	p.b, p.received = b, clampStored(received)
	p.stamp, p.verdict, p.level, p.dataset, p.broken, p.labels, p.depth, p.sdTaken = moment{}, Plain, nil, "", "", 0, 0, false
	p.mem, p.cased = p.mem[:0], nil
}

// body tries the formats on a line's text without its syslog header. The order is from what is certain to what is a guess.
func (p *Parser) body(app, text []byte) bool {
	if len(text) == 0 && p.head.sd == nil {
		return false
	}
	return p.recognise(app, text) != notAtAll || p.noted(anyJSON, p.object(withoutCookie(text))) || p.noted(anyPairs, p.pairs(app, text))
}

// withoutCookie takes off the mark by which some senders say that JSON follows.
func withoutCookie(text []byte) []byte {
	if rest, ok := bytes.CutPrefix(text, []byte("@cee:")); ok {
		return bytes.TrimLeft(rest, " \t")
	}
	return text
}

// finish adds what the header, the clock and the line as a whole give, where the body did not say it better.
func (p *Parser) finish(raw []byte, understood bool) {
	h := &p.head
	p.text(event.HostHostname, h.host)
	p.text(event.ProcessName, h.app)
	if n, ok := number(h.pid); ok {
		p.number(event.ProcessPID, n)
	} else {
		p.label("procid", h.pid)
	}
	if h.pri >= 0 {
		p.number(event.LogPriority, uint64(h.pri))
		if p.level == nil && len(h.level) == 0 {
			p.str(event.LogLevel, severities[h.pri&7])
		}
	}
	p.text(event.LogLevel, p.level)
	p.text(event.LogLevel, h.level)
	if !p.sdTaken {
		p.label("msgid", h.msgid)
		p.structured(h.sd, p.addStructured)
	}
	if _, n := readPriority(p.line); !understood && n > 0 && versioned(p.line[n:]) && !regular5424(p.line[n:]) {
		p.broken = irregular
	}
	p.label(partialLabel, p.scratch(p.broken))
	if !understood || p.broken != "" {
		p.text(event.Message, printable(h.body))
	}
	if p.dataset == "" {
		p.phrases(h.body)
	}
	switch {
	case p.dataset != "":
	case h.found:
		p.dataset = Syslog
	default:
		p.dataset = Unknown
	}
	p.str(event.Dataset, p.dataset)
	p.str(event.EventKind, "event")
	p.clock()
	p.b.SetText(event.Raw, raw)
}

// trimEnd cuts off one line end and the NULs that some senders put after it.
func trimEnd(raw []byte) []byte {
	for n := len(raw); n > 0 && raw[n-1] == 0; n = len(raw) {
		raw = raw[:n-1]
	}
	if n := len(raw); n > 0 && raw[n-1] == '\n' {
		raw = raw[:n-1]
	}
	if n := len(raw); n > 0 && raw[n-1] == '\r' {
		raw = raw[:n-1]
	}
	return raw
}
