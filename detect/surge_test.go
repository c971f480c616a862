//go:build !race

package detect

import (
	"strings"
	"testing"
	"time"

	"frontfoot/benchmarks/gen"
	"frontfoot/ingest/event"
	"frontfoot/ingest/parse"
)

// TestSlowGuessingFromManyIsTold lets a hired crowd try passwords at a gateway for three days, a few from each address and at each account, and checks that
// an incident tells of it, by how many came.
func TestSlowGuessingFromManyIsTold(t *testing.T) {
	g, err := gen.New(gen.Config{
		Seed: 3, Sites: []string{"testham"}, Start: time.Unix(0, monday).UTC(), Days: 24, EventsPerDay: 4000,
		Plays: []gen.Play{{Kind: "vpn-botnet", Site: "testham", Day: 22}},
	})
	if err != nil {
		t.Fatal(err)
	}
	s, p, b := NewSite("testham", ScoreKey(), DefaultConfig()), parse.New(parse.Config{Replay: true}), event.NewBuilder()
	seq, told, bad := uint64(0), 0, map[uint64]bool{}
	flush := func() {
		var out Output
		s.Process(Message{Epoch: "e", Seq0: seq - uint64(b.Rows()), Events: b.Batch()}, &out)
		b.Reset()
		for i := range out.Incidents {
			v := &out.Incidents[i]
			if isAttack(v, bad) && strings.Contains(v.Title, "with action ssl-login-fail, outcome failure came ") {
				told++
			}
		}
	}
	for line := range g.Site(0) {
		bad[seq] = line.Attack != ""
		p.Line(b, line.Text, line.Time.UnixNano())
		b.End()
		if seq++; b.Rows() == 256 {
			flush()
		}
	}
	flush()
	if told == 0 {
		t.Error("nothing is told")
	}
}
