package main

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"
	"time"

	"frontfoot/benchmarks/gen"
	"frontfoot/query"
	"frontfoot/store"
)

// watch prints incidents as they arise, until every line of the week is in the store.
func (d *demo) watch(ctx context.Context, s *store.Store) error {
	tick := time.NewTicker(demoPoll)
	defer tick.Stop()
	for {
		select {
		case <-ctx.Done():
			return nil
		case <-tick.C:
		}
		sites, err := s.Sites(ctx)
		if err != nil {
			return ignoreCancel(ctx, err)
		}
		if err := d.showNew(ctx, s); err != nil {
			return ignoreCancel(ctx, err)
		}
		events := 0
		for i := range sites {
			events += int(sites[i].Events)
		}
		_ = d.bar.Set(events) // a bar that cannot be drawn is no reason to stop
		if events >= d.lines {
			return nil
		}
	}
}

func ignoreCancel(ctx context.Context, err error) error {
	if ctx.Err() != nil {
		return nil
	}
	return err
}

// showNew prints the incidents that have not been printed yet, earliest first.
func (d *demo) showNew(ctx context.Context, s *store.Store) error {
	list, err := s.Incidents(ctx, store.IncidentFilter{})
	if err != nil {
		return err
	}
	for i := len(list) - 1; i >= 0; i-- {
		in := &list[i]
		if d.shown[in.ID] {
			continue
		}
		d.shown[in.ID] = true
		_ = d.bar.Clear()
		d.sayf("%s  %-12s  %-8s  %s\n", in.Raised.UTC().Format("Mon 2 Jan 15:04"), in.Site, in.Severity, in.Title)
		for _, reason := range in.Reasons[:min(2, len(in.Reasons))] {
			d.sayf("                     - %s\n", reason)
		}
	}
	return nil
}

// finish prints what the week came to, and how to look further.
func (d *demo) finish(ctx context.Context, s *store.Store, command string) error {
	if err := d.showNew(ctx, s); err != nil {
		return err
	}
	list, err := s.Incidents(ctx, store.IncidentFilter{})
	if err != nil {
		return err
	}
	seconds := time.Since(d.began).Seconds()
	d.sayf("\nThe week took %.0f s: %s lines, %s incidents.\n\n", seconds, query.Thousands(uint64(d.lines)), query.Thousands(uint64(len(list))))
	if err := query.WriteIncidents(d.out, list); err != nil {
		return err
	}
	if err := d.reveal(ctx, s, list); err != nil {
		return err
	}
	show := "ID"
	if best := top(list, d.week.AttackSite); best != nil {
		show = best.ID
	}
	d.sayf("\nLook further:\n")
	for _, line := range []string{
		"incidents show " + show,
		"incidents",
		"sites",
		`query "SELECT site, count() FROM events GROUP BY site"`,
	} {
		d.sayf("  %s %s\n", command, line)
	}
	return nil
}

// reveal says what the attack was and where its incident stands.
func (d *demo) reveal(ctx context.Context, s *store.Store, list []store.Incident) error {
	if d.week.Attack == gen.Quiet {
		d.sayf("\nNothing was put into this week: whatever stands above is a false alarm.\n")
		return nil
	}
	lines, err := d.truth()
	if err != nil {
		return err
	}
	d.sayf("\nWhat was put into it: %s at %s, %d of the week's lines. ", d.week.Attack, d.week.AttackSite, len(lines))
	best := top(list, d.week.AttackSite)
	if best == nil {
		d.sayf("It raised no incident.\n")
		return nil
	}
	whole, err := s.Incident(ctx, best.ID)
	if err != nil {
		return err
	}
	hits := 0
	for i := range whole.Evidence {
		if lines[int(whole.Evidence[i].Seq)+1] { // a file's lines are numbered in order, from 0
			hits++
		}
	}
	d.sayf("The top incident there, %s, gives %d events as evidence, of which %d are such lines.\n", best.ID, len(whole.Evidence), hits)
	return nil
}

// top returns a site's incident of the highest score, nil where it has none.
func top(list []store.Incident, site string) (best *store.Incident) {
	for i := range list {
		if in := &list[i]; in.Site == site && (best == nil || in.Score > best.Score) {
			best = in
		}
	}
	return best
}

// truth returns the numbers, from 1, of the attack's lines.
func (d *demo) truth() (map[int]bool, error) {
	file, err := os.Open(d.folder.join("demo", "truth.ndjson"))
	if err != nil {
		return nil, fmt.Errorf("reading the truth: %w", err)
	}
	defer file.Close()
	lines := map[int]bool{}
	for in := json.NewDecoder(bufio.NewReader(file)); ; {
		var t gen.Truth
		if err := in.Decode(&t); errors.Is(err, io.EOF) {
			return lines, nil
		} else if err != nil {
			return nil, fmt.Errorf("reading the truth: %w", err)
		}
		lines[t.Line] = true
	}
}

func (d *demo) sayf(format string, args ...any) { fmt.Fprintf(d.out, format, args...) }

// joinAnd joins names as people do.
func joinAnd(names []string) string {
	if len(names) < 2 {
		return strings.Join(names, "")
	}
	return strings.Join(names[:len(names)-1], ", ") + " and " + names[len(names)-1]
}
