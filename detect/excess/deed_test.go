package excess

import (
	"strings"
	"testing"

	"frontfoot/detect/feature"
	"frontfoot/detect/sequence"
	"frontfoot/ingest/event"
)

// do is one line of an application in which accounts do things.
func (s *site) do(user, action, outcome string) *sequence.Finding {
	return s.take(func(b *event.Builder) {
		b.SetString(event.Dataset, "revenues")
		b.SetString(event.HostHostname, "app01")
		b.SetString(event.SourceIP, "10.1.2.3")
		b.SetString(event.UserName, user)
		b.SetString(event.EventAction, action)
		b.SetString(event.EventOutcome, outcome)
	})
}

// TestDeeds checks that what is seldom done is told of when it is done again and again, by one who never did it as by many who do it once each, and that as
// many of what all do all day are not, nor tries that fail.
func TestDeeds(t *testing.T) {
	staff := []string{"alee", "bking", "cshah", "dhall", "ewood", "fcole", "gbell", "hreid"}
	for name, x := range map[string]struct {
		do   func(s *site, i int) *sequence.Finding
		said string
	}{
		"by one":     {func(s *site, _ int) *sequence.Finding { return s.do("alee", "refund", "success") }, "refund at app01 "},
		"by many":    {func(s *site, i int) *sequence.Finding { return s.do(staff[i%8], "refund", "success") }, "refund at app01 was done, last by "},
		"of the day": {func(s *site, i int) *sequence.Finding { return s.do(staff[i%8], "view", "success") }, ""},
		"in vain":    {func(s *site, i int) *sequence.Finding { return s.do(staff[i%8], "refund", "failure") }, ""},
	} {
		events := feature.NewEvents(testKey())
		s := &site{New(testKey(), events.Layout()), events, start}
		for d := range 21 {
			for h := range 8 {
				for i, who := range staff {
					s.now = start + int64(d)*int64(day) + int64(9+h)*hour + int64(i)*minute
					for n := range 2 + (d+h+i)%5 + d%6/5*12 { // one day in six is busy
						s.do(who, []string{"view", "search", "note"}[n%3], "success")
					}
				}
				if h == d%8 {
					s.do(staff[d%7+1], "refund", "success")
				}
			}
		}
		said := ""
		for i := range 24 {
			s.now += minute
			if f := x.do(s, i); f != nil {
				said = f.Seen
			}
		}
		if !strings.Contains(said, x.said) || (said == "") != (x.said == "") {
			t.Errorf("%s: said %q, want %q", name, said, x.said)
		}
	}
}

// TestDeedIsWhereItWasDone checks that the words name the machine by which a deed is counted where a row has two.
func TestDeedIsWhereItWasDone(t *testing.T) {
	events := feature.NewEvents(testKey())
	m := New(testKey(), events.Layout())
	b := event.NewBuilder()
	b.SetTime(event.Time, start)
	b.SetString(event.HostHostname, "app01")
	b.SetString(event.DestinationIP, "10.1.2.80")
	b.SetString(event.UserName, "alee")
	b.SetString(event.EventAction, "refund")
	b.End()
	var r feature.Row
	events.Begin(b.Batch())
	events.Row(0, &r)
	row := &sequence.Row{Row: &r, Batch: b.Batch()}
	if said := m.did(row, deed, times, "alee", "16 times"); said != "alee did refund at app01 16 times" {
		t.Errorf("said %q", said)
	}
	if said := m.did(row, within, times, "alee", "16 times"); said != "alee came to 10.1.2.80 16 times" {
		t.Errorf("said %q", said)
	}
}
