package ingest

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/sourcegraph/conc/pool"

	"frontfoot/ingest/bus"
	"frontfoot/ingest/failpoint"
	"frontfoot/ingest/ledger"
	"frontfoot/ingest/spool"
	"frontfoot/ingest/tail"
)

// A pipeline takes the lines of one site into its spool and sends what is durable there to the site's topic. One message is made while another
// is sent. Messages are made at the desks that all sites share, so that hundreds of sites take little more memory than few; while a site has nothing to
// send it takes none.
//
//	inputs ── spool ══▶ fill: read, parse, encode ──full──▶ ship: produce, acknowledge
//
// Each message has lines of one epoch without a hole between them, or the entries of one note.
type pipeline struct {
	site      string
	topic     string
	limit     int // bytes of a batch before compression
	linger    time.Duration
	producer  Producer
	logger    *slog.Logger
	spool     *spool.Spool
	positions *tail.Positions
	notes     *notes
	rows      rows

	full  chan *batch
	desks desks

	epoch spool.Epoch // and seq: of the next event; ship's alone
	seq   uint64

	batches, batchBytes, splits prometheus.Counter
}

// A batch is what will be one message.
type batch struct {
	rows    int
	value   []byte // the rows, encoded
	epoch   spool.Epoch
	seq     uint64 // of the first row, or of the event after the note
	note    uint64
	entries []ledger.Entry // not empty: it is a note, and there are no rows
	ack     spool.Ack      // when it is sent
}

// rowGrowth is how much larger than its line a row hardly gets: raw, message and labels may each hold all of it.
const rowGrowth = 4

func newPipeline(site string, cfg *Config, dir string, producer Producer, formats *formats, desks desks, logger *slog.Logger, m *metrics) (*pipeline, error) {
	logger = logger.With("site", site)
	s, err := spool.Open(spool.Settings{
		Dir: dir, MaxBytes: int64(cfg.Spool.MaxMiB) << 20, SegmentBytes: cfg.Spool.SegmentBytes,
	}, logger, m.spool(site))
	if err != nil {
		return nil, err
	}
	p := &pipeline{
		site: site, topic: bus.RawTopic(site), limit: cfg.BatchBytes, linger: cfg.Linger,
		producer: producer, logger: logger, spool: s, positions: tail.NewPositions(s.Positions()),
		notes: newNotes(s), rows: newRows(site, formats, logger, m),
		full: make(chan *batch), desks: desks,
		batches: m.batches.WithLabelValues(site), batchBytes: m.batchBytes.WithLabelValues(site), splits: m.splits.WithLabelValues(site),
	}
	return p, nil
}

// run sends what is in the spool until ended is closed and everything that was committed before is sent, or until ctx ends.
func (p *pipeline) run(ctx context.Context, ended <-chan struct{}) error {
	both := pool.New().WithContext(ctx).WithCancelOnError().WithFirstError()
	both.Go(func(ctx context.Context) error {
		f := filler{p: p, r: p.spool.Reader()}
		return f.run(ctx, ended)
	})
	both.Go(func(ctx context.Context) error {
		for {
			select {
			case b, ok := <-p.full:
				if !ok {
					return nil
				}
				if err := p.ship(ctx, b); err != nil {
					return err
				}
			case <-ctx.Done():
				return context.Cause(ctx)
			}
		}
	})
	return both.Wait()
}

// ship sends a batch and says so to the spool.
func (p *pipeline) ship(ctx context.Context, b *batch) error {
	p.epoch, p.seq = b.epoch, b.seq
	var err error
	if len(b.entries) > 0 {
		err = p.sendNote(ctx, b)
	} else {
		err = p.send(ctx, b.value, b.rows)
	}
	if err != nil {
		return err
	}
	failpoint.Hit("after_produce")
	return p.spool.Acknowledge(b.ack, b.rows)
}

// send sends n encoded rows as one message, or as several where Kafka will not take them as one. The value must not change any more: a try that was given
// up may still be reading it.
func (p *pipeline) send(ctx context.Context, value []byte, n int) error {
	head := bus.Envelope{Epoch: p.epoch, Seq0: p.seq, N: uint32(n), Size: uint32(len(value))}
	err := p.produce(ctx, bus.Message{Value: value, Headers: head.Headers()})
	switch {
	case errors.Is(err, bus.ErrTooLarge):
		p.splits.Inc()
		return p.split(ctx, value, err)
	case err != nil:
		return fmt.Errorf("sending %d events of site %s: %w", n, p.site, err)
	}
	p.seq += uint64(n)
	p.batches.Inc()
	p.batchBytes.Add(float64(len(value)))
	return nil
}

// sendNote makes a message of ledger entries.
func (p *pipeline) sendNote(ctx context.Context, b *batch) error {
	value, err := ledger.Encode(b.entries)
	if err != nil {
		return err
	}
	head := bus.Envelope{Epoch: b.epoch, Seq0: b.seq, Size: uint32(len(value)), IsNote: true, Note: b.note}
	if err := p.produce(ctx, bus.Message{Value: value, Headers: head.Headers()}); err != nil {
		return fmt.Errorf("sending a note of site %s: %w", p.site, err)
	}
	return nil
}

// produce sends one message and tries for ever.
func (p *pipeline) produce(ctx context.Context, m bus.Message) error {
	if !failpoint.Off("retry") {
		_, err := p.producer.Produce(ctx, p.topic, m)
		return err
	}
	once, cancel := context.WithTimeout(ctx, time.Second)
	defer cancel()
	if _, err := p.producer.Produce(once, p.topic, m); ctx.Err() != nil {
		return err
	}
	return nil // and what was not sent is lost
}
