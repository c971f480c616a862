// Package proxy is a TCP proxy that breaks connections on demand: it delays, holds and releases later, drops answers, resets, lets one side
// believe in a connection that the other has left, or lets nothing through at all.
//
// Use StartKafka before a broker: it knows requests by their API key and answers by their correlation id, so that a Rule can lose one answer in five
// to produce requests, or keep an offset commit for 30 s and then let it through although its client gave up. The broker and the proxy must both be
// on 127.0.0.1: the proxy writes its own port into the answers that tell clients where brokers are. Use StartTCP before anything that answers in
// turns, such as HTTP; a turn is what the client sends until the server answers. Neither opens TLS.
//
// It is for tests and is not written for speed: each request is in memory once.
package proxy

import (
	"context"
	"fmt"
	"maps"
	"net"
	"sync"
	"time"

	"github.com/sourcegraph/conc"
)

const (
	dialTimeout = 5 * time.Second
	// lingerTimeout bounds how long the server's answers are awaited after the client has gone.
	lingerTimeout = 5 * time.Second
)

// Proxy forwards connections to one server. Its methods may be called concurrently.
type Proxy struct {
	ln     net.Listener
	server string
	kafka  bool
	ports  []byte // what to write in place of the broker's address, see readdress
	away   []byte

	ctx  context.Context //nolint:containedctx // the life of all connections
	stop context.CancelFunc
	wg   conc.WaitGroup

	mu       sync.Mutex
	rule     Rule
	gate     chan struct{} // closed while bytes pass
	release  chan struct{} // closed by Release
	links    map[*link]struct{}
	held     int
	counts   map[Count]int
	shutting bool
}

// Count names what is counted.
type Count struct {
	// Key is the API key of a request, Turn for those of StartTCP.
	Key Key
	// Fate is what became of it.
	Fate Fate
}

// Fate is what the proxy did with a request.
type Fate string

// What Counts counts. Each request is seen once, and further ones apply where a rule says so.
const (
	Seen     Fate = "seen"
	Held     Fate = "held"
	Lost     Fate = "lost"     // the request
	Dropped  Fate = "dropped"  // the answer
	Answered Fate = "answered" // and the client had it
)

// StartKafka listens on an address of 127.0.0.1 (port 0 takes any) and forwards to a broker on 127.0.0.1.
func StartKafka(listen, broker string) (*Proxy, error) { return start(listen, broker, true) }

// StartTCP listens on an address (port 0 takes any) and forwards to any server.
func StartTCP(listen, server string) (*Proxy, error) { return start(listen, server, false) }

func start(listen, server string, kafka bool) (*Proxy, error) {
	ln, err := net.Listen("tcp", listen)
	if err != nil {
		return nil, fmt.Errorf("listening for the fault proxy: %w", err)
	}
	ctx, stop := context.WithCancel(context.Background())
	p := &Proxy{
		ln: ln, server: server, kafka: kafka, ctx: ctx, stop: stop,
		rule:    func(Request) Verdict { return Verdict{} },
		gate:    make(chan struct{}),
		release: make(chan struct{}),
		links:   make(map[*link]struct{}),
		counts:  make(map[Count]int),
	}
	close(p.gate)
	if kafka {
		if p.away, p.ports, err = readdress(server, ln.Addr().String()); err != nil {
			stop()
			_ = ln.Close() // the other error tells
			return nil, err
		}
	}
	p.wg.Go(p.accept)
	return p, nil
}

// Addr returns the host:port that clients connect to.
func (p *Proxy) Addr() string { return p.ln.Addr().String() }

// Close ends all connections and waits for them.
func (p *Proxy) Close() error {
	p.stop()
	err := p.ln.Close()
	p.mu.Lock()
	p.shutting = true
	p.mu.Unlock()
	p.each((*link).close)
	p.wg.Wait()
	return err
}

