package store

import (
	"context"
	"time"

	"frontfoot/ingest/ledger"
)

// A Site is what the store knows of a site.
type Site struct {
	Name          string    `json:"site"`
	Title         string    `json:"title"`
	Events        uint64    `json:"events"`
	First         time.Time `json:"first"`         // event time of the first event
	Last          time.Time `json:"last"`          // and of the last
	LastReceived  time.Time `json:"last_received"` // when the last event came in
	Unparsed      uint64    `json:"unparsed"`      // events in a format that nothing understood
	Findings      uint64    `json:"findings"`
	Incidents     uint64    `json:"incidents"`
	OpenIncidents uint64    `json:"open_incidents"` // without a verdict

	// What the loss ledger says. Numbers are of events or lines unless they say otherwise.
	Taken        uint64      `json:"taken"`         // lines that the collector took
	Lost         uint64      `json:"lost"`          // that never came: dropped by the kernel or a full spool, damaged, missing in the log
	LostRecently uint64      `json:"lost_recently"` // of them, in the 24 hours before it was asked
	LostHow      ledger.Kind `json:"lost_how"`      // how most of these were lost
	LostAt       string      `json:"lost_at"`       // and at which input
	LostMessages uint64      `json:"lost_messages"` // messages that the log had no longer when they were due
	LostLog      bool        `json:"lost_log"`      // the log lost messages, be it nobody knows how many
	DeadLetters  uint64      `json:"dead_letters"`  // set aside; 'frontfoot dlq' shows them
	Late         uint64      `json:"late"`          // came an hour or more after their stamp
	Skewed       uint64      `json:"skewed"`        // had a stamp that could not be right
	Duplicates   uint64      `json:"duplicates"`    // came again and were left out
	Claimed      uint64      `json:"claimed"`       // claimed to be of another site
	StateLost    uint64      `json:"state_lost"`    // times that the site was learned anew
	LastCanary   time.Time   `json:"last_canary"`   // when the collector last proved that the path works
	Asked        time.Time   `json:"asked"`         // the database's clock when this was answered
}

// Sites returns every site that has events, incidents, ledger entries or an entry of its own, by name. Events are read from the roll-up by hour.
func (s *Store) Sites(ctx context.Context) ([]Site, error) {
	sites, err := read[Site](ctx, s, `
		WITH toDateTime64(0, 9, 'UTC') AS none
		SELECT site, max(title) AS title, sum(events) AS events, max(first) AS first, max(last) AS last, max(last_received) AS last_received,
			sum(unparsed) AS unparsed, sum(findings) AS findings, sum(incidents) AS incidents, sum(open_incidents) AS open_incidents,
			now64(9, 'UTC') AS asked
		FROM (
			SELECT toString(site) AS site, '' AS title, sum(e.events) AS events, min(e.first) AS first, max(e.last) AS last, max(e.last_received) AS last_received,
				sumIf(e.events, dataset = 'unknown') AS unparsed, 0 AS findings, 0 AS incidents, 0 AS open_incidents
			FROM events_by_hour AS e GROUP BY site
			UNION ALL
			SELECT toString(site), '', 0, none, none, none, 0, count(), 0, 0 FROM findings WHERE run = '' GROUP BY site
			UNION ALL
			SELECT toString(site), '', 0, none, none, none, 0, 0, count(), countIf(verdict = '') FROM incidents GROUP BY site
			UNION ALL
			SELECT DISTINCT toString(site), '', 0, none, none, none, 0, 0, 0, 0 FROM ingest_ledger
			UNION ALL
			SELECT name, title, 0, none, none, none, 0, 0, 0, 0 FROM sites FINAL
		)
		GROUP BY site ORDER BY site`)
	if err != nil {
		return nil, err
	}
	totals, err := s.Ledger(ctx, "")
	if err != nil {
		return nil, err
	}
	index := make(map[string]*tally, len(sites))
	for i := range sites {
		index[sites[i].Name] = &tally{Site: &sites[i]}
	}
	for i := range totals {
		if site := index[totals[i].Site]; site != nil { // else it came between the two questions
			site.count(&totals[i])
		}
	}
	return sites, nil
}

// A tally adds the ledger to what is known of a site.
type tally struct {
	*Site
	worst uint64 // rows of the kind and input that lost most of late
}

func (s *tally) count(t *LedgerTotal) {
	switch t.Kind {
	case ledger.Taken:
		s.Taken += t.Rows
	case ledger.Late:
		s.Late += t.Rows
	case ledger.Skewed:
		s.Skewed += t.Rows
	case ledger.Duplicate:
		s.Duplicates += t.Rows
	case ledger.Claimed:
		s.Claimed += t.Rows
	case ledger.DeadLetter:
		s.DeadLetters += t.Rows
	case ledger.StateLost:
		s.StateLost += t.Entries
	case ledger.LostLog:
		s.LostMessages += t.Rows
		s.LostLog = s.LostLog || t.Entries > 0
	case ledger.Canary, ledger.Tick:
		if t.Last.After(s.LastCanary) {
			s.LastCanary = t.Last
		}
	case ledger.KernelDrop, ledger.SpoolFull, ledger.Damaged, ledger.Gap:
		s.Lost += t.Rows
		s.LostRecently += t.Recent
		if t.Recent > s.worst {
			s.worst, s.LostHow, s.LostAt = t.Recent, t.Kind, t.Input
		}
	case ledger.Unparsed, ledger.Partial, ledger.EpochEnd, ledger.GapFilled:
	}
}
