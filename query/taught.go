package query

import (
	"context"
	"fmt"
	"io"
	"time"

	"frontfoot/store"
)

// taught prints who taught the models of one site or all.
func (c *Sites) taught(ctx context.Context, s Store, out io.Writer) error {
	if err := checkSite(ctx, s, c.Site); err != nil {
		return err
	}
	teachers, err := s.Teachers(ctx, c.Site)
	switch {
	case err != nil:
		return err
	case c.JSON:
		return writeJSON(out, teachers)
	case len(teachers) == 0:
		_, err := fmt.Fprintln(out, "Nothing is told yet of who taught the models: it is when a day of a site's own time has ended.")
		return err
	}
	t := teachersTable(teachers)
	return t.write(out, terminalOf(out))
}

func teachersTable(teachers []store.Teacher) table {
	t := table{columns: []column{
		{title: "SITE"},
		{title: "SOURCE", fill: true},
		{title: "SHARE", right: true},
		{title: "LAST DAY", right: true},
		{title: "TAUGHT", right: true},
		{title: "EVENTS", right: true},
		{title: "HELD BACK", right: true},
		{title: "DAYS", right: true, spare: 2},
		{title: "UNTIL (UTC)", spare: 1},
	}}
	for i := range teachers {
		x := &teachers[i]
		name, look := escape(x.Source), plain
		if name == "" {
			name = "all others"
		}
		if x.HeldBack > x.Taught {
			look = yellow
		}
		t.add(cell{text: escape(x.Site), style: bold}, cell{text: name}, cell{text: percent(x.Share)}, cell{text: percent(x.LastShare)},
			cell{text: Thousands(x.Taught)}, cell{text: Thousands(x.Events)}, cell{text: Thousands(x.HeldBack), style: look}, cell{text: Thousands(x.Days)},
			cell{text: x.Last.UTC().Format(time.DateOnly)})
	}
	return t
}

// percent writes a share of one.
func percent(x float64) string {
	const fine = 1e6
	return share(uint64(x*fine), fine)
}
