// Package ingest is the collector: it takes lines from syslog, files and standard input into a spool on disk, one a site, makes events of what
// is durable there and sends them to the site's topic in Kafka. Use New and Run. A file's position becomes durable together with its lines; while the
// spool has no room files and TCP senders are held back, and datagrams are dropped and counted. What came, and what did not, it tells in notes
// between the events (package ledger). The package does not create topics, read them, or judge what lines say.
package ingest

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"path/filepath"
	"slices"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/sourcegraph/conc"
	"github.com/sourcegraph/conc/pool"

	"frontfoot/ingest/bus"
)

// A Producer sends messages; bus.Client is one.
type Producer interface {
	// Produce sends messages to a topic as one batch and returns when they are durable; it tries until ctx ends, or until
	// it knows that the broker will never take them, which is a bus.ErrTooLarge where they are too large. It is called for
	// one batch of a topic at a time and must not keep the messages' memory.
	Produce(ctx context.Context, topic string, msgs ...bus.Message) (int64, error)
}

// A Collector runs the inputs of one process. It may be run once.
type Collector struct {
	cfg     Config
	logger  *slog.Logger
	formats *formats
	inputs  []*input
	pipes   []*pipeline
}

var errDrained = errors.New("time to drain is over")

// New checks the configuration, opens the sites' spools in stateDir, which it makes, and the sockets, but takes nothing yet. Each site's messages go
// to the producer that producers returns for it, which may be the same for all. What can be mended by the user is an error with a HintText. Run or
// Close must follow.
func New(cfg Config, producers func(site string) Producer, stateDir string, logger *slog.Logger, reg prometheus.Registerer) (*Collector, error) {
	cfg.Inputs = slices.Clone(cfg.Inputs)
	cfg.SetDefaults()
	if problems := cfg.Validate(); len(problems) > 0 {
		return nil, fmt.Errorf("configuring the collector: %s: %s", problems[0].Path, problems[0].Msg)
	}
	m := newMetrics(reg)
	cfg.BatchBytes = share(batchMemory, countSites(cfg.Inputs), minBatch, cfg.BatchBytes)
	formats, err := newFormats(cfg.Formats, logger)
	if err != nil {
		return nil, err
	}
	c := &Collector{cfg: cfg, logger: logger, formats: formats}
	desks := newDesks()
	for _, in := range cfg.Inputs {
		if c.pipe(in.Site) != nil {
			continue
		}
		pipe, err := newPipeline(in.Site, &cfg, filepath.Join(stateDir, "spool", in.Site), producers(in.Site), formats, desks, logger, m)
		if err != nil {
			return nil, errors.Join(err, c.Close())
		}
		c.pipes = append(c.pipes, pipe)
	}
	if err := c.adoptPositions(filepath.Join(stateDir, "positions", "positions.json")); err != nil {
		return nil, errors.Join(err, c.Close())
	}
	if err := c.boundPositions(); err != nil {
		return nil, errors.Join(err, c.Close())
	}
	for _, in := range cfg.Inputs {
		input, err := newInput(in, &cfg, c.pipe(in.Site), logger, m)
		if err != nil {
			return nil, errors.Join(fmt.Errorf("opening input %s: %w", in.Name, err), c.Close())
		}
		c.inputs = append(c.inputs, input)
	}
	return c, nil
}

// What all sites and inputs of a collector share, so that many of them take no more memory than few: bytes of rows that wait to be sent, and of lines that are
// read at a time.
const (
	batchMemory, minBatch = 12 << 20, 24 << 10
	blockMemory, minBlock = 8 << 20, 16 << 10
)

// share returns the part of one of n, not below least and not above most.
func share(all, n, least, most int) int { return min(max(all/max(n, 1), least), most) }

func countSites(inputs []Input) int {
	sites := map[string]bool{}
	for _, in := range inputs {
		sites[in.Site] = true
	}
	return len(sites)
}

func (c *Collector) pipe(site string) *pipeline {
	for _, p := range c.pipes {
		if p.site == site {
			return p
		}
	}
	return nil
}

// Addr returns the address that a syslog input listens on, nil for other inputs.
func (c *Collector) Addr(input string) net.Addr {
	for _, in := range c.inputs {
		if l, ok := in.source.(interface{ Addr() net.Addr }); ok && in.cfg.Name == input {
			return l.Addr()
		}
	}
	return nil
}

// Close releases the sockets and the spools, those that Run has not closed already.
func (c *Collector) Close() error {
	var errs []error
	for _, in := range c.inputs {
		s, ok := in.source.(io.Closer)
		if !ok {
			continue
		}
		if err := s.Close(); !errors.Is(err, net.ErrClosed) {
			errs = append(errs, err)
		}
	}
	return errors.Join(append(errs, c.closeSpools())...)
}

func (c *Collector) closeSpools() error {
	var errs []error
	for _, p := range c.pipes {
		errs = append(errs, p.spool.Close())
	}
	return errors.Join(errs...)
}

// Run collects until ctx ends or until every input has come to its end, sends what it took, and returns nil. What it cannot send in time stays in
// the spools. It returns an error when the producer refuses a batch for good, or when the disk fails.
func (c *Collector) Run(ctx context.Context) error {
	ctx, stop := context.WithCancel(ctx)
	defer stop()
	drain, abandon := context.WithCancelCause(context.WithoutCancel(ctx))
	defer abandon(nil)
	defer context.AfterFunc(ctx, func() {
		select {
		case <-time.After(c.cfg.DrainTimeout):
			abandon(errDrained)
		case <-drain.Done():
		}
	})()
	until := func(err error) error { // the first error ends everything
		if err != nil {
			abandon(err)
			stop()
		}
		return err
	}

	noteCtx, stopNotes := context.WithCancel(context.WithoutCancel(ctx)) // until the last source has ended, however long it takes
	defer stopNotes()
	commitCtx, stopCommits := context.WithCancel(context.WithoutCancel(ctx))
	defer stopCommits()
	ended := make(chan struct{})
	var sources conc.WaitGroup
	commits, noting, senders := newErrPool(), newErrPool(), newErrPool()
	for _, p := range c.pipes {
		commits.Go(func() error { return until(p.spool.Run(commitCtx)) })
		noting.Go(func() error { return until(p.notes.run(noteCtx)) })
		senders.Go(func() error { return until(p.run(drain, ended)) })
	}
	noting.Go(func() error { c.formats.watch(noteCtx); return nil })
	for _, in := range c.inputs {
		sources.Go(func() { in.run(ctx, drain) })
	}
	sources.Wait()
	stopNotes()
	errs := []error{noting.Wait()}
	for _, p := range c.pipes {
		errs = append(errs, until(p.spool.Commit()))
	}
	close(ended)
	sent := senders.Wait()
	if errors.Is(context.Cause(drain), errDrained) {
		c.logger.WarnContext(ctx, "stopped before kafka had everything: the rest is in the spool and will be sent after the next start", "err", sent)
		sent = nil
	}
	stopCommits()
	errs = append(errs, sent, commits.Wait(), c.closeSpools())
	return firstError(errs)
}

func newErrPool() *pool.ErrorPool { return pool.New().WithErrors().WithFirstError() }

// firstError is the error that came first: those that follow from it say nothing more.
func firstError(errs []error) error {
	i := slices.IndexFunc(errs, func(err error) bool { return err != nil })
	if i < 0 {
		return nil
	}
	return errs[i]
}