// SetRule decides from now on what happens to requests; nil lets all through. The rule may be called concurrently.
func (p *Proxy) SetRule(rule Rule) {
	if rule == nil {
		rule = func(Request) Verdict { return Verdict{} }
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	p.rule = rule
}

// Stall stops all bytes in both directions, on connections old and new, until it is called with false: the network is away. Nothing is lost by it.
func (p *Proxy) Stall(on bool) {
	p.mu.Lock()
	defer p.mu.Unlock()
	open := false
	select {
	case <-p.gate:
		open = true
	default:
	}
	switch {
	case on && open:
		p.gate = make(chan struct{})
	case !on && !open:
		close(p.gate)
	}
}

// Release lets through at once what rules hold or delay now.
func (p *Proxy) Release() {
	p.mu.Lock()
	defer p.mu.Unlock()
	close(p.release)
	p.release = make(chan struct{})
}

// Reset breaks all connections off, both sides with a TCP reset. New ones may follow.
func (p *Proxy) Reset() { p.each((*link).reset) }

// HalfOpen closes the server's side of all connections and leaves the clients believing in theirs: what they send goes nowhere. New
// connections are whole.
func (p *Proxy) HalfOpen() { p.each((*link).halfOpen) }

// Holding returns how many requests are held now.
func (p *Proxy) Holding() int {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.held
}

// Counts returns what became of the requests so far.
func (p *Proxy) Counts() map[Count]int {
	p.mu.Lock()
	defer p.mu.Unlock()
	return maps.Clone(p.counts)
}

// Count returns how many requests of a kind met a fate so far.
func (p *Proxy) Count(key Key, fate Fate) int {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.counts[Count{key, fate}]
}

func (p *Proxy) note(key Key, fate Fate) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.counts[Count{key, fate}]++
}

func (p *Proxy) accept() {
	for {
		client, err := p.ln.Accept()
		if err != nil {
			return // closed
		}
		p.wg.Go(func() { p.serve(client) })
	}
}

// serve forwards one connection. A server that is away shows as a reset.
func (p *Proxy) serve(client net.Conn) {
	d := net.Dialer{Timeout: dialTimeout}
	server, err := d.DialContext(p.ctx, "tcp", p.server)
	if err != nil {
		reset(client)
		return
	}
	l := newLink(p, client, server)
	p.mu.Lock()
	shut := p.shutting
	if !shut {
		p.links[l] = struct{}{}
	}
	p.mu.Unlock()
	if shut {
		l.close()
		return
	}
	l.run()
	p.mu.Lock()
	delete(p.links, l)
	p.mu.Unlock()
}

func (p *Proxy) each(do func(*link)) {
	p.mu.Lock()
	links := maps.Clone(p.links)
	p.mu.Unlock()
	for l := range links {
		do(l)
	}
}

// pass waits until bytes may pass; false when the proxy closes.
func (p *Proxy) pass() bool {
	p.mu.Lock()
	gate := p.gate
	p.mu.Unlock()
	select {
	case <-gate:
		return true
	case <-p.ctx.Done():
		return false
	}
}

// wait lasts for d or until Release; false when the proxy closes.
func (p *Proxy) wait(d time.Duration) bool {
	if d <= 0 {
		return p.ctx.Err() == nil
	}
	p.mu.Lock()
	release := p.release
	p.mu.Unlock()
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-t.C:
		return true
	case <-release:
		return true
	case <-p.ctx.Done():
		return false
	}
}

// hold is wait, counted.
func (p *Proxy) hold(key Key, d time.Duration) bool {
	if d <= 0 {
		return p.ctx.Err() == nil
	}
	p.mu.Lock()
	p.held++
	p.counts[Count{key, Held}]++
	p.mu.Unlock()
	defer func() {
		p.mu.Lock()
		p.held--
		p.mu.Unlock()
	}()
	return p.wait(d)
}

func (p *Proxy) judge(req Request) Verdict {
	p.mu.Lock()
	rule := p.rule
	p.counts[Count{req.Key, Seen}]++
	p.mu.Unlock()
	return rule(req)
}
