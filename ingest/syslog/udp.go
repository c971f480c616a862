package syslog

import (
	"context"
	"errors"
	"fmt"
	"os"
	"syscall"
	"time"

	"golang.org/x/sys/unix"

	"frontfoot/ingest/failpoint"
	"frontfoot/ingest/line"
)

const (
	// kernelBuffer is asked of the kernel so that a burst survives until it is read.
	kernelBuffer = 16 << 20
	// udpBatch is how many datagrams are taken from the kernel with one call.
	udpBatch = 64
	// maxDatagram is more than a UDP datagram can carry.
	maxDatagram = 64 << 10
	// askDrops is how long after the last datagram the kernel is asked whether it dropped some: by itself it tells with the next one.
	askDrops = time.Second
	// lastBatches bounds what is taken from the kernel when the listener ends: a sender may never stop.
	lastBatches = 1024
)

// serveUDP reads datagrams until ctx ends or the socket fails.
func (l *Listener) serveUDP(ctx context.Context, sink line.Sink) error {
	defer l.udp.Close()
	raw, err := l.udp.SyscallConn()
	if err != nil {
		return fmt.Errorf("preparing UDP syslog: %w", err)
	}
	if err := l.prepare(raw); err != nil {
		return err
	}
	defer context.AfterFunc(ctx, func() { _ = l.udp.SetReadDeadline(time.Unix(1, 0)) })()
	r := receiver{l: l, raw: raw, sink: sink, in: newDatagrams(udpBatch), lines: make([]line.Line, 0, udpBatch)}
	for {
		_ = l.udp.SetReadDeadline(time.Now().Add(askDrops))
		if ctx.Err() != nil {
			return r.finish()
		}
		n, err := r.receive()
		switch {
		case ctx.Err() != nil && n == 0:
			return r.finish()
		case errors.Is(err, os.ErrDeadlineExceeded):
			r.ask()
		case err != nil:
			return fmt.Errorf("receiving UDP syslog: %w", err)
		}
		if err := r.hand(n); err != nil {
			return err
		}
	}
}

// A receiver takes datagrams from one socket.
type receiver struct {
	l     *Listener
	raw   syscall.RawConn
	sink  line.Sink
	in    *datagrams
	lines []line.Line

	dropped uint32 // what the kernel has dropped in all, modulo 2^32, as far as is known
	untold  uint64 // of it, what the sink has not heard of
}

// receive waits for datagrams and takes those there are.
func (r *receiver) receive() (n int, err error) {
	var recvErr error
	err = r.raw.Read(func(fd uintptr) bool {
		n, recvErr = r.in.receive(fd)
		return recvErr != unix.EAGAIN //nolint:errorlint // an errno
	})
	if err == nil {
		err = recvErr
	}
	if total, ok := r.in.dropped(n); ok {
		r.count(total)
	}
	return n, err
}

// count takes in the kernel's counter of drops, which wraps like ours. Datagrams that were queued before it was last asked tell an older one.
func (r *receiver) count(total uint32) {
	more := total - r.dropped
	if int32(more) <= 0 {
		return
	}
	r.dropped = total
	if failpoint.Off("drops") {
		return
	}
	r.untold += uint64(more)
	r.l.metrics.Drops.Add(float64(more))
}

// ask takes in what the kernel has not told by itself.
func (r *receiver) ask() {
	_ = r.raw.Control(func(fd uintptr) {
		if total, ok := drops(fd); ok {
			r.count(total)
		}
	})
}

// hand gives n datagrams to the sink, with how many were dropped before.
func (r *receiver) hand(n int) error {
	if n == 0 && r.untold == 0 {
		return nil
	}
	r.lines = r.lines[:0]
	for i := range n {
		r.lines = append(r.lines, r.l.datagram(r.in.payload(i), r.in.peer(i)))
	}
	c := line.Chunk{Lines: r.lines, Received: failpoint.Now(), Dropped: r.untold, Droppable: true}
	r.untold = 0
	return r.sink(c)
}

// finish hands over what the kernel still holds, and tells of its last drops.
func (r *receiver) finish() error {
	for range lastBatches {
		n := 0
		err := r.raw.Control(func(fd uintptr) { n, _ = r.in.receive(fd) })
		if err != nil || n == 0 {
			break
		}
		if total, ok := r.in.dropped(n); ok {
			r.count(total)
		}
		if err := r.hand(n); err != nil {
			return err
		}
	}
	r.ask()
	return r.hand(0)
}

// prepare asks the kernel for a large buffer and for its drop counter.
func (l *Listener) prepare(raw syscall.RawConn) error {
	var got int
	err := raw.Control(func(fd uintptr) {
		s := int(fd)
		if unix.SetsockoptInt(s, unix.SOL_SOCKET, unix.SO_RCVBUFFORCE, kernelBuffer) != nil {
			_ = unix.SetsockoptInt(s, unix.SOL_SOCKET, unix.SO_RCVBUF, kernelBuffer) // as much as net.core.rmem_max lets
		}
		_ = unix.SetsockoptInt(s, unix.SOL_SOCKET, unix.SO_RXQ_OVFL, 1)
		got, _ = unix.GetsockoptInt(s, unix.SOL_SOCKET, unix.SO_RCVBUF)
	})
	if err != nil {
		return fmt.Errorf("preparing UDP syslog: %w", err)
	}
	if got /= 2; got < kernelBuffer { // the kernel counts its own overhead and says the double
		l.logger.Info("kernel gives a small buffer for UDP: bursts may be dropped, net.core.rmem_max bounds it",
			"bytes", got, "wanted_bytes", kernelBuffer)
	}
	return nil
}
