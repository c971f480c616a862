package syslog

import (
	"context"
	"errors"
	"fmt"
	"net"
	"sync/atomic"
	"time"

	"github.com/sourcegraph/conc"

	"frontfoot/ingest/line"
)

// tcpBlock is how much is read of a connection at a time.
const tcpBlock = 16 << 10

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

// serveConn reads one connection until either side ends it. Only an error of the sink is one of the input's.
func (l *Listener) serveConn(ctx context.Context, conn *net.TCPConn, sink line.Sink) error {
	defer context.AfterFunc(ctx, func() { _ = conn.SetReadDeadline(time.Unix(1, 0)) })()
	peer := conn.RemoteAddr().(*net.TCPAddr).AddrPort().Addr().Unmap() //nolint:errcheck // a TCPConn has no other
	f := framer{w: line.NewWindow(tcpBlock, l.cfg.MaxLine)}
	var lines []line.Line
	for {
		_ = conn.SetReadDeadline(time.Now().Add(l.cfg.IdleTimeout))
		if ctx.Err() != nil {
			_ = conn.SetReadDeadline(time.Unix(1, 0)) // AfterFunc may have come before
		}
		_, end := f.w.Fill(conn)
		received := time.Now()
		lines = lines[:0]
		for {
			raw, flags, ok, err := f.next()
			if err != nil {
				l.metrics.BadCounts.Inc()
				end = err
			}
			if !ok {
				break
			}
			lines = append(lines, line.Line{Raw: raw, Peer: peer, Flags: flags})
		}
		if end != nil {
			if raw, flags, ok := f.rest(); ok {
				lines = append(lines, line.Line{Raw: raw, Peer: peer, Flags: flags})
			}
		}
		if len(lines) > 0 {
			if err := sink(line.Chunk{Lines: lines, Received: received}); err != nil {
				return err
			}
		}
		if end != nil {
			return nil
		}
	}
}
