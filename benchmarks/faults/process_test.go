package faults

import (
	"bufio"
	"bytes"
	"encoding/json"
	"fmt"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"
)

// A process is a part of a region: a collector, a worker or the database engine. It is for one goroutine.
type process struct {
	name string
	dir  string   // its own; holds its configuration and its data folder
	args []string // of the program
	env  []string // for the next start, beside the test's own
	bin  string

	cmd   *exec.Cmd
	log   *logBuffer
	gone  chan struct{} // closed when the process has ended
	exit  error
	admin string // host:port, once it is ready
	peak  int    // MiB of memory at most, of all starts
}

// data is the process's data folder.
func (p *process) data() string { return filepath.Join(p.dir, "data") }

// launch starts the process.
func (p *process) launch(t *testing.T) {
	t.Helper()
	_ = os.Remove(filepath.Join(p.data(), "runtime.json")) // of a run that was killed
	if p.log == nil {
		p.log = new(logBuffer)
	}
	p.cmd = exec.Command(p.bin, p.args...)
	p.cmd.Env = append(os.Environ(), p.env...)
	p.cmd.Stderr = p.log
	p.cmd.SysProcAttr = &syscall.SysProcAttr{Pdeathsig: syscall.SIGKILL}
	if err := p.cmd.Start(); err != nil {
		t.Fatal(err)
	}
	p.gone = make(chan struct{})
	go func(cmd *exec.Cmd, gone chan struct{}) {
		p.exit = cmd.Wait()
		close(gone)
	}(p.cmd, p.gone)
	t.Cleanup(p.kill)
}

// start starts the process and waits until it is ready.
func (p *process) start(t *testing.T) {
	t.Helper()
	p.launch(t)
	p.ready(t)
}

// ready waits until the process works: a worker has lanes then.
func (p *process) ready(t *testing.T) {
	t.Helper()
	p.await(t, "it to be ready", p.isReady)
}

func (p *process) isReady() bool {
	if !p.up() {
		return false
	}
	resp, err := http.Get("http://" + p.admin + "/readyz")
	if err != nil {
		return false
	}
	resp.Body.Close()
	return resp.StatusCode == http.StatusOK
}

// up reports whether the process has said where it listens.
func (p *process) up() bool {
	text, err := os.ReadFile(filepath.Join(p.data(), "runtime.json"))
	if err != nil {
		return false
	}
	var info struct {
		PID   int    `json:"pid"`
		Admin string `json:"admin"`
	}
	if json.Unmarshal(text, &info) != nil || info.PID != p.cmd.Process.Pid {
		return false
	}
	p.admin = info.Admin
	return true
}

// await waits until done is true, and fails the test when the process ends before.
func (p *process) await(t *testing.T, what string, done func() bool) {
	t.Helper()
	ended := false
	err := wait(t.Context(), patience, func() bool {
		if done() {
			return true
		}
		select {
		case <-p.gone:
			ended = true
			return true
		default:
			return false
		}
	})
	switch {
	case ended:
		t.Fatalf("waiting for %s: %s has ended: %v\n%s", what, p.name, p.exit, p.log.tail())
	case err != nil:
		t.Fatalf("waiting for %s of %s: %v\n%s\n%s", what, p.name, err, p.log.tail(), p.stacks())
	}
}

// stacks ends the process and returns what each of its goroutines was at.
func (p *process) stacks() string {
	before := len(p.log.String())
	_ = p.cmd.Process.Signal(syscall.SIGCONT) // one that stands still does not hear the next
	_ = p.cmd.Process.Signal(syscall.SIGQUIT)
	select {
	case <-p.gone:
	case <-time.After(10 * time.Second):
	}
	return p.log.String()[before:]
}

// kill ends the process as a power cut would, as far as the process can tell.
func (p *process) kill() {
	p.memory()
	_ = p.cmd.Process.Kill() // it may have ended
	<-p.gone
}

func (p *process) ended() bool {
	select {
	case <-p.gone:
		return true
	default:
		p.memory()
		return false
	}
}

// stop ends the process in good order, and fails the test where it is not.
func (p *process) stop(t *testing.T) {
	t.Helper()
	p.memory()
	if err := p.cmd.Process.Signal(os.Interrupt); err != nil {
		t.Fatalf("stopping %s: %v\n%s", p.name, err, p.log.tail())
	}
	if err := wait(t.Context(), patience, p.ended); err != nil {
		t.Fatalf("stopping %s: %v\n%s", p.name, err, p.log.tail())
	}
	if p.exit != nil {
		t.Fatalf("stopping %s: %v\n%s", p.name, p.exit, p.log.tail())
	}
}

// signal sends a signal.
func (p *process) signal(t *testing.T, s syscall.Signal) {
	t.Helper()
	if err := p.cmd.Process.Signal(s); err != nil {
		t.Fatal(err)
	}
}

// awaitStopped waits until the process has stopped itself.
func (p *process) awaitStopped(t *testing.T) {
	t.Helper()
	p.await(t, "it to stop itself", func() bool {
		text, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", p.cmd.Process.Pid))
		if err != nil {
			return false
		}
		_, rest, _ := bytes.Cut(text, []byte(") "))
		return bytes.HasPrefix(rest, []byte("T"))
	})
}

// interrupt asks a process to stop in good order.
const interrupt = syscall.SIGINT

// memory returns the most memory that the process has had, in MiB, over all its starts.
func (p *process) memory() int {
	text, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", p.cmd.Process.Pid))
	if err != nil {
		return p.peak
	}
	if _, rest, ok := strings.Cut(string(text), "VmHWM:"); ok {
		var kib int
		if _, err := fmt.Sscan(rest, &kib); err == nil {
			p.peak = max(p.peak, kib>>10)
		}
	}
	return p.peak
}

// metric returns the sum of a metric's series whose labels contain all of the given pairs, such as site="northmoor"; 0 where there is none.
func (p *process) metric(name string, labels ...string) float64 {
	resp, err := http.Get("http://" + p.admin + "/metrics")
	if err != nil {
		return 0
	}
	defer resp.Body.Close()
	sum := 0.0
	lines := bufio.NewScanner(resp.Body)
next:
	for lines.Scan() {
		series, value, _ := strings.Cut(lines.Text(), " ")
		if bare, _, _ := strings.Cut(series, "{"); bare != name {
			continue
		}
		for _, l := range labels {
			if !strings.Contains(series, l) {
				continue next
			}
		}
		v, _ := strconv.ParseFloat(value, 64)
		sum += v
	}
	return sum
}

// A logBuffer is a process's log, which may be read while it grows.
type logBuffer struct {
	mu   sync.Mutex
	text bytes.Buffer
}

// Write implements io.Writer.
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

// tail returns the last lines.
func (b *logBuffer) tail() string {
	const most = 6000
	text := b.String()
	return text[max(0, len(text)-most):]
}

// since returns how long ago a moment was, in seconds to one digit.
func since(at time.Time) float64 { return float64(time.Since(at)/(100*time.Millisecond)) / 10 }
