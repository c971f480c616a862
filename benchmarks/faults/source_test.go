package faults

import (
	"bufio"
	"context"
	"net"
	"os"
	"path/filepath"
	"sort"
	"sync"
	"sync/atomic"
	"testing"
	"time"
)

// A source sends the lines of a feed and keeps the ledger of what it knows of each: sent and therefore owed, or unknown because its connection broke.
type source struct {
	feed  *feed
	site  string
	input string // YAML
	path  string // of a file that grows
	addr  string // of a syslog input
	kind  string // file, tcp or udp

	bytes   atomic.Int64 // of lines
	mu      sync.Mutex
	sent    uint64    // lines handed to the system
	runs    []stretch // of TCP: a connection each
	conn    net.Conn
	file    *os.File
	stopped chan struct{}
	cancel  context.CancelFunc
}

// A stretch is what went over one connection: lines from, up to but not including to. If it broke, its last lines may be lost.
type stretch struct {
	from, to uint64
	broken   bool
}

// fileSource prepares a file that grows.
func fileSource(t *testing.T, number int, site, dir string, l life) *source {
	t.Helper()
	dir = filepath.Join(dir, site)
	if err := os.MkdirAll(dir, 0o700); err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(dir, "device.log")
	f, err := os.OpenFile(path, os.O_CREATE|os.O_APPEND|os.O_WRONLY, 0o600)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = f.Close() })
	return &source{feed: newFeed(t, number, l), site: site, kind: "file", path: path, file: f, input: file(site, path)}
}

// syslogSource prepares a sender of syslog.
func syslogSource(t *testing.T, number int, site, transport string) *source {
	t.Helper()
	addr := freeAddress(t)
	return &source{feed: newFeed(t, number, eventful()), site: site, kind: transport, addr: addr, input: listening(site+"-"+transport, site, transport, addr)}
}

// fileSources prepares a file for each of some sites.
func fileSources(t *testing.T, n int, dir string, l life) []*source {
	t.Helper()
	var all []*source
	for i, site := range siteNames(n) {
		all = append(all, fileSource(t, i, site, dir, l))
	}
	return all
}

func inputsOf(sources []*source) []string {
	var all []string
	for _, s := range sources {
		all = append(all, s.input)
	}
	return all
}

// begin sends at a steady rate until end is called.
func (s *source) begin(t *testing.T, perSecond int) {
	t.Helper()
	ctx, cancel := context.WithCancel(t.Context())
	s.cancel, s.stopped = cancel, make(chan struct{})
	go func() {
		defer close(s.stopped)
		const every = 20 * time.Millisecond
		tick := time.NewTicker(every)
		defer tick.Stop()
		began, sent := time.Now(), 0
		for ctx.Err() == nil {
			select {
			case <-ctx.Done():
				return
			case <-tick.C:
			}
			due := int(time.Since(began).Seconds() * float64(perSecond))
			due = min(due, sent+perSecond) // what was held back for long is not made up for at once
			n := s.send(due - sent)
			sent += n
			if n == 0 { // nobody takes it
				sent = due
			}
		}
	}()
}

func begin(t *testing.T, perSecond int, sources []*source) {
	t.Helper()
	for _, s := range sources {
		s.begin(t, perSecond/len(sources))
	}
}

// end stops sending.
func (s *source) end() {
	if s.cancel == nil {
		return
	}
	s.cancel()
	<-s.stopped
	s.cancel = nil
	s.hangUp(false)
}

func end(sources []*source) {
	for _, s := range sources {
		s.end()
	}
}

// breakOff stops sending where nobody reads: a connection breaks.
func (s *source) breakOff() {
	s.cancel()
	for stopped := false; !stopped; {
		s.mu.Lock()
		if s.conn != nil && s.kind == "tcp" { // a datagram never waits, and one that was not sent would count as sent
			_ = s.conn.SetWriteDeadline(time.Unix(1, 0))
		}
		s.mu.Unlock()
		select {
		case <-s.stopped:
			stopped = true
		case <-time.After(10 * time.Millisecond): // it may just have set a deadline of its own
		}
	}
	s.cancel = nil
	s.hangUp(true)
}

