package faults

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"sync"
	"testing"
	"time"
)

// Values of FRONTFOOT_FAULTS, which says what is run.
const (
	quick    = "quick"    // each fault for seconds
	full     = "full"     // each fault as long as the promises say
	controls = "controls" // each fault without a protection
	day      = "day"      // a day of many sites
	load     = "load"     // a load of files
)

// suite is what the tests share: the program, built once, and the table of what came out.
var suite struct { //nolint:gochecknoglobals // TestMain and tests have no other way to share
	dir    string
	commit string // of which the program is
	build  sync.Once
	err    error
	table
}

func TestMain(m *testing.M) {
	os.Exit(run(m))
}

func run(m *testing.M) int {
	dir, err := os.MkdirTemp("", "faults")
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	defer os.RemoveAll(dir)
	suite.dir, suite.commit = dir, commit()
	code := m.Run()
	if err := suite.write(mode()); err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	return code
}

func mode() string { return os.Getenv("FRONTFOOT_FAULTS") }

// need skips a test that the mode does not include.
func need(t *testing.T, modes ...string) {
	t.Helper()
	if mode() == "" {
		t.Skip("fault tests take minutes: set FRONTFOOT_FAULTS to quick, full or controls, or run make faults")
	}
	if !slices.Contains(modes, mode()) {
		t.Skipf("not part of FRONTFOOT_FAULTS=%s", mode())
	}
}

// pick returns how long or how often in the form that runs.
func pick[T any](short, long T) T {
	if mode() == full {
		return long
	}
	return short
}

// size returns how much of something a test takes: what the environment says, or else what the promises say.
func size(name string, promised int) int {
	if n, err := strconv.Atoi(os.Getenv(name)); err == nil && n > 0 {
		return n
	}
	return promised
}

// program builds frontfoot with its failpoints, once, and returns its path.
func program(t *testing.T) string {
	t.Helper()
	path := filepath.Join(suite.dir, "frontfoot")
	suite.build.Do(func() {
		cmd := exec.Command("go", "build", "-buildvcs=false", "-tags", "faults", "-o", path, "frontfoot")
		cmd.Env = append(os.Environ(), "CGO_ENABLED=0")
		if text, err := cmd.CombinedOutput(); err != nil {
			suite.err = fmt.Errorf("building frontfoot: %w\n%s", err, text)
		}
	})
	if suite.err != nil {
		t.Fatal(suite.err)
	}
	return path
}

// pause lets time pass, unless the test ends.
func pause(t *testing.T, d time.Duration) {
	t.Helper()
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
	case <-t.Context().Done():
		t.Fatal(t.Context().Err())
	}
}

// patience is how long anything may take that does not say otherwise.
const patience = 2 * time.Minute

var errTimeout = errors.New("it did not happen in time")

// wait returns nil when done is true, and errTimeout after limit.
func wait(ctx context.Context, limit time.Duration, done func() bool) error {
	ctx, cancel := context.WithTimeoutCause(ctx, limit, errTimeout)
	defer cancel()
	tick := time.NewTicker(20 * time.Millisecond)
	defer tick.Stop()
	for !done() {
		select {
		case <-tick.C:
		case <-ctx.Done():
			return context.Cause(ctx)
		}
	}
	return nil
}
