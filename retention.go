package main

import (
	"strconv"

	"frontfoot/ingest/bus"
	"frontfoot/store"
)

// RetentionConfig is how long rows are kept.
type RetentionConfig struct {
	// EventDays is how many days events are kept after they were received, 1 to 36,500.
	EventDays int `yaml:"event_days"`
	// FindingDays is how many days findings, incidents and the ledger of losses are kept, 1 to 36,500. 400 is a year, and the month in which it is reported.
	FindingDays int `yaml:"finding_days"`
	// Sites are those whose events are kept for another time. Many different times make more and smaller parts of tables.
	Sites []SiteRetention `yaml:"sites"`
}

// SiteRetention is how long the events of one site are kept.
type SiteRetention struct {
	// Site is the council whose events they are, [a-z0-9-]{3,40}.
	Site string `yaml:"site"`
	// EventDays is how many days they are kept after they were received, 1 to 36,500.
	EventDays int `yaml:"event_days"`
}

// maxRetention is a hundred years, in days.
const maxRetention = 36_500

// validate reports times that are none, and sites that are named twice.
func (c *RetentionConfig) validate(report func(path, text string)) {
	checkRange(c.EventDays, 1, maxRetention, "store.retention.event_days", report)
	checkRange(c.FindingDays, 1, maxRetention, "store.retention.finding_days", report)
	seen := map[string]bool{}
	for i := range c.Sites {
		s := &c.Sites[i]
		path := "store.retention.sites." + strconv.Itoa(i)
		if err := bus.ValidSite(s.Site); err != nil {
			report(path+".site", "must be 3 to 40 of a-z, 0-9 and -, is "+strconv.Quote(s.Site))
		} else if seen[s.Site] {
			report(path+".site", "is there already: a site has one time")
		}
		seen[s.Site] = true
		checkRange(s.EventDays, 1, maxRetention, path+".event_days", report)
	}
}

// at returns how the store is reached at an address, and how long it keeps what.
func (c *StoreConfig) at(url, user, password string) store.Config {
	out := store.Config{
		URL: url, User: user, Password: password,
		RetentionDays: c.Retention.EventDays, FindingRetentionDays: c.Retention.FindingDays, SiteRetentionDays: map[string]int{},
	}
	for _, s := range c.Retention.Sites {
		out.SiteRetentionDays[s.Site] = s.EventDays
	}
	return out
}
