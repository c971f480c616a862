package syslog

import (
	"context"
	"fmt"
	"syscall"
	"time"

	"golang.org/x/sys/unix"

	"frontfoot/ingest/line"
)

const (
	// kernelBuffer is asked of the kernel so that a burst survives until it is read.
	kernelBuffer = 16 << 20
	// udpBatch is how many datagrams are taken from the kernel with one call.
	udpBatch = 64
	// maxDatagram is more than a UDP datagram can carry.
	maxDatagram = 64 << 10
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
	in := newDatagrams(udpBatch)
	lines := make([]line.Line, 0, udpBatch)
	var dropped uint32
	for {
		var n int
		var recvErr error
		err := raw.Read(func(fd uintptr) bool {
			n, recvErr = in.receive(fd)
			return recvErr != unix.EAGAIN //nolint:errorlint // an errno
		})
		switch {
		case ctx.Err() != nil:
			return nil
		case err == nil:
			err = recvErr
		}
		if err != nil {
			return fmt.Errorf("receiving UDP syslog: %w", err)
		}
		received := time.Now()
		lines = lines[:0]
		for i := range n {
			lines = append(lines, l.datagram(in.payload(i), in.peer(i)))
		}
		if total, ok := in.dropped(n); ok {
			l.metrics.Drops.Add(float64(total - dropped)) // the kernel's counter wraps like ours
			dropped = total
		}
		if err := sink(line.Chunk{Lines: lines, Received: received}); err != nil {
			return err
		}
	}
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
