package parse

import (
	"bytes"
	"unicode/utf8"
	"unsafe"

	"frontfoot/ingest/event"
)

// A kind says how a value of a source is read.
type kind uint8

const (
	kLabel   kind = iota // to labels, by the source's own name or field.label
	kText                // as it stands
	kLower               // in lower case
	kUint                // unsigned decimal
	kAddr                // IP address; another host's name goes to the side's domain, unless field.label has a place for it
	kMAC                 // hardware address, to AA-BB-CC-DD-EE-FF
	kSeconds             // seconds, to nanoseconds
	kLevel               // severity word
	kTime                // the event's time, in any of the forms that anyTime reads
	kProto               // transport protocol by name or number
	kSlot                // only kept for the format's own rules
	kSkip                // known, and of no use

	// Kinds that only formats ask for; see conversions.
	kUpper
	kMillis
	kMicros
	kClockLength // h:mm:ss or 1h2m3s, to nanoseconds
	kHex
	kURL
	kEndpoint  // address and port
	kForwarded // addresses that proxies have passed on
	kAccount   // domain and user
	kFrame     // the addresses of an Ethernet frame
	kFile
	kExecutable
	kOutcome // a word that says how it went
)

// A field says where a value of a source goes.
type field struct {
	kind  kind
	col   event.Column
	also  event.Column // a second column for the same value; event.Time means none
	slot  uint8        // the value is also kept in Parser.slots; 0 means not
	label string       // name of the label in place of the source's
	lower bool         // the label's value in lower case
	x     *refinement  // what a format does with the value first; nil for nothing
}

// fields maps a source's names to fields. What it does not name becomes a label by its own name.
type fields map[string]field

// Constructors that keep the tables short.
func text(c event.Column) field    { return field{kind: kText, col: c} }
func lower(c event.Column) field   { return field{kind: kLower, col: c} }
func integer(c event.Column) field { return field{kind: kUint, col: c} }
func addr(c event.Column) field    { return field{kind: kAddr, col: c} }
func mac(c event.Column) field     { return field{kind: kMAC, col: c} }
func slot(n uint8) field           { return field{kind: kSlot, slot: n} }
func named(label string) field     { return field{label: label} }

// keep has the value kept in a slot as well.
func (f field) keep(n uint8) field { f.slot = n; return f }

// with has the value set in a second column as well.
func (f field) with(c event.Column) field { f.also = c; return f }

// put sets a value by a source's table.
func (p *Parser) put(t *table, key, v []byte) {
	if f := t.get(key); f != nil {
		p.set(f, key, v)
		return
	}
	p.labelKey(key, v)
}

// set sets one value. The first value of a column stands: what a device writes of itself comes before the text of others.
func (p *Parser) set(f *field, key, v []byte) {
	if absent(v) {
		return
	}
	if f.slot != 0 && p.slots[f.slot] == nil {
		p.slots[f.slot] = v
	}
	if f.x != nil {
		if v = p.refine(f, key, v); absent(v) {
			return
		}
		for i := range f.x.more {
			p.set(&f.x.more[i], key, v)
		}
	}
	if p.trace != nil {
		p.trace.took(f, key, v)
	}
	switch f.kind {
	case kSlot, kSkip:
		return
	case kUpper, kMillis, kMicros, kClockLength, kHex, kURL, kEndpoint, kForwarded, kAccount, kFrame, kFile, kExecutable, kOutcome:
		p.converted(f, key, v)
	case kText:
		p.text(f.col, v)
	case kLower:
		p.text(f.col, p.lowered(v))
	case kUint:
		n, ok := number(v)
		if ok && p.number(f.col, n) {
			break
		}
		p.labelAs(f, key, v)
	case kAddr:
		if !p.addr(f.col, v) && (f.label != "" || !p.domainOf(f.col, v)) {
			p.labelAs(f, key, v)
		}
		return
	case kMAC:
		p.mac(f.col, v)
	case kSeconds:
		if ns, ok := nanoseconds(v); ok {
			p.number(f.col, ns)
		}
	case kLevel:
		if p.level == nil {
			p.level = v
		}
	case kTime:
		if !p.stamp.ok {
			p.stamp = p.anyTime(v)
		}
		if !p.stamp.ok {
			p.labelAs(f, key, v)
		}
	case kProto:
		p.transport(v)
	default:
		p.labelAs(f, key, v)
	}
	if f.also != event.Time {
		p.text(f.also, v)
	}
}

// text sets a text column that the row has not yet.
func (p *Parser) text(c event.Column, v []byte) { p.b.AddText(c, v) }

