// Package apache runs a real Apache Kafka broker for tests: one JVM on loopback, which ends with the test, and with the test's process however that
// ends.
//
// Use it to show that what holds on the embedded broker holds on Kafka. It is not for production, where Kafka is a cluster that others run, and not for
// development, where `make kafka` runs the same broker in a terminal.
package apache

import (
	"bytes"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"sync"
	"syscall"
	"testing"
	"time"

	"frontfoot/ingest/loopback"
)

// startTimeout bounds a start on a machine that is busy with other tests.
const startTimeout = 5 * time.Minute

// exitAbsent is how deployments/kafka/run ends where Java or the jars are absent.
const exitAbsent = 3

// Broker is an Apache Kafka of a test. Its methods are for one goroutine at a time.
type Broker struct {
	dir  string
	port int
	args []string
	cmd  *exec.Cmd
	log  *log
	gone chan struct{} // closed when the JVM has ended
}

// Start runs a broker on a folder of the test's and waits until it listens. Where Java or the jars are absent the test is skipped.
func Start(tb testing.TB) *Broker {
	tb.Helper()
	b := &Broker{dir: tb.TempDir(), port: loopback.Ports(tb, 3)}
	b.Restart(tb)
	tb.Cleanup(b.Kill)
	return b
}

// Addr returns the host:port that clients connect to. It outlasts Kill and Restart.
func (b *Broker) Addr() string { return net.JoinHostPort("127.0.0.1", strconv.Itoa(b.port)) }

// Kill ends the broker as kill -9 does. A second call does nothing more.
func (b *Broker) Kill() {
	_ = b.cmd.Process.Kill() // it may have ended
	<-b.gone
}

// Restart starts the broker on its folder and port after Kill, and waits until it listens. tb is the test, or a part of the test, that the
// broker was started for.
func (b *Broker) Restart(tb testing.TB) {
	tb.Helper()
	b.log, b.gone = new(log), make(chan struct{})
	b.cmd = exec.Command(script(tb), append(b.args, b.dir, strconv.Itoa(b.port))...)
	b.cmd.Stderr = b.log
	b.cmd.SysProcAttr = &syscall.SysProcAttr{Pdeathsig: syscall.SIGKILL} // the script turns into the JVM
	if err := b.cmd.Start(); err != nil {
		tb.Fatal("starting Apache Kafka: ", err)
	}
	go func() {
		defer close(b.gone)
		_ = b.cmd.Wait() // the log tells more than the exit code
	}()
	b.await(tb)
}

func (b *Broker) await(tb testing.TB) {
	tb.Helper()
	timeout := time.After(startTimeout)
	tick := time.NewTicker(50 * time.Millisecond)
	defer tick.Stop()
	for {
		if conn, err := net.Dial("tcp", b.Addr()); err == nil {
			_ = conn.Close()
			return
		}
		select {
		case <-tick.C:
		case <-b.gone:
			if b.cmd.ProcessState.ExitCode() == exitAbsent {
				tb.Skip(b.log)
			}
			tb.Fatalf("Apache Kafka does not start:\n%s", b.log)
		case <-timeout:
			b.Kill()
			tb.Fatalf("Apache Kafka does not listen:\n%s", b.log)
		}
	}
}

// script finds deployments/kafka/run from any folder of the module.
func script(tb testing.TB) string {
	tb.Helper()
	dir, err := os.Getwd()
	if err != nil {
		tb.Fatal(err)
	}
	for ; dir != filepath.Dir(dir); dir = filepath.Dir(dir) {
		if _, err := os.Stat(filepath.Join(dir, "go.mod")); err == nil {
			return filepath.Join(dir, "deployments", "kafka", "run")
		}
	}
	tb.Fatal("no go.mod above the test's folder")
	return ""
}

// A log is what the broker writes, which may be read meanwhile.
type log struct {
	mu   sync.Mutex
	text bytes.Buffer
}

// Write implements io.Writer.
func (l *log) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.text.Write(p)
}

// String returns what was written so far.
func (l *log) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.text.String()
}
