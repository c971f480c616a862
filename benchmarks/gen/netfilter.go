package gen

// A packet is one that the Linux gateway logged.
type packet struct {
	in, out      string
	src, dst     addr
	mac          uint64 // of the sender
	proto        string // TCP, UDP, ICMP
	sport, dport uint16
	length, ttl  uint64
	window       uint64
	flags        string // "SYN", "ACK FIN"
	frag         bool   // DF
}

// netfilter appends a line of the kernel's LOG target, prefixed as ufw does it, in a message of RFC 5424.
func (s *server) netfilter(b []byte, r rng, at int64, prefix string, p *packet) []byte {
	b = appendStamp(append(b, "<4>1 "...), at, 6, "+00:00 ")
	b = append(append(b, s.host...), " kernel - - - ["...)
	up := at/second%4_000_000 + 1_100_000
	b = appendKey(b, "", uint64(up))
	b = pad(append(b, '.'), at/1000%1_000_000, 6)
	b = append(append(append(b, "] ["...), prefix...), "] IN="...)
	b = append(append(append(b, p.in...), " OUT="...), p.out...)
	if p.in != "" {
		b = appendMAC(append(b, " MAC="...), s.mac)
		b = appendMAC(append(b, ':'), p.mac)
		b = append(b, ":08:00"...)
	}
	b = appendAddr(b, " SRC=", p.src)
	b = appendAddr(b, " DST=", p.dst)
	b = appendKey(b, " LEN=", p.length)
	b = appendKey(b, " TOS=0x00 PREC=0x00 TTL=", p.ttl)
	b = appendKey(b, " ID=", uint64(r.IntN(65536)))
	if p.frag {
		b = append(b, " DF"...)
	}
	b = append(append(b, " PROTO="...), p.proto...)
	if p.proto == "ICMP" {
		b = appendKey(b, " TYPE=8 CODE=0 ID=", uint64(r.IntN(65536)))
		return appendKey(b, " SEQ=", uint64(r.IntN(500)))
	}
	b = appendKey(b, " SPT=", uint64(p.sport))
	b = appendKey(b, " DPT=", uint64(p.dport))
	if p.proto == "UDP" {
		return appendKey(b, " LEN=", p.length-20)
	}
	b = appendKey(b, " WINDOW=", p.window)
	return append(append(append(b, " RES=0x00 "...), p.flags...), " URGP=0"...)
}
