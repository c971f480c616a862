package proxy

import (
	"context"
	"encoding/binary"
	"errors"
	"io"
	"log/slog"
	"maps"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"go.uber.org/goleak"

	"frontfoot/ingest/broker"
	"frontfoot/ingest/bus"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// A frames server answers each frame with its correlation id and tells what it got.
type frames struct {
	addr string
	got  chan int32
}

func serveFrames(t *testing.T) *frames {
	t.Helper()
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = ln.Close() })
	f := &frames{addr: ln.Addr().String(), got: make(chan int32, 100)}
	go func() {
		for {
			c, err := ln.Accept()
			if err != nil {
				return
			}
			go func() {
				defer c.Close()
				for {
					frame, ok := readFrame(c)
					if !ok {
						return
					}
					f.got <- int32(binary.BigEndian.Uint32(frame[8:]))
					if _, err := c.Write(append([]byte{0, 0, 0, 4}, frame[8:12]...)); err != nil {
						return
					}
				}
			}()
		}
	}()
	return f
}

// await returns the next frame that the server got, -1 where none comes soon.
func (f *frames) await(d time.Duration) int32 {
	select {
	case n := <-f.got:
		return n
	case <-time.After(d):
		return -1
	}
}

func startKafka(t *testing.T, server string) *Proxy {
	t.Helper()
	p, err := StartKafka("127.0.0.1:0", server)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := p.Close(); err != nil {
			t.Error(err)
		}
	})
	return p
}

// A client speaks frames.
type client struct{ net.Conn }

func dial(t *testing.T, p *Proxy) client {
	t.Helper()
	c, err := net.Dial("tcp", p.Addr())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = c.Close() })
	return client{c}
}

func (c client) send(t *testing.T, key Key, correlation int32) {
	t.Helper()
	b := binary.BigEndian.AppendUint32(nil, 12)
	b = binary.BigEndian.AppendUint16(b, uint16(key))
	b = binary.BigEndian.AppendUint16(b, 3)
	b = binary.BigEndian.AppendUint32(b, uint32(correlation))
	b = append(b, 0, 2, 'm', 'e')
	if _, err := c.Write(b); err != nil {
		t.Fatal(err)
	}
}

// answer returns the correlation id of the next answer, -1 where none comes in time.
func (c client) answer(d time.Duration) (int32, error) {
	_ = c.SetReadDeadline(time.Now().Add(d))
	frame, ok := readFrame(c)
	if !ok {
		_, err := c.Read(make([]byte, 1))
		return -1, err
	}
	return int32(binary.BigEndian.Uint32(frame[4:])), nil
}

const (
	soon  = time.Minute
	short = 100 * time.Millisecond
)

func TestDropsAnswers(t *testing.T) {
	f := serveFrames(t)
	p := startKafka(t, f.addr)
	p.SetRule(Once(1, Verdict{Drop: true}, Produce))
	c := dial(t, p)
	c.send(t, Fetch, 1)
	c.send(t, Produce, 2)
	c.send(t, Produce, 3)
	for _, want := range []int32{1, 3} {
		if got, err := c.answer(soon); got != want {
			t.Errorf("answer %d, %v; want %d", got, err, want)
		}
	}
	if f.await(soon) != 1 || f.await(soon) != 2 || f.await(soon) != 3 {
		t.Error("a request did not arrive")
	}
	want := map[Count]int{{Produce, Seen}: 2, {Produce, Dropped}: 1, {Produce, Answered}: 1, {Fetch, Seen}: 1, {Fetch, Answered}: 1}
	until(t, func() bool { return maps.Equal(p.Counts(), want) }) // an answer is counted once it has been given
}

// until waits for something that must come.
func until(t *testing.T, done func() bool) {
	t.Helper()
	for end := time.Now().Add(soon); !done(); <-time.After(time.Millisecond) {
		if time.Now().After(end) {
			t.Fatal("it did not come")
		}
	}
}

