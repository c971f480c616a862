package query

import (
	"context"
	"errors"
	"fmt"
	"io"
	"regexp"
	"strconv"
	"time"

	"frontfoot/detect"
	"frontfoot/detect/incident"
	"frontfoot/ingest/event"
	"frontfoot/ingest/hint"
	"frontfoot/store"
)

// Replay is the command replay.
type Replay struct {
	Site string        `required:"" placeholder:"NAME" help:"The site."`
	From Since         `required:"" placeholder:"WHEN" help:"Find anew what was received from then on: 24h, 7d, 2026-03-02 or 2026-03-02T15:04:05Z."`
	To   Since         `placeholder:"WHEN" help:"And up to then (default: now)."`
	Warm time.Duration `default:"336h" help:"Let the models learn from the events of so long before: they begin empty."`
	Name string        `name:"run" placeholder:"NAME" help:"Name of this run in findings and incident_versions (default: replay- and the time)."`
	JSON bool          `name:"json" help:"One JSON object."`
}

// Models makes what scores a site.
type Models interface {
	// NewSite returns a site that has learned nothing, with the site's own key and the configuration's settings.
	NewSite(ctx context.Context, site string) (*detect.Site, error)
}

// replayed is what a replay did.
type replayed struct {
	Site   string             `json:"site"`
	Run    string             `json:"run"`
	From   time.Time          `json:"from"`
	To     time.Time          `json:"to"`
	Warmed uint64             `json:"warmed"` // events that the models only learned from
	Events uint64             `json:"events"` // and events in which they looked for findings
	Found  []store.Comparison `json:"found"`
}

var (
	runName   = regexp.MustCompile(`^[A-Za-z0-9][A-Za-z0-9_.:-]{0,63}$`)
	errRun    = errors.New("bad name of a run")
	errHasRun = errors.New("there is a run of that name already")
	errPeriod = errors.New("the replay would end before it begins")
	errNone   = errors.New("there are no events in that time")
)

// Run finds anew what a site's events hold, beside what was found live.
func (c *Replay) Run(ctx context.Context, conn Connector, models Models, self Command, out io.Writer) (err error) {
	now := time.Now().UTC()
	r := &replaying{result: replayed{Site: c.Site, Run: c.Name, From: c.From.UTC(), To: c.To.UTC()}}
	if c.To.IsZero() {
		r.result.To = now
	}
	if r.result.Run == "" {
		r.result.Run = "replay-" + now.Format("20060102T150405")
	}
	switch {
	case !runName.MatchString(r.result.Run):
		return &hint.Error{Err: fmt.Errorf("%w: %q", errRun, c.Name), Hint: "take letters, digits and _ . : - , at most 64"}
	case r.result.To.Before(r.result.From):
		return &hint.Error{Err: errPeriod, Hint: "choose a --to after --from"}
	}
	s, done, err := conn.Connect(ctx)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, done()) }()
	if n, err := s.RunRows(ctx, c.Site, r.result.Run); err != nil {
		return err
	} else if n > 0 {
		return &hint.Error{Err: fmt.Errorf("%w: %s", errHasRun, r.result.Run), Hint: "name this one with --run; no run is ever written over"}
	}
	if r.site, err = models.NewSite(ctx, c.Site); err != nil {
		return err
	}
	r.store, r.progress = s, progressOn(out, c.JSON)
	if err := r.all(ctx, r.result.From.Add(-c.Warm.Abs())); err != nil {
		return err
	}
	if r.result.Events == 0 {
		return &hint.Error{Err: fmt.Errorf("%w at site %s", errNone, c.Site), Hint: "'frontfoot sites' shows since when there are events, and which sites there are"}
	}
	if r.result.Found, err = s.CompareRun(ctx, c.Site, r.result.Run, r.result.From, r.result.To); err != nil {
		return err
	}
	if c.JSON {
		return writeJSON(out, []replayed{r.result})
	}
	return writeReplayed(out, &r.result, self)
}

