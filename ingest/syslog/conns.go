package syslog

import (
	"net"
	"sync"
	"time"

	"frontfoot/ingest/failpoint"
)

// grace is how long a connection may keep a line unfinished, or bring none at all, before it makes room for another one.
const grace = 5 * time.Second

// conns are the open connections, at most so many. When there is no room for another one, a connection that has not finished its line for long makes room, so
// that senders of a byte now and then (slow loris) shut nobody out. While there is room nobody is hurried.
type conns struct {
	most int

	mu   sync.Mutex
	open map[*net.TCPConn]time.Time // since when its line is unfinished; zero where it is not
}

func newConns(most int) *conns { return &conns{most: most, open: map[*net.TCPConn]time.Time{}} }

// add takes a connection in, and reports whether there was room.
func (c *conns) add(conn *net.TCPConn) bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	now := time.Now()
	if len(c.open) >= c.most && (failpoint.Off("evict") || !c.evict(now.Add(-grace))) {
		return false
	}
	c.open[conn] = now
	return true
}

// evict ends the connection whose line has been unfinished for longest, if that is since before a moment. What came of the line is kept.
func (c *conns) evict(before time.Time) bool {
	var slowest *net.TCPConn
	for conn, since := range c.open {
		if !since.IsZero() && since.Before(before) {
			slowest, before = conn, since
		}
	}
	if slowest == nil {
		return false
	}
	delete(c.open, slowest)
	_ = slowest.CloseRead() // its reader finds the end and finishes
	return true
}

// read notes what a connection has brought: whether a line was finished, and whether another one was begun.
func (c *conns) read(conn *net.TCPConn, finished, begun bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	since, ok := c.open[conn]
	switch {
	case !ok: // on its way out
	case !begun && finished:
		c.open[conn] = time.Time{}
	case begun && (finished || since.IsZero()):
		c.open[conn] = time.Now()
	}
}

func (c *conns) remove(conn *net.TCPConn) {
	c.mu.Lock()
	defer c.mu.Unlock()
	delete(c.open, conn)
}
