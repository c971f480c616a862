package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"log/slog"
	"os"
	"time"

	"github.com/schollz/progressbar/v3"
	"github.com/sourcegraph/conc/pool"

	"frontfoot/benchmarks/gen"
	"frontfoot/ingest"
	"frontfoot/ingest/hint"
	"frontfoot/query"
)

type demoCommand struct {
	Seed   uint64 `default:"1" help:"Another seed is another week."`
	Attack string `enum:"ransomware,bruteforce,dns-tunnel,insider,webshell,none" default:"ransomware" help:"What happens on the sixth day: ransomware, bruteforce, dns-tunnel, insider, webshell or none."`
	Stay   bool   `help:"Go on serving when the week is over, until interrupted."`
}

// demoPoll is how often the demo looks for incidents and for how far it is.
const demoPoll = 300 * time.Millisecond

// Run plays the week and prints incidents as they arise.
func (c *demoCommand) Run(ctx context.Context, g *globals, t *terminal) error {
	cfg, err := g.load()
	if err != nil {
		return err
	}
	if cfg.Store.URL != "" {
		return &hint.Error{Err: fmt.Errorf("the demo would write invented councils into the database at %s", cfg.Store.URL), Hint: "run it without store.url: it has a database of its own"}
	}
	d := &demo{folder: folder{cfg.Data}, out: t.out, stay: c.Stay, command: g.command(), shown: map[string]bool{}}
	d.week = gen.Demo()
	d.week.Seed = c.Seed
	if d.week.Attack = gen.Scenario(c.Attack); c.Attack == "none" {
		d.week.Attack = gen.Quiet
	}
	if err := ensureEngine(ctx, cfg, t.err); err != nil {
		return err
	}
	d.began = time.Now()
	if err := d.clear(); err != nil {
		return err
	}
	if err := d.write(cfg); err != nil {
		return err
	}
	d.bar = newBar(t.err, d.lines)
	if cfg.Log.Level == "info" {
		cfg.Log.Level = "warn" // the incidents are what is to be seen here
	}
	cfg.Admin.Listen, cfg.Kafka.Brokers = "127.0.0.1:0", nil
	return d.play(ctx, cfg, newLogger(t.err, cfg.Log))
}

// A demo is one showing: the week's lines as files, and what has been shown so far.
type demo struct {
	folder folder
	week   gen.Config
	out    io.Writer
	began  time.Time

	stay    bool
	command string // how the user calls frontfoot on this folder

	lines int
	shown map[string]bool // incidents
	bar   *progressbar.ProgressBar
}

// demoParts are what the demo makes in its folder; the mark that it was the demo goes last.
func demoParts() []string { return []string{"broker", "database", "spool", "secrets", "demo"} }

// clear empties a folder that an earlier demo filled. A folder that an instance has used is refused, also where its database is elsewhere.
func (d *demo) clear() error {
	if d.folder.isDemo() {
		release, err := d.folder.lock()
		if err != nil {
			return err
		}
		defer release() //nolint:errcheck // closing a lock file
		for _, part := range demoParts() {
			if err := os.RemoveAll(d.folder.join(part)); err != nil {
				return fmt.Errorf("clearing the last demo: %w", err)
			}
		}
	}
	for _, part := range demoParts() {
		if _, err := os.Stat(d.folder.join(part)); !errors.Is(err, fs.ErrNotExist) {
			return &hint.Error{Err: fmt.Errorf("%s holds data that is not the demo's", d.folder.path), Hint: "choose another folder with --data"}
		}
	}
	return nil
}

// write puts the week into a file a council, the truth about the attack beside them, and makes the files the collector's inputs.
func (d *demo) write(cfg *Config) error {
	g, err := gen.New(d.week)
	if err != nil {
		return fmt.Errorf("making the week: %w", err)
	}
	if err := os.MkdirAll(d.folder.join("demo"), 0o700); err != nil {
		return fmt.Errorf("making the demo's folder: %w", err)
	}
	truth, err := os.Create(d.folder.join("demo", "truth.ndjson"))
	if err != nil {
		return fmt.Errorf("writing the week: %w", err)
	}
	defer truth.Close()
	cfg.Ingest.Inputs = nil
	for i, site := range g.Sites() {
		path := d.folder.join("demo", site+".log")
		lines, err := writeSite(g, i, path, truth)
		if err != nil {
			return err
		}
		d.lines += lines
		cfg.Ingest.Inputs = append(cfg.Ingest.Inputs, ingest.Input{
			Name: site, Type: ingest.TypeFile, Site: site, Clock: ingest.ClockReplay, Paths: []string{path}, Once: true,
		})
	}
	cfg.Ingest.SetDefaults()
	return nil
}

func writeSite(g *gen.Generator, i int, path string, truth io.Writer) (int, error) {
	file, err := os.Create(path)
	if err != nil {
		return 0, fmt.Errorf("writing the week: %w", err)
	}
	lines, err := g.Write(i, file, truth)
	return lines, errors.Join(err, file.Close())
}

// play runs the week through all stages.
func (d *demo) play(ctx context.Context, cfg *Config, logger *slog.Logger) (err error) {
	d.sayf("A week at %s: %s log lines from firewalls, servers and applications.\n\n", joinAnd(d.week.Sites), query.Thousands(uint64(d.lines)))
	i, err := newInstance(ctx, everything, cfg, logger)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, i.Close()) }()
	running, stop := context.WithCancel(ctx)
	defer stop()
	p := pool.New().WithErrors()
	p.Go(func() error {
		defer stop()
		return i.Run(running)
	})
	p.Go(func() error {
		if err := d.watch(running, i.store); err != nil || !d.stay {
			stop() // what is under way is finished first
			return err
		}
		return d.finish(running, i.store, d.command)
	})
	if err := p.Wait(); err != nil || d.stay || ctx.Err() != nil {
		return err
	}
	return d.finish(ctx, i.store, d.command)
}

// newBar returns a progress bar, which is drawn on terminals alone.
func newBar(w io.Writer, lines int) *progressbar.ProgressBar {
	return progressbar.NewOptions(lines, progressbar.OptionSetWriter(w), progressbar.OptionSetVisibility(isTerminal(w)),
		progressbar.OptionSetDescription("scored"), progressbar.OptionShowCount(), progressbar.OptionClearOnFinish(), progressbar.OptionSetWidth(30))
}
