package syslog

import (
	"bytes"
	"context"
	"errors"
	"log/slog"
	"net"
	"os"
	"syscall"
	"testing"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/testutil"

	"frontfoot/ingest/line"
)

// A kernel that has no files, no memory, or a connection that has failed, does not end the listener: it is counted, and tried again.
func TestKernelThatGivesNoConnectionEndsNothing(t *testing.T) {
	counter := func() prometheus.Counter { return prometheus.NewCounter(prometheus.CounterOpts{Name: "c"}) }
	for _, no := range []syscall.Errno{syscall.ENOBUFS, syscall.ENOMEM, syscall.EMFILE, syscall.ENFILE, syscall.EPROTO} {
		t.Run(no.Error(), func(t *testing.T) {
			t.Parallel()
			m := Metrics{Drops: counter(), Refused: counter(), BadCounts: counter(), Conns: prometheus.NewGauge(prometheus.GaugeOpts{Name: "g"})}
			cfg := Config{Address: "127.0.0.1:0", Transport: TCP, MaxLine: 1 << 10, MaxConns: 100, IdleTimeout: time.Minute}
			l, err := Listen(cfg, slog.New(slog.DiscardHandler), m)
			if err != nil {
				t.Fatal(err)
			}
			kernel, fails := l.accept, 2
			l.accept = func() (*net.TCPConn, error) {
				if fails--; fails >= 0 {
					return nil, &net.OpError{Op: "accept", Net: "tcp", Err: os.NewSyscallError("accept4", no)}
				}
				return kernel()
			}
			ctx, cancel := context.WithCancel(t.Context())
			defer cancel()
			lines, done := make(chan string, 1), make(chan error, 1)
			go func() {
				done <- l.Run(ctx, func(c line.Chunk) error {
					lines <- string(bytes.Clone(c.Lines[0].Raw))
					return nil
				})
			}()
			conn, err := net.Dial("tcp", l.Addr().String())
			if err != nil {
				t.Fatal(err)
			}
			defer conn.Close()
			say(t, conn, "<13>a\n")
			select {
			case got := <-lines:
				if n := testutil.ToFloat64(m.Refused); got != "<13>a" || n != 2 {
					t.Errorf("got %q, %v are counted", got, n)
				}
			case err := <-done:
				t.Fatalf("listener ended with: %v", err)
			}
			cancel()
			if err := <-done; err != nil {
				t.Errorf("listener ended with: %v", err)
			}
		})
	}
	if passing(net.ErrClosed) || passing(errors.New("other")) || passing(syscall.EBADF) {
		t.Error("an error that stays is tried for ever")
	}
}
