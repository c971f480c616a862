package parse

import (
	"bytes"

	"frontfoot/ingest/event"
)

// netfilterPrefix reads what stands before the pairs: the kernel's uptime, then a prefix of the rule's author in one of the
// conventions in use. Ubiquiti and VyOS write [RULESET-NUMBER-A] or [RULESET-A-NUMBER] with A, D, R or RET for accept, drop,
// reject and return; a lower-case ruleset "wan-lan" is a pair of zones. ufw writes [UFW BLOCK]. Anything else is the rule's name, and says
// what was done where a word of it does.
func (p *Parser) netfilterPrefix(v []byte) {
	v = bytes.TrimSpace(v)
	if len(v) > 0 && v[0] == '[' {
		if end := bytes.IndexByte(v, ']'); end > 0 && isUptime(v[1:end]) {
			v = bytes.TrimSpace(v[end+1:])
		}
	}
	if i := bytes.Index(v, []byte(`DESCR="`)); i >= 0 { // UniFi: the rule's description
		descr, _, _ := bytes.Cut(v[i+7:], []byte{'"'})
		p.text(event.RuleName, descr)
		p.str(event.EventType, actionType(verdictIn(descr)))
		v = bytes.TrimSpace(v[:i])
	}
	if len(v) == 0 {
		return
	}
	if end := bytes.IndexByte(v, ']'); v[0] == '[' && end > 0 {
		p.bracketed(v[1:end])
		return
	}
	p.prefixWords(bytes.TrimRight(v, ": "))
}

// bracketed reads the text between brackets.
func (p *Parser) bracketed(v []byte) {
	if bytes.HasPrefix(v, []byte("UFW ")) {
		p.str(event.RuleRuleset, "ufw")
		p.prefixWords(v)
		return
	}
	rest, last, ok := cutLast(v, '-')
	if ok && actionLetter(last) != "" {
		ruleset, id, _ := cutLast(rest, '-')
		p.ubiquiti(ruleset, id, last)
		return
	}
	if ok && digits(last) == len(last) { // the newer order
		if ruleset, letter, ok := cutLast(rest, '-'); ok && actionLetter(letter) != "" {
			p.ubiquiti(ruleset, last, letter)
			return
		}
	}
	p.prefixWords(v)
}

func (p *Parser) ubiquiti(ruleset, id, letter []byte) {
	action := actionLetter(letter)
	p.str(event.EventAction, action)
	p.str(event.EventType, actionType(action))
	if bytes.HasPrefix(ruleset, []byte("ipv4-")) || bytes.HasPrefix(ruleset, []byte("ipv6-")) || bytes.HasPrefix(ruleset, []byte("bri-")) {
		p.str(event.ObserverVendor, "VyOS")
	}
	p.str(event.ObserverVendor, "Ubiquiti")
	p.text(event.RuleName, ruleset)
	p.text(event.RuleRuleset, ruleset)
	p.text(event.RuleID, id)
	from, to, ok := bytes.Cut(ruleset, []byte{'-'})
	if ok && zoneLike(from) && zoneLike(to) {
		p.text(event.ObserverIngressZone, from)
		p.text(event.ObserverEgressZone, to)
	}
}

// zoneLike reports whether v can be the name of a zone in a pair of them: rulesets of interfaces are WAN_IN, LAN_LOCAL and so on,
// VyOS's are FWD, INP, NAM and OUT.
func zoneLike(v []byte) bool {
	if len(v) == 0 || bytes.IndexByte(v, '-') >= 0 {
		return false
	}
	for _, c := range v {
		if c >= 'a' && c <= 'z' {
			return true
		}
	}
	return false
}

// prefixWords takes a free prefix: the whole is the rule's name, and a word of it that has a verdict in it is the action.
func (p *Parser) prefixWords(v []byte) {
	p.text(event.RuleName, v)
	for rest := trimTool(v); len(rest) > 0; {
		var first []byte
		first, rest = word(rest)
		if verdict := verdictIn(first); verdict != "" {
			p.text(event.EventAction, bytes.Trim(p.lowered(first), ":-[]"))
			p.str(event.EventType, actionType(verdict))
			return
		}
	}
}

// trimTool cuts the name of the tool off the front of a prefix.
func trimTool(v []byte) []byte {
	first, rest := word(v)
	switch string(bytes.TrimRight(first, ":")) {
	case "iptables", "ip6tables", "nftables", "nft", "netfilter", "firewall", "UFW", "kernel", "FW", "Shorewall":
		return rest
	}
	return v
}

// verdictIn returns the verdict that a prefix names as a word of it.
func verdictIn(v []byte) string {
	for len(v) > 0 {
		n := 0
		for n < len(v) && alnum(v[n]) {
			n++
		}
		if n == 0 {
			v = v[1:]
			continue
		}
		var w [16]byte
		if n <= len(w) {
			for i, c := range v[:n] {
				w[i] = c | 0x20
			}
			switch string(w[:n]) {
			case "drop", "dropped", "block", "blocked", "deny", "denied", "reject", "rejected", "ban", "banned", "discard":
				return "deny"
			case "accept", "accepted", "allow", "allowed", "pass", "permit":
				return "accept"
			case "audit", "log":
				return "audit"
			}
		}
		v = v[n:]
	}
	return ""
}

func actionLetter(v []byte) string {
	switch string(v) {
	case "A":
		return "accept"
	case "D":
		return "drop"
	case "R":
		return "reject"
	case "RET":
		return "return"
	}
	return ""
}

func actionType(action string) string {
	switch action {
	case "accept":
		return "allowed"
	case "drop", "reject", "deny":
		return "denied"
	}
	return ""
}

// isUptime reports whether v is the kernel's "  307.757925".
func isUptime(v []byte) bool {
	v = bytes.TrimLeft(v, " ")
	d := digits(v)
	return d > 0 && d < len(v) && v[d] == '.' && digits(v[d+1:]) == len(v)-d-1
}

func cutLast(v []byte, c byte) (before, after []byte, ok bool) {
	i := bytes.LastIndexByte(v, c)
	if i < 0 {
		return v, nil, false
	}
	return v[:i], v[i+1:], true
}
