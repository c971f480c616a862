package ingest

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"frontfoot/ingest/bus"
	"frontfoot/ingest/event"
	"frontfoot/ingest/line"
)

// A pipeline sends the lines of one site to its topic. There are two batches: inputs fill one, in their own goroutines, while
// run sends the other. When both are full, inputs wait: that is all the memory a site takes.
//
//	inputs ── take: filling ──full──▶ run: encode, produce, acknowledge ──free──▶ filling
type pipeline struct {
	site     string
	topic    string
	epoch    [16]byte
	limit    int // bytes of a batch before compression
	linger   time.Duration
	producer Producer
	logger   *slog.Logger

	filling chan *batch // holds the batch being filled while nobody fills it
	full    chan *batch
	free    chan *batch
	due     *time.Timer // runs from a batch's first line on

	seq uint64 // of the next event; run's alone, like buf
	buf bytes.Buffer

	batches, batchBytes, splits prometheus.Counter
	backlog                     prometheus.Gauge
}

// A batch is what will be one message.
type batch struct {
	rows *event.Builder
	acks []func()
}

// rowGrowth is how much larger than its line a row hardly gets: raw, message and labels may each hold all of it.
const rowGrowth = 4

func newPipeline(site string, cfg *Config, epoch [16]byte, producer Producer, logger *slog.Logger, m *metrics) *pipeline {
	p := &pipeline{
		site: site, topic: bus.RawTopic(site), epoch: epoch, limit: cfg.BatchBytes, linger: cfg.Linger,
		producer: producer, logger: logger,
		filling: make(chan *batch, 1), full: make(chan *batch), free: make(chan *batch, 2),
		due:     time.NewTimer(time.Hour),
		batches: m.batches.WithLabelValues(site), batchBytes: m.batchBytes.WithLabelValues(site),
		splits: m.splits.WithLabelValues(site), backlog: m.backlog.WithLabelValues(site),
	}
	p.due.Stop()
	p.filling <- &batch{rows: event.NewBuilder()}
	p.free <- &batch{rows: event.NewBuilder()}
	return p
}

// take puts a chunk's lines into batches and blocks while both are full. It returns an error when ctx ends.
func (p *pipeline) take(ctx context.Context, in *input, chunk line.Chunk) error {
	var b *batch
	select {
	case b = <-p.filling:
	case <-ctx.Done():
		return context.Cause(ctx)
	}
	defer func() { p.filling <- b }()
	tally := in.begin(&chunk)
	defer tally.end(p)
	for i := range chunk.Lines {
		l := &chunk.Lines[i]
		before := b.rows.Rows()
		if before > 0 && b.rows.Size()+rowGrowth*len(l.Raw) > p.limit {
			select {
			case p.full <- b:
				b, before = <-p.free, 0
			case <-ctx.Done():
				return context.Cause(ctx)
			}
		}
		tally.row(b.rows, l)
		if before == 0 && b.rows.Rows() == 1 {
			p.due.Reset(p.linger)
		}
	}
	if chunk.Ack != nil {
		if b.acks = append(b.acks, chunk.Ack); b.rows.Rows() == 0 && len(b.acks) == 1 { // not put off by the next empty lines
			p.due.Reset(p.linger)
		}
	}
	return nil
}

// run sends batches until ended is closed and everything taken is sent, or until ctx ends.
func (p *pipeline) run(ctx context.Context, ended <-chan struct{}) error {
	for {
		var err error
		select {
		case b := <-p.full:
			err = p.ship(ctx, b)
		case <-p.due.C:
			err = p.flush(ctx)
		case <-ended:
			return p.flush(ctx)
		}
		if err != nil {
			return err
		}
	}
}

// flush sends the batch that is being filled, or the full one where there is one.
func (p *pipeline) flush(ctx context.Context) error {
	select {
	case b := <-p.full:
		return p.ship(ctx, b)
	case b := <-p.filling:
		p.filling <- <-p.free
		return p.ship(ctx, b)
	}
}

// ship sends a batch and tells those who wait for it, in their order.
func (p *pipeline) ship(ctx context.Context, b *batch) error {
	if b.rows.Rows() > 0 {
		if err := p.send(ctx, b.rows.Batch()); err != nil {
			return err
		}
	}
	for _, ack := range b.acks {
		ack()
	}
	clear(b.acks)
	b.acks = b.acks[:0]
	b.rows.Reset()
	p.free <- b
	return nil
}

// send makes one message of rows, or several where Kafka will not take it as one.
func (p *pipeline) send(ctx context.Context, rows *event.Batch) error {
	p.buf.Reset()
	if err := event.Encode(&p.buf, rows); err != nil {
		return err
	}
	n := rows.Rows()
	size := p.buf.Len()
	head := bus.Envelope{Epoch: p.epoch, Seq0: p.seq, N: uint32(n), Size: uint32(size)}
	_, err := p.producer.Produce(ctx, p.topic, bus.Message{Value: p.buf.Bytes(), Headers: head.Headers()})
	switch {
	case errors.Is(err, bus.ErrTooLarge):
		p.splits.Inc()
		return p.split(ctx, rows, err)
	case err != nil:
		return fmt.Errorf("sending %d events of site %s: %w", n, p.site, err)
	}
	p.seq += uint64(n)
	p.batches.Inc()
	p.batchBytes.Add(float64(size))
	p.backlog.Sub(float64(n))
	return nil
}
