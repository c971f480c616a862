// Command ffbench runs the benchmarks of package benchmarks and writes what they say to benchmarks/results: DATE-MACHINE.txt for
// benchstat and DATE-MACHINE.md for people, with machine, commit and command, and the targets beside the figures.
package main

import (
	"bytes"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strconv"
	"strings"
	"time"
)

func main() {
	if err := run(os.Args[1:], os.Stderr); err != nil {
		fmt.Fprintln(os.Stderr, "error:", err)
		os.Exit(1)
	}
}

func run(args []string, progress io.Writer) error {
	flags := flag.NewFlagSet("ffbench", flag.ContinueOnError)
	flags.SetOutput(progress)
	count := flags.Int("count", 1, "how often each benchmark is run; 10 for benchstat")
	pattern := flags.String("bench", ".", "which benchmarks, a regular expression")
	machine := flags.String("machine", "", "name of the machine in the file's name (default: its cores and architecture)")
	out := flags.String("out", filepath.Join("benchmarks", "results"), "folder to write to")
	if err := flags.Parse(args); err != nil {
		return err
	}
	if *machine == "" {
		*machine = strconv.Itoa(runtime.NumCPU()) + "core-" + runtime.GOARCH
	}
	command := []string{"go", "test", "-run", "^$", "-bench", *pattern, "-count", strconv.Itoa(*count), "-timeout", "60m", "./benchmarks"}
	head := header(strings.Join(command, " "))
	var said bytes.Buffer
	cmd := exec.Command(command[0], command[1:]...)
	cmd.Stdout, cmd.Stderr = io.MultiWriter(&said, progress), progress
	failed := cmd.Run()
	results := parse(said.String())
	if len(results) == 0 {
		return errors.Join(errors.New("no benchmark gave a figure"), failed)
	}
	if err := os.MkdirAll(*out, 0o755); err != nil {
		return fmt.Errorf("making the folder of results: %w", err)
	}
	name := filepath.Join(*out, time.Now().UTC().Format(time.DateOnly)+"-"+*machine)
	if err := os.WriteFile(name+".txt", []byte(text(head)+said.String()), 0o644); err != nil {
		return fmt.Errorf("writing results: %w", err)
	}
	if err := os.WriteFile(name+".md", []byte(markdown(head, results)), 0o644); err != nil {
		return fmt.Errorf("writing results: %w", err)
	}
	_, _ = fmt.Fprintf(progress, "written to %s.md and .txt\n", name)
	if failed != nil {
		return fmt.Errorf("running the benchmarks: %w", failed)
	}
	return nil
}

// A fact is one line of the header.
type fact struct{ key, value string }

func header(command string) []fact {
	return []fact{
		{"date", time.Now().UTC().Format(time.RFC3339)},
		{"machine", strconv.Itoa(runtime.NumCPU()) + " cores, " + processor() + ", " + memory() + ", " + runtime.GOOS + "/" + runtime.GOARCH},
		{"load", load()},
		{"go-version", runtime.Version()},
		{"commit", first("git", "describe", "--always", "--dirty")},
		{"command", command},
	}
}

// first returns the first line that a program prints, "unknown" where it cannot be run.
func first(name string, args ...string) string {
	out, err := exec.Command(name, args...).Output()
	line, _, _ := strings.Cut(string(out), "\n")
	if err != nil || line == "" {
		return "unknown"
	}
	return line
}

// fromProc returns the value of a key of one of the kernel's files.
func fromProc(path, key string) string {
	content, err := os.ReadFile(path)
	if err != nil {
		return "unknown"
	}
	for line := range strings.Lines(string(content)) {
		if k, v, ok := strings.Cut(line, ":"); ok && strings.TrimSpace(k) == key {
			return strings.TrimSpace(v)
		}
	}
	return "unknown"
}

func processor() string { return fromProc("/proc/cpuinfo", "model name") }

func memory() string {
	kb, err := strconv.Atoi(strings.TrimSuffix(fromProc("/proc/meminfo", "MemTotal"), " kB"))
	if err != nil {
		return "memory unknown"
	}
	return strconv.Itoa((kb+1<<19)>>20) + " GiB"
}

// load is how busy the machine was before: figures of a busy machine are worth less.
func load() string {
	content, err := os.ReadFile("/proc/loadavg")
	if err != nil {
		return "unknown"
	}
	one, _, _ := strings.Cut(string(content), " ")
	return one + " in the minute before"
}

func text(head []fact) string {
	var b strings.Builder
	for _, f := range head {
		b.WriteString(f.key + ": " + f.value + "\n")
	}
	return b.String()
}