func TestHeldRequestArrivesAfterItsClientHasGone(t *testing.T) {
	f := serveFrames(t)
	p := startKafka(t, f.addr)
	p.SetRule(Once(1, Verdict{Hold: time.Hour}, OffsetCommit))
	c := dial(t, p)
	c.send(t, OffsetCommit, 7)
	c.send(t, Heartbeat, 8) // on the same connection: behind it
	until(t, func() bool { return p.Holding() == 1 })
	if got := f.await(short); got != -1 {
		t.Fatalf("request %d arrived", got)
	}
	_ = c.Close()
	p.Release()
	if a, b := f.await(soon), f.await(soon); a != 7 || b != 8 {
		t.Errorf("arrived: %d, %d", a, b)
	}
}

func TestLosesRequestsAndDelaysAnswers(t *testing.T) {
	f := serveFrames(t)
	p := startKafka(t, f.addr)
	p.SetRule(First(Once(1, Verdict{Lose: true}, Produce), Once(1, Verdict{Delay: 2 * short}, Fetch)))
	c := dial(t, p)
	start := time.Now()
	c.send(t, Produce, 1)
	c.send(t, Fetch, 2)
	if got, err := c.answer(soon); got != 2 || time.Since(start) < 2*short {
		t.Errorf("answer %d after %v, %v", got, time.Since(start), err)
	}
	if got := f.await(soon); got != 2 {
		t.Errorf("arrived: %d", got)
	}
}

func TestResets(t *testing.T) {
	f := serveFrames(t)
	p := startKafka(t, f.addr)
	p.SetRule(Once(1, Verdict{Reset: true}, Produce))
	c := dial(t, p)
	c.send(t, Produce, 1)
	if got, err := c.answer(soon); got != -1 || !errors.Is(err, syscall.ECONNRESET) && !errors.Is(err, io.EOF) {
		t.Errorf("answer %d, %v", got, err)
	}
	if got := f.await(soon); got != 1 {
		t.Errorf("arrived: %d", got)
	}
	c = dial(t, p)
	c.send(t, Produce, 2)
	if got, err := c.answer(soon); got != 2 {
		t.Errorf("answer %d, %v", got, err)
	}
	p.Reset()
	if got, err := c.answer(soon); got != -1 || err == nil || errors.Is(err, syscall.ETIMEDOUT) {
		t.Errorf("after Reset: %d, %v", got, err)
	}
}

func TestStall(t *testing.T) {
	f := serveFrames(t)
	p := startKafka(t, f.addr)
	c := dial(t, p)
	p.Stall(true)
	p.Stall(true)
	c.send(t, Produce, 1)
	if got := f.await(short); got != -1 {
		t.Errorf("request %d arrived", got)
	}
	p.Stall(false)
	if got, err := c.answer(soon); got != 1 {
		t.Errorf("answer %d, %v", got, err)
	}
}

// The client of a half-open connection sees no error, and no answer either.
func TestHalfOpen(t *testing.T) {
	f := serveFrames(t)
	p := startKafka(t, f.addr)
	c := dial(t, p)
	c.send(t, Produce, 1)
	if got, err := c.answer(soon); got != 1 {
		t.Fatalf("answer %d, %v", got, err)
	}
	p.HalfOpen()
	for i := range int32(20) {
		c.send(t, Produce, 2+i)
	}
	_, err := c.answer(short)
	if ne, ok := errors.AsType[net.Error](err); !ok || !ne.Timeout() {
		t.Errorf("got %v, want silence", err)
	}
}

func TestSometimesIsSeeded(t *testing.T) {
	draw := func() (hits int, picture string) {
		rule := Sometimes(42, 0.2, Verdict{Drop: true}, Produce)
		for range 1000 {
			if rule(Request{Key: Fetch}).Drop {
				t.Error("another key was hit")
			}
			if rule(Request{Key: Produce}).Drop {
				hits++
				picture += "x"
			} else {
				picture += "."
			}
		}
		return hits, picture
	}
	hits, a := draw()
	if _, b := draw(); a != b {
		t.Error("two draws of one seed differ")
	}
	if hits < 150 || hits > 250 {
		t.Errorf("%d of 1000 hit", hits)
	}
}

