package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"frontfoot/store/engine"
)

// limit bounds what a machine that is busy with other tests may take.
const limit = 5 * time.Minute

// A process is a running `frontfoot up` of its own: it can be killed as machines kill.
type process struct {
	folder folder
	config string
	cmd    *exec.Cmd
	log    *logBuffer
	gone   chan struct{} // closed when the process has ended
	exit   error
	info   runtimeInfo
	secret string
}

// needEngine skips a test where the database engine is not installed, and names it.
func needEngine(t testing.TB) string {
	t.Helper()
	library, err := engine.DefaultLibrary()
	if err == nil {
		_, err = os.Stat(library)
	}
	if err != nil {
		t.Skip("libchdb absent: run frontfoot engine install: ", err)
	}
	return library
}

// newProcess prepares an instance on a folder of the test's with these inputs, given as YAML list items.
func newProcess(t testing.TB, inputs ...string) *process {
	t.Helper()
	library := needEngine(t)
	dir := t.TempDir()
	p := &process{folder: folder{filepath.Join(dir, "data")}, config: filepath.Join(dir, "frontfoot.yaml")}
	text := fmt.Sprintf("data: %s\nengine: {library: %s}\nadmin: {listen: '127.0.0.1:0'}\ningest:\n  inputs:\n", p.folder.path, library)
	for _, in := range inputs {
		text += "    - " + in + "\n"
	}
	if err := os.WriteFile(p.config, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	return p
}

// launch starts the process.
func (p *process) launch(t testing.TB) {
	t.Helper()
	p.folder.clearRuntime()
	p.log = new(logBuffer)
	p.cmd = exec.Command("frontfoot", "up", "--config", p.config)
	p.cmd.Stderr = p.log
	p.cmd.SysProcAttr = &syscall.SysProcAttr{Pdeathsig: syscall.SIGKILL}
	if err := p.cmd.Start(); err != nil {
		t.Fatal(err)
	}
	p.gone = make(chan struct{})
	go func() {
		p.exit = p.cmd.Wait()
		close(p.gone)
	}()
	t.Cleanup(p.kill)
}

// start starts the process and waits until it is ready.
func (p *process) start(t testing.TB) {
	t.Helper()
	p.launch(t)
	p.ready(t)
}

// ready waits until every stage is ready.
func (p *process) ready(t testing.TB) {
	t.Helper()
	p.await(t, "it to be ready", func() bool {
		info, err := p.folder.runtime()
		if err != nil || info.PID != p.cmd.Process.Pid {
			return false
		}
		p.info = info
		resp, err := http.Get("http://" + info.Admin + "/readyz")
		if err != nil {
			return false
		}
		resp.Body.Close()
		return resp.StatusCode == http.StatusOK
	})
	secret, err := p.folder.password()
	if err != nil {
		t.Fatal(err)
	}
	p.secret = secret
}

// failing runs a command that must fail, and returns what it said.
func failing(t testing.TB, args ...string) string {
	t.Helper()
	text, err := exec.CommandContext(t.Context(), "frontfoot", args...).CombinedOutput()
	if err == nil {
		t.Errorf("frontfoot %v succeeded:\n%s", args, text)
	}
	return string(text)
}

// A logBuffer is a process's log, which may be read while it grows.
type logBuffer struct {
	mu   sync.Mutex
	text bytes.Buffer
}

func (b *logBuffer) Write(p []byte) (int, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.text.Write(p)
}

func (b *logBuffer) String() string {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.text.String()
}

// kill ends the process as a power cut would, as far as the process can tell.
func (p *process) kill() {
	_ = p.cmd.Process.Kill() // it may have ended
	<-p.gone
}

// stop ends the process in good order.
func (p *process) stop(t testing.TB) {
	t.Helper()
	if err := p.cmd.Process.Signal(os.Interrupt); err != nil {
		t.Fatal(err)
	}
	if <-p.gone; p.exit != nil {
		t.Fatalf("stopping: %v\n%s", p.exit, p.log.String())
	}
}

// query returns the answer to sql as tab-separated text, "" when the database cannot be reached.
func (p *process) query(t testing.TB, sql string) string {
	t.Helper()
	req, err := http.NewRequestWithContext(t.Context(), http.MethodPost, p.info.Database+"/?database=ff", strings.NewReader(sql))
	if err != nil {
		t.Fatal(err)
	}
	req.SetBasicAuth(engineUser, p.secret)
	resp, err := http.DefaultClient.Do(req)
	if _, refused := errors.AsType[*url.Error](err); refused {
		return ""
	}
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	text, err := io.ReadAll(resp.Body)
	if err != nil {
		return ""
	}
	if resp.StatusCode != http.StatusOK {
		t.Fatalf("%s\n%s", sql, text)
	}
	return strings.TrimSpace(string(text))
}

// count returns the number that sql answers with.
func (p *process) count(t testing.TB, sql string) int {
	t.Helper()
	n, _ := strconv.Atoi(p.query(t, sql))
	return n
}

// awaitRows waits until the database has at least n events.
func (p *process) awaitRows(t testing.TB, n int) {
	t.Helper()
	p.await(t, fmt.Sprint(n, " events"), func() bool { return p.count(t, "SELECT count() FROM events") >= n })
}

func (p *process) await(t testing.TB, what string, done func() bool) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), limit)
	defer cancel()
	tick := time.NewTicker(20 * time.Millisecond)
	defer tick.Stop()
	for !done() {
		select {
		case <-p.gone:
			t.Fatalf("waiting for %s: the process ended\n%s", what, p.log.String())
		case <-tick.C:
		case <-ctx.Done():
			t.Fatalf("waiting for %s: %v\n%s", what, ctx.Err(), p.log.String())
		}
	}
}
