package detect

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"

	"frontfoot/detect/incident"
	"frontfoot/ingest/event"
	"frontfoot/ingest/parse"
)

const (
	linesAtOnce = 1024    // lines that are scored together
	longestLine = 1 << 20 // bytes of a line that are read; the rest of it is left out
)

// scoreLines scores log lines through a Site.
func scoreLines(ctx context.Context, in io.Reader, out *scoreWriter, opt *ScoreOptions) error {
	site := NewSite(opt.Site, opt.Key, opt.Config)
	reading := opt.Lines
	reading.Replay = true
	parser := parse.New(reading)
	b := event.NewBuilder()
	lines := bufio.NewReaderSize(in, longestLine)
	var last int64 // what a line without a time is dated by
	for more := true; more; {
		b.Reset()
		for b.Rows() < linesAtOnce {
			line, err := readLine(lines)
			if errors.Is(err, io.EOF) {
				more = false
				break
			}
			if err != nil {
				return fmt.Errorf("%s:%d: %w", opt.Name, out.row+uint64(b.Rows())+1, err)
			}
			parser.Line(b, line, last)
			b.End()
		}
		batch := b.Batch()
		var res Output
		site.Process(Message{Seq0: out.row, Events: batch}, &res)
		if n := batch.Rows(); n > 0 {
			last = batch.Time(event.Time, n-1)
		}
		if err := writeLines(out, &res); err != nil {
			return err
		}
		if ctx.Err() != nil {
			return ctx.Err()
		}
	}
	var rest []incident.Version
	site.tracker.Close(&rest)
	out.take(rest)
	return nil
}

// writeLines writes the verdicts of one message.
func writeLines(out *scoreWriter, res *Output) error {
	found := res.Findings
	for _, m := range res.Messages {
		for _, score := range m.Scores {
			alert := len(found) > 0 && found[0].Seq == out.row
			if alert {
				found = found[1:]
			}
			if err := out.verdict(score, alert); err != nil {
				return err
			}
		}
	}
	out.take(res.Incidents)
	return nil
}

// readLine returns the next line without its end, at most longestLine bytes of it. It holds until the next call.
func readLine(r *bufio.Reader) ([]byte, error) {
	line, err := r.ReadSlice('\n')
	switch {
	case errors.Is(err, bufio.ErrBufferFull):
		line = append([]byte(nil), line...)
		for errors.Is(err, bufio.ErrBufferFull) {
			_, err = r.ReadSlice('\n')
		}
		if err != nil && !errors.Is(err, io.EOF) {
			return nil, err
		}
		return line, nil
	case len(line) > 0 && errors.Is(err, io.EOF):
		return line, nil
	}
	return line, err
}
