package query

import (
	"context"
	"errors"
	"fmt"
	"io"
	"strconv"
	"strings"
	"time"

	"frontfoot/store"
)

// Incidents are the commands on incidents.
type Incidents struct {
	List IncidentList `cmd:"" default:"withargs" help:"List incidents: the latest day first, and the most serious of a day on top."`
	Show IncidentShow `cmd:"" help:"Show one incident: what happened, why it is unusual, the evidence, what to do, what was said of it."`

	Confirm  IncidentConfirm  `cmd:"" help:"Say that it was an attack: what it showed is never learned."`
	Benign   IncidentBenign   `cmd:"" help:"Say that it is normal for those who acted: it is known from now on."`
	Suppress IncidentSuppress `cmd:"" help:"Hear no more of it for some time."`
	Undo     IncidentUndo     `cmd:"" help:"Take back what was said of it."`
}

// IncidentList is the command incidents list.
type IncidentList struct {
	Site  string `placeholder:"NAME" help:"Only this site."`
	Since Since  `placeholder:"WHEN" help:"Only what was raised since: 24h, 7d, 2026-03-02 or 2026-03-02T15:04:05Z."`
	Limit int    `default:"100" help:"At most so many; 0 is all."`
	JSON  bool   `name:"json" help:"One JSON object a line."`
}

// Since is a time that a person names: a length of time before now, a day, or a time. The zero value is no limit.
type Since struct{ time.Time }

// UnmarshalText reads a Since.
func (s *Since) UnmarshalText(b []byte) (err error) {
	s.Time, err = since(string(b), time.Now())
	return err
}

// since reads a length of time before now, a day, or a time.
func since(text string, now time.Time) (time.Time, error) {
	if days, ok := strings.CutSuffix(text, "d"); ok {
		if n, err := strconv.Atoi(days); err == nil && n >= 0 && n <= 36_500 {
			return now.UTC().AddDate(0, 0, -n), nil // a day has 24 hours, whatever the machine's zone makes of its clock
		}
	}
	if d, err := time.ParseDuration(text); err == nil {
		return now.Add(-d.Abs()), nil
	}
	for _, layout := range []string{time.DateOnly, time.DateTime, time.RFC3339} {
		if t, err := time.Parse(layout, text); err == nil {
			return t, nil
		}
	}
	return time.Time{}, fmt.Errorf("%q is no time: write 24h, 7d, 2026-03-02 or 2026-03-02T15:04:05Z", text)
}

// Run lists incidents.
func (c *IncidentList) Run(ctx context.Context, conn Connector, out io.Writer) (err error) {
	s, done, err := conn.Connect(ctx)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, done()) }()
	filter := store.IncidentFilter{Site: c.Site, Since: c.Since.Time}
	if c.Limit > 0 {
		filter.Limit = c.Limit + 1 // one more tells that there are more
	}
	list, err := s.Incidents(ctx, filter)
	if err != nil {
		return err
	}
	more := c.Limit > 0 && len(list) > c.Limit
	if more {
		list = list[:c.Limit]
	}
	if len(list) == 0 {
		if err := checkSite(ctx, s, c.Site); err != nil {
			return err
		}
	}
	if c.JSON {
		return writeJSON(out, list)
	}
	if err := WriteIncidents(out, list); err != nil || !more {
		return err
	}
	_, err = fmt.Fprintln(out, "and more; --limit shows them")
	return err
}

// WriteIncidents writes incidents as a table.
func WriteIncidents(out io.Writer, list []store.Incident) error {
	if len(list) == 0 {
		_, err := fmt.Fprintln(out, "No incidents. 'frontfoot sites' shows what comes in and which sites are still learning.")
		return err
	}
	t := incidentsTable(list)
	return t.write(out, terminalOf(out))
}

func incidentsTable(list []store.Incident) table {
	t := table{columns: []column{
		{title: "ID"},
		{title: "RAISED (UTC)"},
		{title: "SITE"},
		{title: "SEVERITY"},
		{title: "SCORE", right: true, spare: 2},
		{title: "EVENTS", right: true, spare: 3},
		{title: "VERDICT", spare: 1},
		{title: "WHAT", fill: true},
	}}
	for i := range list {
		in := &list[i]
		t.add(cell{text: escape(in.ID), style: bold}, cell{text: in.Raised.UTC().Format("2006-01-02 15:04")}, cell{text: escape(place(in.Site, in.Premises))},
			cell{text: escape(in.Severity), style: severityStyle(in.Severity)}, cell{text: strconv.FormatFloat(float64(in.Score), 'f', 1, 32)},
			cell{text: Thousands(uint64(in.Findings))}, cell{text: standing(in)}, cell{text: escape(in.Title)})
	}
	return t
}

// standing is what was said of an incident, "open" where nobody has said, or where it holds no longer.
func standing(in *store.Incident) string {
	switch {
	case in.Verdict != "":
		return escape(in.Verdict)
	case in.Until.Unix() > 0:
		return "open (was suppressed until " + in.Until.UTC().Format("2006-01-02 15:04") + ")"
	default:
		return "open"
	}
}

// place names a site and the sheltered business in it.
func place(site, premises string) string {
	if premises == "" {
		return site
	}
	return site + "/" + premises
}

// Thousands writes a number as people do, in groups of three digits.
func Thousands(n uint64) string {
	digits := strconv.FormatUint(n, 10)
	var b strings.Builder
	for i, d := range digits {
		if i > 0 && (len(digits)-i)%3 == 0 {
			b.WriteByte(',')
		}
		b.WriteRune(d)
	}
	return b.String()
}
