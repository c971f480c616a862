// Command frontfoot learns what is normal at each council from its firewall and system logs, and reports what was never seen before.
//
// This package only wires: the stages ingest, detect, store and query do the work.
package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/signal"
	"path/filepath"
	"syscall"

	"github.com/alecthomas/kong"
	"golang.org/x/sys/unix"

	"frontfoot/ingest/hint"
	"frontfoot/query"
)

// version is set by the linker.
var version = "devel"

// Exit codes.
const (
	exitOK          = 0
	exitError       = 1
	exitUsage       = 2
	exitInterrupted = 130
)

// commands is the command line.
type commands struct {
	globals

	Up        upCommand        `cmd:"" help:"Run everything in one process: listen for logs, score them, store them, answer questions."`
	Collect   collectCommand   `cmd:"" help:"Collect the logs of one or more sites and send them to the Kafka of a region."`
	Work      workCommand      `cmd:"" help:"Score and store the events of a region, beside other workers."`
	Demo      demoCommand      `cmd:"" help:"Play a week at three councils through frontfoot, with an attack on the sixth day."`
	Parse     parseCommand     `cmd:"" help:"Read log lines on standard input, write one JSON object of ECS fields a line."`
	Format    formatCommand    `cmd:"" help:"List, show, check and draft log formats."`
	Score     scoreCommand     `cmd:"" help:"Score rows or log lines on standard input for novelty, without broker or database."`
	Templates templatesCommand `cmd:"" help:"Group log lines on standard input by what stays the same in them: the id of its template for each line."`
	query.Commands
	Engine  engineCommand  `cmd:"" help:"Fetch the embedded database engine, or run it alone."`
	Config  configCommand  `cmd:"" help:"Show the configuration with all defaults, or check a file."`
	Version versionCommand `cmd:"" help:"Print the version."`
}

// globals are the flags of every command.
type globals struct {
	ConfigFile string `name:"config" short:"c" placeholder:"FILE" env:"FRONTFOOT_CONFIG" help:"Configuration file. Without one the defaults hold: see 'frontfoot config show'."`
	Data       string `short:"d" placeholder:"DIR" env:"FRONTFOOT_DATA" help:"Data folder (default: the configuration's, which is ${data})."`
	LogLevel   string `enum:",debug,info,warn,error" default:"" placeholder:"LEVEL" help:"Least severity of what is logged: debug, info, warn or error."`
}

// terminal is what a command speaks to.
type terminal struct {
	in       io.Reader
	out, err io.Writer
}

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	context.AfterFunc(ctx, stop) // a second signal ends the process at once
	code := run(ctx, os.Args[1:], os.Stdin, os.Stdout, os.Stderr)
	stop()
	os.Exit(code)
}

// A readerFunc is the Read of an io.Reader.
type readerFunc func(p []byte) (int, error)

// Read implements io.Reader.
func (f readerFunc) Read(p []byte) (int, error) { return f(p) }

// interruptible returns a reader of r that gives up when ctx ends: nothing else breaks off a read of a terminal. What is being read then is
// lost, and its buffer stays in use.
func interruptible(ctx context.Context, r io.Reader) io.Reader {
	type result struct {
		n   int
		err error
	}
	return readerFunc(func(p []byte) (int, error) {
		done := make(chan result, 1)
		go func() {
			n, err := r.Read(p)
			done <- result{n, err}
		}()
		select {
		case <-ctx.Done():
			return 0, ctx.Err()
		case got := <-done:
			return got.n, got.err
		}
	})
}

// run is the whole program: it returns the exit code.
func run(ctx context.Context, args []string, stdin io.Reader, stdout, stderr io.Writer) int {
	var cli commands
	done := -1 // exit code of kong's own --help
	parser, err := kong.New(&cli,
		kong.Name("frontfoot"),
		kong.Description("You don't need to have seen the attack before to trap it and kill it."),
		kong.Writers(stdout, stderr),
		kong.Exit(func(code int) { done = code }),
		kong.UsageOnError(),
		kong.ConfigureHelp(kong.HelpOptions{Compact: true}),
		kong.Vars{"data": defaultData},
		kong.BindTo(ctx, (*context.Context)(nil)),
		kong.Bind(&terminal{in: interruptible(ctx, stdin), out: stdout, err: stderr}, &cli.globals),
		kong.BindTo(stdout, (*io.Writer)(nil)),
	)
	if err != nil {
		return report(ctx, stderr, err)
	}
	kctx, err := parser.Parse(meant(args))
	if done >= 0 {
		return done
	}
	if err != nil {
		report(ctx, stderr, &hint.Error{Err: err, Hint: "'frontfoot --help' lists the commands, 'frontfoot COMMAND --help' the flags of one"})
		return exitUsage
	}
	finder := &connector{&cli.globals, stderr}
	kctx.BindTo(finder, (*query.Connector)(nil))
	kctx.BindTo(finder, (*query.LogConnector)(nil))
	kctx.BindTo(finder, (*query.Models)(nil))
	kctx.BindTo(finder, (*query.Named)(nil))
	kctx.Bind(query.Command(cli.command()))
	return report(ctx, stderr, kctx.Run())
}

// meant returns the arguments that say what people mean who ask for help or for the version as other programs are asked.
func meant(args []string) []string {
	switch {
	case len(args) == 0:
		return []string{"--help"}
	case args[0] == "help":
		return append(args[1:len(args):len(args)], "--help")
	case args[0] == "--version":
		return append([]string{"version"}, args[1:]...)
	}
	return args
}

// report prints an error as people expect it and returns the exit code it means. ctx tells an interruption from what else was cancelled.
func report(ctx context.Context, w io.Writer, err error) int {
	switch {
	case err == nil:
		return exitOK
	case ctx.Err() != nil && errors.Is(err, context.Canceled):
		return exitInterrupted
	}
	fmt.Fprintf(w, "error: %v\n", err)
	var hinted interface{ HintText() string }
	switch {
	case errors.As(err, &hinted) && hinted.HintText() != "":
		fmt.Fprintf(w, "hint: %s\n", hinted.HintText())
	case errors.Is(err, unix.ENOSPC):
		fmt.Fprintln(w, "hint: the disk is full: make room there, or name a data folder on another with --data")
	}
	return exitError
}

type versionCommand struct{}

// Run prints the version of frontfoot.
func (versionCommand) Run(t *terminal) error {
	_, err := fmt.Fprintf(t.out, "frontfoot %s\n", version)
	return err
}

// load reads the configuration that the flags name and puts the flags over it.
func (g *globals) load() (*Config, error) {
	cfg, err := loadConfig(g.ConfigFile)
	if err != nil {
		return nil, err
	}
	if g.Data != "" {
		cfg.Data = g.Data
	}
	if g.LogLevel != "" {
		cfg.Log.Level = g.LogLevel
	}
	if cfg.Data, err = filepath.Abs(cfg.Data); err != nil {
		return nil, fmt.Errorf("finding the data folder: %w", err)
	}
	if info, err := os.Stat(cfg.Data); err == nil && !info.IsDir() {
		return nil, &hint.Error{Err: fmt.Errorf("the data folder %s is a file", cfg.Data), Hint: "name a folder with --data, or with data in the configuration; one that is not there is made"}
	}
	return cfg, nil
}
