package engine

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"os"
	"os/exec"
	"os/signal"
	"runtime/pprof"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"
)

// child is what this test binary does instead of testing when the variable says so: a process of its own, because a
// process has at most one engine.
const child = "FRONTFOOT_ENGINE_CHILD"

// runChild plays the named part on the given folder and returns the exit code.
func runChild(part, dir string) int {
	err := func() error {
		e, err := Open(Config{Library: testLibrary(), DataDir: dir, MaxMemory: 256 << 20}, slog.New(slog.DiscardHandler))
		if err != nil {
			return err
		}
		switch part {
		case "load":
			return load(e)
		case "count":
			return count(e)
		case "reopen":
			return reopen(e, dir)
		case "idle":
			return idle(e)
		case "memory":
			return exhaust(e)
		}
		return e.Close()
	}()
	if err != nil {
		fmt.Fprintln(os.Stdout, "error:", err)
		var hinted interface{ HintText() string }
		if errors.As(err, &hinted) {
			fmt.Fprintln(os.Stdout, "hint:", hinted.HintText())
		}
		return 1
	}
	return 0
}

func command(ctx context.Context, part, dir string) *exec.Cmd {
	cmd := exec.CommandContext(ctx, os.Args[0])
	cmd.Env = append(os.Environ(), child+"="+part, child+"_DIR="+dir)
	return cmd
}

func run(e *Engine, sql string, data io.Reader) (string, error) {
	r, err := e.Query(context.Background(), Request{SQL: []byte(sql), Data: data})
	if err != nil {
		return "", err
	}
	defer r.Close()
	b, err := r.Next()
	if errors.Is(err, io.EOF) {
		err = nil
	}
	return strings.TrimSpace(string(b)), err
}

// load inserts batches of numbered rows for ever and says each time how many were acknowledged.
func load(e *Engine) error {
	if _, err := run(e, "CREATE TABLE IF NOT EXISTS n (n UInt64, text String) ENGINE = MergeTree ORDER BY n", nil); err != nil {
		return err
	}
	for n := 0; ; n += 1000 {
		var rows strings.Builder
		for i := range 1000 {
			fmt.Fprintf(&rows, "%d\ttext %d\n", n+i, n+i)
		}
		if _, err := run(e, "INSERT INTO n FORMAT TSV", strings.NewReader(rows.String())); err != nil {
			return err
		}
		fmt.Fprintln(os.Stdout, n+1000)
	}
}

func count(e *Engine) error {
	text, err := run(e, "SELECT count(), countIf(text = 'text ' || n), uniqExact(n) FROM n", nil)
	fmt.Fprintln(os.Stdout, text)
	return errors.Join(err, e.Close())
}

// reopen closes and opens the engine three times in one process.
func reopen(e *Engine, dir string) error {
	if _, err := run(e, "CREATE TABLE r (a UInt8) ENGINE = MergeTree ORDER BY a", nil); err != nil {
		return err
	}
	for range 3 {
		if _, err := run(e, "INSERT INTO r VALUES (1)", nil); err != nil {
			return err
		}
		if err := errors.Join(e.Close(), e.Close()); err != nil {
			return err
		}
		if _, err := e.Query(context.Background(), Request{SQL: []byte("SELECT 1")}); !errors.Is(err, ErrClosed) {
			return fmt.Errorf("after Close: %w", err)
		}
		var err error
		if e, err = Open(Config{Library: testLibrary(), DataDir: dir}, slog.New(slog.DiscardHandler)); err != nil {
			return err
		}
	}
	text, err := run(e, "SELECT count() FROM r", nil)
	fmt.Fprintln(os.Stdout, text)
	return errors.Join(err, e.Close())
}

// idle makes a few tables and says what memory the process then has, in kB, when it has given back what it can.
func idle(e *Engine) error {
	for i := range 6 {
		name := "t" + strconv.Itoa(i)
		if _, err := run(e, "CREATE TABLE "+name+" (a UInt64, b String) ENGINE = MergeTree ORDER BY a", nil); err != nil {
			return err
		}
		if _, err := run(e, "INSERT INTO "+name+" SELECT number, toString(number) FROM numbers(1000)", nil); err != nil {
			return err
		}
	}
	resident := 0
	for end := time.After(limit); resident == 0 || resident > maxIdle; {
		e.quiet.Reset(0) // a part of the engine that was still at work keeps its memory until the next time
		status, err := os.ReadFile("/proc/self/status")
		if err != nil {
			return err
		}
		_, rest, _ := strings.Cut(string(status), "VmRSS:")
		if _, err := fmt.Sscan(rest, &resident); err != nil {
			return err
		}
		select {
		case <-end:
			fmt.Fprintln(os.Stdout, resident)
			return e.Close()
		case <-time.After(50 * time.Millisecond):
		}
	}
	fmt.Fprintln(os.Stdout, resident)
	return e.Close()
}

