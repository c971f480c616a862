package ingest

import (
	"encoding/json"
	"fmt"
	"log/slog"
	"maps"
	"slices"
	"time"

	"github.com/sourcegraph/conc/panics"

	"frontfoot/ingest/event"
	"frontfoot/ingest/ledger"
	"frontfoot/ingest/line"
	"frontfoot/ingest/parse"
	"frontfoot/ingest/spool"
)

// A lineParser is a parse.Parser.
type lineParser interface {
	Line(b *event.Builder, raw []byte, received int64) bool
	Partial() bool
	Stamp() parse.Stamp
}

// rows turns the lines of one site's spool into rows and counts them. It is for one goroutine.
type rows struct {
	site      string
	logger    *slog.Logger
	metrics   *metrics
	newParser func(parse.Config) lineParser
	parsers   map[parserKey]lineParser
	inputs    map[string]*parsedMetrics
	counts    counts
	formats   *formats
	using     *parse.Formats // what the parsers were made for
}

type parserKey struct {
	zone   string
	replay bool
}

func newRows(site string, formats *formats, logger *slog.Logger, m *metrics) rows {
	return rows{
		site: site, formats: formats, logger: logger, metrics: m, parsers: map[parserKey]lineParser{}, inputs: map[string]*parsedMetrics{}, counts: counts{},
		newParser: func(cfg parse.Config) lineParser { return parse.New(cfg) },
	}
}

// parser returns the parser of lines that were taken under that configuration. A zone that is not known any more is UTC.
func (r *rows) parser(f *spool.Frame) lineParser {
	if now := r.formats.current(); now != r.using {
		r.using = now
		clear(r.parsers)
	}
	if p, ok := r.parsers[parserKey{string(f.Zone), f.Replay}]; ok {
		return p
	}
	zone, err := parse.Zone(string(f.Zone))
	if err != nil {
		r.logger.Warn("lines in the spool have a zone that is not known any more, taking them for UTC", "zone", string(f.Zone), "err", err)
		zone = time.UTC
	}
	p := r.newParser(parse.Config{Zone: zone, Replay: f.Replay, Formats: r.using})
	r.parsers[parserKey{string(f.Zone), f.Replay}] = p
	return p
}

// A tally counts the lines of one frame.
type tally struct {
	r       *rows
	frame   *spool.Frame
	parser  lineParser
	metrics *parsedMetrics
	path    string
	prem    string
	n       inputCount
}

func (r *rows) begin(f *spool.Frame) *tally {
	m, ok := r.inputs[string(f.Input)]
	if !ok {
		m = r.metrics.parsed(string(f.Input), r.site)
		r.inputs[string(f.Input)] = m
	}
	return &tally{r: r, frame: f, parser: r.parser(f), metrics: m, path: string(f.Path), prem: string(f.Premises)}
}

// row adds an event for a line.
func (t *tally) row(b *event.Builder, l *line.Line) {
	understood, partial, stamp := t.parse(b, l.Raw)
	b.SetString(event.Premises, t.prem)
	b.SetAddr(event.LogSourceAddress, l.Peer)
	b.SetString(event.LogFilePath, t.path)
	for _, f := range flagNames {
		if l.Flags&f.flag != 0 {
			b.Label(f.name, []byte("true"))
		}
	}
	b.End()
	t.n.Taken++
	t.n.Bytes += uint64(len(l.Raw))
	switch {
	case !understood:
		t.n.Unparsed++
	case partial:
		t.n.Partial++
	}
	switch stamp {
	case parse.Skewed:
		t.n.Skewed++
	case parse.Late:
		t.n.Late++
	case parse.Plain:
	}
}

// end adds what was counted to the site's counts and begins again.
func (t *tally) end() {
	if t.n.Taken == 0 {
		return
	}
	t.n.First, t.n.Last = t.frame.Received, t.frame.Received
	t.r.counts.add(string(t.frame.Input), t.n)
	t.metrics.unparsed.Add(float64(t.n.Unparsed))
	t.metrics.partial.Add(float64(t.n.Partial))
	t.n = inputCount{}
}

// parse fills the current row. A line on which the parser panics becomes a row like one that nobody understands.
func (t *tally) parse(b *event.Builder, raw []byte) (understood, partial bool, stamp parse.Stamp) {
	defer func() {
		if p := recover(); p != nil {
			caught := panics.NewRecovered(1, p)
			t.metrics.panics.Inc()
			t.r.logger.Error("parser panicked, keeping the line alone", "input", string(t.frame.Input), "err", caught.AsError())
			b.Discard()
			b.SetTime(event.Time, t.frame.Received)
			b.SetTime(event.Received, t.frame.Received)
			b.SetString(event.Dataset, parse.Unknown)
			b.SetText(event.Raw, raw)
			understood, partial, stamp = false, false, parse.Plain
		}
	}()
	understood = t.parser.Line(b, raw, t.frame.Received)
	return understood, t.parser.Partial(), t.parser.Stamp()
}

// counts are what came of each input since the last note.
type counts map[string]*inputCount

type inputCount struct {
	Taken    uint64 `json:"taken"`
	Bytes    uint64 `json:"bytes"`
	Unparsed uint64 `json:"unparsed,omitempty"`
	Partial  uint64 `json:"partial,omitempty"`
	Skewed   uint64 `json:"skewed,omitempty"`
	Late     uint64 `json:"late,omitempty"`
	First    int64  `json:"first"` // when the first and the last of them came, nanoseconds since 1970
	Last     int64  `json:"last"`
}

func (c counts) add(input string, n inputCount) {
	have, ok := c[input]
	if !ok {
		c[input] = &n
		return
	}
	have.Taken += n.Taken
	have.Bytes += n.Bytes
	have.Unparsed += n.Unparsed
	have.Partial += n.Partial
	have.Skewed += n.Skewed
	have.Late += n.Late
	have.First, have.Last = min(have.First, n.First), max(have.Last, n.Last)
}

func (c counts) encode() []byte {
	b, _ := json.Marshal(c) // of these types it never fails
	return b
}

// readCounts reads what encode wrote; where it cannot be read there are none.
func readCounts(b []byte) (counts, error) {
	c := counts{}
	if err := json.Unmarshal(b, &c); err != nil {
		return counts{}, fmt.Errorf("reading counts: %w", err)
	}
	read := counts{}
	for input, n := range c {
		if n != nil {
			read[input] = n
		}
	}
	return read, nil
}

// maxCounted is of how many inputs a note speaks one by one; where there are more it speaks of all together.
const maxCounted = 20

// entries returns the counts as entries of the ledger.
func (c counts) entries() []ledger.Entry {
	if len(c) > maxCounted {
		all := counts{}
		for _, n := range c {
			all.add("", *n)
		}
		c = all
	}
	var out []ledger.Entry
	for _, input := range slices.Sorted(maps.Keys(c)) {
		n := c[input]
		e := ledger.Entry{Kind: ledger.Taken, Input: input, First: n.First, Last: n.Last, Rows: n.Taken, Bytes: n.Bytes}
		out = append(out, e)
		for kind, rows := range map[ledger.Kind]uint64{ledger.Unparsed: n.Unparsed, ledger.Partial: n.Partial, ledger.Skewed: n.Skewed, ledger.Late: n.Late} {
			if e.Kind, e.Rows, e.Bytes = kind, rows, 0; rows > 0 {
				out = append(out, e)
			}
		}
	}
	slices.SortFunc(out, func(a, b ledger.Entry) int {
		return cmpEntries(&a, &b)
	})
	return out
}
