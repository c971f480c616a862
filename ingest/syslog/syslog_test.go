package syslog

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"math"
	"net"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/testutil"
	"go.uber.org/goleak"

	"frontfoot/ingest/hint"
	"frontfoot/ingest/line"
	"frontfoot/ingest/loopback"
)

// limit bounds what a machine that is busy with other tests may take.
const limit = 2 * time.Minute

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// served is a listener that runs until the test ends, and what it has handed over.
type served struct {
	l       *Listener
	metrics Metrics
	lines   chan line.Line // copies
	dropped atomic.Uint64  // that it was told of
	hold    sync.Mutex     // while locked, the sink blocks
	stop    func()
}

func serve(t *testing.T, transport Transport, change func(*Config)) *served {
	t.Helper()
	counter := func() prometheus.Counter { return prometheus.NewCounter(prometheus.CounterOpts{Name: "c"}) }
	s := &served{
		lines:   make(chan line.Line, 100_000),
		metrics: Metrics{Drops: counter(), Refused: counter(), BadCounts: counter(), Conns: prometheus.NewGauge(prometheus.GaugeOpts{Name: "g"})},
	}
	cfg := Config{Address: "127.0.0.1:0", Transport: transport, MaxLine: 1 << 10, MaxConns: 100, IdleTimeout: time.Minute}
	if change != nil {
		change(&cfg)
	}
	l, err := Listen(cfg, slog.New(slog.DiscardHandler), s.metrics)
	if err != nil {
		t.Fatal(err)
	}
	s.l = l
	ctx, cancel := context.WithCancel(context.Background())
	done := make(chan error, 1)
	go func() {
		done <- l.Run(ctx, func(c line.Chunk) error {
			s.hold.Lock()
			defer s.hold.Unlock()
			s.dropped.Add(c.Dropped)
			for _, l := range c.Lines {
				l.Raw = bytes.Clone(l.Raw)
				s.lines <- l
			}
			return nil
		})
	}()
	s.stop = sync.OnceFunc(func() {
		cancel()
		if err := <-done; err != nil {
			t.Errorf("listener ended with: %v", err)
		}
		close(s.lines)
	})
	t.Cleanup(s.stop)
	return s
}

// onFreePort is for both transports: of port 0 the system gives one that is free for TCP.
func onFreePort(t *testing.T) func(*Config) {
	return func(c *Config) { c.Address = loopback.Address(t) }
}

func (s *served) next(t *testing.T) line.Line {
	t.Helper()
	select {
	case l := <-s.lines:
		return l
	case <-time.After(limit):
		t.Fatal("no line came")
		return line.Line{}
	}
}

func (s *served) dial(t *testing.T, network string) net.Conn {
	t.Helper()
	conn, err := net.Dial(network, s.l.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = conn.Close() })
	return conn
}

func say(t *testing.T, conn net.Conn, text string) {
	t.Helper()
	if _, err := io.WriteString(conn, text); err != nil {
		t.Fatal(err)
	}
}

func TestDatagramIsOneEvent(t *testing.T) {
	s := serve(t, UDP, nil)
	conn := s.dial(t, "udp")
	for _, text := range []string{"<13>a\nb\r\n", "<13>c\x00", strings.Repeat("x", 2<<10)} {
		say(t, conn, text)
	}
	want := []line.Line{{Raw: []byte("<13>a\nb\r\n")}, {Raw: []byte("<13>c\x00")}, {Raw: bytes.Repeat([]byte("x"), 1<<10), Flags: line.Truncated}}
	for i, w := range want {
		got := s.next(t)
		if got.Peer.String() != "127.0.0.1" {
			t.Errorf("peer is %v", got.Peer)
		}
		if !bytes.Equal(got.Raw, w.Raw) || got.Flags != w.Flags {
			t.Errorf("datagram %d: got %.40q flags %b, want %.40q flags %b", i, got.Raw, got.Flags, w.Raw, w.Flags)
		}
	}
}

