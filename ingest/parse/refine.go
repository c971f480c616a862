package parse

import (
	"bytes"
	"maps"
	"slices"
	"unicode"
	"unicode/utf8"

	"frontfoot/ingest/event"
)

// conversions are what `as` of a format may ask for.
var conversions = map[string]kind{
	"lower": kLower, "upper": kUpper, "seconds": kSeconds, "milliseconds": kMillis, "microseconds": kMicros, "clock": kClockLength, "hex": kHex,
	"url": kURL, "endpoint": kEndpoint, "forwarded": kForwarded, "account": kAccount, "frame": kFrame, "file": kFile, "executable": kExecutable, "level": kLevel, "outcome": kOutcome,
}

func conversionNames() []string { return slices.Sorted(maps.Keys(conversions)) }

// A refinement is what is done with a value before it goes to its fields.
type refinement struct {
	words map[string]string // by the source's word in lower case
	only  bool              // words that are not among them are left out
	trim  string
	until []byte
	unhex bool
	octal bool
	last  int             // so many bytes at the end; 0 for all
	word  map[string]bool // the words of which one must be in a word, in lower case
	more  []field         // further fields for the same value
}

// refine returns the value that goes to the fields, nil for none.
func (p *Parser) refine(f *field, key, v []byte) []byte {
	x := f.x
	if x.unhex {
		v = p.unhexed(v)
	}
	if x.octal {
		v = p.unoctal(v)
	}
	if x.trim != "" {
		v = bytes.Trim(v, x.trim)
	}
	if len(x.until) > 0 {
		v, _, _ = bytes.Cut(v, x.until)
	}
	if x.last > 0 {
		v = v[max(len(v)-x.last, 0):]
	}
	if x.word != nil {
		v = wordWith(v, x.word)
	}
	if x.words == nil || absent(v) {
		return v
	}
	if word, ok := x.words[string(p.lowered(v))]; ok {
		return p.scratch(word)
	}
	if x.only {
		p.labelKey(key, v)
		return nil
	}
	return v
}

// unhexed returns the text that v spells in hexadecimal, in pairs of digits and capitals as Linux' auditd writes what holds blanks or quotes, with blanks for
// NULs; v itself where it is none: digits alone may be a name, and what holds no blank, quote or foreign letter would not have been written so.
func (p *Parser) unhexed(v []byte) []byte {
	if len(v) < 4 || len(v)%2 != 0 {
		return v
	}
	for _, c := range v {
		if c-'0' > 9 && c-'A' > 'F'-'A' {
			return v
		}
	}
	at := len(p.mem)
	for i := 0; i < len(v); i += 2 {
		n, _ := hexNumber(v[i : i+2])
		if n == 0 {
			n = ' '
		}
		p.mem = append(p.mem, byte(n))
	}
	out := p.mem[at:len(p.mem):len(p.mem)]
	if !utf8.Valid(out) || bytes.ContainsFunc(out, unicode.IsControl) || !bytes.ContainsFunc(out, func(r rune) bool { return r == ' ' || r == '"' || r > '~' }) {
		p.mem = p.mem[:at]
		return v
	}
	return out
}

// unoctal returns v with \040 and the like as the bytes that they stand for, as Infoblox writes blanks.
func (p *Parser) unoctal(v []byte) []byte {
	if bytes.IndexByte(v, '\\') < 0 {
		return v
	}
	at := len(p.mem)
	for i := 0; i < len(v); i++ {
		if v[i] == '\\' && i+4 <= len(v) && v[i+1]-'0' <= 3 && v[i+2]-'0' <= 7 && v[i+3]-'0' <= 7 {
			p.mem = append(p.mem, (v[i+1]-'0')<<6|(v[i+2]-'0')<<3|(v[i+3]-'0'))
			i += 3
			continue
		}
		p.mem = append(p.mem, v[i])
	}
	return p.mem[at:len(p.mem):len(p.mem)]
}

// kept returns a copy of v in the line's memory: the readers' own is needed again.
func (p *Parser) kept(v []byte) []byte {
	at := len(p.mem)
	p.mem = append(p.mem, v...)
	return p.mem[at:len(p.mem):len(p.mem)]
}

// scratch returns a text as bytes of the line's memory.
func (p *Parser) scratch(v string) []byte {
	at := len(p.mem)
	p.mem = append(p.mem, v...)
	return p.mem[at:len(p.mem):len(p.mem)]
}

// converted sets a value by one of the kinds that only formats ask for.
func (p *Parser) converted(f *field, key, v []byte) {
	switch f.kind { //nolint:exhaustive // set has done the others
	case kUpper:
		p.text(f.col, p.uppered(v))
	case kMillis, kMicros, kClockLength, kHex:
		if n, ok := length(f.kind, v); !ok || !p.number(f.col, n) {
			p.labelAs(f, key, v)
		}
	case kURL:
		p.url(v)
	case kEndpoint:
		p.endpoint(f, key, v)
	case kForwarded:
		p.forwarded(f, key, v)
	case kAccount:
		p.account(f.col, v)
	case kFrame:
		p.frame(v)
	case kFile:
		p.path(event.FilePath, event.FileName, v)
	case kOutcome:
		if word := outcomeOf(p.lowered(v)); word != "" {
			p.str(event.EventOutcome, word)
		} else {
			p.labelAs(f, key, v)
		}
	case kExecutable:
		p.path(event.ProcessExecutable, event.ProcessName, v)
	}
}

