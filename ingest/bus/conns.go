package bus

import (
	"context"
	"errors"
	"net"
	"sync"
)

// conns remembers the open connections of a client or of a group member, so
// that closing them ends whatever waits on them: kafka-go itself may wait
// for an answer without end.
type conns struct {
	mu   sync.Mutex
	open map[*trackedConn]struct{}
	shut bool
}

func newConns() *conns { return &conns{open: make(map[*trackedConn]struct{})} }

func (s *conns) dial(ctx context.Context, network, address string) (net.Conn, error) {
	d := net.Dialer{Timeout: dialTimeout}
	nc, err := d.DialContext(ctx, network, address)
	if err != nil {
		return nil, err
	}
	tc := &trackedConn{Conn: nc, set: s}
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.shut {
		return nil, errors.Join(net.ErrClosed, nc.Close())
	}
	s.open[tc] = struct{}{}
	return tc, nil
}

// breakOff closes what is open now; new connections may follow.
func (s *conns) breakOff() {
	s.mu.Lock()
	defer s.mu.Unlock()
	for tc := range s.open {
		_ = tc.Conn.Close() // whoever uses it sees the error
		delete(s.open, tc)
	}
}

// close closes what is open and refuses what follows.
func (s *conns) close() error {
	s.mu.Lock()
	s.shut = true
	s.mu.Unlock()
	s.breakOff()
	return nil
}

type trackedConn struct {
	net.Conn
	set *conns
}

// Close implements net.Conn.
func (c *trackedConn) Close() error {
	c.set.mu.Lock()
	delete(c.set.open, c)
	c.set.mu.Unlock()
	return c.Conn.Close()
}
