package ingest

import (
	"bytes"
	"context"
	"log/slog"
	"os"
	"time"

	"github.com/cenkalti/backoff/v7"
	"github.com/sourcegraph/conc/panics"

	"frontfoot/ingest/event"
	"frontfoot/ingest/line"
	"frontfoot/ingest/parse"
	"frontfoot/ingest/syslog"
	"frontfoot/ingest/tail"
)

// A source makes chunks of lines until ctx ends, then hands over what it has and returns nil. It returns nil also when there
// is nothing more to come. It is run once.
type source interface {
	Run(ctx context.Context, sink line.Sink) error
}

// A lineParser is a parse.Parser.
type lineParser interface {
	Line(b *event.Builder, raw []byte, received int64) bool
}

// An input is a configured source with its parser. The parser is used by who holds the site's filling batch, one at a time.
type input struct {
	cfg     Input
	pipe    *pipeline
	parser  lineParser
	metrics inputMetrics
	logger  *slog.Logger
	open    func() (source, error)
	source  source // opened already, for the first run
}

func newInput(cfg Input, all *Config, pipe *pipeline, positions *tail.Positions, logger *slog.Logger, m *metrics) (*input, error) {
	zone, err := parse.Zone(cfg.TZ)
	if err != nil {
		return nil, err
	}
	logger = logger.With("input", cfg.Name, "site", cfg.Site)
	in := &input{
		cfg: cfg, pipe: pipe, logger: logger, metrics: m.of(&cfg),
		parser: parse.New(parse.Config{Zone: zone, Replay: cfg.Clock == ClockReplay}),
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
				Scope: cfg.Site + "/" + cfg.Premises, Paths: cfg.Paths, Once: cfg.Once, FromEnd: cfg.Start == StartEnd,
				MaxLine: cfg.MaxLine, Poll: cfg.PollInterval,
			}, positions, logger), nil
		}
	default:
		r := all.Stdin
		if r == nil {
			r = os.Stdin
		}
		in.open = func() (source, error) { return tail.NewStream(r, cfg.MaxLine), nil }
	}
	in.source, err = in.open()
	return in, err
}

// run keeps the source running until ctx ends or it has nothing more. What it hands over is taken until drain ends.
func (in *input) run(ctx, drain context.Context) {
	sink := func(c line.Chunk) error { return in.pipe.take(drain, in, c) }
	wait := backoff.ExponentialBackOff{InitialInterval: time.Second, RandomizationFactor: 0.5, Multiplier: 2, MaxInterval: 30 * time.Second}
	wait.Reset()
	src, began := in.source, time.Now()
	for {
		var err error
		if src != nil {
			err = src.Run(ctx, sink)
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

// A tally turns a chunk's lines into rows and counts them.
type tally struct {
	in       *input
	chunk    *line.Chunk
	received int64

	lines, bytes, unparsed, empty int
	flagged                       [len(flagNames)]int
}

func (in *input) begin(chunk *line.Chunk) tally {
	return tally{in: in, chunk: chunk, received: chunk.Received.UnixNano()}
}

// row adds an event for a line; an empty line is none.
func (t *tally) row(b *event.Builder, l *line.Line) {
	if len(bytes.TrimRight(l.Raw, "\r\n\x00")) == 0 {
		t.empty++
		return
	}
	if !t.in.parse(b, l.Raw, t.received) {
		t.unparsed++
	}
	b.SetString(event.Premises, t.in.cfg.Premises)
	b.SetAddr(event.LogSourceAddress, l.Peer)
	b.SetString(event.LogFilePath, t.chunk.Path)
	if l.Flags != 0 {
		for i, f := range flagNames {
			if l.Flags&f.flag != 0 {
				b.Label(f.name, []byte("true"))
				t.flagged[i]++
			}
		}
	}
	b.End()
	t.lines++
	t.bytes += len(l.Raw)
}

// end adds what was counted to the metrics.
func (t *tally) end(p *pipeline) {
	m := &t.in.metrics
	m.lines.Add(float64(t.lines))
	m.bytes.Add(float64(t.bytes))
	m.unparsed.Add(float64(t.unparsed))
	m.empty.Add(float64(t.empty))
	for i, n := range t.flagged {
		m.flagged[i].Add(float64(n))
	}
	if t.lines > 0 {
		m.lastLine.Set(float64(t.received) / 1e9)
	}
	p.backlog.Add(float64(t.lines))
}

// parse fills the current row. A line on which the parser panics becomes a row like one that nobody understands.
func (in *input) parse(b *event.Builder, raw []byte, received int64) (understood bool) {
	defer func() {
		if p := recover(); p != nil {
			caught := panics.NewRecovered(1, p)
			in.metrics.panics.Inc()
			in.logger.Error("parser panicked, keeping the line alone", "err", caught.AsError())
			b.Discard()
			b.SetTime(event.Time, received)
			b.SetTime(event.Received, received)
			b.SetString(event.Dataset, parse.Unknown)
			b.SetText(event.Raw, raw)
			understood = false
		}
	}()
	return in.parser.Line(b, raw, received)
}
