package storetest

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"log/slog"
	"net"
	"os"
	"os/exec"
	"strings"
	"testing"

	"frontfoot/ingest/loopback"
	"frontfoot/store/engine"
)

// Variables that make a test binary serve an engine instead of testing.
const (
	childDir    = "FRONTFOOT_STORETEST_DIR"
	childListen = "FRONTFOOT_STORETEST_LISTEN"
)

// A Process is an engine in a process of its own, which can be killed and started again on the same folder and address. It is for one goroutine.
type Process struct {
	URL      string
	User     string
	Password string

	dir, listen string
	command     *exec.Cmd
	stdin       io.Closer // the child ends when it is closed, so it never outlives the test
}

// StartProcess starts an engine on a folder. The test's TestMain must call Main. It skips the test where there is no engine, and ends the
// process with the test.
func StartProcess(t testing.TB, dir string) *Process {
	t.Helper()
	if path, err := library(); err != nil || path == "" {
		t.Skip("libchdb absent: run frontfoot engine install")
	}
	p := &Process{User: "frontfoot", Password: "test", dir: dir, listen: loopback.Address(t)}
	if err := p.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(p.Kill)
	return p
}

// Start starts the process again after Kill, and returns when it answers.
func (p *Process) Start() error {
	p.command = exec.Command(os.Args[0]) //nolint:noctx // Kill ends it
	p.command.Env = append(os.Environ(), childDir+"="+p.dir, childListen+"="+p.listen)
	p.command.Stderr = os.Stderr
	stdin, err := p.command.StdinPipe()
	if err != nil {
		return fmt.Errorf("starting the engine's process: %w", err)
	}
	out, err := p.command.StdoutPipe()
	if err != nil {
		return fmt.Errorf("starting the engine's process: %w", err)
	}
	if err := p.command.Start(); err != nil {
		return fmt.Errorf("starting the engine's process: %w", err)
	}
	p.stdin = stdin
	line, err := bufio.NewReader(out).ReadString('\n')
	if err != nil {
		p.Kill()
		return fmt.Errorf("waiting for the engine's process: %w", err)
	}
	p.listen = strings.TrimSpace(line)
	p.URL = "http://" + p.listen
	return nil
}

// Kill ends the process with kill -9.
func (p *Process) Kill() {
	_ = p.command.Process.Kill()
	_ = p.command.Wait()
	_ = p.stdin.Close()
}

// serveChild is what the process does; it returns its exit code.
func serveChild() int {
	path, err := library()
	if err == nil {
		ctx, stop := context.WithCancel(context.Background())
		go func() {
			_, _ = io.Copy(io.Discard, os.Stdin)
			stop()
		}()
		cfg := engine.Config{Library: path, DataDir: os.Getenv(childDir)}
		started := func(a net.Addr) { _, _ = fmt.Fprintln(os.Stdout, a) }
		err = engine.ServeProcess(ctx, cfg, os.Getenv(childListen), "test", started, slog.New(slog.DiscardHandler))
	}
	if err != nil {
		_, _ = fmt.Fprintln(os.Stderr, "error:", err)
		return 1
	}
	return 0
}
