package store

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"math"
	"strconv"
	"time"

	"github.com/ClickHouse/clickhouse-go/v2"
)

// ErrNotFound says that there is no such incident.
var ErrNotFound = errors.New("not found")

// An Incident is an incident as it stands now, with what people said of it.
type Incident struct {
	ID           string     `json:"id"`
	Site         string     `json:"site"`
	Premises     string     `json:"premises"`
	Number       uint32     `json:"number"` // of the version
	First        time.Time  `json:"first"`
	Last         time.Time  `json:"last"`
	Raised       time.Time  `json:"raised"`
	Severity     string     `json:"severity"`
	Score        float32    `json:"score"`
	Title        string     `json:"title"`
	Entities     []string   `json:"entities"`
	Reasons      []string   `json:"reasons"`
	Tactics      []string   `json:"tactics"`
	NextStep     string     `json:"next_step"`
	Findings     uint32     `json:"findings"`
	Verdict      string     `json:"verdict"` // '' while nobody has said, and again when a suppression is over
	Note         string     `json:"verdict_note"`
	Author       string     `json:"verdict_author"`
	Until        time.Time  `json:"verdict_until"` // end of what is or was suppressed, in the site's own time; 1970 where nothing was
	EvidenceRows uint32     `json:"evidence_rows"`
	Evidence     []Evidence `json:"evidence,omitempty"` // of Incident alone
	Verdicts     []Said     `json:"verdicts,omitempty"` // all that was said, the first first; of Incident alone
	Losses       []Loss     `json:"losses,omitempty"`   // what is missing of its site about its time, the most first; of Incident alone
}

// Evidence is an event that shows what happened, and what was found unusual about it where it is a finding: that may be more than the event is by
// itself, as where it is one of many.
type Evidence struct {
	Time     time.Time `json:"time"`
	Epoch    string    `json:"epoch"`
	Seq      uint64    `json:"seq"`
	Dataset  string    `json:"dataset"`
	Score    float32   `json:"score"`
	Model    string    `json:"model"`
	Field    string    `json:"field"`
	Expected string    `json:"expected"`
	Seen     string    `json:"seen"`
	Reason   string    `json:"reason"`
	Raw      string    `json:"raw"`
}

// An IncidentFilter says which incidents are asked for.
type IncidentFilter struct {
	Site  string    // "" is every site
	Since time.Time // raised since; zero is always
	Limit int       // at most; 0 is no limit
}

const incidentColumns = `id, site, premises, number, first, last, raised, severity, score, title, entities, reasons, tactics, next_step, findings,
	verdict, verdict_note, verdict_author, verdict_until, toUInt32(length(evidence)) AS evidence_rows`

// Incidents returns incidents without their evidence: the latest day first, and within a day the highest score.
func (s *Store) Incidents(ctx context.Context, f IncidentFilter) ([]Incident, error) {
	limit := ""
	if f.Limit > 0 {
		limit = " LIMIT " + strconv.Itoa(f.Limit)
	}
	return read[Incident](ctx, s, `SELECT `+incidentColumns+` FROM incidents
		WHERE ({site:String} = '' OR site = {site:String}) AND raised >= fromUnixTimestamp64Nano({since:Int64}, 'UTC')
		ORDER BY toDate(raised) DESC, score DESC, raised DESC, id`+limit,
		clickhouse.Named("site", f.Site), clickhouse.Named("since", nanoseconds(f.Since)))
}

// nanoseconds writes a time for a parameter of type Int64, without running over: what is earlier or later than these can say is the earliest or latest.
func nanoseconds(t time.Time) string {
	switch {
	case t.Before(time.Unix(0, math.MinInt64)):
		return strconv.FormatInt(math.MinInt64, 10)
	case t.After(time.Unix(0, math.MaxInt64)):
		return strconv.FormatInt(math.MaxInt64, 10)
	}
	return strconv.FormatInt(t.UnixNano(), 10)
}

