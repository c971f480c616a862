// Package loopback finds addresses for the tests of servers: on 127.0.0.1, with ports that nobody has now, over TCP and UDP.
//
// Use it for a server that stops and comes back, or whose address is needed before it starts: the ports lie below those that the system gives away for
// outgoing connections, one of which may take a port of those between. A server that starts once asks the system for port 0.
package loopback

import (
	"errors"
	"math/rand/v2"
	"net"
	"strconv"
	"testing"
)

// Address returns the host:port of a free port.
func Address(tb testing.TB) string {
	tb.Helper()
	return address(Ports(tb, 1))
}

// Ports returns the first of n free ports in a row.
func Ports(tb testing.TB, n int) int {
	tb.Helper()
	for range 100 {
		first, free := 20_000+rand.IntN(10_000), 0
		for free < n && isFree(first+free) {
			free++
		}
		if free == n {
			return first
		}
	}
	tb.Fatalf("no %d free ports in a row", n)
	return 0
}

func isFree(port int) bool {
	stream, err := net.Listen("tcp", address(port))
	if err != nil {
		return false
	}
	datagrams, err := net.ListenPacket("udp", address(port))
	if err != nil {
		_ = stream.Close()
		return false
	}
	return errors.Join(stream.Close(), datagrams.Close()) == nil
}

func address(port int) string { return net.JoinHostPort("127.0.0.1", strconv.Itoa(port)) }
