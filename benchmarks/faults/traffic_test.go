package faults

import (
	"bytes"
	"fmt"
	"iter"
	"testing"
	"time"

	"frontfoot/benchmarks/gen"
	"frontfoot/detect"
)

// settings are those of the workers and of the undisturbed run that they are compared with: sites that learn fast and report much.
func settings() detect.Config {
	cfg := detect.DefaultConfig()
	cfg.LearnFor, cfg.LearnEvents, cfg.FindingRate = 6*time.Hour, 100, 0.01
	return cfg
}

// A life is how an invented council spends its days: how many lines one has without its attack, and how many of these one is taken of.
type life struct {
	lines, thinned int
}

// eventful is a life of short days, so that there are many attacks among few lines.
func eventful() life { return life{lines: 150, thinned: 10} }

// A feed is the endless life of an invented council: a day with an attack after the other. Each line is marked with its source and number, by which it is
// known again; a sign ends the mark, so that a line cut short is not taken for another.
type feed struct {
	source int
	next   func() (gen.Line, bool)
	stop   func()
	ahead  gen.Line // the next line, looked at and not yet taken
	peeked bool
	made   uint64 // lines
	days   int    // begun, each with an attack
	buf    bytes.Buffer
}

func newFeed(t *testing.T, source int, l life) *feed {
	t.Helper()
	f := &feed{source: source}
	f.next, f.stop = iter.Pull(f.lives(t, l))
	t.Cleanup(f.stop)
	return f
}

// firstDay is when each life begins.
func firstDay() time.Time { return time.Date(2026, time.March, 2, 0, 0, 0, 0, time.UTC) }

func (f *feed) lives(t *testing.T, l life) iter.Seq[gen.Line] {
	t.Helper()
	return func(yield func(gen.Line) bool) {
		scenarios := gen.Scenarios()
		for day := 0; ; day++ {
			g, err := gen.New(gen.Config{
				Seed: uint64(1000*f.source + day/len(scenarios)), Sites: []string{fmt.Sprintf("council-%03d", f.source)},
				Start: firstDay().AddDate(0, 0, day), Days: 1, EventsPerDay: l.lines,
				Attack: scenarios[(day+f.source)%len(scenarios)], AttackDay: 1,
			})
			if err != nil {
				t.Error(err)
				return
			}
			f.days++
			n := 0
			for line := range g.Site(0) {
				if n++; line.Attack == "" && n%l.thinned != 0 {
					continue
				}
				if !yield(line) {
					return
				}
			}
		}
	}
}

// peek returns when the next line was written.
func (f *feed) peek() (time.Time, bool) {
	if !f.peeked {
		f.ahead, f.peeked = f.next()
	}
	return f.ahead.Time, f.peeked
}

// line returns the next line without its end; it holds until the next call.
func (f *feed) line() []byte {
	if _, ok := f.peek(); !ok {
		return nil
	}
	f.peeked = false
	f.buf.Reset()
	text := f.ahead.Text
	if len(text) > 0 && text[0] == '{' {
		fmt.Fprintf(&f.buf, `{"ffn":"%d-%d",`, f.source, f.made)
		f.buf.Write(text[1:])
	} else {
		f.buf.Write(text)
		fmt.Fprintf(&f.buf, " ffn=%d-%d;", f.source, f.made)
	}
	f.made++
	return f.buf.Bytes()
}
