package query

import (
	"context"
	"errors"
	"fmt"
	"io"
	"slices"
	"strconv"
	"strings"
	"time"

	"frontfoot/detect"
	"frontfoot/ingest/hint"
	"frontfoot/store"
)

// Sites is the command sites.
type Sites struct {
	Site   string `placeholder:"NAME" help:"Only this site."`
	Ledger bool   `help:"Print the loss ledger instead: what came, what is missing and why, by input and kind."`
	Taught bool   `help:"Print who taught the models instead: the sources of the last seven days that have ended, their share, and how many of their events were held back."`
	JSON   bool   `name:"json" help:"One JSON object a line."`
}

// A siteState is a site with what frontfoot does there.
type siteState struct {
	store.Site
	Learning bool   `json:"learning"` // scored, but no incidents yet
	Silent   bool   `json:"silent"`   // nothing has come for long: no finding means nothing
	State    string `json:"state"`    // in words
}

// How long after the last event a site is called silent, and how old a canary may be that proves the path: one comes every hour.
const (
	silentAfter = time.Hour
	canaryHolds = 2 * time.Hour
)

// stateOf says whether a site still learns, by detection's defaults (a configuration that says otherwise is the worker's, not the store's),
// whether anything comes, and what was lost of late.
func stateOf(s *store.Site) siteState {
	out := siteState{Site: *s}
	words := []string{}
	if base := out.learning(); base != "" {
		words = append(words, base)
	}
	if silence := out.silence(); silence != "" {
		words = append([]string{silence}, words...)
	}
	if s.LostRecently > 0 {
		what := Thousands(s.LostRecently) + " lost in 24 h: " + kindName(s.LostHow)
		if s.LostAt != "" {
			what += " at " + escape(s.LostAt)
		}
		words = append([]string{what}, words...)
	}
	if len(words) == 0 {
		words = []string{"watching"}
	}
	out.State = strings.Join(words, "; ")
	return out
}

// learning sets Learning and says until when, "" where the site is watched.
func (s *siteState) learning() string {
	learn := detect.DefaultConfig()
	seen := s.Last.Sub(s.First)
	s.Learning = true
	switch {
	case s.Events == 0:
		return "waiting for events"
	case seen >= learn.LearnAtMost || seen >= learn.LearnFor && s.Events >= uint64(learn.LearnEvents):
		s.Learning = false
		return ""
	case seen < learn.LearnFor:
		return "learning until " + s.First.Add(learn.LearnFor).UTC().Format("2006-01-02 15:04")
	default:
		return fmt.Sprintf("learning: %s of %s events", Thousands(s.Events), Thousands(uint64(learn.LearnEvents)))
	}
}

// silence sets Silent and says since when nothing comes, and whether the path is known to work.
func (s *siteState) silence() string {
	works := !s.LastCanary.IsZero() && s.Asked.Sub(s.LastCanary) <= canaryHolds
	path := "the path works (checked " + clock(s.LastCanary, s.Asked) + ")"
	switch {
	case s.Events == 0 && works:
		return path
	case s.Events == 0 || s.Asked.IsZero() || s.Asked.Sub(s.LastReceived) <= silentAfter:
		return ""
	case works:
		return "no events since " + clock(s.LastReceived, s.Asked) + ", " + path
	default:
		s.Silent = true
		return "no data since " + clock(s.LastReceived, s.Asked)
	}
}

// clock writes a time of the last 24 hours as the time of day.
func clock(t, now time.Time) string {
	if now.Sub(t) < 24*time.Hour {
		return t.UTC().Format("15:04")
	}
	return t.UTC().Format("2006-01-02 15:04")
}

// Run lists the sites.
func (c *Sites) Run(ctx context.Context, conn Connector, out io.Writer) (err error) {
	s, done, err := conn.Connect(ctx)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, done()) }()
	if c.Ledger {
		return c.ledger(ctx, s, out)
	}
	if c.Taught {
		return c.taught(ctx, s, out)
	}
	sites, err := s.Sites(ctx)
	if err != nil {
		return err
	}
	states := []siteState{}
	for i := range sites {
		if c.Site == "" || c.Site == sites[i].Name {
			states = append(states, stateOf(&sites[i]))
		}
	}
	switch {
	case len(states) == 0 && c.Site != "":
		return noSite(c.Site)
	case c.JSON:
		return writeJSON(out, states)
	}
	return writeSites(out, states)
}

var errNoSite = errors.New("nothing is known of site")

func noSite(name string) error {
	return &hint.Error{Err: fmt.Errorf("%w %q", errNoSite, name), Hint: "'frontfoot sites' lists the sites"}
}

// checkSite returns an error where nothing is known of a site; the site "" is all.
func checkSite(ctx context.Context, s Store, site string) error {
	if site == "" {
		return nil
	}
	sites, err := s.Sites(ctx)
	if err == nil && !slices.ContainsFunc(sites, func(x store.Site) bool { return x.Name == site }) {
		err = noSite(site)
	}
	return err
}

func writeSites(out io.Writer, sites []siteState) error {
	if len(sites) == 0 {
		_, err := fmt.Fprintln(out, "No sites yet: nothing has come in.")
		return err
	}
	t := sitesTable(sites)
	return t.write(out, terminalOf(out))
}

func sitesTable(sites []siteState) table {
	t := table{columns: []column{
		{title: "SITE"},
		{title: "EVENTS", right: true},
		{title: "FIRST (UTC)", spare: 8},
		{title: "LAST (UTC)", spare: 1},
		{title: "LAST RECEIVED (UTC)", spare: 4},
		{title: "UNPARSED", right: true, spare: 5},
		{title: "LATE", right: true, spare: 6},
		{title: "LOST", right: true},
		{title: "DEAD", right: true, spare: 3},
		{title: "FINDINGS", right: true, spare: 7},
		{title: "OPEN", right: true},
		{title: "INCIDENTS", right: true, spare: 2},
		{title: "STATE", fill: true},
	}}
	for i := range sites {
		s := &sites[i]
		look := green
		switch {
		case s.Silent || s.LostRecently > 0:
			look = red
		case s.Learning:
			look = yellow
		}
		lost := Thousands(s.Lost)
		if s.LostLog {
			lost += "+" // and nobody knows how many events the log lost
		}
		t.add(cell{text: escape(s.Name), style: bold}, cell{text: Thousands(s.Events)}, cell{text: minute(s.Events, s.First)}, cell{text: minute(s.Events, s.Last)},
			cell{text: second(s.Events, s.LastReceived)}, cell{text: share(s.Unparsed, s.Events)}, cell{text: share(s.Late+s.Skewed, s.Taken)},
			cell{text: lost}, cell{text: Thousands(s.DeadLetters)}, cell{text: Thousands(s.Findings)},
			cell{text: Thousands(s.OpenIncidents)}, cell{text: Thousands(s.Incidents)}, cell{text: s.State, style: look})
	}
	return t
}

func minute(events uint64, t time.Time) string {
	if events == 0 {
		return "-"
	}
	return t.UTC().Format("2006-01-02 15:04")
}

func second(events uint64, t time.Time) string {
	if events == 0 {
		return "-"
	}
	return t.UTC().Format(time.DateTime)
}

// share writes part of whole in per cent: with a digit where it matters, and never 0 % for something.
func share(part, whole uint64) string {
	switch p := 100 * float64(part) / float64(max(whole, 1)); {
	case part == 0:
		return "0 %"
	case p < 0.1:
		return "<0.1 %"
	default:
		return strconv.FormatFloat(p, 'f', 1, 64) + " %"
	}
}
