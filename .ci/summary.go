//go:build ignore

// Command summary reads `go test -json` on standard input, shows what failed and what was skipped and why, and ends with the line
// "N passed, N failed, N skipped". It exits with 1 unless everything that ran passed and something ran.
package main

import (
	"bufio"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"regexp"
	"slices"
	"strings"
)

// event is one line of `go test -json`; see `go doc test2json`.
type event struct {
	Action, Package, Test, Output, ImportPath string
	Elapsed                                   float64
}

type summary struct {
	out                     io.Writer
	passed, failed, skipped int
	broken                  bool                // a package that did not build, or failed outside a test
	lines                   map[string][]string // output by package and test, until its result is known
	failedIn                map[string]bool     // packages with a failed test
	reasons                 []string
}

func main() {
	s := &summary{out: os.Stdout, lines: map[string][]string{}, failedIn: map[string]bool{}}
	input := bufio.NewScanner(os.Stdin)
	input.Buffer(nil, 64<<20)
	for input.Scan() {
		var e event
		if err := json.Unmarshal(input.Bytes(), &e); err != nil {
			fmt.Fprintln(s.out, input.Text())
			continue
		}
		s.add(e)
	}
	if err := input.Err(); err != nil {
		fmt.Fprintln(s.out, "reading test output:", err)
		s.broken = true
	}
	if !s.close() {
		os.Exit(1)
	}
}

func (s *summary) add(e event) {
	key := e.Package + " " + e.Test
	switch e.Action {
	case "output":
		s.lines[key] = append(s.lines[key], e.Output)
		return
	case "build-output":
		fmt.Fprint(s.out, e.Output)
	case "build-fail":
		s.broken = true
	case "pass", "fail", "skip":
		if e.Test == "" {
			s.endPackage(e, s.lines[key])
		} else {
			s.endTest(e, s.lines[key])
		}
		delete(s.lines, key)
	}
}

func (s *summary) endTest(e event, output []string) {
	switch e.Action {
	case "pass":
		s.passed++
	case "skip":
		s.skipped++
		s.reasons = append(s.reasons, fmt.Sprintf("skipped: %s %s: %s", e.Package, e.Test, reason(output)))
	case "fail":
		s.failed++
		s.failedIn[e.Package] = true
		fmt.Fprint(s.out, strings.Join(output, ""))
	}
}

func (s *summary) endPackage(e event, output []string) {
	switch e.Action {
	case "pass":
		fmt.Fprintf(s.out, "ok    %-40s %6.1f s\n", e.Package, e.Elapsed)
	case "fail":
		fmt.Fprintf(s.out, "FAIL  %-40s %6.1f s\n", e.Package, e.Elapsed)
		if !s.failedIn[e.Package] { // a panic, a race outside a test, a leak, a time-out
			s.broken = true
			fmt.Fprint(s.out, strings.Join(output, ""))
		}
		s.flush(e.Package)
	}
}

// flush shows what the tests of a package had said that never ended.
func (s *summary) flush(pkg string) {
	for key, output := range s.lines {
		if strings.HasPrefix(key, pkg+" ") {
			fmt.Fprint(s.out, strings.Join(output, ""))
			delete(s.lines, key)
		}
	}
}

var location = regexp.MustCompile(`^\s*\S+\.go:\d+: `)

// reason returns what a test said when it skipped itself.
func reason(output []string) string {
	for _, line := range slices.Backward(output) {
		if at := location.FindString(line); at != "" {
			return strings.TrimSpace(line[len(at):])
		}
	}
	return "no reason given"
}

// close prints the end and reports whether all is well.
func (s *summary) close() bool {
	slices.Sort(s.reasons)
	for _, line := range s.reasons {
		fmt.Fprintln(s.out, line)
	}
	if s.broken {
		s.failed++ // what failed outside a test counts as one
		fmt.Fprintln(s.out, "something failed outside a test: see above")
	}
	fmt.Fprintf(s.out, "%d passed, %d failed, %d skipped\n", s.passed, s.failed, s.skipped)
	return s.failed == 0 && s.passed > 0
}
