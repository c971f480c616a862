package proxy

import (
	"io"
	"net"
	"sync"
	"sync/atomic"
	"time"

	"github.com/sourcegraph/conc"
)

// chunkBytes is the most that is read at once of a connection without frames.
const chunkBytes = 64 << 10

// link is one client connection and its way on.
type link struct {
	p              *Proxy
	client, server net.Conn
	half           atomic.Bool // the server's side was closed, the client must not learn of it

	mu       sync.Mutex
	pending  map[int32]expected
	turn     expected
	answered chan struct{} // gets a token when an answer has come
}

// expected is a request whose answer has not come.
type expected struct {
	key     Key
	verdict Verdict
}

func newLink(p *Proxy, client, server net.Conn) *link {
	return &link{
		p: p, client: client, server: server,
		pending: make(map[int32]expected), turn: expected{key: noTurn}, answered: make(chan struct{}, 1),
	}
}

// run forwards both ways until either side has gone.
func (l *link) run() {
	var wg conc.WaitGroup
	wg.Go(func() {
		if l.p.kafka {
			l.requests()
		} else {
			l.turns()
		}
		l.linger()
		_ = l.server.Close() // ends the other direction
	})
	wg.Go(func() {
		if l.p.kafka {
			l.answers()
		} else {
			l.answersOfTurns()
		}
		if !l.half.Load() {
			_ = l.client.Close() // ends the other direction
		}
	})
	wg.Wait()
	l.close()
}

// linger lets the server answer what it was asked: it might drop what it was asked on a connection that ends.
func (l *link) linger() {
	timeout := time.NewTimer(lingerTimeout)
	defer timeout.Stop()
	for {
		l.mu.Lock()
		done := len(l.pending) == 0 && l.turn.key == noTurn
		l.mu.Unlock()
		if done || l.half.Load() {
			return
		}
		select {
		case <-l.answered:
		case <-timeout.C:
			return
		case <-l.p.ctx.Done():
			return
		}
	}
}

func (l *link) expect(correlation int32, e expected) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.pending[correlation] = e
}

func (l *link) take(correlation int32) expected {
	l.mu.Lock()
	defer l.mu.Unlock()
	e, ok := l.pending[correlation]
	if !ok {
		return expected{key: Turn}
	}
	delete(l.pending, correlation)
	l.tell()
	return e
}

// tell wakes linger.
func (l *link) tell() {
	select {
	case l.answered <- struct{}{}:
	default:
	}
}

// forward passes a request on, or does not; false ends the connection.
func (l *link) forward(b []byte, e expected) bool {
	if !l.p.hold(e.key, e.verdict.Hold) || !l.p.pass() {
		return false
	}
	_, err := l.server.Write(b)
	return err == nil || l.half.Load()
}

// deliver passes an answer on, or does not; false ends the connection.
func (l *link) deliver(b []byte, e expected) bool {
	if !l.p.wait(e.verdict.Delay) || !l.p.pass() {
		return false
	}
	switch {
	case e.verdict.Reset:
		l.p.note(e.key, Dropped)
		l.reset()
		return false
	case e.verdict.Drop:
		l.p.note(e.key, Dropped)
		return true
	}
	if _, err := l.client.Write(b); err == nil {
		l.p.note(e.key, Answered)
	}
	return true // a client that has gone may have requests that are held: go on
}

// turns forwards a client's bytes where only turns are known.
func (l *link) turns() {
	buf := make([]byte, chunkBytes)
	var current expected
	for {
		n, err := l.client.Read(buf)
		if n > 0 {
			e, begins := l.begin(buf[:n])
			if begins {
				current = e
			} else {
				current.verdict.Hold = 0 // once a turn
			}
			switch {
			case !current.verdict.Lose:
				if !l.forward(buf[:n], current) {
					return
				}
			case begins:
				l.p.note(Turn, Lost)
			}
		}
		if err != nil {
			return
		}
	}
}

// noTurn is the key between an answer and the next request.
const noTurn Key = -2

// begin judges the first bytes after an answer.
func (l *link) begin(first []byte) (expected, bool) {
	l.mu.Lock()
	going := l.turn.key == Turn
	l.mu.Unlock()
	if going {
		return expected{}, false
	}
	e := expected{Turn, l.p.judge(Request{Key: Turn, Body: first})}
	l.mu.Lock()
	l.turn = e
	l.mu.Unlock()
	return e, true
}

// answersOfTurns forwards a server's bytes where only turns are known.
func (l *link) answersOfTurns() {
	buf := make([]byte, chunkBytes)
	var current expected
	for {
		n, err := l.server.Read(buf)
		if n > 0 {
			l.mu.Lock()
			if l.turn.key == Turn {
				current = l.turn
			} else {
				current.verdict.Delay = 0 // once a turn
			}
			l.turn = expected{key: noTurn}
			l.tell()
			l.mu.Unlock()
			if !l.deliver(buf[:n], current) {
				return
			}
		}
		if err != nil {
			return
		}
	}
}

func (l *link) close() {
	_ = l.client.Close() // whoever uses them sees it
	_ = l.server.Close()
}

func (l *link) reset() {
	reset(l.client)
	reset(l.server)
}

func (l *link) halfOpen() {
	l.half.Store(true)
	_ = l.server.Close()
}

// reset closes a connection without the usual goodbye.
func reset(c net.Conn) {
	if tcp, ok := c.(*net.TCPConn); ok {
		_ = tcp.SetLinger(0) // else it closes in the usual way
	}
	_ = c.Close()
}

// readFull reads exactly len(b) bytes.
func readFull(c net.Conn, b []byte) bool {
	_, err := io.ReadFull(c, b)
	return err == nil
}
