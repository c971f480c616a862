package syslog

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/netip"
	"sync/atomic"
	"syscall"
	"time"

	"github.com/sourcegraph/conc"

	"frontfoot/ingest/line"
)

const (
	// tcpBlock is how much is read of a connection at a time.
	tcpBlock = 16 << 10
	// chunkLines is how many lines a chunk has at most: empty ones would cost more as lines than as bytes.
	chunkLines = 128
	// acceptPause is how long is waited when the process may open no more files.
	acceptPause = 100 * time.Millisecond
)

// serveTCP accepts until ctx ends or the socket fails, and returns when all connections have handed over what they read.
func (l *Listener) serveTCP(ctx context.Context, sink line.Sink) error {
	var conns conc.WaitGroup
	defer conns.Wait()
	ctx, stop := context.WithCancelCause(ctx)
	defer stop(nil)
	defer context.AfterFunc(ctx, func() { _ = l.tcp.Close() })()
	defer l.tcp.Close()
	var open atomic.Int64
	for {
		conn, err := l.tcp.AcceptTCP()
		switch {
		case ctx.Err() != nil:
			if err == nil {
				_ = conn.Close()
			}
			return cause(ctx)
		case errors.Is(err, syscall.EMFILE), errors.Is(err, syscall.ENFILE): // no reason to end the others
			l.metrics.Refused.Inc()
			select {
			case <-ctx.Done():
			case <-time.After(acceptPause):
			}
			continue
		case err != nil:
			return fmt.Errorf("accepting syslog connections: %w", err)
		case open.Load() >= int64(l.cfg.MaxConns):
			l.metrics.Refused.Inc()
			_ = conn.Close()
			continue
		}
		open.Add(1)
		l.metrics.Conns.Inc()
		conns.Go(func() {
			defer l.metrics.Conns.Dec()
			defer open.Add(-1)
			defer conn.Close()
			if err := l.serveConn(ctx, conn, sink); err != nil {
				stop(err)
			}
		})
	}
}

// cause is why ctx ended, nil where it was only cancelled.
func cause(ctx context.Context) error {
	if err := context.Cause(ctx); !errors.Is(err, context.Canceled) {
		return err
	}
	return nil
}

// A stream is one connection being read.
type stream struct {
	framer framer
	peer   netip.Addr
	sink   line.Sink
	lines  []line.Line
}

// serveConn reads one connection until either side ends it. Only an error of the sink is one of the input's.
func (l *Listener) serveConn(ctx context.Context, conn *net.TCPConn, sink line.Sink) error {
	defer context.AfterFunc(ctx, func() { _ = conn.SetReadDeadline(time.Unix(1, 0)) })()
	s := stream{framer: framer{w: line.NewWindow(tcpBlock, l.cfg.MaxLine)}, sink: sink, lines: make([]line.Line, 0, chunkLines)}
	if addr, ok := conn.RemoteAddr().(*net.TCPAddr); ok {
		s.peer = addr.AddrPort().Addr().Unmap()
	}
	for {
		_ = conn.SetReadDeadline(time.Now().Add(l.cfg.IdleTimeout))
		if ctx.Err() != nil {
			_ = conn.SetReadDeadline(time.Unix(1, 0)) // AfterFunc may have come before
		}
		_, end := s.framer.w.Fill(conn)
		received := time.Now()
		bad, err := s.cut(received)
		switch {
		case err != nil:
			return err
		case bad:
			l.metrics.BadCounts.Inc()
			return s.finish(received)
		case end != nil:
			return s.finish(received)
		}
	}
}

// cut hands over the frames that are complete and reports whether a count was wrong.
func (s *stream) cut(received time.Time) (bad bool, err error) {
	for {
		raw, flags, ok, err := s.framer.next()
		if !ok {
			return err != nil, s.hand(received)
		}
		s.lines = append(s.lines, line.Line{Raw: raw, Peer: s.peer, Flags: flags})
		if len(s.lines) == chunkLines {
			if err := s.hand(received); err != nil {
				return false, err
			}
		}
	}
}

// finish hands over what the end of the stream left unfinished.
func (s *stream) finish(received time.Time) error {
	if raw, flags, ok := s.framer.rest(); ok {
		s.lines = append(s.lines, line.Line{Raw: raw, Peer: s.peer, Flags: flags})
	}
	return s.hand(received)
}

func (s *stream) hand(received time.Time) error {
	if len(s.lines) == 0 {
		return nil
	}
	err := s.sink(line.Chunk{Lines: s.lines, Received: received})
	s.lines = s.lines[:0]
	return err
}
