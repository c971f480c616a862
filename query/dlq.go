package query

import (
	"context"
	"errors"
	"fmt"
	"io"
	"slices"
	"strconv"

	"frontfoot/ingest/bus"
	"frontfoot/ingest/hint"
)

// DLQ are the commands on dead letters.
type DLQ struct {
	List   DLQList   `cmd:"" default:"withargs" help:"List the messages and events that were set aside."`
	Show   DLQShow   `cmd:"" help:"Show one of them, with what can be read of it."`
	Replay DLQReplay `cmd:"" help:"Send them through detection and into the store again."`
}

// DLQList is the command dlq list.
type DLQList struct {
	Site  string `placeholder:"NAME" help:"Only this site."`
	Limit int    `default:"1000" help:"At most so many; 0 is all."`
	JSON  bool   `name:"json" help:"One JSON object a line."`
}

// Run lists dead letters.
func (c *DLQList) Run(ctx context.Context, conn LogConnector, out io.Writer) (err error) {
	log, done, err := conn.ConnectLog(ctx)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, done()) }()
	sites := []string{c.Site}
	if c.Site == "" {
		if sites, err = log.Sites(ctx); err != nil {
			return fmt.Errorf("listing the sites of the log: %w", err)
		}
	}
	t := table{columns: []column{
		{title: "SITE"},
		{title: "OFFSET", right: true},
		{title: "SET ASIDE (UTC)"},
		{title: "KIND"},
		{title: "OF MESSAGE"},
		{title: "EVENTS", right: true},
		{title: "BYTES", right: true},
		{title: "REASON"},
		{title: "PREVIEW", fill: true},
	}}
	n := 0
	for _, site := range sites {
		err := eachLetter(ctx, log, site, func(l *letter) error {
			if n++; c.Limit > 0 && n > c.Limit {
				return nil
			}
			if c.JSON {
				return writeJSON(out, []letter{*l})
			}
			t.add(cell{text: escape(site), style: bold}, cell{text: strconv.FormatInt(l.Offset, 10)}, cell{text: l.Time.UTC().Format("2006-01-02 15:04")},
				cell{text: escape(l.Kind), style: red}, cell{text: l.origin()}, cell{text: Thousands(uint64(l.Events))}, cell{text: Thousands(uint64(l.Bytes))},
				cell{text: cut(escape(l.Reason), 60)}, cell{text: escape(l.Preview)})
			return nil
		})
		if err != nil {
			return err
		}
	}
	switch {
	case c.JSON:
		return nil
	case n == 0:
		_, err := fmt.Fprintln(out, "No dead letters: nothing was set aside.")
		return err
	}
	if err := t.write(out, terminalOf(out)); err != nil {
		return err
	}
	if more := n - len(t.rows); more > 0 {
		_, err = fmt.Fprintf(out, "and %s more; --limit shows them\n", Thousands(uint64(more)))
	}
	return err
}

// DLQReplay is the command dlq replay.
type DLQReplay struct {
	Offsets []int64 `arg:"" optional:"" name:"offset" help:"The letters' offsets, as 'frontfoot dlq list' names them."`
	Site    string  `required:"" placeholder:"NAME" help:"Their site."`
	All     bool    `help:"All letters of the site."`
	JSON    bool    `name:"json" help:"One JSON object a letter."`
}

// sent is what became of a letter.
type sent struct {
	Site   string `json:"site"`
	Letter int64  `json:"letter"`
	Events uint32 `json:"events"`
	Offset int64  `json:"offset"` // of the new message, -1 where it was not sent
	Why    string `json:"why"`    // it was not
}

var (
	errNoOffsets = errors.New("no letters are named")
	errNoLetter  = errors.New("no such dead letter")
)

// Run sends letters to their site's topic again, under their own names: the hole that each left takes it, and one that was sent before is left out
// as a duplicate.
func (c *DLQReplay) Run(ctx context.Context, conn LogConnector, out io.Writer) (err error) {
	offsets := slices.Compact(slices.Sorted(slices.Values(c.Offsets))) // one that is named twice is sent once
	if len(offsets) == 0 != c.All {
		return &hint.Error{Err: errNoOffsets, Hint: "name offsets that 'frontfoot dlq list' shows, or --all, not both"}
	}
	log, done, err := conn.ConnectLog(ctx)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, done()) }()
	var results []sent
	err = eachLetter(ctx, log, c.Site, func(l *letter) error {
		if !c.All && !slices.Contains(offsets, l.Offset) {
			return nil
		}
		r := sent{Site: c.Site, Letter: l.Offset, Events: l.Events, Offset: -1, Why: l.stays()}
		if r.Why == "" {
			if r.Offset, err = log.Produce(ctx, bus.RawTopic(c.Site), bus.Message{Value: l.value, Headers: l.envelope.Headers()}); err != nil {
				return fmt.Errorf("sending letter %d of site %s again: %w", l.Offset, c.Site, err)
			}
		}
		results = append(results, r)
		return nil
	})
	if err == nil && len(results) < len(offsets) {
		err = &hint.Error{Err: fmt.Errorf("%w among %v at site %s", errNoLetter, offsets, c.Site), Hint: "'frontfoot dlq list' shows the offsets; letters are kept for 30 days"}
	}
	switch {
	case err != nil && len(results) == 0:
		return err
	case c.JSON:
		return errors.Join(err, writeJSON(out, results))
	}
	return errors.Join(err, writeSent(out, results, noticeOf(log)))
}

func writeSent(out io.Writer, results []sent, n notice) error {
	letters, events := uint64(0), uint64(0)
	for _, r := range results {
		if r.Why != "" {
			if _, err := fmt.Fprintf(out, "letter %d stays: %s\n", r.Letter, r.Why); err != nil {
				return err
			}
			continue
		}
		letters, events = letters+1, events+uint64(r.Events)
		if _, err := fmt.Fprintf(out, "letter %d sent again as message %d: %s events\n", r.Letter, r.Offset, Thousands(uint64(r.Events))); err != nil {
			return err
		}
	}
	_, err := fmt.Fprintf(out, "%s of %s letters sent again, %s events. 'frontfoot sites --ledger' shows when they have come.\n%s",
		Thousands(letters), Thousands(uint64(len(results))), Thousands(events), n)
	return err
}
