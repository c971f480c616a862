package ingest

import (
	"bytes"
	"context"
	"errors"
	"fmt"

	"frontfoot/ingest/event"
)

// clips are how many bytes of each value are kept, one after the other, of a single event that Kafka will not take. With the
// last one no event is larger than 200 kB.
var clips = [...]int{64 << 10, 4 << 10, 256}

// split sends encoded rows that are too large for one message: in halves, and of a single row the beginnings of its values.
func (p *pipeline) split(ctx context.Context, value []byte, tooLarge error) error {
	rows, err := event.Decode(value)
	if err != nil {
		return fmt.Errorf("sending events of site %s: %w", p.site, errors.Join(tooLarge, err))
	}
	b := event.NewBuilder()
	if n := rows.Rows(); n > 1 {
		for _, part := range [][2]int{{0, n / 2}, {n / 2, n}} {
			b.Reset()
			for row := part[0]; row < part[1]; row++ {
				copyRow(b, rows, row, event.MaxMessage)
				b.End()
			}
			if err := p.sendRows(ctx, b); err != nil {
				return err
			}
		}
		return nil
	}
	largest := 0
	for c := range event.Column(event.NumColumns) {
		largest = max(largest, textLen(rows, c, 0))
	}
	rows.Labels(0, func(key, value string) bool {
		largest = max(largest, len(key), len(value))
		return true
	})
	for _, clip := range clips {
		if clip > largest/2 { // tried before: a character cut in two may have made it a little longer again
			continue
		}
		copyRow(b, rows, 0, clip)
		b.Label(flagNames[0].name, []byte("true"))
		b.End()
		return p.sendRows(ctx, b)
	}
	return fmt.Errorf("sending an event of site %s: %w", p.site, tooLarge)
}

func (p *pipeline) sendRows(ctx context.Context, b *event.Builder) error {
	var value bytes.Buffer
	if err := event.Encode(&value, b.Batch()); err != nil {
		return err
	}
	return p.send(ctx, value.Bytes(), b.Rows())
}

// copyRow sets the builder's current row to a row of src, of each text at most clip bytes.
func copyRow(b *event.Builder, src *event.Batch, row, clip int) {
	for c := range event.Column(event.NumColumns) {
		if c == event.LabelsColumn || !src.Has(c, row) {
			continue
		}
		switch c.Spec().Kind {
		case event.Text, event.Bytes:
			v := src.Text(c, row)
			b.SetString(c, v[:min(len(v), clip)])
		case event.Stamp:
			b.SetTime(c, src.Time(c, row))
		case event.Uint16, event.Uint32, event.Uint64:
			v, _ := src.Uint(c, row)
			b.SetUint(c, v)
		case event.Float32, event.Labels: // workers' columns, and those below
		}
	}
	src.Labels(row, func(key, value string) bool {
		if clip == event.MaxMessage || key != flagNames[0].name { // a clipped row gets it anew
			b.Label(key[:min(len(key), clip)], []byte(value[:min(len(value), clip)]))
		}
		return true
	})
}

// textLen is the length of a text value, 0 for other kinds.
func textLen(b *event.Batch, c event.Column, row int) int {
	if k := c.Spec().Kind; k != event.Text && k != event.Bytes {
		return 0
	}
	return len(b.Text(c, row))
}