// The bus stays behind the proxy, whatever addresses the broker tells it, and finds its group there.
func TestBus(t *testing.T) {
	b, err := broker.Start(broker.Config{Dir: t.TempDir()}, slog.New(slog.DiscardHandler))
	if err != nil {
		t.Fatal(err)
	}
	defer b.Close()
	p := startKafka(t, b.Addr())
	c, err := bus.New(bus.Config{Brokers: []string{p.Addr()}}, slog.New(slog.DiscardHandler), nil)
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	ctx, cancel := context.WithTimeout(t.Context(), 2*time.Minute)
	defer cancel()
	if err := c.EnsureTopics(ctx, append(bus.SiteSpecs("kent"), bus.SharedSpecs(2)...)...); err != nil {
		t.Fatal(err)
	}
	// An acknowledgement is lost: the batch is there twice.
	p.SetRule(Once(1, Verdict{Reset: true}, Produce))
	if _, err := c.Produce(ctx, bus.RawTopic("kent"), bus.Message{Value: []byte("x")}); err != nil {
		t.Fatal(err)
	}
	res, err := c.Fetch(ctx, bus.RawTopic("kent"), 0, bus.FetchOptions{})
	if err != nil || len(res.Messages) != 2 {
		t.Errorf("%d messages, %v", len(res.Messages), err)
	}
	err = c.RunGroup(ctx, "g", func(ctx context.Context, l *bus.Lease) error { return l.Commit(ctx, 1, 5, "intent") })
	if err != nil {
		t.Fatal(err)
	}
	for _, key := range []Key{Produce, Fetch, OffsetCommit, JoinGroup} {
		if p.Count(key, Answered) == 0 {
			t.Errorf("key %d went past the proxy", key)
		}
	}
}

// HTTP goes in turns: an answer is dropped, a request arrives late.
func TestTurns(t *testing.T) {
	var got atomic.Int64
	srv := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		n, _ := io.Copy(io.Discard, r.Body)
		got.Add(n)
		_, _ = io.WriteString(w, strings.Repeat("y", 200_000))
	}))
	defer srv.Close()
	p, err := StartTCP("127.0.0.1:0", strings.TrimPrefix(srv.URL, "http://"))
	if err != nil {
		t.Fatal(err)
	}
	defer p.Close()
	hc := &http.Client{Transport: &http.Transport{DisableKeepAlives: true}}
	post := func(ctx context.Context) error {
		req, err := http.NewRequestWithContext(ctx, http.MethodPost, "http://"+p.Addr(), strings.NewReader(strings.Repeat("x", 100_000)))
		if err != nil {
			return err
		}
		resp, err := hc.Do(req)
		if err != nil {
			return err
		}
		defer resp.Body.Close()
		_, err = io.Copy(io.Discard, resp.Body)
		return err
	}
	// given posts until the client gives up, which it does once that has happened.
	given := func(happened func() bool) error {
		ctx, cancel := context.WithCancel(t.Context())
		done := make(chan error, 1)
		go func() { done <- post(ctx) }()
		until(t, happened)
		cancel()
		return <-done
	}
	if err := post(t.Context()); err != nil || got.Load() != 100_000 {
		t.Errorf("plain: %v, %d bytes arrived", err, got.Load())
	}
	p.SetRule(Once(1, Verdict{Drop: true}, Turn))
	if err := given(func() bool { return p.Count(Turn, Dropped) > 0 && got.Load() == 200_000 }); err == nil {
		t.Errorf("dropped answer: %v, %d bytes arrived", err, got.Load())
	}
	p.SetRule(Once(1, Verdict{Hold: time.Hour}, Turn))
	if err := given(func() bool { return p.Holding() == 1 }); err == nil || got.Load() != 200_000 {
		t.Errorf("held: %v, %d bytes arrived", err, got.Load())
	}
	p.Release()
	until(t, func() bool { return got.Load() > 200_000 })
}

func FuzzParseRequest(f *testing.F) {
	f.Add([]byte{0, 0, 0, 3, 0, 0, 0, 1, 0, 2, 'm', 'e', 1})
	f.Add([]byte{0, 0, 0, 3, 0, 0, 0, 1, 0xff, 0xff})
	f.Fuzz(func(t *testing.T, b []byte) {
		req, err := parseRequest(b)
		if err == nil && 10+len(req.Client)+len(req.Body) != len(b) {
			t.Errorf("%d bytes became %q and %d", len(b), req.Client, len(req.Body))
		}
	})
}
