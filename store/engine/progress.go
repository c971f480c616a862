package engine

import (
	"fmt"
	"io"
	"os"
	"sync"
	"time"

	"golang.org/x/term"
)

// How often a step that goes on is reported: on a terminal by a line that is overwritten, else by lines.
const (
	liveEvery  = 200 * time.Millisecond
	plainEvery = 10 * time.Second
)

// progress reports long steps and for how long they have been going on.
type progress struct {
	w    io.Writer
	live bool
	stop chan struct{}
	over sync.WaitGroup

	mu    sync.Mutex // guards what follows
	name  string
	start time.Time
	total int64
	count int64
}

// newProgress reports to w; nil is nobody.
func newProgress(w io.Writer) *progress {
	p := &progress{w: w, stop: make(chan struct{})}
	if w == nil {
		p.w = io.Discard
		return p
	}
	every := plainEvery
	if f, ok := w.(*os.File); ok && term.IsTerminal(int(f.Fd())) {
		p.live, every = true, liveEvery
	}
	p.over.Go(func() { p.tick(every) })
	return p
}

func (p *progress) tick(every time.Duration) {
	t := time.NewTicker(every)
	defer t.Stop()
	for {
		select {
		case <-p.stop:
			return
		case <-t.C:
			p.mu.Lock()
			if p.name != "" {
				p.line()
			}
			p.mu.Unlock()
		}
	}
}

// line writes how far the step is; p.mu is held.
func (p *progress) line() {
	text := fmt.Sprintf("%s: %s", p.name, time.Since(p.start).Round(time.Second))
	if p.total > 0 {
		text += fmt.Sprintf(", %d %%", min(100, 100*p.count/p.total))
	}
	if p.live {
		_, _ = fmt.Fprintf(p.w, "\r\x1b[K%s", text)
		return
	}
	_, _ = fmt.Fprintln(p.w, text)
}

// step begins a step of total bytes, 0 when that is not known.
func (p *progress) step(name string, total int64) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.finish()
	p.name, p.start, p.total, p.count = name, time.Now(), total, 0
	if !p.live {
		_, _ = fmt.Fprintln(p.w, name)
	}
}

// finish ends the step that is going on; p.mu is held.
func (p *progress) finish() {
	if p.name != "" && p.live {
		_, _ = fmt.Fprintf(p.w, "\r\x1b[K%s: done in %s\n", p.name, time.Since(p.start).Round(100*time.Millisecond))
	}
	p.name = ""
}

func (p *progress) add(n int) {
	p.mu.Lock()
	p.count += int64(n)
	p.mu.Unlock()
}

// say ends the step and writes a line.
func (p *progress) say(text string) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.finish()
	_, _ = fmt.Fprintln(p.w, text)
}

// done ends reporting.
func (p *progress) done() {
	close(p.stop)
	p.over.Wait()
	p.mu.Lock()
	defer p.mu.Unlock()
	p.finish()
}
