package main

import (
	"os/exec"
	"strings"
	"testing"
)

// A test that never ended is shown with what it said, also where another of its package failed before: it may say why.
func TestSummaryShowsWhatNeverEnded(t *testing.T) {
	command := exec.CommandContext(t.Context(), "go", "run", "summary.go")
	command.Dir = ".ci"
	command.Stdin = strings.NewReader(`{"Action":"output","Package":"p","Test":"TestFails","Output":"it failed\n"}
{"Action":"fail","Package":"p","Test":"TestFails"}
{"Action":"output","Package":"p","Test":"TestHangs","Output":"panic: test timed out\n"}
{"Action":"fail","Package":"p"}
`)
	out, err := command.CombinedOutput()
	if err == nil {
		t.Error("the summary of a failure is a success")
	}
	for _, want := range []string{"it failed", "panic: test timed out", "0 passed, 1 failed, 0 skipped"} {
		if !strings.Contains(string(out), want) {
			t.Errorf("got %q, want %q in it", out, want)
		}
	}
}
