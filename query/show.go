package query

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"regexp"
	"strconv"
	"strings"
	"time"

	"frontfoot/detect/feature"
	"frontfoot/detect/verdict"
	"frontfoot/ingest/event"
	"frontfoot/store"
)

// IncidentShow is the command incidents show.
type IncidentShow struct {
	ID       string `arg:"" help:"The incident's id; its beginning is enough."`
	Evidence int    `default:"10" help:"Show at most so many events of the evidence; 0 is all."`
	JSON     bool   `name:"json" help:"One JSON object."`
}

// Run shows an incident.
func (c *IncidentShow) Run(ctx context.Context, conn Connector, self Command, out io.Writer) (err error) {
	s, done, err := conn.Connect(ctx)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, done()) }()
	in, err := s.Incident(ctx, c.ID)
	switch {
	case err != nil:
		return notFound(err)
	case c.JSON:
		return writeJSON(out, []store.Incident{in})
	}
	return writeIncident(out, &in, c.Evidence, self)
}

// writeIncident writes an incident for people, with at most so many events of its evidence, 0 for all. self begins the commands that go on from there.
func writeIncident(out io.Writer, in *store.Incident, evidence int, self Command) error {
	p := &page{w: bufio.NewWriter(out), terminal: terminalOf(out)}
	p.line(p.paint(severityStyle(in.Severity), escape(in.Severity)), "  ", p.paint(bold, escape(in.Title)))
	p.facts([][2]string{
		{"Incident", in.ID},
		{"Site", place(in.Site, in.Premises)},
		{"When", span(in.First, in.Last)},
		{"Raised", in.Raised.UTC().Format(time.DateTime) + " UTC"},
		{"Score", strconv.FormatFloat(float64(in.Score), 'f', 1, 32) + " bits"},
		{"Events", Thousands(uint64(in.Findings))},
		{"Tactics", tactics(in.Tactics)},
		{"Verdict", said(in)},
	})
	p.entities(in.Entities)
	p.list("Why it is unusual here", in.Reasons)
	p.evidence(in, evidence)
	p.losses(in.Losses)
	p.sayings(in.Verdicts)
	if in.NextStep != "" {
		p.heading("What to do first")
		p.line("  ", escape(in.NextStep))
	}
	p.further(in, self)
	return p.w.Flush()
}

// A page is a text in sections. Errors stay with w until it is flushed.
type page struct {
	terminal
	w *bufio.Writer
}

func (p *page) line(parts ...string) {
	for _, s := range parts {
		p.w.WriteString(s)
	}
	p.w.WriteByte('\n')
}

func (p *page) heading(text string) {
	p.line()
	p.line(p.paint(bold, text))
}

// facts writes names and values that are not empty.
func (p *page) facts(facts [][2]string) {
	width := 0
	for _, f := range facts {
		if f[1] != "" {
			width = max(width, len(f[0]))
		}
	}
	for _, f := range facts {
		if f[1] != "" {
			p.line("  ", p.paint(faint, f[0]), strings.Repeat(" ", width-len(f[0])+2), escape(f[1]))
		}
	}
}

func (p *page) entities(list []string) {
	if len(list) == 0 {
		return
	}
	p.heading("Who and what")
	facts := make([][2]string, len(list))
	for i, e := range list {
		name, value, _ := strings.Cut(e, "=")
		facts[i] = [2]string{escape(name), value}
	}
	p.facts(facts)
}

func (p *page) list(heading string, items []string) {
	if len(items) == 0 {
		return
	}
	p.heading(heading)
	width := len(strconv.Itoa(len(items)))
	for i, item := range items {
		p.line(fmt.Sprintf("  %*d. ", width, i+1), escape(item))
	}
}

// sayings tells who said what of the incident, and when.
func (p *page) sayings(list []store.Said) {
	items := make([]string, len(list))
	for i := range list {
		s := &list[i]
		items[i] = s.Time.UTC().Format(time.DateTime) + " UTC  " + s.Author + ": "
		switch s.Verdict {
		case verdict.Nothing:
			items[i] += "taken back"
		case verdict.Suppressed:
			items[i] += s.Verdict + " until " + s.Until.UTC().Format(time.DateTime) + " UTC"
		default:
			items[i] += s.Verdict
		}
		if len(s.Entities) > 0 {
			items[i] += ", for " + strings.Join(s.Entities, ", ") + ", about " + strings.Join(distinct(s.Reasons), ", ")
		}
		if s.Note != "" {
			items[i] += ": " + s.Note
		}
	}
	p.list("What was said of it", items)
}

