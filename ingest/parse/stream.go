package parse

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"time"

	"frontfoot/ingest/event"
)

// maxLine is how much of one line Stream reads; what is longer is cut off there and the label "cut" set.
const maxLine = 1 << 20

// Stats count what a stream held.
type Stats struct {
	Lines   int // lines read, empty ones included
	Unknown int // lines that no format understood
	Cut     int // lines longer than 1 MiB
}

// Stream reads lines from in, takes each for received at now, and writes one flat JSON object with ECS names for each of them to
// out, in order, empty lines included. It returns at the end of in, at the first error of either side, or when ctx ends.
func Stream(ctx context.Context, in io.Reader, out io.Writer, cfg Config, now time.Time) (Stats, error) {
	var stats Stats
	p, b := New(cfg), event.NewBuilder()
	r, w := bufio.NewReaderSize(in, maxLine+2), bufio.NewWriterSize(out, 1<<16)
	var object []byte
	received := now.UnixNano()
	for {
		if err := ctx.Err(); err != nil {
			return stats, errors.Join(err, w.Flush())
		}
		line, cut, err := nextLine(r)
		if err != nil && !errors.Is(err, io.EOF) {
			return stats, errors.Join(fmt.Errorf("reading lines: %w", err), w.Flush())
		}
		if err != nil && len(line) == 0 {
			break
		}
		stats.Lines++
		if !p.Line(b, line, received) {
			stats.Unknown++
		}
		if cut {
			stats.Cut++
			b.Label("cut", []byte("true"))
		}
		b.End()
		object = append(b.Batch().AppendJSON(object[:0], 0), '\n')
		b.Reset()
		if _, err := w.Write(object); err != nil {
			return stats, fmt.Errorf("writing events: %w", err)
		}
		if r.Buffered() == 0 { // somebody may be waiting at the other end
			if err := w.Flush(); err != nil {
				return stats, fmt.Errorf("writing events: %w", err)
			}
		}
	}
	if err := w.Flush(); err != nil {
		return stats, fmt.Errorf("writing events: %w", err)
	}
	return stats, nil
}

// nextLine returns the next line with its end, or as much of it as fits; the rest of it is skipped.
func nextLine(r *bufio.Reader) (line []byte, cut bool, err error) {
	line, err = r.ReadSlice('\n')
	if !errors.Is(err, bufio.ErrBufferFull) {
		return line, false, err
	}
	line = append([]byte(nil), line...)
	for errors.Is(err, bufio.ErrBufferFull) {
		_, err = r.ReadSlice('\n')
	}
	if errors.Is(err, io.EOF) {
		err = nil
	}
	return line, true, err
}
