package parse

import (
	"fmt"
	"strings"
	"time"
	_ "time/tzdata" // zones must be known on machines without a zone database
)

// Zone returns the time zone of that name: an IANA name such as Europe/London, "Local", "UTC", or an offset "+HH:MM" or
// "-HH:MM" (14 h at most). The empty name is UTC.
func Zone(s string) (*time.Location, error) {
	if s == "" || s == "UTC" || s == "Z" {
		return time.UTC, nil
	}
	if s[0] == '+' || s[0] == '-' {
		secs, n, ok := readZone([]byte(s))
		if !ok || n != len(s) || max(secs, -secs) > 14*3600 {
			return nil, fmt.Errorf("time zone %q: want an offset such as +01:00, 14 hours at most", s)
		}
		if secs == 0 {
			return time.UTC, nil
		}
		return time.FixedZone(s, secs), nil
	}
	zone, err := time.LoadLocation(s)
	if err != nil {
		return nil, fmt.Errorf("time zone %q: want an IANA name such as Europe/London, Local, UTC or +HH:MM: %w", s, err)
	}
	if strings.EqualFold(zone.String(), "utc") {
		return time.UTC, nil
	}
	return zone, nil
}