// replaying is a replay under way.
type replaying struct {
	store    Store
	site     *detect.Site
	progress *progress
	result   replayed
	found    detect.Output // not written yet
	parts    int           // written
}

// flushAt is how many findings and versions are written at once.
const flushAt = 2000

// all gives the models the events from one time on and writes what they find in those of the replay's own time.
func (r *replaying) all(ctx context.Context, from time.Time) error {
	defer r.progress.clear()
	r.found.Site = r.result.Site
	told, err := r.store.Told(ctx, r.result.Site)
	if err != nil {
		return err
	}
	err = r.store.Replay(ctx, r.result.Site, from, r.result.To, func(m *detect.Message) error {
		var out detect.Output
		for ; len(told) > 0 && told[0].Before <= m.Offset; told = told[1:] {
			r.site.Control(told[0].Control, told[0].Offset, m.Offset, &out)
		}
		r.site.Process(*m, &out)
		r.keep(&out, m.Events.Time(event.Received, 0))
		r.progress.count(r.result.Site, r.result.Warmed+r.result.Events)
		if len(r.found.Findings)+len(r.found.Incidents) >= flushAt {
			return r.flush(ctx)
		}
		return ctx.Err()
	})
	if err != nil {
		return err
	}
	return r.flush(ctx)
}

// keep takes what is of the replay's own time.
func (r *replaying) keep(out *detect.Output, received int64) {
	from, n := r.result.From.UnixNano(), uint64(0)
	for i := range out.Messages {
		n += uint64(out.Messages[i].Events.Rows())
	}
	if received < from {
		r.result.Warmed += n
	} else {
		r.result.Events += n
	}
	for _, f := range out.Findings {
		if f.Received >= from {
			r.found.Findings = append(r.found.Findings, f)
		}
	}
	if received >= from { // the times of an incident are those of its events, which may be old ones
		r.found.Incidents = append(r.found.Incidents, out.Incidents...)
	}
}

// flush writes what was found.
func (r *replaying) flush(ctx context.Context) error {
	token := "replay/" + r.result.Site + "/" + r.result.Run + "/" + strconv.Itoa(r.parts)
	if err := r.store.WriteRun(ctx, r.result.Run, token, &r.found); err != nil {
		return err
	}
	r.parts++
	r.found.Findings, r.found.Incidents = []incident.Finding{}, []incident.Version{}
	return nil
}

func writeReplayed(out io.Writer, r *replayed, self Command) error {
	if _, err := fmt.Fprintf(out, "Run %s of site %s: %s events, after %s to learn from, received %s to %s UTC\n\n", r.Run, escape(r.Site),
		Thousands(r.Events), Thousands(r.Warmed), r.From.UTC().Format(time.DateTime), r.To.UTC().Format(time.DateTime)); err != nil {
		return err
	}
	t := table{columns: []column{
		{title: "WHAT"},
		{title: "LIVE", right: true},
		{title: "REPLAY", right: true},
		{title: "BOTH", right: true},
		{title: "ONLY LIVE", right: true},
		{title: "ONLY REPLAY", right: true},
	}}
	for _, what := range []string{"findings", "incidents"} {
		f := store.Comparison{What: what}
		for _, c := range r.Found {
			if c.What == what {
				f = c
			}
		}
		t.add(cell{text: what, style: bold}, cell{text: Thousands(f.Old)}, cell{text: Thousands(f.New)}, cell{text: Thousands(f.Both)},
			cell{text: Thousands(f.Old - f.Both)}, cell{text: Thousands(f.New - f.Both)})
	}
	if err := t.write(out, terminalOf(out)); err != nil {
		return err
	}
	_, err := fmt.Fprintf(out, "\nTo look further\n  %s query \"SELECT time, score, field, seen, expected FROM findings WHERE run = '%s' ORDER BY score DESC LIMIT 20\"\n", self, r.Run)
	return err
}
