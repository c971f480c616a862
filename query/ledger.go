package query

import (
	"context"
	"fmt"
	"io"
	"time"

	"frontfoot/ingest/hint"
	"frontfoot/ingest/ledger"
	"frontfoot/store"
)

// ledger prints the loss ledger of one site or all.
func (c *Sites) ledger(ctx context.Context, s Store, out io.Writer) error {
	totals, err := s.Ledger(ctx, c.Site)
	switch {
	case err != nil:
		return err
	case c.JSON:
		return writeJSON(out, totals)
	case len(totals) == 0 && c.Site != "":
		return &hint.Error{Err: fmt.Errorf("the ledger has nothing of site %q: %w", c.Site, store.ErrNotFound), Hint: "'frontfoot sites' lists the sites; a collector writes its first entries within a minute"}
	case len(totals) == 0:
		_, err := fmt.Fprintln(out, "The ledger is empty: no collector has reported yet.")
		return err
	}
	t := table{columns: []column{
		{title: "SITE"},
		{title: "INPUT"},
		{title: "WHAT HAPPENED"},
		{title: "HOW MANY", right: true},
		{title: "IN 24 H", right: true},
		{title: "REPORTS", right: true, spare: 2},
		{title: "FIRST (UTC)", spare: 1},
		{title: "LAST (UTC)"},
		{title: "WHY", fill: true},
	}}
	for i := range totals {
		l := &totals[i]
		look := plain
		if l.Kind.Loss() && (l.Rows > 0 || l.Kind == ledger.LostLog) {
			look = red
		}
		t.add(cell{text: escape(l.Site), style: bold}, cell{text: orDash(escape(l.Input))}, cell{text: kindName(l.Kind), style: look},
			cell{text: Thousands(l.Rows)}, cell{text: Thousands(l.Recent)}, cell{text: Thousands(l.Entries)},
			cell{text: l.First.UTC().Format("2006-01-02 15:04")}, cell{text: l.Last.UTC().Format("2006-01-02 15:04")}, cell{text: escape(l.Reason)})
	}
	return t.write(out, terminalOf(out))
}

func orDash(text string) string {
	if text == "" {
		return "-"
	}
	return text
}

// kindName is a kind of the ledger in words.
func kindName(k ledger.Kind) string {
	switch k {
	case ledger.Taken:
		return "taken in"
	case ledger.KernelDrop:
		return "dropped unread by the system"
	case ledger.SpoolFull:
		return "dropped, no room on disk"
	case ledger.Damaged:
		return "lost in damaged files"
	case ledger.EpochEnd:
		return "collector restarts"
	case ledger.Canary:
		return "hourly checks of the path"
	case ledger.Tick:
		return "signs of life"
	case ledger.Gap:
		return "missing from the log"
	case ledger.GapFilled:
		return "missing, came after all"
	case ledger.Duplicate:
		return "came twice, kept once"
	case ledger.DeadLetter:
		return "set aside"
	case ledger.LostLog:
		return "messages lost from the log"
	case ledger.Claimed:
		return "claimed another site"
	case ledger.StateLost:
		return "learned anew"
	case ledger.Partial:
		return "understood in part"
	case ledger.Unparsed:
		return "not understood"
	case ledger.Skewed:
		return "clock not believed"
	case ledger.Late:
		return "came late"
	default:
		return escape(string(k))
	}
}

// lossLine says what is missing: "142 events: dropped unread by the system at firewall, 2026-03-07 02:10:00 to 02:20:00 UTC".
func lossLine(l *store.Loss) string {
	text := ""
	switch {
	case l.Kind == ledger.StateLost:
	case l.Rows == 0:
		text = "nobody knows how many: "
	case l.Kind == ledger.LostLog:
		text = Thousands(l.Rows) + " messages: "
	default:
		text = Thousands(l.Rows) + " events: "
	}
	text += kindName(l.Kind)
	if l.Input != "" {
		text += " at " + l.Input
	}
	if l.Reason != "" {
		text += " (" + l.Reason + ")"
	}
	text += ", " + l.First.UTC().Format(time.DateTime)
	if l.Last.Sub(l.First) >= time.Second {
		text += " to " + l.Last.UTC().Format(time.DateTime)
	}
	return text + " UTC"
}
