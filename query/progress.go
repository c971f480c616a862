package query

import (
	"fmt"
	"io"
	"time"
)

// A progress is a line on a terminal that says how far something is; elsewhere it is silent.
type progress struct {
	out   io.Writer // nil where nobody looks
	shown time.Time
}

// progressEvery is how often the line changes.
const progressEvery = 200 * time.Millisecond

func progressOn(out io.Writer, silent bool) *progress {
	if silent || !terminalOf(out).interactive {
		return &progress{}
	}
	return &progress{out: out}
}

// events returns what shows the number of events done, of those there are.
func (p *progress) events(site string) func(done, most uint64) {
	return func(done, most uint64) { p.show("%s: %s of %s events", escape(site), Thousands(done), Thousands(most)) }
}

// count shows the number of events done.
func (p *progress) count(site string, done uint64) {
	p.show("%s: %s events", escape(site), Thousands(done))
}

// show changes the line, unless it was changed a moment ago.
func (p *progress) show(format string, args ...any) {
	if p.out == nil || time.Since(p.shown) < progressEvery {
		return
	}
	p.shown = time.Now()
	_, _ = fmt.Fprintf(p.out, "\r\x1b[K"+format, args...)
}

// clear takes the line away.
func (p *progress) clear() {
	if p.out != nil && !p.shown.IsZero() {
		_, _ = io.WriteString(p.out, "\r\x1b[K")
	}
}