// endpoint sets an address and its port, which ':' , '/' or '#' parts; an address alone, too.
func (p *Parser) endpoint(f *field, key, v []byte) {
	if p.addr(f.col, v) {
		return
	}
	i := bytes.LastIndexAny(v, ":/#")
	if i > 0 && p.addr(f.col, v[:i]) {
		if n, ok := number(v[i+1:]); ok {
			p.number(portOf(f.col), n)
		}
		return
	}
	if !p.domainOf(f.col, v) {
		p.labelAs(f, key, v)
	}
}

// portOf returns the port's column beside an address's.
func portOf(c event.Column) event.Column {
	switch c {
	case event.SourceNATIP:
		return event.SourceNATPort
	case event.DestinationIP:
		return event.DestinationPort
	case event.DestinationNATIP:
		return event.DestinationNATPort
	default:
		return event.SourcePort
	}
}

// account sets a user and its domain from DOMAIN\user or user@domain.
func (p *Parser) account(col event.Column, v []byte) {
	name, domain := v, []byte(nil)
	if i := bytes.LastIndexByte(v, '\\'); i >= 0 {
		name, domain = v[i+1:], bytes.TrimRight(v[:i], `\`)
	} else if i := bytes.LastIndexByte(v, '@'); i > 0 && i+1 < len(v) {
		name, domain = v[:i], v[i+1:]
	}
	p.text(col, name)
	if col == event.UserName {
		p.text(event.UserDomain, domain)
	}
}

// frame sets the hardware addresses of an Ethernet frame's header in octets: of the receiver and of the sender, and behind them what the driver adds.
func (p *Parser) frame(v []byte) {
	const receiver, sender = len("00:00:00:00:00:00"), len("00:00:00:00:00:00:00:00:00:00:00:00")
	if len(v) >= sender && v[receiver] == v[2] {
		p.mac(event.DestinationMAC, v[:receiver])
		p.mac(event.SourceMAC, v[receiver+1:sender])
	}
}

// path sets a path and the name at its end.
func (p *Parser) path(full, last event.Column, v []byte) {
	p.text(full, v)
	p.text(last, v[bytes.LastIndexAny(v, `/\`)+1:])
}

// length reads a length of time in nanoseconds, or a hexadecimal number.
func length(k kind, v []byte) (uint64, bool) {
	switch k {
	case kMillis:
		return scaled(v, 1_000_000)
	case kMicros:
		return scaled(v, 1_000)
	case kHex:
		return hexNumber(v)
	default:
		return clockLength(v)
	}
}

// scaled reads a number with an optional fraction and multiplies it by a unit of nanoseconds.
func scaled(v []byte, unit uint64) (uint64, bool) {
	ns, ok := nanoseconds(v)
	if !ok {
		return 0, false
	}
	return ns / (1_000_000_000 / unit), true
}

func hexNumber(v []byte) (uint64, bool) {
	v = bytes.TrimPrefix(bytes.TrimPrefix(v, []byte("0x")), []byte("0X"))
	if len(v) == 0 || len(v) > 16 {
		return 0, false
	}
	var n uint64
	for _, c := range v {
		switch {
		case c-'0' <= 9:
			c -= '0'
		case c|0x20 >= 'a' && c|0x20 <= 'f':
			c = c | 0x20 - 'a' + 10
		default:
			return 0, false
		}
		n = n<<4 | uint64(c)
	}
	return n, true
}

// clockLength reads h:mm:ss, mm:ss, and numbers with the units d, h, m, s and ms one after the other, also with colons between, as nanoseconds.
func clockLength(v []byte) (uint64, bool) {
	var total, units uint64
	if i := bytes.IndexByte(v, ':'); i > 0 && digits(v) == i {
		for part := range bytes.SplitSeq(v, []byte{':'}) {
			ns, ok := nanoseconds(part)
			if !ok || total > 1e17 || ns > 1e17 {
				return 0, false
			}
			total = total*60 + ns
			units++
		}
		return total, units <= 3
	}
	for len(v) > 0 {
		d := digits(v)
		if d == 0 || d > 9 {
			return 0, false
		}
		n, _ := number(v[:d])
		unit, used := lengthUnit(v[d:])
		if used == 0 {
			return 0, false
		}
		total += n * unit
		v = bytes.TrimLeft(v[d+used:], " :")
		units++
	}
	return total, units > 0
}

func lengthUnit(v []byte) (unit uint64, used int) {
	const second = 1_000_000_000
	switch {
	case bytes.HasPrefix(v, []byte("ms")):
		return second / 1000, 2
	case len(v) == 0:
		return 0, 0
	}
	switch v[0] | 0x20 {
	case 'd':
		return 86400 * second, 1
	case 'h':
		return 3600 * second, 1
	case 'm':
		return 60 * second, 1
	case 's':
		return second, 1
	}
	return 0, 0
}

// uppered returns v in upper case (ASCII).
func (p *Parser) uppered(v []byte) []byte {
	at := len(p.mem)
	p.mem = append(p.mem, v...)
	out := p.mem[at:len(p.mem):len(p.mem)]
	for i, c := range out {
		if 'a' <= c && c <= 'z' {
			out[i] = c - 'a' + 'A'
		}
	}
	return out
}
