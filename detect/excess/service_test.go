package excess

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"frontfoot/detect/feature"
	"frontfoot/detect/sequence"
	"frontfoot/ingest/event"
)

// A site is a model of a council's lines of all sorts, and the time there.
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

// request is one line of the web server.
func (s *site) request(from, method, path string, status, bytes uint64) *sequence.Finding {
	return s.take(func(b *event.Builder) {
		b.SetString(event.Dataset, "nginx.access")
		b.SetString(event.HostHostname, "web01")
		b.SetString(event.SourceIP, from)
		b.SetString(event.HTTPMethod, method)
		b.SetString(event.URLPath, path)
		b.SetUint(event.HTTPStatus, status)
		b.SetUint(event.HTTPBytes, bytes)
	})
}

// flow is one connection through the firewall.
func (s *site) flow(from, to string, port, sent, got uint64, long time.Duration) *sequence.Finding {
	return s.take(func(b *event.Builder) {
		b.SetString(event.Dataset, "fortinet.fortigate")
		b.SetString(event.SourceIP, from)
		b.SetString(event.DestinationIP, to)
		b.SetUint(event.DestinationPort, port)
		b.SetUint(event.SourceBytes, sent)
		b.SetUint(event.DestinationBytes, got)
		b.SetUint(event.EventDuration, uint64(long))
	})
}

// login is a login at a service in the cloud, which names no machine.
func (s *site) login(from, user, outcome string) *sequence.Finding {
	return s.take(func(b *event.Builder) {
		b.SetString(event.Dataset, "azure.signinlogs")
		b.SetString(event.SourceIP, from)
		b.SetString(event.UserName, user)
		b.SetString(event.EventOutcome, outcome)
	})
}

func visitor(n int) string { return fmt.Sprintf("198.51.%d.%d", n/250%250, 1+n%250) }

// live plays three weeks of visitors who ask for some pages, log in at the portal and mistype now and then, and of staff with short connections.
func live() *site {
	events := feature.NewEvents(testKey())
	s := &site{New(testKey(), events.Layout()), events, start}
	for d := range 21 {
		for h := range 24 {
			for i := range 6 {
				s.now = start + int64(d)*int64(day) + int64(h)*hour + int64(i)*9*minute
				n := d*144 + h*6 + i
				for page := range 1 + n%5 {
					s.request(visitor(n), "GET", fmt.Sprintf("/applications/%d", n+page), 200, 40_000)
				}
				if i < 1+n%3 {
					s.request(visitor(n), "POST", "/login", 302, 0)
				}
				s.flow(visitor(n), "10.1.2.80", 443, 900, 40_000, 9*time.Second)
				s.flow(fmt.Sprintf("10.1.9.%d", 1+n%40), "203.0.113.9", 443, 900, 40_000, time.Duration(1+n%50)*time.Second)
				s.login(visitor(n), fmt.Sprintf("user%d", n%90), map[bool]string{true: "failure", false: "success"}[n%7 == 0])
			}
		}
	}
	return s
}

// TestServices checks what is told of a service that is asked for far more than ever, though each who asks does little, and of who takes far more than others.
func TestServices(t *testing.T) {
	for name, x := range map[string]struct {
		do   func(s *site, i int) *sequence.Finding
		said string
	}{
		"ordinary visitors": {func(s *site, i int) *sequence.Finding {
			s.now += 4 * minute
			return s.request(visitor(9000+i), "GET", "/", 200, 40_000)
		}, ""},
		"stuffing": {func(s *site, i int) *sequence.Finding {
			return s.request(visitor(9000+i/4), "POST", "/login", 401, 800)
		}, "web01/login was asked from outside"},
		"scraping": {func(s *site, i int) *sequence.Finding {
			return s.request("203.0.113.77", "GET", fmt.Sprintf("/applications/%d", i), 200, 40_000)
		}, "203.0.113.77 "},
		"pages that are not there": {func(s *site, i int) *sequence.Finding {
			return s.request("203.0.113.77", "GET", fmt.Sprintf("/old/%d", i), 404, 800)
		}, ""},
		"a flood of short visits": {func(s *site, i int) *sequence.Finding {
			return s.flow(visitor(9000+i), "10.1.2.80", 443, 900, 40_000, time.Second)
		}, "port 443 of 10.1.2.80 was asked from outside"},
		"a flood that is not let in": {func(s *site, i int) *sequence.Finding {
			return s.flow(visitor(9000+i), "10.1.2.80", 443, 900, 40, time.Second)
		}, ""},
		"guesses from everywhere": {func(s *site, i int) *sequence.Finding {
			return s.login(visitor(9000+i/2), fmt.Sprintf("user%d", i%90), "failure")
		}, "logins at azure.signinlogs were refused from outside"},
		"a long connection": {func(s *site, i int) *sequence.Finding {
			if i > 0 {
				return nil
			}
			return s.flow("10.1.9.7", "203.0.113.50", 443, 900, 40_000, 9*time.Hour)
		}, "10.1.9.7 held a connection to a place outside for 9 hours within"},
	} {
		s := live()
		said := ""
		for i := range 600 {
			s.now += second
			if f := x.do(s, i); f != nil {
				said = f.Seen
			}
		}
		if x.said == "" && said != "" || !strings.HasPrefix(said, x.said) {
			t.Errorf("%s: said %q, want %q", name, said, x.said)
		}
	}
}

// TestAnswersTakeNoKinds checks that answers which are logged as connections from outside to hundreds of machines leave room for kinds of what machines do.
func TestAnswersTakeNoKinds(t *testing.T) {
	s := live()
	for i := range 2000 {
		s.now += second
		s.flow("203.0.113.9", fmt.Sprintf("10.1.7.%d", i%250), 50_000, 900, 40_000, time.Second)
	}
	if n := s.kinds.Len(); n >= maxKinds {
		t.Errorf("all %d kinds are taken", n)
	}
}

// TestServiceOfNobody checks that what is asked of nobody, not even of a kind of log, is not counted: there would be nobody to name.
func TestServiceOfNobody(t *testing.T) {
	for dataset, want := range map[string]int{"": 0, "waf": 1} {
		s := live()
		s.take(func(b *event.Builder) {
			b.SetString(event.Dataset, dataset)
			b.SetString(event.SourceIP, visitor(9000))
			b.SetString(event.HTTPMethod, "POST")
			b.SetString(event.URLPath, "/login")
		})
		if len(s.taken) != want {
			t.Errorf("of kind %q: %d are counted, want %d", dataset, len(s.taken), want)
		}
	}
}
