package proxy

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"net"
	"strconv"
)

// maxFrame bounds a request or an answer, as Kafka's own limit does.
const maxFrame = 100 << 20

// requests forwards a client's requests one by one.
func (l *link) requests() {
	for {
		frame, ok := readFrame(l.client)
		if !ok {
			return
		}
		req, err := parseRequest(frame[4:])
		if err != nil {
			return // not Kafka
		}
		e := expected{req.Key, l.p.judge(req)}
		if e.verdict.Lose {
			l.p.note(req.Key, Lost)
			continue
		}
		l.expect(req.Correlation, e)
		if !l.forward(frame, e) {
			return
		}
	}
}

// answers forwards a broker's answers one by one.
func (l *link) answers() {
	for {
		frame, ok := readFrame(l.server)
		if !ok || len(frame) < 8 {
			return
		}
		e := l.take(int32(binary.BigEndian.Uint32(frame[4:])))
		if e.key == Metadata || e.key == FindCoordinator {
			copy(frame, bytes.ReplaceAll(frame, l.p.away, l.p.ports)) // of the same length
		}
		if !l.deliver(frame, e) {
			return
		}
	}
}

// readFrame reads a length and as many bytes, and returns both.
func readFrame(c net.Conn) ([]byte, bool) {
	var size [4]byte
	if !readFull(c, size[:]) {
		return nil, false
	}
	n := binary.BigEndian.Uint32(size[:])
	if n > maxFrame {
		return nil, false
	}
	frame := make([]byte, 4+n)
	copy(frame, size[:])
	return frame, readFull(c, frame[4:])
}

// parseRequest reads a request's header: key, version, correlation id and client id, the same in all versions. The tags of newer versions are
// left in the body.
func parseRequest(b []byte) (Request, error) {
	if len(b) < 10 {
		return Request{}, fmt.Errorf("request of %d bytes", len(b))
	}
	req := Request{
		Key:         Key(int16(binary.BigEndian.Uint16(b))),
		Version:     int16(binary.BigEndian.Uint16(b[2:])),
		Correlation: int32(binary.BigEndian.Uint32(b[4:])),
	}
	n := int(int16(binary.BigEndian.Uint16(b[8:])))
	b = b[10:]
	if n > len(b) {
		return Request{}, fmt.Errorf("client id of %d bytes in %d", n, len(b))
	}
	if n > 0 {
		req.Client, b = string(b[:n]), b[n:]
	}
	req.Body = b
	return req, nil
}

// readdress returns how an answer names a broker, host and port, and how it is to name the proxy in its place. In all versions of the answers the
// port follows the host as four bytes.
func readdress(broker, proxy string) (from, to []byte, err error) {
	var b [2][]byte
	for i, addr := range []string{broker, proxy} {
		host, text, err := net.SplitHostPort(addr)
		if err != nil {
			return nil, nil, fmt.Errorf("reading address: %w", err)
		}
		port, err := strconv.ParseUint(text, 10, 16)
		if err != nil {
			return nil, nil, fmt.Errorf("reading address %s: %w", addr, err)
		}
		if host != "127.0.0.1" {
			return nil, nil, fmt.Errorf("address %s: broker and proxy must be on 127.0.0.1", addr)
		}
		b[i] = binary.BigEndian.AppendUint32([]byte(host), uint32(port))
	}
	return b[0], b[1], nil
}