// Incident returns an incident with its evidence in the order of time. The beginning of its id is enough where no other begins so. The
// error wraps ErrNotFound where there is none.
func (s *Store) Incident(ctx context.Context, id string) (Incident, error) {
	found, err := read[Incident](ctx, s, `SELECT `+incidentColumns+` FROM incidents WHERE startsWith(id, {id:String})
		ORDER BY id != {id:String}, id LIMIT 2`, clickhouse.Named("id", id))
	switch {
	case err != nil:
		return Incident{}, err
	case len(found) == 0 || id == "":
		return Incident{}, fmt.Errorf("incident %q: %w", id, ErrNotFound)
	case len(found) > 1 && found[0].ID != id:
		return Incident{}, fmt.Errorf("incident %q: %w: at least %s and %s begin so", id, ErrNotFound, found[0].ID, found[1].ID)
	}
	in := &found[0]
	if in.Evidence, err = s.evidence(ctx, in); err != nil {
		return *in, err
	}
	if in.Verdicts, err = s.said(ctx, in); err != nil {
		return *in, err
	}
	in.Losses, err = s.losses(ctx, in.Site, in.First, in.Last)
	return *in, err
}

// evidence looks the events up by name. Their time bounds the search, because a name is no part of the tables' order.
func (s *Store) evidence(ctx context.Context, i *Incident) ([]Evidence, error) {
	return read[Evidence](ctx, s, `
		WITH names AS (SELECT name.1, name.2 FROM (SELECT arrayJoin(evidence) AS name FROM incidents WHERE site = {site:String} AND id = {id:String}))
		SELECT e.time AS time, e.epoch AS epoch, e.seq AS seq, e.dataset AS dataset, e.raw AS raw,
			greatest(e.score, f.score) AS score, if(f.score > e.score, f.model, e.model) AS model,
			f.field AS field, f.expected AS expected, f.seen AS seen, f.reason AS reason
		FROM (
			SELECT * FROM events WHERE site = {site:String} AND (epoch, seq) IN names
				AND time BETWEEN fromUnixTimestamp64Nano({first:Int64}, 'UTC') AND fromUnixTimestamp64Nano({last:Int64}, 'UTC')
		) AS e
		LEFT JOIN (
			SELECT * FROM findings WHERE run = '' AND site = {site:String} AND (epoch, seq) IN names
			ORDER BY score DESC LIMIT 1 BY epoch, seq
		) AS f ON f.epoch = e.epoch AND f.seq = e.seq
		ORDER BY time, epoch, seq`,
		clickhouse.Named("site", i.Site), clickhouse.Named("id", i.ID),
		clickhouse.Named("first", nanoseconds(i.First)), clickhouse.Named("last", nanoseconds(i.Last)))
}

// read runs a query and returns its rows, which must be few.
func read[T any](ctx context.Context, s *Store, query string, args ...any) ([]T, error) {
	var rows []T
	err := each(ctx, s, func(_ context.Context, row *T) error {
		rows = append(rows, *row)
		return nil
	}, query, args...)
	return rows, err
}

// each runs a query and calls fn with its rows as they come. A query whose context has settings keeps them.
func each[T any](ctx context.Context, s *Store, fn func(context.Context, *T) error, query string, args ...any) error {
	body, err := s.conn.QueryFormat(ctx, "JSONEachRow", query+`
		SETTINGS date_time_output_format = 'iso', output_format_json_quote_64bit_integers = 0, output_format_json_quote_denormals = 0`, args...)
	if err != nil {
		return askError(err)
	}
	defer body.Close()
	for dec := json.NewDecoder(body); ; {
		var row T
		switch err := dec.Decode(&row); {
		case errors.Is(err, io.EOF):
			return nil
		case err != nil:
			return fmt.Errorf("reading the database's answer: %w", sqlError(err))
		}
		if err := fn(ctx, &row); err != nil {
			return err
		}
	}
}
