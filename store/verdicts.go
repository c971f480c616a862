package store

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"github.com/ClickHouse/clickhouse-go/v2"

	"frontfoot/detect"
	"frontfoot/detect/decoy"
	"frontfoot/detect/incident"
	"frontfoot/detect/verdict"
)

// Said is what somebody said of an incident.
type Said struct {
	Time     time.Time `json:"time"`
	Verdict  string    `json:"verdict"` // '' took back what was said before
	Author   string    `json:"author"`
	Note     string    `json:"note"`
	Entities []string  `json:"entities"` // whom it is about
	Reasons  []string  `json:"reasons"`  // and the fields
	Until    time.Time `json:"until"`    // end of what is suppressed, 1970 where nothing is
}

// said returns what was said of an incident, the first first.
func (s *Store) said(ctx context.Context, in *Incident) ([]Said, error) {
	return read[Said](ctx, s, `SELECT time, verdict, author, note, entities, reasons, until FROM verdicts
		WHERE site = {site:String} AND incident = {id:String} ORDER BY time, kafka_offset`,
		clickhouse.Named("site", in.Site), clickhouse.Named("id", in.ID))
}

// A Told control record is one that detection took before the message at an offset of the site's topic.
type Told struct {
	Before  int64
	Offset  int64
	Control detect.Control
}

// Told returns what detection was told of a site, in order, but for states that it was put back to.
func (s *Store) Told(ctx context.Context, site string) ([]Told, error) {
	found, err := read[struct {
		Incident string    `json:"incident"`
		Verdict  string    `json:"verdict"`
		Entities []string  `json:"entities"`
		Scope    string    `json:"scope"`
		Until    time.Time `json:"until"`
		Before   int64     `json:"held_from"`
		Offset   int64     `json:"kafka_offset"`
	}](ctx, s, `SELECT incident, verdict, entities, scope, until, held_from, kafka_offset FROM verdicts
		WHERE site = {site:String} AND (incident != '' OR verdict = 'decoys') ORDER BY kafka_offset, incident`, clickhouse.Named("site", site))
	if err != nil {
		return nil, err
	}
	out := make([]Told, len(found))
	for i := range found {
		f := &found[i]
		out[i] = Told{Before: f.Before, Offset: f.Offset}
		if f.Incident == "" {
			out[i].Control.Decoys = &detect.Decoys{Decoys: decoy.Named(f.Entities)}
			continue
		}
		v := &detect.Verdict{Incident: f.Incident, Verdict: f.Verdict}
		if f.Verdict == verdict.Suppressed {
			v.Until = f.Until.UnixNano()
		}
		if f.Scope != "" {
			if err := json.Unmarshal([]byte(f.Scope), &v.Scope); err != nil {
				return nil, fmt.Errorf("reading what was said of incident %q: %w", f.Incident, err)
			}
		}
		out[i].Control.Verdict = v
	}
	return out, nil
}

var errNoScope = errors.New("it was raised by a version that did not keep what verdicts speak of")

// Scope returns what a verdict on an incident speaks of.
func (s *Store) Scope(ctx context.Context, site, id string) (scope incident.Scope, err error) {
	found, err := read[struct {
		Scope string `json:"scope"`
	}](ctx, s, `SELECT scope FROM incident_versions WHERE run = '' AND site = {site:String} AND id = {id:String} ORDER BY number DESC LIMIT 1`,
		clickhouse.Named("site", site), clickhouse.Named("id", id))
	switch {
	case err != nil:
		return scope, err
	case len(found) == 0:
		return scope, fmt.Errorf("incident %q: %w", id, ErrNotFound)
	case found[0].Scope == "":
		return scope, fmt.Errorf("incident %q: %w", id, errNoScope)
	}
	if err := json.Unmarshal([]byte(found[0].Scope), &scope); err != nil {
		return scope, fmt.Errorf("reading the scope of incident %q: %w", id, err)
	}
	return scope, nil
}

// Now returns a site's own time, by which suppressions end: that of its latest event, or of its collector's latest sign of life. It is zero where there is
// none.
func (s *Store) Now(ctx context.Context, site string) (time.Time, error) {
	found, err := read[struct {
		Now time.Time `json:"now"`
	}](ctx, s, `SELECT now FROM clocks WHERE site = {site:String}`, clickhouse.Named("site", site))
	if err != nil || len(found) == 0 {
		return time.Time{}, err
	}
	return found[0].Now, nil
}