// send sends n lines at once and returns how many were handed over.
func (s *source) send(n int) int {
	if n <= 0 {
		return 0
	}
	switch s.kind {
	case "file":
		return s.grow(func(made int) bool { return made < n })
	case "udp":
		return s.datagrams(n)
	default:
		return s.stream(n)
	}
}

// grow appends lines to a file while more says so, and returns how many.
func (s *source) grow(more func(made int) bool) int {
	w, n := bufio.NewWriter(s.file), 0
	for ; more(n); n++ {
		w.Write(s.line())
		w.WriteByte('\n')
	}
	if w.Flush() != nil {
		return 0
	}
	s.add(n)
	return n
}

func (s *source) line() []byte {
	line := s.feed.line()
	s.bytes.Add(int64(len(line)))
	return line
}

func (s *source) add(n int) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.sent += uint64(n)
}

// total returns how many lines were sent.
func (s *source) total() uint64 {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.sent
}

func (s *source) datagrams(n int) int {
	if s.conn == nil {
		conn, err := net.Dial("udp", s.addr)
		if err != nil {
			return 0
		}
		s.mu.Lock()
		s.conn = conn
		s.mu.Unlock()
	}
	for range n {
		_, _ = s.conn.Write(append([]byte("<13>"), s.line()...))
	}
	s.add(n)
	return n
}

// stream sends over TCP. A line is counted before it is written: what is half written when the connection breaks belongs to its run.
func (s *source) stream(n int) int {
	if s.conn == nil {
		conn, err := net.DialTimeout("tcp", s.addr, time.Second)
		if err != nil {
			return 0
		}
		s.mu.Lock()
		s.conn = conn
		s.runs = append(s.runs, stretch{from: s.feed.made, to: s.feed.made})
		s.mu.Unlock()
	}
	var block []byte
	for range n {
		block = append(block, "<13>"...)
		block = append(append(block, s.line()...), '\n')
	}
	s.mu.Lock()
	s.sent += uint64(n)
	s.runs[len(s.runs)-1].to = s.feed.made
	s.mu.Unlock()
	_ = s.conn.SetWriteDeadline(time.Now().Add(time.Minute))
	if _, err := s.conn.Write(block); err != nil {
		s.hangUp(true)
	}
	return n
}

// hangUp ends the connection. The other side answers a clean end with its own once it has read everything; anything else is a break.
func (s *source) hangUp(broken bool) {
	if s.conn == nil {
		return
	}
	if tcp, ok := s.conn.(*net.TCPConn); ok {
		if !broken {
			_ = tcp.CloseWrite()
			_ = tcp.SetReadDeadline(time.Now().Add(20 * time.Second))
			var b [1]byte
			_, err := tcp.Read(b[:])
			broken = err == nil || err.Error() != "EOF"
		}
		s.mu.Lock()
		s.runs[len(s.runs)-1].broken = broken
		s.mu.Unlock()
	}
	_ = s.conn.Close()
	s.mu.Lock()
	s.conn = nil
	s.mu.Unlock()
}

// run returns the number of the connection that a line went over; 0 where there are none.
func (s *source) run(n uint64) int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return sort.Search(len(s.runs), func(i int) bool { return s.runs[i].to > n })
}

// owed tells, for a line that is not in the database, whether it may be missing: it must belong to the end of a broken run, of which nothing later is there.
func (s *source) owed(missing map[uint64]bool) (lost, unknown int) {
	if s.kind != "tcp" {
		return len(missing), 0
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, r := range s.runs {
		last := r.to
		if r.broken {
			for last > r.from && missing[last-1] {
				last--
			}
			unknown += int(r.to - last)
		}
		for n := r.from; n < last; n++ {
			if missing[n] {
				lost++
			}
		}
	}
	return lost, unknown
}