func TestBothTransportsShareAPort(t *testing.T) {
	s := serve(t, Both, onFreePort(t))
	say(t, s.dial(t, "udp"), "<13>udp")
	if got := s.next(t); string(got.Raw) != "<13>udp" {
		t.Errorf("got %q", got.Raw)
	}
	say(t, s.dial(t, "tcp"), "<13>tcp\n")
	if got := s.next(t); string(got.Raw) != "<13>tcp" {
		t.Errorf("got %q", got.Raw)
	}
}

// Every datagram sent is handed over or told as dropped, also where none follows the last drop.
func TestKernelDropsAreTold(t *testing.T) {
	s := serve(t, UDP, nil)
	conn := s.dial(t, "udp")
	s.hold.Lock()
	const sent = 30_000
	for range sent {
		say(t, conn, strings.Repeat("x", 900))
	}
	s.hold.Unlock()
	s.stop()
	got := 0
	for range s.lines {
		got++
	}
	if dropped := int(s.dropped.Load()); got+dropped != sent || dropped == 0 {
		t.Errorf("%d came and %d were told as dropped of %d", got, dropped, sent)
	}
	if n := testutil.ToFloat64(s.metrics.Drops); n != float64(s.dropped.Load()) {
		t.Errorf("counted %v drops, told %d", n, s.dropped.Load())
	}
}

// While nothing comes the kernel is asked: a flood that ended with drops does not stay untold until the next datagram.
func TestDropsAreToldWhileNothingComes(t *testing.T) {
	s := serve(t, UDP, nil)
	conn := s.dial(t, "udp")
	s.hold.Lock()
	const sent = 30_000
	for range sent {
		say(t, conn, strings.Repeat("x", 900))
	}
	s.hold.Unlock()
	deadline := time.After(limit)
	for got := 0; got+int(s.dropped.Load()) != sent; {
		select {
		case <-s.lines:
			got++
		case <-time.After(10 * time.Millisecond):
		case <-deadline:
			t.Fatalf("%d came and %d were told as dropped of %d", got, s.dropped.Load(), sent)
		}
	}
}

func TestFiftySendersAtATime(t *testing.T) {
	s := serve(t, TCP, nil)
	var senders sync.WaitGroup
	for n := range 50 {
		conn := s.dial(t, "tcp")
		senders.Go(func() {
			for i := range 200 {
				text := fmt.Sprintf("<13>%d %d", n, i)
				if n%2 == 0 {
					text = fmt.Sprintf("%d %s", len(text), text)
				} else {
					text += "\n"
				}
				say(t, conn, text)
			}
			_ = conn.Close()
		})
	}
	senders.Wait()
	next := make([]int, 50)
	for range 50 * 200 {
		var n, i int
		if _, err := fmt.Sscanf(string(s.next(t).Raw), "<13>%d %d", &n, &i); err != nil || next[n] != i {
			t.Fatalf("sender %d: got line %d, want %d (%v)", n, i, next[n], err)
		}
		next[n]++
	}
}

func TestWrongCountClosesTheConnection(t *testing.T) {
	s := serve(t, TCP, nil)
	conn := s.dial(t, "tcp")
	say(t, conn, "5 <13>a99999999 <13>b")
	if _, err := conn.Read(make([]byte, 1)); !errors.Is(err, io.EOF) && !strings.Contains(fmt.Sprint(err), "reset") {
		t.Errorf("connection is not closed: %v", err)
	}
	got := []string{string(s.next(t).Raw), string(s.next(t).Raw)}
	if diff := cmp.Diff([]string{"<13>a", "99999999 <13>b"}, got); diff != "" {
		t.Errorf("lines (-want +got):\n%s", diff)
	}
	if n := testutil.ToFloat64(s.metrics.BadCounts); n != 1 {
		t.Errorf("counted %v wrong counts", n)
	}
}

