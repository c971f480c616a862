package ingest

import (
	"context"
	"errors"
	"log/slog"
	"os"
	"time"

	"github.com/cenkalti/backoff/v7"

	"frontfoot/ingest/ledger"
	"frontfoot/ingest/line"
	"frontfoot/ingest/spool"
	"frontfoot/ingest/syslog"
	"frontfoot/ingest/tail"
)

// A source makes chunks of lines until ctx ends, then hands over what it has and returns nil. It returns nil also when there
// is nothing more to come. It is run once.
type source interface {
	Run(ctx context.Context, sink line.Sink) error
}

// An input is a configured source.
type input struct {
	cfg     Input
	pipe    *pipeline
	from    spool.Source
	metrics inputMetrics
	logger  *slog.Logger
	open    func() (source, error)
	source  source // opened already, for the first run
}

func newInput(cfg Input, all *Config, pipe *pipeline, logger *slog.Logger, m *metrics) (*input, error) {
	logger = logger.With("input", cfg.Name, "site", cfg.Site)
	in := &input{
		cfg: cfg, pipe: pipe, logger: logger, metrics: m.of(&cfg),
		from: spool.Source{Input: cfg.Name, Premises: cfg.Premises, Zone: cfg.TZ, Replay: cfg.Clock == ClockReplay},
	}
	switch cfg.Type {
	case TypeSyslog:
		in.open = func() (source, error) {
			l, err := syslog.Listen(syslog.Config{
				Address: cfg.Listen, Transport: syslog.Transport(cfg.Transport), MaxLine: cfg.MaxLine,
				MaxConns: cfg.MaxConnections, IdleTimeout: cfg.IdleTimeout,
			}, logger, in.metrics.syslog)
			if err != nil {
				return nil, err
			}
			logger.Info("listening for syslog", "address", l.Addr().String(), "transport", cfg.Transport)
			return l, nil
		}
	case TypeFile:
		in.open = func() (source, error) {
			return tail.New(tail.Config{
				Scope: scopeOf(&cfg), Input: cfg.Name, Paths: cfg.Paths, Once: cfg.Once, FromEnd: cfg.Start == StartEnd,
				MaxLine: cfg.MaxLine, Poll: cfg.PollInterval, Block: share(blockMemory, len(all.Inputs), minBlock, tail.DefaultBlock),
			}, pipe.positions, logger), nil
		}
	default:
		r := all.Stdin
		if r == nil {
			r = os.Stdin
		}
		in.open = func() (source, error) { return tail.NewStream(r, cfg.MaxLine), nil }
	}
	var err error
	in.source, err = in.open()
	return in, err
}

// scopeOf is whose file positions an input has.
func scopeOf(in *Input) string { return in.Site + "/" + in.Premises }

// run keeps the source running until ctx ends or it has nothing more. What it hands over is taken until drain ends.
func (in *input) run(ctx, drain context.Context) {
	sink := func(c line.Chunk) error { return in.take(drain, &c) }
	wait := backoff.ExponentialBackOff{InitialInterval: time.Second, RandomizationFactor: 0.5, Multiplier: 2, MaxInterval: 30 * time.Second}
	wait.Reset()
	src, began := in.source, time.Now()
	for {
		var err error
		if src != nil {
			in.pipe.notes.running(&in.cfg, true)
			err = src.Run(ctx, sink)
			in.pipe.notes.running(&in.cfg, false)
		}
		if err == nil && src != nil || ctx.Err() != nil || drain.Err() != nil {
			return
		}
		if src != nil && time.Since(began) > wait.MaxInterval {
			wait.Reset()
		}
		in.metrics.restarts.Inc()
		pause := wait.NextBackOff()
		in.logger.ErrorContext(ctx, "input failed, starting it again", "err", err, "pause", pause)
		select {
		case <-ctx.Done():
			return
		case <-time.After(pause):
		}
		began = time.Now()
		if src, err = in.open(); err != nil {
			src = nil
		}
	}
}

// take puts a chunk into the spool and blocks while there is no room. What its sender cannot keep is lost then, and counted.
func (in *input) take(ctx context.Context, c *line.Chunk) error {
	m := &in.metrics
	if c.Dropped > 0 {
		in.pipe.notes.loss(ledger.KernelDrop, "the kernel dropped datagrams that were not read in time", in.cfg.Name, c.Received, c.Dropped, 0)
	}
	n, err := in.pipe.spool.Append(ctx, in.from, c)
	switch {
	case errors.Is(err, spool.ErrFull):
		m.full.Add(float64(n.Lines))
		in.pipe.notes.loss(ledger.SpoolFull, "the spool had no room for datagrams", in.cfg.Name, c.Received, uint64(n.Lines), uint64(n.Bytes))
		return nil
	case err != nil:
		if c.Droppable { // its sender keeps nothing
			in.pipe.notes.loss(ledger.SpoolFull, "the collector stopped before datagrams were in the spool", in.cfg.Name, c.Received, uint64(len(c.Lines)), 0)
		}
		return err
	}
	m.empty.Add(float64(n.Empty))
	if n.Lines == 0 {
		return nil
	}
	m.lines.Add(float64(n.Lines))
	m.bytes.Add(float64(n.Bytes))
	m.lastLine.Set(float64(c.Received.UnixNano()) / 1e9)
	for i := range c.Lines {
		if l := &c.Lines[i]; l.Flags != 0 && !l.Empty() {
			for j, f := range flagNames {
				if l.Flags&f.flag != 0 {
					m.flagged[j].Inc()
				}
			}
		}
	}
	in.pipe.notes.taken(c.Received)
	return nil
}
