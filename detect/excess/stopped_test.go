package excess

import (
	"fmt"
	"strings"
	"testing"

	"frontfoot/detect/feature"
	"frontfoot/detect/sequence"
	"frontfoot/ingest/event"
)

// stop is a packet that the firewall does not let in.
func (s *site) stop(from, to string) *sequence.Finding {
	return s.take(func(b *event.Builder) {
		b.SetString(event.Dataset, "fortinet.fortigate")
		b.SetString(event.EventType, "denied")
		b.SetString(event.SourceIP, from)
		b.SetString(event.DestinationIP, to)
	})
}

// TestFloodThatIsStopped checks that far more than ever for one address of ours is told of though all of it is stopped and each who sends does little, at a public address
// as at one inside; and neither what the world sends all day to all of them, nor what is stopped on its way out.
func TestFloodThatIsStopped(t *testing.T) {
	ours := func(n int) string { return fmt.Sprintf("203.0.113.%d", n) }
	for name, x := range map[string]struct {
		do   func(s *site, i int) *sequence.Finding
		said string
	}{
		"a public address": {func(s *site, i int) *sequence.Finding { return s.stop(visitor(9000+i), ours(3)) }, "what came from outside for 203.0.113.3 was stopped "},
		"one inside":       {func(s *site, i int) *sequence.Finding { return s.stop(visitor(9000+i), "10.1.2.80") }, "what came from outside for 10.1.2.80 was stopped "},
		"all day": {func(s *site, i int) *sequence.Finding {
			s.now += 2 * minute
			return s.stop(visitor(9000+i), ours(i%6))
		}, ""},
		"from inside": {func(s *site, i int) *sequence.Finding { return s.stop("10.1.9.9", ours(i%6)) }, ""},
	} {
		events := feature.NewEvents(testKey())
		s := &site{New(testKey(), events.Layout()), events, start}
		for n := range 21 * 24 {
			s.now = start + int64(n)*hour
			for i := range 6 {
				for j := range 1 + (n+i)%7 {
					s.stop(visitor(n*7+j), ours(i))
				}
				s.stop(visitor(n), "10.1.2.80")
			}
		}
		said := ""
		for i := range 400 {
			s.now += second
			if f := x.do(s, i); f != nil {
				said = f.Seen
			}
		}
		if !strings.HasPrefix(said, x.said) || (said == "") != (x.said == "") {
			t.Errorf("%s: said %q, want %q", name, said, x.said)
		}
	}
}
