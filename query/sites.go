package query

import (
	"context"
	"errors"
	"fmt"
	"io"
	"strconv"
	"time"

	"frontfoot/detect"
	"frontfoot/store"
)

// Sites is the command sites.
type Sites struct {
	JSON bool `name:"json" help:"One JSON object a line."`
}

// A SiteState is a site with what frontfoot does there.
type SiteState struct {
	store.Site
	Learning bool   `json:"learning"` // scored, but no incidents yet
	State    string `json:"state"`    // in words
}

// stateOf says whether a site still learns, by detection's defaults: a configuration that says otherwise is the worker's, not the store's.
func stateOf(s *store.Site) SiteState {
	learn := detect.DefaultConfig()
	out := SiteState{Site: *s, State: "watching"}
	seen := s.Last.Sub(s.First)
	switch {
	case s.Events == 0:
		out.Learning, out.State = true, "waiting for events"
	case seen >= learn.LearnAtMost || seen >= learn.LearnFor && s.Events >= uint64(learn.LearnEvents):
	case seen < learn.LearnFor:
		out.Learning, out.State = true, "learning until "+s.First.Add(learn.LearnFor).UTC().Format("2006-01-02 15:04")
	default:
		out.Learning, out.State = true, fmt.Sprintf("learning: %s of %s events", thousands(s.Events), thousands(uint64(learn.LearnEvents)))
	}
	return out
}

// Run lists the sites.
func (c *Sites) Run(ctx context.Context, conn Connector, out io.Writer) (err error) {
	s, done, err := conn.Connect(ctx)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, done()) }()
	sites, err := s.Sites(ctx)
	if err != nil {
		return err
	}
	states := make([]SiteState, len(sites))
	for i := range sites {
		states[i] = stateOf(&sites[i])
	}
	if c.JSON {
		return writeJSON(out, states)
	}
	return writeSites(out, states)
}

func writeSites(out io.Writer, sites []SiteState) error {
	if len(sites) == 0 {
		_, err := fmt.Fprintln(out, "No sites yet: nothing has come in.")
		return err
	}
	t := table{columns: []column{
		{title: "SITE"},
		{title: "EVENTS", right: true},
		{title: "FIRST (UTC)"},
		{title: "LAST (UTC)"},
		{title: "LAST RECEIVED (UTC)"},
		{title: "UNPARSED", right: true},
		{title: "FINDINGS", right: true},
		{title: "OPEN", right: true},
		{title: "INCIDENTS", right: true},
		{title: "STATE"},
	}}
	for i := range sites {
		s := &sites[i]
		look := green
		if s.Learning {
			look = yellow
		}
		t.add(cell{text: escape(s.Name), style: bold}, cell{text: thousands(s.Events)}, cell{text: minute(s.Events, s.First)}, cell{text: minute(s.Events, s.Last)},
			cell{text: second(s.Events, s.LastReceived)}, cell{text: share(s.Unparsed, s.Events)}, cell{text: thousands(s.Findings)},
			cell{text: thousands(s.OpenIncidents)}, cell{text: thousands(s.Incidents)}, cell{text: s.State, style: look})
	}
	return t.write(out, terminalOf(out))
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
