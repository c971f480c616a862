// Package syslog takes lines from the network: Listen opens UDP, TCP or both on one port, Run hands what arrives to a Sink.
// A datagram is an event; a TCP stream is cut by RFC 6587, octet counting or LF, decided anew for each frame. What a line says
// is not looked at here, and there is no TLS. Plain syslog has no acknowledgement: TCP senders
// are held back while the Sink blocks, and what they sent and nobody read when the listener ends is lost; datagrams that the kernel drops are
// counted and told to the Sink, and those that it holds when the listener ends are handed over.
package syslog

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"syscall"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/sourcegraph/conc/pool"

	"frontfoot/ingest/hint"
	"frontfoot/ingest/line"
)

// A Transport says which sockets are opened.
type Transport string

// The transports.
const (
	Both Transport = "both"
	UDP  Transport = "udp"
	TCP  Transport = "tcp"
)

// Config says where to listen and what to bear. Every field must be set.
type Config struct {
	// Address is host:port, :port for all addresses; port 0 takes a free one.
	Address string
	// Transport says which sockets are opened.
	Transport Transport
	// MaxLine is how many bytes of a line are kept.
	MaxLine int
	// MaxConns is how many TCP connections may be open at a time. More are closed at once, unless one of those that are open has kept its line unfinished
	// for 5 s: that one makes room.
	MaxConns int
	// IdleTimeout closes a TCP connection on which nothing arrives.
	IdleTimeout time.Duration
}

// Metrics count what the listener does to lines before they are events. Every field must be set.
type Metrics struct {
	Drops     prometheus.Counter // datagrams the kernel dropped because they were not read in time
	Refused   prometheus.Counter // connections over MaxConns for which none made room, or that the kernel could not give
	BadCounts prometheus.Counter // connections closed because an octet count was wrong
	Conns     prometheus.Gauge   // open connections
}

// A Listener holds the sockets of one input. It may be run once.
type Listener struct {
	cfg     Config
	logger  *slog.Logger
	metrics Metrics
	tcp     *net.TCPListener
	udp     *net.UDPConn
	accept  func() (*net.TCPConn, error) // of tcp; stands in for the kernel in tests
}

// Listen opens the sockets. A port that cannot be had is an *hint.Error. Run or Close must follow.
func Listen(cfg Config, logger *slog.Logger, metrics Metrics) (*Listener, error) {
	l := &Listener{cfg: cfg, logger: logger, metrics: metrics}
	address := cfg.Address
	if cfg.Transport != UDP {
		ln, err := net.Listen("tcp", address)
		if err != nil {
			return nil, explain(err, "TCP", cfg.Address)
		}
		l.tcp, _ = ln.(*net.TCPListener)
		l.accept = l.tcp.AcceptTCP
		host, _, _ := net.SplitHostPort(address)
		_, port, _ := net.SplitHostPort(ln.Addr().String())
		address = net.JoinHostPort(host, port) // both on one port, also where it was free to choose
	}
	if cfg.Transport != TCP {
		conn, err := net.ListenPacket("udp", address)
		if err != nil {
			return nil, errors.Join(explain(err, "UDP", cfg.Address), l.Close())
		}
		l.udp, _ = conn.(*net.UDPConn)
	}
	return l, nil
}

// Addr returns the address in use.
func (l *Listener) Addr() net.Addr {
	if l.tcp != nil {
		return l.tcp.Addr()
	}
	return l.udp.LocalAddr()
}

// Run serves until ctx ends, then hands over what was read and returns nil. It returns an error when a socket fails or
// the sink takes no more. The sockets are closed in any case.
func (l *Listener) Run(ctx context.Context, sink line.Sink) error {
	serve := pool.New().WithContext(ctx).WithCancelOnError().WithFirstError()
	if l.tcp != nil {
		serve.Go(func(ctx context.Context) error { return l.serveTCP(ctx, sink) })
	}
	if l.udp != nil {
		serve.Go(func(ctx context.Context) error { return l.serveUDP(ctx, sink) })
	}
	return serve.Wait()
}

// Close closes the sockets of a Listener that is not run.
func (l *Listener) Close() error {
	var errs []error
	if l.tcp != nil {
		errs = append(errs, l.tcp.Close())
	}
	if l.udp != nil {
		errs = append(errs, l.udp.Close())
	}
	return errors.Join(errs...)
}

func explain(err error, transport, address string) error {
	advice := "set 'listen' of the input to an address of this machine, for example 127.0.0.1:5514 or :5514"
	switch {
	case errors.Is(err, syscall.EADDRINUSE):
		advice = "another program has this port: stop it, or set 'listen' of the input to another one, for example :5515"
	case errors.Is(err, syscall.EACCES):
		advice = "ports below 1024 need the capability CAP_NET_BIND_SERVICE: give it, or set 'listen' of the input to a higher one, for example :5514"
	}
	return &hint.Error{Err: fmt.Errorf("listening for syslog over %s on %s: %w", transport, address, err), Hint: advice}
}