// exhaust runs statements that need more than there may be, and one that does not.
func exhaust(e *Engine) error {
	for range 3 {
		_, err := run(e, "SELECT length(groupArray(number)) FROM numbers(200000000)", nil)
		if x, ok := errors.AsType[*Exception](err); !ok || x.Code != 241 {
			return fmt.Errorf("a statement beyond the limit: %w", err)
		}
		if _, err := run(e, "SELECT sum(number) FROM numbers(1000000)", nil); err != nil {
			return err
		}
	}
	return e.Close()
}

func TestMemoryLimit(t *testing.T) {
	needEngine(t)
	if out, err := command(t.Context(), "memory", t.TempDir()).CombinedOutput(); err != nil {
		t.Errorf("%v: %s", err, out)
	}
}

// maxIdle is what an idle process with the engine may have resident, in kB.
const maxIdle = 200 << 10

func TestIdleMemory(t *testing.T) {
	needEngine(t)
	out, err := command(t.Context(), "idle", t.TempDir()).CombinedOutput()
	if err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	kb, err := strconv.Atoi(strings.TrimSpace(string(out)))
	if err != nil || kb > maxIdle {
		t.Errorf("%s kB are resident, want at most %d (%v)", strings.TrimSpace(string(out)), maxIdle, err)
	}
	t.Logf("%d kB resident", kb)
}

func TestServe(t *testing.T) {
	e := needEngine(t)
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	over := make(chan error, 1)
	go func() { over <- e.Serve(ctx, listener, password) }()
	if _, got := do(t, "POST", "http://"+listener.Addr().String(), strings.NewReader("SELECT 1")); got != "1\n" {
		t.Errorf("got %q", got)
	}
	cancel()
	if err := <-over; err != nil {
		t.Errorf("got %v after cancelling", err)
	}
}

func TestKillAndReopen(t *testing.T) {
	needEngine(t)
	dir := t.TempDir()
	for range 3 {
		cmd := command(t.Context(), "load", dir)
		out, err := cmd.StdoutPipe()
		if err != nil {
			t.Fatal(err)
		}
		if err := cmd.Start(); err != nil {
			t.Fatal(err)
		}
		acknowledged := 0
		for s := bufio.NewScanner(out); acknowledged < 20000 && s.Scan(); {
			if acknowledged, err = strconv.Atoi(s.Text()); err != nil {
				t.Fatalf("load says %q", s.Text())
			}
		}
		if err := cmd.Process.Kill(); err != nil { // SIGKILL
			t.Fatal(err)
		}
		_ = cmd.Wait()
		text, err := command(t.Context(), "count", dir).Output()
		if err != nil {
			t.Fatalf("reopening: %v\n%s", err, text)
		}
		var rows, right, distinct int
		if _, err := fmt.Sscan(string(text), &rows, &right, &distinct); err != nil {
			t.Fatalf("count says %q", text)
		}
		if distinct < acknowledged || right != rows {
			t.Errorf("acknowledged %d rows, found %d, %d of them whole", acknowledged, distinct, right)
		}
	}
}

func TestCloseAndReopen(t *testing.T) {
	needEngine(t)
	out, err := command(t.Context(), "reopen", t.TempDir()).CombinedOutput()
	if err != nil || string(out) != "3\n" {
		t.Errorf("got %q, %v", out, err)
	}
}

func TestSecondOpenerIsRefused(t *testing.T) {
	e := needEngine(t)
	dir := strings.TrimSuffix(e.lock.Name(), "/frontfoot.lock")
	out, err := command(t.Context(), "open", dir).CombinedOutput()
	if err == nil || !strings.Contains(string(out), "is open in another process (pid "+strconv.Itoa(os.Getpid())+")") || !strings.Contains(string(out), "hint: stop that process") {
		t.Errorf("got %q, %v", out, err)
	}
}

// TestSignals shows that the engine leaves the Go runtime its signals.
func TestSignals(t *testing.T) {
	needEngine(t)
	ask(t, "SELECT sum(number) FROM numbers(1000000)")
	got := make(chan os.Signal, 1)
	signal.Notify(got, syscall.SIGTERM, syscall.SIGINT)
	defer signal.Stop(got)
	for _, s := range []syscall.Signal{syscall.SIGTERM, syscall.SIGINT} {
		if err := syscall.Kill(os.Getpid(), s); err != nil {
			t.Fatal(err)
		}
		select {
		case g := <-got:
			if g != s {
				t.Errorf("got %v, want %v", g, s)
			}
		case <-time.After(limit):
			t.Fatalf("%v did not arrive", s)
		}
	}
	func() {
		defer func() {
			if recover() == nil {
				t.Error("a nil pointer made no panic")
			}
		}()
		var p *Stats
		p.ReadRows++ // SIGSEGV
	}()
	var profile strings.Builder
	if err := pprof.StartCPUProfile(&profile); err != nil { // SIGPROF
		t.Fatal(err)
	}
	ask(t, "SELECT max(sipHash64(number)) FROM numbers(30000000)")
	pprof.StopCPUProfile()
	if profile.Len() < 100 {
		t.Errorf("the CPU profile has %d bytes", profile.Len())
	}
}
