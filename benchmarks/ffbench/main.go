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

	"frontfoot/benchmarks/machine"
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
	name := flags.String("machine", "", "name of the machine in the file's name (default: its cores and architecture)")
	out := flags.String("out", filepath.Join("benchmarks", "results"), "folder to write to")
	if err := flags.Parse(args); err != nil {
		return err
	}
	if *name == "" {
		*name = strconv.Itoa(runtime.NumCPU()) + "core-" + runtime.GOARCH
	}
	command := []string{"go", "test", "-run", "^$", "-bench", *pattern, "-count", strconv.Itoa(*count), "-timeout", "60m", "./benchmarks"}
	head := machine.Facts(strings.Join(command, " "))
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
	file := filepath.Join(*out, time.Now().UTC().Format(time.DateOnly)+"-"+*name)
	if err := os.WriteFile(file+".txt", []byte(text(head)+said.String()), 0o644); err != nil {
		return fmt.Errorf("writing results: %w", err)
	}
	if err := os.WriteFile(file+".md", []byte(markdown(head, results)), 0o644); err != nil {
		return fmt.Errorf("writing results: %w", err)
	}
	_, _ = fmt.Fprintf(progress, "written to %s.md and .txt\n", file)
	if failed != nil {
		return fmt.Errorf("running the benchmarks: %w", failed)
	}
	return nil
}

func text(head []machine.Fact) string {
	var b strings.Builder
	for _, f := range head {
		b.WriteString(f.Key + ": " + f.Value + "\n")
	}
	return b.String()
}