func (p *Parser) str(c event.Column, v string) { p.b.AddString(c, v) }

// number sets an unsigned column that the row has not yet and reports whether the row has a value now.
func (p *Parser) number(c event.Column, v uint64) bool { return p.b.AddUint(c, v) }

// addr sets an address column and reports whether v is an address. The zero addresses are addresses.
func (p *Parser) addr(c event.Column, v []byte) bool {
	if isIPv4(v) {
		p.text(c, v)
		return true
	}
	a, ok := parseAddr(v)
	if ok && !p.b.Has(c) {
		p.b.SetAddr(c, a)
	}
	return ok
}

// domainOf sets the domain column that belongs to an address column, where there is one and v looks like a host's name: digits and dots alone are what is left
// of an address.
func (p *Parser) domainOf(c event.Column, v []byte) bool {
	if !hostLike(v) || len(bytes.Trim(v, "0123456789.")) == 0 {
		return false
	}
	switch c {
	case event.SourceIP:
		p.text(event.SourceDomain, v)
	case event.DestinationIP:
		p.text(event.DestinationDomain, v)
	default:
		return false
	}
	return true
}

func (p *Parser) mac(c event.Column, v []byte) {
	var tmp [17]byte
	if out, ok := formatMAC(tmp[:0], v); ok {
		p.text(c, out)
	}
}

// transport sets the transport protocol from its name or its IANA number.
func (p *Parser) transport(v []byte) {
	if n, ok := number(v); ok {
		p.text(event.NetworkIANANumber, v)
		if n < uint64(len(protocolNames)) {
			p.str(event.NetworkTransport, protocolNames[n])
		}
		return
	}
	v = p.lowered(v)
	switch string(v) {
	case "icmpv6", "icmp6", "ipv6-icmp":
		p.str(event.NetworkTransport, "ipv6-icmp")
	default:
		p.text(event.NetworkTransport, v)
	}
}

func (p *Parser) labelAs(f *field, key, v []byte) {
	if f.lower {
		v = p.lowered(v)
	}
	if f.label != "" {
		p.label(f.label, v)
		return
	}
	p.labelKey(key, v)
}

// labelKey adds a label by a source's own name, in lower case. A name that is too long for one is cut.
func (p *Parser) labelKey(key, v []byte) {
	if len(key) == 0 || p.labels > maxLabels {
		return
	}
	if n := maxName; len(key) > n {
		for n > maxName-utf8.UTFMax && !utf8.RuneStart(key[n]) {
			n--
		}
		key = key[:n]
	}
	p.nameLabel(p.lowered(key), v)
}

// nameLabel adds a label by a source's own name that is in lower case already.
func (p *Parser) nameLabel(key, v []byte) {
	if !absent(v) {
		p.addLabel(key, v)
	}
}

// label adds a label.
func (p *Parser) label(key string, v []byte) {
	p.addLabel(unsafe.Slice(unsafe.StringData(key), len(key)), v) // the builder copies it
}

func (p *Parser) addLabel(key, v []byte) {
	switch {
	case len(v) == 0 || len(key) == 0:
		return
	case p.labels < maxLabels:
		p.b.AddLabel(key, v)
	case p.labels == maxLabels:
		p.b.Label("labels_cut", []byte("true"))
	}
	p.labels++
}

// lowered returns v in lower case (ASCII), in the line's scratch memory where it has to change.
func (p *Parser) lowered(v []byte) []byte {
	for i, c := range v {
		if 'A' <= c && c <= 'Z' {
			at := len(p.mem)
			p.mem = append(p.mem, v...)
			out := p.mem[at:]
			for ; i < len(out); i++ {
				if c := out[i]; 'A' <= c && c <= 'Z' {
					out[i] = c + 'a' - 'A'
				}
			}
			return out
		}
	}
	return v
}

// absent reports whether v is one of the ways in which sources write that there is no value.
func absent(v []byte) bool {
	if len(v) == 0 {
		return true
	}
	switch v[0] { // few others begin so, while how long they are nobody can foretell
	case '-':
		return len(v) == 1
	case 'N', 'n':
		return string(v) == "N/A" || string(v) == "n/a"
	case '(':
		return string(v) == "(null)"
	}
	return false
}

// printable returns v without the control characters at its ends.
func printable(v []byte) []byte {
	return bytes.TrimFunc(v, func(r rune) bool { return r < ' ' || r == 0x7f || r == utf8.RuneError || r == ' ' })
}