// losses names what did not come about the incident's time: it may be the part of the story that is not told.
func (p *page) losses(losses []store.Loss) {
	items := make([]string, len(losses))
	for i := range losses {
		items[i] = lossLine(&losses[i])
	}
	p.list("What may be missing", items)
}

// plainValue is what can stand in a command line and in SQL as it is.
var plainValue = regexp.MustCompile(`^[A-Za-z0-9_.:@/+-]{1,200}$`)

// further prints commands that go on from here.
func (p *page) further(in *store.Incident, self Command) {
	p.heading("To look further")
	if plainValue.MatchString(in.ID) {
		p.line("  ", string(self), ` query "SELECT time, score, field, seen, expected FROM findings WHERE run = '' AND incident = '`, in.ID, `' ORDER BY time"`)
	}
	if !plainValue.MatchString(in.Site) {
		return
	}
	for _, e := range in.Entities {
		name, value, _ := strings.Cut(e, "=")
		if c, ok := textColumn(name); ok && plainValue.MatchString(value) {
			p.line("  ", string(self), ` query "SELECT time, raw FROM events WHERE site = '`, in.Site, `' AND `, c, ` = '`, value,
				`' AND time BETWEEN '`, in.First.Add(-time.Hour).UTC().Format(time.DateTime), `' AND '`, in.Last.Add(time.Hour).UTC().Format(time.DateTime), `' ORDER BY time"`)
			return
		}
	}
}

// textColumn returns the text column of an ECS field.
func textColumn(ecs string) (string, bool) {
	for i := range event.NumColumns {
		if s := event.Column(i).Spec(); s.ECS == ecs {
			return s.Name, s.Kind == event.Text
		}
	}
	return "", false
}

// tactics names ATT&CK's tactics in words, each with its number.
func tactics(numbers []string) string {
	names := make([]string, len(numbers))
	for i, n := range numbers {
		if names[i] = feature.Hint(n).Name(); names[i] != n {
			names[i] += " (" + n + ")"
		}
	}
	return strings.Join(names, ", ")
}

// span says from when to when, and how long that is; of what was within a second, when.
func span(first, last time.Time) string {
	if first.Unix() == last.Unix() {
		return first.UTC().Format(time.DateTime) + " UTC"
	}
	text := first.UTC().Format(time.DateTime) + " to " + last.UTC().Format(time.DateTime) + " UTC"
	if d := last.Sub(first); d >= time.Second {
		text += " (" + length(d) + ")"
	}
	return text
}

// length writes a length of time in its two largest units.
func length(d time.Duration) string {
	days, d := d/(24*time.Hour), d%(24*time.Hour)
	hours, minutes, seconds := d/time.Hour, d%time.Hour/time.Minute, d%time.Minute/time.Second
	switch {
	case days > 0:
		return fmt.Sprintf("%d d %d h", days, hours)
	case hours > 0:
		return fmt.Sprintf("%d h %d min", hours, minutes)
	case minutes > 0:
		return fmt.Sprintf("%d min %d s", minutes, seconds)
	default:
		return fmt.Sprintf("%d s", seconds)
	}
}

// said is the verdict with who gave it, and how long it holds.
func said(in *store.Incident) string {
	text := in.Verdict
	ends := in.Until.Unix() > 0
	open := text == ""
	switch {
	case open && ends:
		text = "was suppressed"
	case open && in.Author != "":
		text = "taken back"
	case open:
		return "open"
	}
	if in.Author != "" {
		text += " by " + in.Author
	}
	if ends {
		text += " until " + in.Until.UTC().Format(time.DateTime) + " UTC"
	}
	if in.Note != "" {
		text += ": " + in.Note
	}
	if open {
		return "open (" + text + ")"
	}
	return text
}
