package surge

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"frontfoot/detect/feature"
	"frontfoot/detect/sequence"
	"frontfoot/ingest/event"
)

// A site is a model that knows how far days go here, and the time.
type site struct {
	*Model
	events *feature.Events
	now    int64
}

// take gives it a row that a function fills in.
func (s *site) take(fill func(*event.Builder)) *sequence.Finding {
	b := event.NewBuilder()
	b.SetTime(event.Time, s.now)
	fill(b)
	b.End()
	batch := b.Batch()
	var r feature.Row
	s.events.Begin(batch)
	s.Begin(batch)
	s.events.Row(0, &r)
	row := &sequence.Row{Row: &r, Batch: batch, Now: s.now, Daily: 10_000}
	f := s.Take(row)
	s.Learn(row, false)
	return f
}

func visitor(b *event.Builder, n int) {
	b.SetString(event.SourceIP, fmt.Sprintf("198.51.100.%d", 1+n%200))
}

// rows are what comes each day.
func rows() map[string]func(b *event.Builder, n int) {
	flow := func(from string, port uint64, how string) func(*event.Builder, int) {
		return func(b *event.Builder, n int) {
			b.SetString(event.Dataset, "fortinet.fortigate")
			if b.SetString(event.SourceIP, from); from == "" {
				visitor(b, n)
			}
			b.SetString(event.DestinationIP, "10.1.2.80")
			b.SetUint(event.DestinationPort, port)
			b.SetString(event.EventType, how)
		}
	}
	web := func(method, path string, status uint64) func(*event.Builder, int) {
		return func(b *event.Builder, n int) {
			b.SetString(event.Dataset, "nginx.access")
			b.SetString(event.HostHostname, "web01")
			visitor(b, n)
			b.SetString(event.HTTPMethod, method)
			b.SetString(event.URLPath, path)
			b.SetUint(event.HTTPStatus, status)
		}
	}
	return map[string]func(*event.Builder, int){
		"port": flow("", 443, "allowed"), "database": flow("10.1.0.9", 5432, "allowed"), "stopped": flow("", 23, "denied"),
		"page": web("POST", "/login", 302), "pages": web("GET", "/", 200),
		"login": func(b *event.Builder, n int) {
			b.SetString(event.Dataset, "linux.sshd")
			b.SetString(event.HostHostname, "jump01")
			visitor(b, n)
			b.SetString(event.UserName, "root")
			b.SetString(event.EventOutcome, "failure")
		},
	}
}

// TestWhatIsSaid checks what is told of where there is far more of one thing than on each of ten days, and in what words.
func TestWhatIsSaid(t *testing.T) {
	for what, want := range map[string][]string{
		"port":     {"events of fortinet.fortigate with event type allowed came ", "connections to port 443 of 10.1.2.80 from outside came "},
		"database": {"events of fortinet.fortigate with event type allowed came ", "connections to port 5432 of 10.1.2.80 from inside came "},
		"stopped":  {"events of fortinet.fortigate with event type denied came "},
		"page":     {"events of nginx.access with HTTP status 302 came ", "POST requests to web01/login from outside came "},
		"pages":    {"events of nginx.access with HTTP status 200 came ", "requests to web01 from outside came "},
		"login":    {"events of linux.sshd with outcome failure came ", "refused logins at jump01 from outside came "},
	} {
		events := feature.NewEvents(testKey())
		s := &site{New(testKey(), events.Layout()), events, start}
		s.life = life{0, 1000, 60, 6}
		for range 10 {
			for n := range 30 {
				for other, fill := range rows() {
					if f := s.take(func(b *event.Builder) { fill(b, n) }); f != nil {
						t.Fatalf("%s: %s on an ordinary day", other, f.Seen)
					}
				}
			}
			s.now += whole
		}
		last := ""
		for n := range 600 {
			s.now += whole / 1000
			f := s.take(func(b *event.Builder) { rows()[what](b, n) })
			if f == nil {
				continue
			}
			last = f.Seen
			if !slices.ContainsFunc(want, func(x string) bool { return strings.HasPrefix(f.Seen, x) }) {
				t.Errorf("%s: said %q", what, f.Seen)
			}
			if !strings.HasSuffix(f.Expected, " in a day in the two weeks before") || len(f.Entities) == 0 || f.Entities[0].Actor {
				t.Errorf("%s: expected %q, of %+v", what, f.Expected, f.Entities)
			}
		}
		if last == "" {
			t.Errorf("%s: nothing is said", what)
		}
	}
}

// TestServicesHaveNames checks that of services and sorts of events each is known by what it is, and what was stopped asked none.
func TestServicesHaveNames(t *testing.T) {
	events := feature.NewEvents(testKey())
	s := &site{New(testKey(), events.Layout()), events, start}
	names := map[uint64]string{}
	for what, fill := range rows() {
		s.take(func(b *event.Builder) { fill(b, 1) })
		if n := len(s.taken); n != 2 && what != "stopped" || n != 1 && what == "stopped" {
			t.Errorf("%s is %d series", what, n)
		}
		if other, there := names[s.taken[len(s.taken)-1]]; there {
			t.Errorf("%s and %s are one", what, other)
		}
		names[s.taken[len(s.taken)-1]] = what
	}
}

// TestRowOfNothing checks that of a row which says of no kind of log that it is nothing is counted, so that there always is something to name.
func TestRowOfNothing(t *testing.T) {
	events := feature.NewEvents(testKey())
	s := &site{New(testKey(), events.Layout()), events, start}
	s.take(func(b *event.Builder) { visitor(b, 1) })
	if len(s.taken) > 0 {
		t.Errorf("%d series of a row of no kind", len(s.taken))
	}
}

// TestWordsAreShort checks that a long path does not make words that no snapshot could hold.
func TestWordsAreShort(t *testing.T) {
	events := feature.NewEvents(testKey())
	s := &site{New(testKey(), events.Layout()), events, start}
	s.life = life{0, 1000, 60, 6}
	long := func(b *event.Builder) {
		rows()["page"](b, 1)
		b.SetString(event.URLPath, "/"+strings.Repeat("x", 10_000))
	}
	for range 10 {
		for n := range 30 {
			for _, fill := range rows() {
				s.take(func(b *event.Builder) { fill(b, n) })
			}
			s.take(long)
		}
		s.now += whole
	}
	told := 0
	for range 600 {
		f := s.take(long)
		if f == nil {
			continue
		}
		if told++; len(f.Seen) > 1000 {
			t.Errorf("said %d bytes", len(f.Seen))
		}
	}
	if told == 0 {
		t.Error("nothing is said")
	}
}
