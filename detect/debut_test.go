package detect

import (
	"fmt"
	"testing"
	"time"

	"frontfoot/ingest/event"
)

// TestNewPlaceIsTold lets many machines go to a place outside that the site never saw, after three weeks in which each new place had one visitor, and checks that
// it is told of, by that model alone; and that a place which was there is not.
func TestNewPlaceIsTold(t *testing.T) {
	for name, x := range map[string]struct {
		cfg  Config
		to   string
		told bool
	}{
		"new":               {DefaultConfig(), "203.0.113.9", true},
		"without the model": {DefaultConfig().Without(PartDebut), "203.0.113.9", false},
		"there":             {DefaultConfig(), "198.51.100.1", false},
	} {
		s, now, seq, told := NewSite("testham", ScoreKey(), x.cfg), monday, uint64(0), false
		visit := func(from int, to string) {
			b := event.NewBuilder()
			b.SetTime(event.Time, now)
			b.SetString(event.Dataset, "fortinet.fortigate")
			b.SetString(event.SourceIP, fmt.Sprintf("10.0.0.%d", 1+from%100))
			b.SetString(event.DestinationIP, to)
			b.SetUint(event.DestinationPort, 443)
			b.SetUint(event.SourceBytes, 2000)
			b.End()
			var out Output
			s.Process(Message{Epoch: "e", Seq0: seq, Events: b.Batch()}, &out)
			seq++
			for _, f := range out.Findings {
				told = told || f.Model == "debut"
			}
		}
		for i := range 21 * 60 {
			now += int64(24*time.Hour) / 60
			visit(i, fmt.Sprintf("192.0.%d.%d", i/250, i%250))
			visit(i+7, "198.51.100.1")
		}
		if told {
			t.Errorf("%s: an ordinary day is told of", name)
		}
		for i := range 40 {
			now += int64(10 * time.Second)
			visit(i, x.to)
		}
		if told != x.told {
			t.Errorf("%s: told is %v", name, told)
		}
	}
}
