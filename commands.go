package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"time"

	"frontfoot/detect"
	"frontfoot/ingest/bus"
	"frontfoot/ingest/hint"
	"frontfoot/ingest/parse"
	"frontfoot/store/engine"
)

type upCommand struct{}

// Run runs all stages until the process is told to stop.
func (upCommand) Run(ctx context.Context, g *globals, t *terminal) error {
	cfg, err := g.load()
	if err != nil {
		return err
	}
	if f := (folder{cfg.Data}); f.isDemo() {
		return &hint.Error{Err: fmt.Errorf("%s holds the demo", cfg.Data), Hint: "choose another folder with --data, so that invented councils are not mixed with yours"}
	}
	logger := newLogger(t.err, cfg.Log)
	if err := ensureEngine(ctx, cfg, t.err); err != nil {
		return err
	}
	i, err := newInstance(ctx, everything, cfg, logger)
	if err != nil {
		return err
	}
	logger.InfoContext(ctx, "frontfoot is up", "version", version, "data", cfg.Data, "database", i.info.Database, "admin", "http://"+i.info.Admin, "sites", cfg.sites())
	defer context.AfterFunc(ctx, func() {
		logger.InfoContext(ctx, "frontfoot is stopping, finishing what it took; a second signal ends it at once", "data", cfg.Data)
	})()
	return errors.Join(i.Run(ctx), i.Close())
}

// ensureEngine fetches the engine where it is needed and missing.
func ensureEngine(ctx context.Context, cfg *Config, progress io.Writer) error {
	if cfg.Store.URL != "" || cfg.Engine.Library != "" {
		return nil
	}
	library, err := engine.DefaultLibrary()
	if err != nil {
		return err
	}
	if _, err := os.Stat(library); err == nil {
		return nil // opening it checks it
	}
	_, err = engine.Install(ctx, engine.InstallOptions{Progress: progress})
	return err
}

type engineCommand struct {
	Install engineInstallCommand `cmd:"" help:"Fetch the database engine (178 MB), check it, and put it in place."`
	Serve   engineServeCommand   `cmd:"" help:"Run the database engine alone, for workers and queries of other processes on this machine."`
}

type engineServeCommand struct {
	Listen string `placeholder:"HOST:PORT" help:"Loopback address (default: the configuration's engine.listen)."`
}

// Run serves the engine on the data folder until the process is told to stop.
func (c *engineServeCommand) Run(ctx context.Context, g *globals, t *terminal) (err error) {
	cfg, err := g.load()
	if err != nil {
		return err
	}
	if c.Listen != "" {
		cfg.Engine.Listen = c.Listen
		checkLoopback(c.Listen, "--listen", func(path, text string) { err = fmt.Errorf("%s: %s", path, text) })
	}
	if err != nil {
		return err
	}
	if cfg.Store.URL != "" {
		return &hint.Error{Err: errors.New("the configuration names a ClickHouse elsewhere"), Hint: "leave store.url out for the process that serves the engine"}
	}
	logger := newLogger(t.err, cfg.Log)
	if err := ensureEngine(ctx, cfg, t.err); err != nil {
		return err
	}
	f := folder{cfg.Data}
	release, err := f.lock()
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, release()) }()
	db, err := openDatabase(ctx, cfg, f, logger)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, db.Close()) }()
	if err := f.setRuntime(runtimeInfo{PID: os.Getpid(), Database: db.store.URL}); err != nil {
		return err
	}
	defer f.clearRuntime()
	logger.InfoContext(ctx, "serving the database engine", "database", db.store.URL, "user", engineUser, "password_file", f.join("secrets", "password"))
	<-ctx.Done()
	return nil
}

type engineInstallCommand struct {
	From string `placeholder:"FILE" type:"existingfile" help:"Take the engine from this file (the npm package as .tgz, or libchdb.so) instead of the network."`
	Dir  string `placeholder:"DIR" help:"Where to put it (default: the user's cache folder)."`
}

// Run installs the engine.
func (c *engineInstallCommand) Run(ctx context.Context, t *terminal) error {
	path, err := engine.Install(ctx, engine.InstallOptions{Dir: c.Dir, From: c.From, Progress: t.err})
	if err != nil {
		return err
	}
	_, err = fmt.Fprintln(t.out, path)
	return err
}

// zoneFlag is the flag of the commands that read lines whose stamps may name no zone.
type zoneFlag struct {
	TZ string `name:"tz" default:"UTC" placeholder:"ZONE" help:"Zone of stamps that name none: an IANA name, Local, UTC, +HH:MM or -HH:MM."`
}

