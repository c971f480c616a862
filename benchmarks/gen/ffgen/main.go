// Command ffgen writes the log lines of invented councils to files: SITE.log each, and truth.ndjson with the lines of the attack.
package main

import (
	"bufio"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"frontfoot/benchmarks/gen"
)

func main() {
	if err := run(os.Args[1:], os.Stderr); err != nil {
		fmt.Fprintln(os.Stderr, "error:", err)
		os.Exit(1)
	}
}

func run(args []string, notes io.Writer) (err error) {
	cfg := gen.Demo()
	flags := flag.NewFlagSet("ffgen", flag.ContinueOnError)
	flags.SetOutput(notes)
	flags.Uint64Var(&cfg.Seed, "seed", cfg.Seed, "what is made depends on this alone")
	sites := flags.String("sites", strings.Join(cfg.Sites, ","), "names of the councils")
	flags.IntVar(&cfg.Days, "days", cfg.Days, "days from Monday 2 March 2026")
	flags.IntVar(&cfg.EventsPerDay, "events-per-day", cfg.EventsPerDay, "lines a site and day")
	attack := flags.String("attack", string(cfg.Attack), fmt.Sprintf("one of %q, or nothing", gen.Scenarios()))
	flags.StringVar(&cfg.AttackSite, "attack-site", cfg.AttackSite, "the council that is attacked")
	flags.IntVar(&cfg.AttackDay, "attack-day", cfg.AttackDay, "the day of the attack, from 1")
	folder := flags.String("out", ".", "folder to write to")
	if err := flags.Parse(args); err != nil {
		return err
	}
	cfg.Sites, cfg.Attack = strings.Split(*sites, ","), gen.Scenario(*attack)
	if !slices.Contains(cfg.Sites, cfg.AttackSite) {
		cfg.AttackSite = cfg.Sites[0]
	}
	g, err := gen.New(cfg)
	if err != nil {
		return err
	}
	if err := os.MkdirAll(*folder, 0o755); err != nil {
		return fmt.Errorf("making the folder: %w", err)
	}
	truth, err := os.Create(filepath.Join(*folder, "truth.ndjson"))
	if err != nil {
		return fmt.Errorf("creating the ground truth: %w", err)
	}
	out := bufio.NewWriter(truth)
	defer func() { err = errors.Join(err, out.Flush(), truth.Close()) }()
	for i, site := range cfg.Sites {
		n, err := writeSite(g, i, filepath.Join(*folder, site+".log"), out)
		if err != nil {
			return err
		}
		_, _ = fmt.Fprintf(notes, "%s: %d lines\n", site, n)
	}
	return nil
}

func writeSite(g *gen.Generator, i int, path string, truth io.Writer) (lines int, err error) {
	f, err := os.Create(path)
	if err != nil {
		return 0, fmt.Errorf("creating the site's file: %w", err)
	}
	defer func() { err = errors.Join(err, f.Close()) }()
	return g.Write(i, f, truth)
}
