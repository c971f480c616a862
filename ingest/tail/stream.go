package tail

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"

	"frontfoot/ingest/failpoint"
	"frontfoot/ingest/line"
)

// A Stream reads lines from what has no position.
type Stream struct {
	r       io.Reader
	maxLine int
}

// NewStream returns a Stream that keeps maxLine bytes of a line.
func NewStream(r io.Reader, maxLine int) *Stream { return &Stream{r: r, maxLine: maxLine} }

// Run reads to the end, or until ctx ends, and returns nil then. An unfinished last line is a line. A read that blocks cannot
// be broken off: its goroutine goes on until the reader gives way, and what it reads is lost.
func (s *Stream) Run(ctx context.Context, sink line.Sink) error {
	w := line.NewWindow(DefaultBlock, s.maxLine)
	filled := make(chan error)
	var lines []line.Line
	for {
		go func() { // not waited for: nothing else can break off a read of a terminal
			_, err := w.Fill(s.r)
			select {
			case filled <- err:
			case <-ctx.Done():
			}
		}()
		var end error
		select {
		case <-ctx.Done():
			return nil
		case end = <-filled:
		}
		chunk := line.Chunk{Received: failpoint.Now()}
		lines = lines[:0]
		for c, ok := w.Line(false); ok; c, ok = w.Line(false) {
			lines = append(lines, line.Line{Raw: c.Raw, Flags: c.Flags})
		}
		if end != nil {
			if c, ok := w.Rest(); ok {
				lines = append(lines, line.Line{Raw: c.Raw, Flags: c.Flags})
			}
		}
		if chunk.Lines = lines; len(lines) > 0 {
			if err := sink(chunk); err != nil {
				return err
			}
		}
		switch {
		case errors.Is(end, io.EOF), errors.Is(end, os.ErrClosed):
			return nil
		case end != nil:
			return fmt.Errorf("reading stream: %w", end)
		}
	}
}
