package parse

import (
	"bytes"
	"net/netip"
)

// maxForwarded is how many addresses of one list are looked at.
const maxForwarded = 32

// shared is what providers give their customers behind translation (RFC 6598).
var shared = netip.MustParsePrefix("100.64.0.0/10")

// forwarded sets an address, and its port, from a list as proxies pass it on: the first public one, or else the first. An inner network's own
// proxy writes the address of the client there first, under which nobody outside knows it.
func (p *Parser) forwarded(f *field, key, v []byte) {
	var first, public []byte
	n := 0
	for rest := bytes.TrimLeft(v, ", "); len(rest) > 0 && n < maxForwarded && public == nil; n++ {
		one := rest
		if i := bytes.IndexAny(rest, ", "); i >= 0 {
			one = rest[:i]
		}
		rest = bytes.TrimLeft(rest[len(one):], ", ")
		if first == nil && !absent(one) {
			first = one
		}
		if isPublic(one) {
			public = one
		}
	}
	if public == nil {
		public = first
	}
	if len(public) == 0 {
		return
	}
	if len(public) < len(v) {
		p.labelKey(key, v)
	}
	p.endpoint(f, key, public)
}

// isPublic reports whether v is an address, with or without a port, that the whole Internet knows.
func isPublic(v []byte) bool {
	a, ok := parseAddr(v)
	if i := bytes.LastIndexByte(v, ':'); !ok && i > 0 {
		a, ok = parseAddr(v[:i])
	}
	a = a.Unmap()
	return ok && a.IsGlobalUnicast() && !a.IsPrivate() && !shared.Contains(a)
}
