package syslog

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/netip"
	"syscall"
	"time"

	"github.com/sourcegraph/conc"

	"frontfoot/ingest/failpoint"
	"frontfoot/ingest/line"
)

const (
	// tcpBlock is how much is read of a connection at a time.
	tcpBlock = 16 << 10
	// chunkLines is how many lines a chunk has at most: empty ones would cost more as lines than as bytes.
	chunkLines = 128
	// acceptPause is how long is waited when the kernel has no connection to give, doubled up to acceptPauses times while it goes on.
	acceptPause  = 100 * time.Millisecond
	acceptPauses = 6
)

// serveTCP accepts until ctx ends or the socket fails, and returns when all connections have handed over what they read.
func (l *Listener) serveTCP(ctx context.Context, sink line.Sink) error {
	var serving conc.WaitGroup
	defer serving.Wait()
	ctx, stop := context.WithCancelCause(ctx)
	defer stop(nil)
	defer context.AfterFunc(ctx, func() { _ = l.tcp.Close() })()
	defer l.tcp.Close()
	open := newConns(l.cfg.MaxConns)
	for failed := 0; ; {
		conn, err := l.accept()
		switch {
		case ctx.Err() != nil:
			if err == nil {
				_ = conn.Close()
			}
			return cause(ctx)
		case passing(err): // no reason to end the others
			l.refuse(ctx, failed, err)
			failed++
			continue
		case err != nil:
			return fmt.Errorf("accepting syslog connections: %w", err)
		case !open.add(conn):
			l.metrics.Refused.Inc()
			_ = conn.Close()
			continue
		}
		failed = 0
		l.metrics.Conns.Inc()
		serving.Go(func() {
			defer l.metrics.Conns.Dec()
			defer open.remove(conn)
			defer conn.Close()
			if err := l.serveConn(ctx, conn, open, sink); err != nil {
				stop(err)
			}
		})
	}
}

// passing reports whether an error of accept says nothing of the socket: the process or the kernel has no files or memory left, or the
// network has failed the one connection that was due (accept(2) names those).
func passing(err error) bool {
	var no syscall.Errno
	if !errors.As(err, &no) {
		return false
	}
	switch no {
	case syscall.EMFILE, syscall.ENFILE, syscall.ENOBUFS, syscall.ENOMEM,
		syscall.ECONNABORTED, syscall.ENETDOWN, syscall.EPROTO, syscall.ENOPROTOOPT, syscall.EHOSTDOWN, syscall.ENONET,
		syscall.EHOSTUNREACH, syscall.EOPNOTSUPP, syscall.ENETUNREACH, syscall.EPERM, syscall.ETIMEDOUT:
		return true
	default:
		return false
	}
}

// refuse counts a connection that could not be had and waits a little, longer the more often it has happened in a row. The first of them is logged.
func (l *Listener) refuse(ctx context.Context, failed int, err error) {
	l.metrics.Refused.Inc()
	if failed == 0 {
		l.logger.WarnContext(ctx, "connections cannot be accepted, trying on", "err", err)
	}
	select {
	case <-ctx.Done():
	case <-time.After(acceptPause << min(failed, acceptPauses)):
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
func (l *Listener) serveConn(ctx context.Context, conn *net.TCPConn, open *conns, sink line.Sink) error {
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
		received := failpoint.Now()
		bad, finished, err := s.cut(received)
		open.read(conn, finished, s.framer.unfinished())
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

// cut hands over the frames that are complete and reports whether a count was wrong, and whether there was a frame.
func (s *stream) cut(received time.Time) (bad, finished bool, err error) {
	for {
		raw, flags, ok, err := s.framer.next()
		if !ok {
			return err != nil, finished, s.hand(received)
		}
		finished = true
		s.lines = append(s.lines, line.Line{Raw: raw, Peer: s.peer, Flags: flags})
		if len(s.lines) == chunkLines {
			if err := s.hand(received); err != nil {
				return false, finished, err
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
