package query

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"strconv"
	"strings"

	"frontfoot/ingest/hint"
	"frontfoot/store"
)

// Verify is the command verify.
type Verify struct {
	Site  string `placeholder:"NAME" help:"Only this site."`
	Limit int    `default:"100" help:"List at most so many missing ranges, doubles and dangling references of a site; their number is always whole."`
	JSON  bool   `name:"json" help:"One JSON object a site."`
}

var errNotClean = errors.New("the store is not what the ledger says")

// Run verifies one site or all.
func (c *Verify) Run(ctx context.Context, conn Connector, out io.Writer) (err error) {
	s, done, err := conn.Connect(ctx)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, done()) }()
	known, err := s.Sites(ctx)
	if err != nil {
		return err
	}
	var found []store.Verification
	for i := range known {
		if c.Site != "" && c.Site != known[i].Name {
			continue
		}
		show := progressOn(out, c.JSON)
		v, err := s.Verify(ctx, known[i].Name, store.VerifyOptions{List: max(c.Limit, 1), Progress: show.events(known[i].Name)})
		show.clear()
		if err != nil {
			return fmt.Errorf("verifying site %s: %w", known[i].Name, err)
		}
		found = append(found, *v)
	}
	if len(found) == 0 && c.Site != "" {
		return noSite(c.Site)
	}
	write := writeVerifications
	if c.JSON {
		write = writeJSON[store.Verification]
	}
	if err := write(out, found); err != nil {
		return err
	}
	return verdictOn(found)
}

// verdictOn is an error where a site is not clean.
func verdictOn(found []store.Verification) error {
	var dirty []string
	for i := range found {
		if v := &found[i]; !v.Clean() {
			dirty = append(dirty, fmt.Sprintf("%s (%s)", v.Site, strings.Join(faults(v), ", ")))
		}
	}
	if len(dirty) == 0 {
		return nil
	}
	return &hint.Error{Err: fmt.Errorf("%w: %s", errNotClean, strings.Join(dirty, "; ")), Hint: "'frontfoot sites --ledger' shows what is known to be lost, 'frontfoot dlq list' what was set aside"}
}

// faults says in words what is wrong.
func faults(v *store.Verification) (out []string) {
	if v.Missing > 0 {
		out = append(out, Thousands(v.Missing)+" events missing")
	}
	if v.Doubled > 0 {
		out = append(out, Thousands(v.Doubled)+" rows too many")
	}
	if v.RollUp != v.RollUpOf {
		out = append(out, "the roll-up counts "+Thousands(v.RollUp)+" of "+Thousands(v.RollUpOf)+" events")
	}
	if v.Dangling > 0 {
		out = append(out, Thousands(v.Dangling)+" findings or evidence without event")
	}
	return out
}

func writeVerifications(out io.Writer, found []store.Verification) error {
	if len(found) == 0 {
		_, err := fmt.Fprintln(out, "No sites yet: there is nothing to verify.")
		return err
	}
	t := table{columns: []column{
		{title: "SITE"},
		{title: "EPOCHS", right: true},
		{title: "EVENTS", right: true},
		{title: "EXPLAINED", right: true},
		{title: "EXPIRED", right: true},
		{title: "MISSING", right: true},
		{title: "DOUBLED", right: true},
		{title: "RESULT", fill: true},
	}}
	for i := range found {
		v := &found[i]
		result, look := "clean", green
		if f := faults(v); len(f) > 0 {
			result, look = strings.Join(f, ", "), red
		}
		t.add(cell{text: escape(v.Site), style: bold}, cell{text: Thousands(v.Epochs)}, cell{text: Thousands(v.Events)}, cell{text: Thousands(v.Explained)},
			cell{text: Thousands(v.Expired)}, cell{text: Thousands(v.Missing)}, cell{text: Thousands(v.Doubled)}, cell{text: result, style: look})
	}
	if err := t.write(out, terminalOf(out)); err != nil {
		return err
	}
	p := &page{w: bufio.NewWriter(out), terminal: terminalOf(out)}
	for i := range found {
		p.faults(&found[i])
	}
	return p.w.Flush()
}

// faults lists what is wrong with a site, row by row, and what nobody can tell.
func (p *page) faults(v *store.Verification) {
	if v.Presumed > 0 {
		p.line(escape(v.Site), ": ", Thousands(v.Presumed), " of the expired events begin an epoch; nothing proves that they were ever there.")
	}
	if len(v.Ranges) > 0 {
		p.heading(fmt.Sprintf("Missing at %s: %s events, epoch and numbers", escape(v.Site), Thousands(v.Missing)))
		left := v.Missing
		for _, r := range v.Ranges {
			p.line("  ", escape(r.Epoch), "  ", numbers(r.From, r.To))
			left -= r.To - r.From
		}
		p.more(left)
	}
	if len(v.Doubles) > 0 {
		p.heading(fmt.Sprintf("Doubled at %s: %s rows too many, epoch and number", escape(v.Site), Thousands(v.Doubled)))
		left := v.Doubled
		for _, d := range v.Doubles {
			p.line("  ", escape(d.Epoch), "  ", strconv.FormatUint(d.Seq, 10), "  ", Thousands(d.Times), " times")
			left -= d.Times - 1
		}
		p.more(left)
	}
	if len(v.Danglings) > 0 {
		p.heading(fmt.Sprintf("Without event at %s: %s findings or evidence, id, epoch and number", escape(v.Site), Thousands(v.Dangling)))
		for _, r := range v.Danglings {
			p.line("  ", r.What, " ", escape(r.ID), "  ", escape(r.Epoch), "  ", strconv.FormatUint(r.Seq, 10))
		}
		p.more(v.Dangling - uint64(len(v.Danglings)))
	}
}

func (p *page) more(left uint64) {
	if left > 0 {
		p.line("  and ", Thousands(left), " more")
	}
}

// numbers writes the numbers from one up to but not including another.
func numbers(from, to uint64) string {
	if to-from == 1 {
		return strconv.FormatUint(from, 10)
	}
	return fmt.Sprintf("%d to %d (%s)", from, to-1, Thousands(to-from))
}
