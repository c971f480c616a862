package parse

import (
	"fmt"
	"testing"
	"time"
)

// TestYear writes moments around New Year as RFC 3164 stamps, in all whole zones, and reads them up to 180 days away.
func TestYear(t *testing.T) {
	newYear := time.Date(2027, 1, 1, 0, 0, 0, 0, time.UTC)
	for hours := -12; hours <= 14; hours++ {
		zone, err := Zone(fmt.Sprintf("%+03d:00", hours))
		if err != nil {
			t.Fatal(err)
		}
		for _, off := range []time.Duration{-30 * time.Hour, -13 * time.Hour, -time.Second, 0, time.Minute, 12 * time.Hour, 26 * time.Hour} {
			at := newYear.Add(off)
			for _, late := range []time.Duration{0, time.Second, 24 * time.Hour, 180 * 24 * time.Hour, -time.Hour, -180 * 24 * time.Hour} {
				line := "<13>" + at.In(zone).Format(time.Stamp) + " h app: x"
				want(t, fmt.Sprintf("%s %s late %s", line, zone, late), row(t, Config{Zone: zone, Replay: true}, line, at.Add(late)),
					map[string]string{"@timestamp": at.Format(time.RFC3339)})
			}
		}
	}
}

func TestClock(t *testing.T) {
	london, err := Zone("Europe/London")
	if err != nil {
		t.Fatal(err)
	}
	at := func(s string) time.Time {
		tm, err := time.Parse(time.RFC3339, s)
		if err != nil {
			t.Fatal(err)
		}
		return tm
	}
	for _, c := range []struct {
		name, line, received string
		cfg                  Config
		time, clock          string
	}{
		{"leap day", "Feb 29 12:00:00 h a: x", "2028-03-01T00:00:00Z", Config{}, "2028-02-29T12:00:00Z", "-"},
		{"leap day, read a year later", "Feb 29 12:00:00 h a: x", "2029-02-01T00:00:00Z", Config{Replay: true}, "2028-02-29T12:00:00Z", ""},
		{"leap day over a year that is none", "Feb 29 12:00:00 h a: x", "2101-02-01T00:00:00Z", Config{Replay: true}, "2104-02-29T12:00:00Z", ""},
		{"no such day", "Feb 30 12:00:00 h a: x", "2028-03-01T00:00:00Z", Config{Replay: true}, "2028-03-01T00:00:00Z", ""},
		{"two spaces", "Jan  1 00:00:00 h a: x", "2027-01-01T00:00:01Z", Config{}, "2027-01-01T00:00:00Z", ""},
		{"summer time", "Jul  1 12:00:00 h a: x", "2026-07-01T11:00:01Z", Config{Zone: london}, "2026-07-01T11:00:00Z", ""},
		{"hour that clocks skip", "Mar 29 01:30:00 h a: x", "2026-03-29T01:30:05Z", Config{Zone: london}, "2026-03-29T01:30:00Z", ""},
		{"hour that comes twice, first", "Oct 25 01:30:00 h a: x", "2026-10-25T00:30:05Z", Config{Zone: london}, "2026-10-25T00:30:00Z", ""},
		{"hour that comes twice, second", "Oct 25 01:30:00 h a: x", "2026-10-25T01:30:05Z", Config{Zone: london}, "2026-10-25T01:30:00Z", ""},
		{"live and 25 h off", "Nov 22 13:02:30 h a: x", "2026-11-23T14:02:30Z", Config{}, "2026-11-22T13:02:30Z", ""},
		{"live and 27 h off", "Nov 22 11:02:30 h a: x", "2026-11-23T14:02:30Z", Config{}, "2026-11-23T14:02:30Z", "Nov 22 11:02:30"},
		{"live and 27 h ahead", "<1>1 2026-11-24T17:02:30.5Z h a - - - x", "2026-11-23T14:02:30Z", Config{}, "2026-11-23T14:02:30Z", "2026-11-24T17:02:30.5Z"},
		{"replay keeps", "<1>1 2003-10-11T22:14:15.003Z h a - - - x", "2026-11-23T14:02:30Z", Config{Replay: true}, "2003-10-11T22:14:15.003Z", ""},
		{"year 0", "<1>1 0000-01-01T00:00:00Z h a - - - x", "2026-11-23T14:02:30Z", Config{Replay: true}, "2026-11-23T14:02:30Z", "0000-01-01T00:00:00Z"},
		{"year 9999", "<1>1 9999-12-31T23:59:59Z h a - - - x", "2026-11-23T14:02:30Z", Config{Replay: true}, "2026-11-23T14:02:30Z", "9999-12-31T23:59:59Z"},
		{"first second", `{"ts":"1900-01-01T00:00:00Z"}`, "2026-11-23T14:02:30Z", Config{Replay: true}, "1900-01-01T00:00:00Z", ""},
		{"last day", `{"ts":"2262-04-11T23:00:00Z"}`, "2026-11-23T14:02:30Z", Config{Replay: true}, "2262-04-11T23:00:00Z", ""},
		{"day after the last", `{"ts":"2262-04-12T00:00:00Z"}`, "2026-11-23T14:02:30Z", Config{Replay: true}, "2026-11-23T14:02:30Z", "2262-04-12T00:00:00Z"},
		{"before 1970", `{"ts":-1.5}`, "2026-11-23T14:02:30Z", Config{Replay: true}, "1969-12-31T23:59:58.5Z", ""},
		{"seconds", `{"ts":1795442551}`, "2026-11-23T14:02:30Z", Config{}, "2026-11-23T14:02:31Z", ""},
		{"seconds, exponent", `{"ts":1.795442551e9}`, "2026-11-23T14:02:30Z", Config{}, "2026-11-23T14:02:31Z", ""},
		{"milliseconds", `{"ts":1795442551250}`, "2026-11-23T14:02:30Z", Config{}, "2026-11-23T14:02:31.25Z", ""},
		{"microseconds", `{"ts":1795442551250001}`, "2026-11-23T14:02:30Z", Config{}, "2026-11-23T14:02:31.250001Z", ""},
		{"nanoseconds", `{"ts":1795442551250001002}`, "2026-11-23T14:02:30Z", Config{}, "2026-11-23T14:02:31.250001002Z", ""},
		{"huge", `{"ts":99999999999999999999999}`, "2026-11-23T14:02:30Z", Config{}, "2026-11-23T14:02:30Z", ""},
		{"leap second", `{"ts":"2016-12-31T23:59:60Z"}`, "2026-11-23T14:02:30Z", Config{Replay: true}, "2017-01-01T00:00:00Z", ""},
		{"no zone", `{"ts":"2026-07-01 12:00:00,250"}`, "2026-07-01T11:00:01Z", Config{Zone: london}, "2026-07-01T11:00:00.25Z", ""},
		{"web server", `{"time_local":"23/Nov/2026:15:02:31 +0100"}`, "2026-11-23T14:02:30Z", Config{}, "2026-11-23T14:02:31Z", ""},
		{"hour 24", "<1>1 2026-11-23T24:02:30Z h a - - - x", "2026-11-23T14:02:30Z", Config{}, "2026-11-23T14:02:30Z", ""},
		{"FortiGate, tz", `date=2026-11-23 time=09:02:31 tz="-0500" logid="1" type="traffic" subtype="forward"`, "2026-11-23T14:02:30Z", Config{Zone: london}, "2026-11-23T14:02:31Z", ""},
		{"FortiGate, eventtime says the zone", `date=2026-11-23 time=19:32:31 eventtime=1795442550 logid="1" type="traffic" subtype="forward"`, "2026-11-23T14:02:30Z", Config{}, "2026-11-23T14:02:31Z", ""},
		{"FortiGate, configured zone", `date=2026-07-01 time=12:00:00 logid="1" type="traffic" subtype="forward"`, "2026-07-01T11:00:01Z", Config{Zone: london}, "2026-07-01T11:00:00Z", ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			if c.clock == "-" { // half a day before: live, and believed
				c.clock = ""
			}
			want(t, c.line, row(t, c.cfg, c.line, at(c.received)), map[string]string{"@timestamp": c.time, "labels.clock": c.clock, "event.ingested": c.received})
		})
	}
}

func TestZone(t *testing.T) {
	at := time.Date(2026, 7, 1, 12, 0, 0, 0, time.UTC)
	for _, c := range []struct {
		name   string
		offset int
		bad    bool
	}{
		{"", 0, false},
		{"UTC", 0, false},
		{"Europe/London", 3600, false},
		{"Asia/Kathmandu", 20700, false},
		{"+05:30", 19800, false},
		{"-12:00", -43200, false},
		{"+14:00", 50400, false},
		{"+14:01", 0, true},
		{"+5", 0, true},
		{"+05:30x", 0, true},
		{"Nowhere/Land", 0, true},
		{"../etc/passwd", 0, true},
	} {
		zone, err := Zone(c.name)
		if (err != nil) != c.bad {
			t.Errorf("%q: got error %v", c.name, err)
			continue
		}
		if err == nil {
			if _, got := at.In(zone).Zone(); got != c.offset {
				t.Errorf("%q: got %d s, want %d", c.name, got, c.offset)
			}
		}
	}
	if _, err := Zone("Local"); err != nil {
		t.Error(err)
	}
}