func (f zoneFlag) zone() (*time.Location, error) {
	zone, err := parse.Zone(f.TZ)
	if err != nil {
		return nil, &hint.Error{Err: err, Hint: "for example --tz=Europe/London or --tz=+01:00"}
	}
	return zone, nil
}

type parseCommand struct {
	zoneFlag
	Now    string `placeholder:"TIME" help:"Reference clock (RFC 3339) for stamps without a year (default: when it starts)."`
	Replay bool   `help:"Keep stamps that are more than 26 hours off the clock." negatable:"" default:"true"`
	formatsFolder
	Explain bool `help:"Tell for each line which formats were tried, where each field came from, and what was left over."`
}

// Run parses standard input.
func (c *parseCommand) Run(ctx context.Context, t *terminal) error {
	zone, err := c.zone()
	if err != nil {
		return err
	}
	now := time.Now()
	if c.Now != "" {
		if now, err = time.Parse(time.RFC3339Nano, c.Now); err != nil {
			return &hint.Error{Err: fmt.Errorf("reading --now: %w", err), Hint: "for example --now=2026-03-02T00:00:00Z"}
		}
	}
	formats, err := c.load()
	if err != nil {
		return err
	}
	cfg := parse.Config{Zone: zone, Replay: c.Replay, Formats: formats}
	if c.Explain {
		return parse.Explain(ctx, t.in, t.out, cfg, now)
	}
	_, err = parse.Stream(ctx, t.in, t.out, cfg, now)
	return err
}

type scoreCommand struct {
	Format    string `enum:"auto,csv" default:"auto" help:"What standard input holds: log lines (auto) or rows with a schema (csv)."`
	Schema    string `placeholder:"FILE" type:"existingfile" help:"Names and kinds of the columns of csv rows: docs/tables.md has an example."`
	Site      string `placeholder:"NAME" help:"Name of the site (default: the schema's, or local)."`
	Incidents string `placeholder:"FILE" type:"path" help:"Write incidents to this file."`
	zoneFlag
	formatsFolder
}

// Run scores standard input.
func (c *scoreCommand) Run(ctx context.Context, g *globals, t *terminal) (err error) {
	if c.Site != "" {
		if err := bus.ValidSite(c.Site); err != nil {
			return err
		}
	}
	if (c.Format == detect.FormatCSV) != (c.Schema != "") {
		return &hint.Error{Err: errors.New("a schema is for rows of csv, and these need one"), Hint: "name both, --format csv and --schema FILE: docs/tables.md has an example"}
	}
	cfg, err := g.load()
	if err != nil {
		return err
	}
	lines, err := c.lines()
	if err != nil {
		return err
	}
	options := detect.ScoreOptions{Format: c.Format, Name: "input", Site: c.Site, Key: detect.ScoreKey(), Config: cfg.Detect.settings(), Lines: lines}
	if c.Schema != "" {
		text, err := os.ReadFile(c.Schema)
		if err != nil {
			return fmt.Errorf("reading the schema: %w", err)
		}
		if options.Schema, err = detect.ParseSchema(c.Schema, text); err != nil {
			return err
		}
	}
	var incidents io.Writer
	if c.Incidents != "" { // what an earlier run wrote there stays until all else is right
		file, createErr := os.Create(c.Incidents)
		if createErr != nil {
			return fmt.Errorf("writing incidents: %w", createErr)
		}
		defer func() { err = errors.Join(err, file.Close()) }()
		incidents = file
	}
	return detect.Score(ctx, t.in, t.out, incidents, options)
}

// lines says how log lines are read. Tables have none: the formats would be half of the memory.
func (c *scoreCommand) lines() (parse.Config, error) {
	if c.Format == detect.FormatCSV {
		return parse.Config{}, nil
	}
	zone, err := c.zone()
	if err != nil {
		return parse.Config{}, err
	}
	formats, err := c.load()
	return parse.Config{Zone: zone, Formats: formats}, err
}

type templatesCommand struct {
	JSON bool `name:"json" help:"One JSON object a line: the line's number, the id and the text of its template, and how many lines it had by then."`
}

// Run groups the lines of standard input.
func (c *templatesCommand) Run(ctx context.Context, t *terminal) error {
	return detect.Templates(ctx, t.in, t.out, detect.ScoreKey(), c.JSON)
}
