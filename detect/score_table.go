package detect

import (
	"bufio"
	"context"
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"math"
	"slices"
	"strconv"
	"strings"
	"time"

	"frontfoot/detect/feature"
	"frontfoot/detect/incident"
	"frontfoot/detect/sketch"
)

// table scores the rows of a table: the engine of a Site behind other features.
type table struct {
	opt     *ScoreOptions
	out     *scoreWriter
	columns *feature.Table
	use     []int // the columns that are features, in the schema's order
	times   int   // the column of times, -1 where there is none
	engine  *engine
	panel   *panel // the engine's judge
	tracker *incident.Tracker
	clock   clock
	row     feature.Row
	cells   []string
	fresh   []incident.Version
}

func scoreTable(ctx context.Context, in io.Reader, out *scoreWriter, opt *ScoreOptions) error {
	if opt.Schema == nil {
		return errors.New("format csv needs a schema that says what the columns are")
	}
	r := csv.NewReader(skipMark(in))
	r.ReuseRecord = true
	header, err := r.Read()
	switch {
	case errors.Is(err, io.EOF):
		return nil
	case err != nil:
		return lineError(opt.Name, 1, err)
	}
	t, err := newTable(header, out, opt)
	if err != nil {
		return err
	}
	for {
		if out.row&1023 == 0 && ctx.Err() != nil {
			return ctx.Err()
		}
		cells, err := r.Read()
		if errors.Is(err, io.EOF) {
			t.tracker.Close(&t.fresh)
			out.take(t.fresh)
			return nil
		}
		if err != nil {
			return lineError(opt.Name, 0, err) // the reader's errors know their line
		}
		if err := t.score(cells); err != nil {
			line, _ := r.FieldPos(0)
			return lineError(opt.Name, line, err)
		}
	}
}

// skipMark drops the byte order mark that some programs begin a file with.
func skipMark(in io.Reader) io.Reader {
	r := bufio.NewReader(in)
	if mark, err := r.Peek(3); err == nil && string(mark) == "\ufeff" {
		_, _ = r.Discard(3)
	}
	return r
}

// lineError names the line that an error is about; the CSV reader knows better where it was.
func lineError(name string, line int, err error) error {
	if bad, ok := errors.AsType[*csv.ParseError](err); ok {
		hint := ""
		if errors.Is(bad.Err, csv.ErrFieldCount) {
			hint = ": each row needs as many cells as the header"
		} else if errors.Is(bad.Err, csv.ErrQuote) || errors.Is(bad.Err, csv.ErrBareQuote) {
			hint = `: put cells with quotes into quotes and double those inside ("a ""b"" c")`
		}
		return fmt.Errorf("%s:%d: %w%s", name, bad.Line, bad.Err, hint)
	}
	return fmt.Errorf("%s:%d: %w", name, line, err)
}

func newTable(header []string, out *scoreWriter, opt *ScoreOptions) (*table, error) {
	t := &table{opt: opt, out: out, times: -1}
	var names []string
	var kinds []feature.Kind
	var errs []error
	for i, name := range header {
		at := slices.IndexFunc(opt.Schema.Columns, func(c SchemaColumn) bool { return c.Name == name })
		switch {
		case at < 0:
			errs = append(errs, fmt.Errorf("%s:1: column %q is not in the schema: add it there with its kind", opt.Name, name))
		case name == opt.Schema.Time:
			t.times = i
		case opt.Schema.Columns[at].Kind != kindTime:
			t.use = append(t.use, i)
			names, kinds = append(names, name), append(kinds, opt.Schema.Columns[at].kind())
		}
	}
	for _, c := range opt.Schema.Columns {
		if !slices.Contains(header, c.Name) {
			errs = append(errs, fmt.Errorf("%s:1: column %q of the schema is not in the header", opt.Name, c.Name))
		}
	}
	if out.incidents != nil && t.times < 0 {
		errs = append(errs, fmt.Errorf("%s: incidents need rows with times: name the time column in the schema", opt.Name))
	}
	if len(errs) > 0 {
		return nil, errors.Join(errs...)
	}
	key := sketch.NewKey(opt.Key)
	t.columns = feature.NewTable(key, names, kinds)
	t.cells = make([]string, len(t.use))
	t.panel = newPanel(t.columns.Layout(), opt.Schema.Warmup > 0, opt.Config.without)
	t.engine = newEngine(t.columns.Layout(), key, opt.Config.MaxBytes, t.panel)
	t.tracker = incident.NewTracker(incident.Config{Site: opt.Site, PerDay: opt.Config.IncidentsPerDay, Zone: opt.Config.Zone})
	return t, nil
}

