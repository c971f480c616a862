// Package ingest is the collector: it takes lines from syslog, files and standard input, makes events of them and sends them
// to the site's topic in Kafka, one pipeline a site. Use New and Run. A file's position moves only when Kafka has its lines;
// what comes over the network is held back (TCP) or dropped by the kernel and counted (UDP) while Kafka is away. The package
// does not create topics, read them, or judge what lines say.
package ingest

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"os"
	"path/filepath"
	"slices"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/sourcegraph/conc"
	"github.com/sourcegraph/conc/pool"

	"frontfoot/ingest/bus"
	"frontfoot/ingest/tail"
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
	cfg       Config
	logger    *slog.Logger
	inputs    []*input
	pipes     []*pipeline
	positions *tail.Positions
}

var errDrained = errors.New("time to drain is over")

// New checks the configuration, reads the file positions in stateDir, which it makes, and opens the sockets, but takes
// nothing yet. What can be mended by the user is an error with a HintText. Run or Close must follow.
func New(cfg Config, producer Producer, stateDir string, logger *slog.Logger, reg prometheus.Registerer) (*Collector, error) {
	cfg.Inputs = slices.Clone(cfg.Inputs)
	cfg.SetDefaults()
	if problems := cfg.Validate(); len(problems) > 0 {
		return nil, fmt.Errorf("configuring the collector: %s: %s", problems[0].Path, problems[0].Msg)
	}
	if err := os.MkdirAll(stateDir, 0o700); err != nil {
		return nil, fmt.Errorf("making the collector's folder: %w", err)
	}
	m := newMetrics(reg)
	positions, err := tail.OpenPositions(filepath.Join(stateDir, "positions.json"), logger, m.saveFailures)
	if err != nil {
		return nil, err
	}
	c := &Collector{cfg: cfg, logger: logger, positions: positions}
	var epoch [16]byte
	_, _ = rand.Read(epoch[:]) // never fails
	for _, in := range cfg.Inputs {
		pipe := c.pipe(in.Site)
		if pipe == nil {
			pipe = newPipeline(in.Site, &cfg, epoch, producer, logger, m)
			c.pipes = append(c.pipes, pipe)
		}
		input, err := newInput(in, &cfg, pipe, positions, logger, m)
		if err != nil {
			return nil, errors.Join(fmt.Errorf("opening input %s: %w", in.Name, err), c.Close())
		}
		c.inputs = append(c.inputs, input)
	}
	return c, nil
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

// Close releases the sockets, those that Run has not closed already.
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
	return errors.Join(errs...)
}

// Run collects until ctx ends or until every input has come to its end, sends what it took, saves the file positions and
// returns nil. It returns an error when the producer refuses a batch for good.
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

	saveCtx, stopSaving := context.WithCancel(context.WithoutCancel(ctx))
	defer stopSaving()
	var saving, sources conc.WaitGroup
	saving.Go(func() { c.positions.Run(saveCtx) })
	ended := make(chan struct{})
	senders := pool.New().WithErrors().WithFirstError()
	for _, p := range c.pipes {
		senders.Go(func() error {
			err := p.run(drain, ended)
			if err != nil {
				abandon(err)
				stop()
			}
			return err
		})
	}
	for _, in := range c.inputs {
		sources.Go(func() { in.run(ctx, drain) })
	}
	sources.Wait()
	close(ended)
	err := senders.Wait()
	stopSaving() // and with it the last save
	saving.Wait()
	if errors.Is(context.Cause(drain), errDrained) {
		c.logger.WarnContext(ctx, "stopped before kafka had everything: lines from the network are lost, files are read again", "err", err)
		return nil
	}
	return err
}