func TestConnectionsOverTheCapAreRefused(t *testing.T) {
	s := serve(t, TCP, func(c *Config) { c.MaxConns = 1 })
	first := s.dial(t, "tcp")
	say(t, first, "<13>a\n")
	s.next(t)
	if _, err := s.dial(t, "tcp").Read(make([]byte, 1)); err == nil {
		t.Error("the second connection is open")
	}
	if n := testutil.ToFloat64(s.metrics.Refused); n != 1 {
		t.Errorf("counted %v refusals", n)
	}
	say(t, first, "<13>b\n")
	if got := s.next(t); string(got.Raw) != "<13>b" {
		t.Errorf("got %q", got.Raw)
	}
}

func TestUnfinishedLineMakesRoom(t *testing.T) {
	open := newConns(2)
	quiet, slow, next := new(net.TCPConn), new(net.TCPConn), new(net.TCPConn)
	for _, conn := range []*net.TCPConn{quiet, slow} {
		if !open.add(conn) {
			t.Fatal("no room")
		}
	}
	open.read(quiet, true, false)
	open.read(slow, false, true)
	if open.add(next) {
		t.Error("an unfinished line was not given time")
	}
	open.open[slow] = time.Now().Add(-grace)
	open.read(slow, false, true) // a byte more is no excuse
	if !open.add(next) {
		t.Error("the slow connection does not make room")
	}
	open.read(slow, true, false) // it comes too late
	if _, ok := open.open[slow]; ok || len(open.open) != 2 {
		t.Errorf("open are %v", open.open)
	}
	if open.add(new(net.TCPConn)) {
		t.Error("a sender that has nothing to say makes room")
	}
}

func TestIdleConnectionIsClosedAndItsLineKept(t *testing.T) {
	s := serve(t, TCP, func(c *Config) { c.IdleTimeout = time.Second })
	conn := s.dial(t, "tcp")
	say(t, conn, "<13>half")
	if got := s.next(t); string(got.Raw) != "<13>half" || got.Flags != line.Partial {
		t.Errorf("got %q flags %b", got.Raw, got.Flags)
	}
	if _, err := conn.Read(make([]byte, 1)); !errors.Is(err, io.EOF) {
		t.Errorf("connection is not closed: %v", err)
	}
}

func TestStopHandsOverWhatWasRead(t *testing.T) {
	s := serve(t, TCP, nil)
	say(t, s.dial(t, "tcp"), "<13>a\n<13>half")
	s.next(t)
	s.stop()
	if got := s.next(t); string(got.Raw) != "<13>half" || got.Flags != line.Partial {
		t.Errorf("got %q flags %b", got.Raw, got.Flags)
	}
}

func TestTakenPortSaysWhatToDo(t *testing.T) {
	s := serve(t, Both, onFreePort(t))
	for _, transport := range []Transport{TCP, UDP, Both} {
		_, err := Listen(Config{Address: s.l.Addr().String(), Transport: transport}, nil, Metrics{})
		var hinted *hint.Error
		if !errors.As(err, &hinted) || !strings.Contains(hinted.HintText(), "'listen'") {
			t.Errorf("%s: error is %v, hint %v", transport, err, hinted)
		}
	}
}

// A datagram tells how many were dropped when it was queued, which may be before the kernel was last asked.
func TestCountOfDrops(t *testing.T) {
	r := receiver{l: &Listener{metrics: Metrics{Drops: prometheus.NewCounter(prometheus.CounterOpts{Name: "c"})}}, dropped: math.MaxUint32 - 4}
	for _, step := range []struct {
		total uint32
		want  uint64
	}{{math.MaxUint32, 4}, {math.MaxUint32 - 2, 4}, {5, 10}, {2, 10}, {5, 10}, {6, 11}} {
		if r.count(step.total); r.untold != step.want {
			t.Errorf("after %d: got %d drops, want %d", step.total, r.untold, step.want)
		}
	}
}
