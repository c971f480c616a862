package benchmarks

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"frontfoot/store/engine"
)

// build makes the program; FRONTFOOT_BIN names one that is there already.
func build(tb testing.TB) string {
	tb.Helper()
	if path := os.Getenv("FRONTFOOT_BIN"); path != "" {
		return path
	}
	path := filepath.Join(tb.TempDir(), "frontfoot")
	cmd := exec.Command("go", "build", "-buildvcs=false", "-o", path, "..")
	cmd.Env = append(os.Environ(), "CGO_ENABLED=0")
	if out, err := cmd.CombinedOutput(); err != nil {
		tb.Fatalf("building frontfoot: %v\n%s", err, out)
	}
	return path
}

// needEngine skips a benchmark where the database engine is not installed.
func needEngine(tb testing.TB) {
	tb.Helper()
	library, err := engine.DefaultLibrary()
	if err == nil {
		_, err = os.Stat(library)
	}
	if err != nil {
		tb.Skip("the engine is not installed: run frontfoot engine install")
	}
}

// An instance is a running frontfoot up.
type instance struct {
	db    database
	admin string // host:port
	pid   int
	data  string
}

// An inputs is what stands under ingest.inputs, one YAML mapping a line.
type inputs []string

// manyFindings is a section of the configuration: one event in twenty becomes a finding.
const manyFindings = "detect: {finding_rate: 0.05}\n"

// fileInput follows the files of a site that match a pattern; their stamps are old ones.
func fileInput(site, pattern string) string {
	return fmt.Sprintf("{name: %s, type: file, site: %s, clock: replay, paths: [%q]}", site, site, pattern)
}

// up starts frontfoot on an empty folder, with further sections of configuration, and waits until it is there. It is stopped at the end
// of the benchmark.
func up(tb testing.TB, in inputs, more string) *instance {
	tb.Helper()
	needEngine(tb)
	dir := tb.TempDir()
	i := &instance{data: filepath.Join(dir, "data")}
	var config strings.Builder
	config.WriteString("data: " + i.data + "\nlog: {level: warn, format: text}\nadmin: {listen: \"127.0.0.1:0\"}\ningest:\n  inputs:\n")
	for _, s := range in {
		config.WriteString("    - " + s + "\n")
	}
	path := filepath.Join(dir, "frontfoot.yaml")
	if err := os.WriteFile(path, []byte(config.String()+more), 0o600); err != nil {
		tb.Fatal(err)
	}
	var said bytes.Buffer
	cmd := exec.Command(build(tb), "up", "--config", path)
	cmd.Stderr, cmd.Stdout = &said, &said
	if err := cmd.Start(); err != nil {
		tb.Fatalf("starting frontfoot: %v", err)
	}
	ended := make(chan error, 1)
	go func() { ended <- cmd.Wait() }()
	tb.Cleanup(func() {
		_ = cmd.Process.Signal(syscall.SIGTERM)
		select {
		case <-ended:
		case <-time.After(3 * time.Minute):
			_ = cmd.Process.Kill()
			<-ended
			tb.Error("frontfoot did not stop within a minute")
		}
		if tb.Failed() || testing.Verbose() {
			tb.Logf("frontfoot said:\n%s", said.Bytes())
		}
	})
	i.pid = cmd.Process.Pid
	i.await(tb)
	return i
}

// await waits until the instance has published its addresses and its tables are there.
func (i *instance) await(tb testing.TB) {
	tb.Helper()
	poll(tb, 2*time.Minute, 20*time.Millisecond, "frontfoot to be up", func() bool {
		text, err := os.ReadFile(filepath.Join(i.data, "runtime.json"))
		if err != nil {
			return false
		}
		var info struct{ Database, Admin string }
		if json.Unmarshal(text, &info) != nil {
			return false
		}
		password, err := os.ReadFile(filepath.Join(i.data, "secrets", "password"))
		i.admin = info.Admin
		i.db = database{info.Database, "frontfoot", strings.TrimSpace(string(password))}
		return err == nil
	})
	poll(tb, 2*time.Minute, 20*time.Millisecond, "the tables", func() bool { _, err := i.db.ask(tb.Context(), "SELECT count() FROM ff.events"); return err == nil })
}

// rows waits until so many events are visible and returns when that was.
func (i *instance) rows(tb testing.TB, n int) time.Time {
	tb.Helper()
	poll(tb, 10*time.Minute, 200*time.Millisecond, strconv.Itoa(n)+" events", func() bool { return int(i.db.number(tb, "SELECT count() FROM ff.events")) >= n })
	return time.Now()
}

// poll tries until it is done, now and after every pause. Asking costs the instance something: not more often than needed.
func poll(tb testing.TB, limit, pause time.Duration, what string, done func() bool) {
	tb.Helper()
	ctx, cancel := context.WithTimeout(tb.Context(), limit)
	defer cancel()
	tick := time.NewTicker(pause)
	defer tick.Stop()
	for !done() {
		select {
		case <-tick.C:
		case <-ctx.Done():
			tb.Fatalf("waited for %s: %v", what, ctx.Err())
		}
	}
}

// An effort is what a process has used.
type effort struct {
	cpu      time.Duration
	rss, hwm float64       // MiB resident, now and at most
	native   time.Duration // of cpu: the threads of the database engine
}

// effort reads /proc.
func (i *instance) effort(tb testing.TB) effort {
	tb.Helper()
	var e effort
	dir := filepath.Join("/proc", strconv.Itoa(i.pid))
	e.cpu = ticks(filepath.Join(dir, "stat"))
	tasks, err := filepath.Glob(filepath.Join(dir, "task", "*"))
	if err != nil {
		tb.Fatal(err)
	}
	for _, task := range tasks {
		if name, err := os.ReadFile(filepath.Join(task, "comm")); err == nil && strings.TrimSpace(string(name)) != "frontfoot" {
			e.native += ticks(filepath.Join(task, "stat"))
		}
	}
	status, err := os.ReadFile(filepath.Join(dir, "status"))
	if err != nil {
		tb.Fatal(err)
	}
	for line := range strings.Lines(string(status)) {
		if f := strings.Fields(line); len(f) == 3 && f[2] == "kB" {
			kb, _ := strconv.ParseFloat(f[1], 64)
			switch f[0] {
			case "VmRSS:":
				e.rss = kb / 1024
			case "VmHWM:":
				e.hwm = kb / 1024
			}
		}
	}
	return e
}

// ticks returns the processor time of a stat file, 0 where it is gone.
func ticks(path string) time.Duration {
	text, err := os.ReadFile(path)
	if err != nil {
		return 0
	}
	_, rest, _ := strings.Cut(string(text), ") ")
	f := strings.Fields(rest)
	if len(f) < 13 {
		return 0
	}
	user, _ := strconv.Atoi(f[11])
	system, _ := strconv.Atoi(f[12])
	return time.Duration(user+system) * 10 * time.Millisecond // the kernel counts hundredths of a second
}
