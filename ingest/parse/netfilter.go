package parse

import (
	"bytes"

	"frontfoot/ingest/event"
)

// Slots of netfilter.
const (
	nfIn uint8 = iota + 1
	nfOut
	nfProto
	nfMAC
	nfLen
	nfType
	nfFragment
)

// netfilterFields are the names that the kernel's LOG target and nftables' log statement write (nf_log_syslog.c).
var netfilterFields = newTable(fields{
	"IN":  text(event.ObserverIngressInterface).keep(nfIn),
	"OUT": text(event.ObserverEgressInterface).keep(nfOut),
	"MAC": slot(nfMAC), "MACSRC": mac(event.SourceMAC), "MACDST": mac(event.DestinationMAC), "MACPROTO": named("macproto"),
	"SRC": addr(event.SourceIP), "DST": addr(event.DestinationIP), "IPSRC": addr(event.SourceIP), "IPDST": addr(event.DestinationIP),
	"SPT": integer(event.SourcePort), "DPT": integer(event.DestinationPort),
	"PROTO": {kind: kProto, slot: nfProto}, "LEN": slot(nfLen), "TYPE": named("icmp.type").keep(nfType), "CODE": named("icmp.code"),
	"UID": text(event.UserID), "GID": named("gid"), "HOPLIMIT": named("ttl"), "FRAG": named("frag").keep(nfFragment), "DESCR": text(event.RuleName),
	"URGP": {kind: kSkip}, "RES": {kind: kSkip}, "PREC": {kind: kSkip},
})

// maxPrefix is how much may stand before the pairs: nftables' prefix has 127 characters at most, the uptime and UniFi's description
// add to it.
const maxPrefix = 256

// netfilter reads what iptables, ip6tables, nftables and ufw log through the kernel: a prefix that the rule's author chose and
// then KEY=value pairs and flags, possibly cut off at the front by a full ring buffer.
func (p *Parser) netfilter(app, text []byte) bool {
	switch string(app) {
	case "", "kernel", "ulogd", "iptables", "nft", "nftables", "netfilter", "ufw", "firewall":
	default:
		return false
	}
	start := netfilterStart(text)
	if start < 0 || start > maxPrefix {
		return false
	}
	p.dataset = "iptables"
	p.netfilterPrefix(text[:start])
	p.netfilterPairs(text[start:])
	p.netfilterEnd()
	return true
}

// netfilterStart returns where the pairs begin, -1 where the text is no packet's.
func netfilterStart(text []byte) int {
	if in := bytes.Index(text, []byte("IN=")); in >= 0 {
		if bytes.Contains(text[in:], []byte("OUT=")) {
			return in
		}
	}
	if bytes.Contains(text, []byte(" PROTO=")) && (bytes.Contains(text, []byte(" SPT=")) || bytes.Contains(text, []byte(" SRC="))) {
		return 0
	}
	return -1
}

// netfilterPairs reads the pairs and flags up to the packet that an ICMP error quotes in brackets, which is not this event's.
func (p *Parser) netfilterPairs(rest []byte) {
	if i := bytes.Index(rest, []byte(" [SRC=")); i >= 0 {
		p.label("icmp.about", bytes.TrimRight(rest[i+2:], " ]"))
		rest = rest[:i]
	}
	var buf [40]byte
	flags := buf[:0]
	c := cursor{v: rest, sep: ' '}
	for key, value, ok := p.next(&c); ok; key, value, ok = p.next(&c) {
		switch {
		case key != nil:
			p.netfilterPair(key, value)
		case tcpFlag(value):
			if len(flags) > 0 {
				flags = append(flags, ',')
			}
			flags = append(flags, value...)
		case string(value) == "DF", string(value) == "MF", string(value) == "CE", string(value) == "INCOMPLETE", string(value) == "TRUNCATED":
			p.labelKey(value, yes)
		}
	}
	p.label("tcp.flags", flags)
}

// yes is the value of labels that are flags.
var yes = []byte("true")

func (p *Parser) netfilterPair(key, value []byte) {
	switch {
	case len(value) == 0:
	case string(key) == "ACK" || string(key) == "SEQ": // sequence numbers, not flags
		p.label(p.join("sequence.", key, nil), value)
	case string(key) == "ID" || string(key) == "LEN" && p.slots[nfLen] != nil:
		// the second ones are ICMP's and UDP's own
	default:
		p.put(netfilterFields, key, value)
	}
}

func tcpFlag(v []byte) bool {
	switch string(v) {
	case "SYN", "ACK", "FIN", "RST", "PSH", "URG", "ECE", "CWR":
		return true
	}
	return false
}

func (p *Parser) netfilterEnd() {
	if v := p.slots[nfMAC]; len(v) >= 35 { // destination, source, type, whatever the driver adds
		p.mac(event.DestinationMAC, v[:17])
		p.mac(event.SourceMAC, v[18:35])
		if bytes.HasPrefix(v[35:], []byte(":86:dd")) {
			p.str(event.NetworkType, "ipv6")
		}
	}
	if n, ok := number(p.slots[nfLen]); ok {
		p.number(event.NetworkBytes, n)
		p.number(event.NetworkPackets, 1)
	}
	if src := p.b.TextOf(event.SourceIP); src != nil {
		if bytes.IndexByte(src, ':') >= 0 {
			p.str(event.NetworkType, "ipv6")
		} else {
			p.str(event.NetworkType, "ipv4")
		}
	}
	in, out := p.slots[nfIn], p.slots[nfOut]
	switch {
	case in != nil && out == nil:
		p.str(event.NetworkDirection, "inbound")
	case in == nil && out != nil:
		p.str(event.NetworkDirection, "outbound")
	}
	p.str(event.EventCategory, "network")
	p.str(event.EventType, "connection")
	p.str(event.ObserverType, "firewall")
	p.text(event.ObserverName, p.head.host)
	p.text(event.ObserverHostname, p.head.host)
	p.str(event.ObserverVendor, "Linux")
	p.str(event.ObserverProduct, "netfilter")
}
