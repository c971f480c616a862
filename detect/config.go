package detect

import (
	"errors"
	"fmt"
	"time"
)

// Config is what people may set of detection. The same defaults serve every site.
type Config struct {
	FindingRate     float64        // share of a site's events that become findings, above 0 and at most 0.1
	IncidentsPerDay int            // most incidents raised on a day of the site's own time: a ceiling, not a quota
	Zone            *time.Location // where the site's days begin; nil is UTC
	LearnFor        time.Duration  // no incident before so much of the site's own time has passed
	LearnEvents     int            // nor before so many events, unless LearnAtMost has passed
	LearnAtMost     time.Duration  // the longest a quiet site learns
	HalfLife        time.Duration  // what was seen so long ago counts half
	MaxBytes        int            // memory of the site's counts, 16 KiB to 6 MiB; all else of a site takes about 1 MiB at most, and its verdicts up to 1.7

	without Part // what is left out: see Without
}

// DefaultConfig returns the defaults.
func DefaultConfig() Config {
	return Config{
		FindingRate:     0.001,
		IncidentsPerDay: 10,
		LearnFor:        24 * time.Hour,
		LearnEvents:     5000,
		LearnAtMost:     7 * 24 * time.Hour,
		HalfLife:        14 * 24 * time.Hour,
		MaxBytes:        2 << 20,
	}
}

// Validate returns every problem of the configuration, joined.
func (c *Config) Validate() error {
	var errs []error
	if !(c.FindingRate > 0 && c.FindingRate <= 0.1) {
		errs = append(errs, fmt.Errorf("finding_rate: must be above 0 and at most 0.1, not %v", c.FindingRate))
	}
	if c.IncidentsPerDay < 0 || c.IncidentsPerDay > 1000 {
		errs = append(errs, fmt.Errorf("incidents_per_day: must be 0 to 1000, not %d", c.IncidentsPerDay))
	}
	if c.LearnFor < 0 {
		errs = append(errs, fmt.Errorf("learn_for: must not be negative, is %v", c.LearnFor))
	}
	if c.LearnAtMost < 0 {
		errs = append(errs, fmt.Errorf("learn_at_most: must not be negative, is %v", c.LearnAtMost))
	}
	if c.LearnEvents < 0 {
		errs = append(errs, fmt.Errorf("learn_events: must not be negative, is %d", c.LearnEvents))
	}
	if c.HalfLife < time.Hour {
		errs = append(errs, fmt.Errorf("half_life: must be at least 1h, not %v", c.HalfLife))
	}
	if c.MaxBytes < 16<<10 || c.MaxBytes > 6<<20 {
		errs = append(errs, fmt.Errorf("max_bytes: must be 16 KiB to 6 MiB, not %d", c.MaxBytes))
	}
	return errors.Join(errs...)
}

// learning reports whether a site that has seen so many events until now is too young to raise incidents.
func (c *Config) learning(now *clock, seen uint64) bool {
	age := now.age()
	return age < c.LearnFor || seen < uint64(c.LearnEvents) && age < c.LearnAtMost
}
