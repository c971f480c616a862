//go:build !race

package detect

import (
	"fmt"
	"math"
	"testing"
	"time"

	"frontfoot/benchmarks/gen"
	"frontfoot/ingest/event"
	"frontfoot/ingest/parse"
)

// A chaff is what one machine may write in an hour to move what is usual, and what others do that is looked at before and behind it.
type chaff struct {
	line   func(i int, at time.Time) string
	probes []func(at time.Time) string
}

// madeUp is sudo by accounts that nobody has, so that who does what nobody did is no news any more.
var madeUp = chaff{
	func(i int, at time.Time) string {
		h := uint32(i) * 2654435761
		return fmt.Sprintf("<86>1 %s te-web01 sudo - - - u%d : TTY=pts/0 ; PWD=/home ; USER=r%d ; COMMAND=/bin/x%d", at.Format(time.RFC3339), h%50000, h>>5%50000, i)
	},
	[]func(at time.Time) string{
		func(at time.Time) string {
			return "<86>1 " + at.Format(time.RFC3339) + " te-fs01 sudo - - - mallory : TTY=pts/0 ; PWD=/home ; USER=root ; COMMAND=/bin/nc"
		},
		func(at time.Time) string {
			return "<86>1 " + at.Format(time.RFC3339) + " te-db01 sshd 12 - - Accepted password for mallory from 10.20.7.7 port 4000 ssh2"
		},
		func(at time.Time) string {
			return "<86>1 " + at.Format(time.RFC3339) + " te-db01 useradd 12 - - new user: name=mallory, UID=1007, GID=1007, home=/home/mallory, shell=/bin/bash"
		},
	},
}

// spoofed is traffic of addresses that nobody has, so that what machines do every day looks rare.
var spoofed = chaff{
	func(i int, at time.Time) string {
		h := uint32(i) * 2654435761
		return traffic(at, fmt.Sprintf("10.20.%d.%d", h>>8&255, h&255), fmt.Sprintf("10.20.%d.%d", h>>24, h>>16&255), int(h>>3)%60000+1)
	},
	[]func(at time.Time) string{
		func(at time.Time) string { return traffic(at, "10.20.1.10", "10.20.1.20", 445) },
		func(at time.Time) string { return traffic(at, "10.20.0.9", "10.20.1.10", 53) },
	},
}

func traffic(at time.Time, src, dst string, port int) string {
	return fmt.Sprintf(`<189>date=%s time=%s devname="TE-FGT-01" devid="FG100FTK23653713" eventtime=%d tz="+0000" logid="0000000013" type="traffic" subtype="forward" `+
		`level="notice" vd="root" srcip=%s srcport=50000 srcintf="lan" dstip=%s dstport=%d dstintf="servers" proto=6 action="accept" policyid=4 policyname="Lan-Servers" sentbyte=224 rcvdbyte=95`,
		at.Format(time.DateOnly), at.Format(time.TimeOnly), at.UnixNano(), src, dst, port)
}

// moved returns the scores of the probes before and behind an hour of chaff, ten times as much as a day's events, after a week at a council.
func (c *chaff) moved(t *testing.T, cfg Config) (before, behind []float32, s *Site) {
	t.Helper()
	g, err := gen.New(gen.Config{Seed: 3, Sites: []string{"testham"}, Start: time.Unix(0, monday).UTC(), Days: 7, EventsPerDay: 4000})
	if err != nil {
		t.Fatal(err)
	}
	s = NewSite("testham", ScoreKey(), cfg)
	p, b := parse.New(parse.Config{Replay: true}), event.NewBuilder()
	var now time.Time
	add := func(line []byte, at time.Time) {
		now = at
		p.Line(b, line, at.UnixNano())
		if b.End(); b.Rows() == 256 {
			s.Process(Message{Events: b.Batch()}, &Output{})
			b.Reset()
		}
	}
	scores := func() (out []float32) {
		s.Process(Message{Events: b.Batch()}, &Output{})
		for _, line := range c.probes {
			b.Reset()
			p.Line(b, []byte(line(now)), 0)
			b.End()
			s.events.Begin(b.Batch())
			s.events.Row(0, &s.row)
			out = append(out, s.engine.score(&s.row))
		}
		b.Reset()
		return out
	}
	for line := range g.Site(0) {
		add(line.Text, line.Time)
	}
	before = scores()
	const many = 40_000
	for i := range many {
		at := now.Add(time.Hour / many)
		add([]byte(c.line(i, at)), at)
	}
	return before, scores(), s
}

// TestFloodTeachesLittle checks that what one source floods a site with moves the scores of others by little, and how many events a day they are held against
// not at all; without the bound it does.
func TestFloodTeachesLittle(t *testing.T) {
	const little, much = 0.6, 2 // bits
	for name, c := range map[string]*chaff{"accounts made up": &madeUp, "addresses made up": &spoofed} {
		t.Run(name, func(t *testing.T) {
			before, behind, s := c.moved(t, DefaultConfig())
			_, open, control := c.moved(t, DefaultConfig().Without(PartInfluence))
			most := 0.0
			for i := range before {
				if by := math.Abs(float64(behind[i] - before[i])); by > little {
					t.Errorf("probe %d scored %.1f before and %.1f behind", i, before[i], behind[i])
				}
				most = max(most, math.Abs(float64(open[i]-before[i])))
			}
			if most < much {
				t.Errorf("without the bound scores move by %.1f bits at most: this is no attack", most)
			}
			if s.daily() > control.daily()/2 {
				t.Errorf("%.0f events a day, %.0f without the bound", s.daily(), control.daily())
			}
		})
	}
}