// score scores a row, writes its verdict and learns it.
func (t *table) score(cells []string) error {
	number := t.out.row
	t.row.Time = int64(number)
	if t.times >= 0 {
		ns, err := parseTime(cells[t.times])
		if err != nil {
			return err
		}
		t.row.Time, t.row.Timed = ns, true
	}
	for i, c := range t.use {
		t.cells[i] = cells[c]
	}
	t.columns.Row(t.cells, &t.row)
	if t.row.Timed && t.clock.see(t.row.Time) {
		t.engine.pass(int64(t.clock.age()) / (int64(t.opt.Config.HalfLife) / fadeSteps))
		t.tracker.Advance(t.clock.now, &t.fresh)
	}
	bits := t.engine.score(&t.row)
	alert := t.engine.alert(t.opt.Config.FindingRate)
	learning := t.opt.Config.learning(&t.clock, number+1)
	if t.row.Timed && (alert || t.goesOn() || t.notable()) {
		o := observe(t.engine, &t.row, t.opt.Site, &t.clock, daily(t.panel.came(), t.clock.age()))
		o.Learning = learning
		t.addFlood(o)
		o.Finding.Seq, o.Finding.ID = number, findingID(t.opt.Site, o.Finding.Model, "", number)
		t.tracker.Observe(o, &t.fresh)
	}
	held := t.row.Timed && holds(t.tracker, t.engine.layout, &t.row)
	if number < uint64(t.opt.Schema.Warmup) {
		t.engine.trust()
	} else {
		t.engine.learn(held, 1)
	}
	t.out.take(t.fresh)
	t.fresh = t.fresh[:0]
	return t.out.verdict(bits, alert)
}

// notable reports whether one thing about the row, or the burst that it is part of, is so rare that it is to be looked at whatever the rest is like.
func (t *table) notable() bool {
	daily := daily(t.panel.came(), t.clock.age())
	return t.engine.notable(daily) || t.panel.flood >= sketch.Log2(daily)-notableBits
}

// goesOn reports whether one who acts in an open incident does what is unusual enough to be told as a reason: it belongs to that.
func (t *table) goesOn() bool {
	v := &t.engine.verdict
	return v.Loudest >= 0 && v.Bits >= loud && holds(t.tracker, t.engine.layout, &t.row)
}

// flooding is the number of the kind of novelty that a burst is.
const flooding = incident.Counted

// addFlood adds to an observation the burst that its row is part of, if that is unusual enough to be told. It is a piece of evidence of its own.
func (t *table) addFlood(o *incident.Observation) {
	p, l := t.panel, t.engine.layout
	if p.flood < loud {
		return
	}
	e := p.edges[p.burst.Key]
	name, what := l.Fields[e.a].Name, l.Fields[e.a].Name+" "+l.Fields[e.a].Format(t.row.Values[e.a])
	if e.b >= 0 {
		name += " + " + l.Fields[e.b].Name
		what += " with " + l.Fields[e.b].Name + " " + l.Fields[e.b].Format(t.row.Values[e.b])
	}
	k := incident.Kind{
		Feature: flooding, Name: name, Bits: p.flood, Value: p.keys[p.burst.Key], Side: uint8(feature.Volume),
		What:     what + " came " + incident.Times(p.burst.Now) + " within two minutes",
		Expected: "(" + incident.Count(p.burst.Usual) + plural(p.burst.Usual, " is usual)", " are usual)"),
	}
	i := 0
	for i < len(o.Kinds) && o.Kinds[i].Bits >= k.Bits {
		i++
	}
	o.Kinds = slices.Insert(o.Kinds, i, k)
}

// parseTime reads a time in seconds since 1970 or in RFC 3339 and returns nanoseconds.
func parseTime(text string) (int64, error) {
	text = strings.TrimSpace(text)
	if n, err := strconv.ParseInt(text, 10, 64); err == nil && n > -9e9 && n < 9e9 {
		return n * int64(time.Second), nil
	}
	if x, err := strconv.ParseFloat(text, 64); err == nil && math.Abs(x) < 9e9 {
		return int64(x * 1e9), nil
	}
	at, err := time.Parse(time.RFC3339Nano, text)
	if err != nil || at.Year() < 1700 || at.Year() > 2250 {
		return 0, fmt.Errorf("time %q: use seconds since 1970 or 2026-03-02T09:00:00Z", text)
	}
	return at.UnixNano(), nil
}
