package detect

import (
	"bytes"
	"fmt"
	"testing"
	"time"

	"frontfoot/ingest/event"
)

// queries are DNS queries of many machines for many names, with answers.
func queries(from, n int) *event.Batch {
	b := event.NewBuilder()
	for i := from; i < from+n; i++ {
		b.SetTime(event.Time, 1_772_409_600_000_000_000+int64(i)*int64(20*time.Second))
		b.SetString(event.Dataset, "queries")
		b.SetString(event.SourceIP, fmt.Sprintf("10.0.%d.%d", i>>4&15, i*7&255))
		b.SetString(event.DestinationIP, fmt.Sprintf("203.%d.%d.%d", i>>9&255, i>>3&255, i*31&255))
		b.SetString(event.DNSQuestionName, fmt.Sprintf("%x.%x.example%d.com", i*7919, i*104729, i%97))
		b.SetString(event.DNSResponseCode, []string{"NOERROR", "NXDOMAIN"}[i%2])
		if b.SetUint(event.DestinationPort, 53); i%3 == 0 { // an answer
			b.SetUint(event.SourcePort, 53)
		}
		b.SetUint(event.NetworkBytes, uint64(i%1500))
		b.End()
	}
	return b.Batch()
}

// Whatever came, a state goes on after a restart as it would have without.
func TestFloodedStateIsRestored(t *testing.T) {
	s := NewSite("testham", ScoreKey(), DefaultConfig())
	for i := range 40 {
		again := NewSite("testham", ScoreKey(), DefaultConfig())
		before := s.Snapshot()
		if err := again.Restore(before); err != nil {
			t.Fatalf("after %d messages: %v", i, err)
		}
		if !bytes.Equal(again.Snapshot(), before) {
			t.Fatalf("after %d messages the state is another one", i)
		}
		m := Message{Events: bomb(i*1000, 1000)}
		if i >= 20 {
			m.Events = queries(i*1000, 1000)
		}
		var one, two Output
		s.Process(m, &one)
		again.Process(m, &two)
		if !bytes.Equal(again.Snapshot(), s.Snapshot()) {
			t.Fatalf("after %d messages a restored state learns something else", i)
		}
	}
}

// The first name that a site ever asks for may be one whose letters are all usual.
func TestFirstNameIsRestored(t *testing.T) {
	for _, name := range []string{"t.co", "s.de", "example.com", "a.b", "9.net"} {
		s := NewSite("testham", ScoreKey(), DefaultConfig())
		b := event.NewBuilder()
		b.SetTime(event.Time, 1_772_409_600_000_000_000)
		b.SetString(event.Dataset, "queries")
		b.SetString(event.SourceIP, "10.0.0.1")
		b.SetString(event.DNSQuestionName, name)
		b.End()
		s.Process(Message{Events: b.Batch()}, &Output{})
		if err := NewSite("testham", ScoreKey(), DefaultConfig()).Restore(s.Snapshot()); err != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
}
