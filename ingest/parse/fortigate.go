package parse

import (
	"bytes"

	"frontfoot/ingest/event"
)

// fortigate reads the logs of FortiOS (and of FortiManager and FortiAnalyzer about themselves): key=value pairs, in its format
// "default" with spaces between and in its format "csv" with commas.
func (p *Parser) fortigate(text []byte) bool {
	if !isFortigate(text) {
		return false
	}
	sep := byte(' ')
	if first := bytes.IndexAny(text, " ,"); first > 0 && text[first] == ',' {
		sep = ','
	}
	c := cursor{v: text, sep: sep}
	for key, value, ok := p.next(&c); ok; key, value, ok = p.next(&c) {
		if f := fortigateFields.get(key); f != nil {
			p.set(f, key, value)
		} else if key != nil && !absent(value) {
			p.labelKey(key, value)
		}
	}
	return p.fortigateEnd()
}

// isFortigate reports whether text has the names that every log of the family has: log id, type and subtype.
func isFortigate(text []byte) bool {
	i := bytes.IndexByte(text, '=')
	if i < 1 || i > 12 || !keyLike(text[:i]) {
		return false
	}
	return (bytes.Contains(text, []byte("logid=")) || bytes.Contains(text, []byte("log_id="))) &&
		bytes.Contains(text, []byte("subtype=")) && bytes.Contains(text, []byte("type="))
}

func isFortigateJSON(text []byte) bool {
	return bytes.Contains(text, []byte(`logid"`)) && bytes.Contains(text, []byte(`"subtype"`)) && bytes.Contains(text, []byte(`"type"`))
}

func (p *Parser) fortigateValue(path, v []byte, t jsonType) {
	if t != jsonNull {
		p.put(fortigateFields, path, v)
	}
}

// fortigateEnd applies what the fields say only together.
func (p *Parser) fortigateEnd() bool {
	p.dataset = "fortinet.fortigate"
	p.str(event.ObserverVendor, "Fortinet")
	p.str(event.ObserverProduct, "FortiGate")
	p.str(event.ObserverType, "firewall")
	p.fortigateTime()
	s := &p.slots
	switch kind := s[fgType]; {
	case string(kind) == "traffic":
		p.fortigateTraffic()
	case string(kind) == "event":
		p.fortigateEvent()
	case len(kind) > 0:
		p.fortigateUTM()
	}
	p.fortigateUser()
	p.fortigateWeb()
	if v := s[fgDirection]; v != nil {
		switch string(v) {
		case "outgoing", "outbound":
			p.str(event.NetworkDirection, "outbound")
		case "incoming", "inbound":
			p.str(event.NetworkDirection, "inbound")
		default:
			p.label("direction", v)
		}
	}
	if v := s[fgService]; v != nil {
		service := p.lowered(v)
		p.text(event.NetworkProtocol, service)
		if transport, _, ok := bytes.Cut(service, []byte{'/'}); ok && s[fgProto] == nil { // tcp/7680: a port without a name
			p.transport(transport)
		}
	}
	return true
}

// fortigateTime puts date, time, tz and eventtime together. Date and time are the device's own clock; its zone is tz, and where
// that is missing (before FortiOS 6.2) the whole quarter hours between them and eventtime, which is UTC. eventtime also gives
// the fraction, where it is of the same second.
func (p *Parser) fortigateTime() {
	date, clock := p.slots[fgDate], p.slots[fgTime]
	esec, enanos, eok := readEpoch(p.slots[fgEventTime])
	if date == nil || clock == nil {
		if eok {
			p.stamp = moment{sec: esec, nanos: enanos, text: p.slots[fgEventTime], ok: true}
		}
		return
	}
	at := len(p.mem)
	p.mem = append(append(append(p.mem, date...), ' '), clock...)
	text := p.mem[at:len(p.mem):len(p.mem)]
	c, n, ok := readISO(text)
	if !ok || n != len(text) {
		p.label("clock", text)
		return
	}
	if secs, n, ok := readZone(p.slots[fgZone]); ok && n == len(p.slots[fgZone]) {
		c.offset, c.zoned = secs, true
	} else if eok {
		const reach = 15 * 3600
		if off := c.unix() - esec; off > -reach && off < reach {
			c.offset, c.zoned = int(floorDiv(off+quarter/2, quarter)*quarter), true
		}
	}
	p.stamp = p.resolve(c, text)
	if eok && esec == p.stamp.sec && p.stamp.nanos == 0 {
		p.stamp.nanos = enanos
	}
}

func (p *Parser) fortigateTraffic() {
	action := p.slots[fgAction]
	p.text(event.EventAction, p.lowered(action))
	switch string(action) {
	case "deny", "blocked", "dropped":
		p.facts(facts{category: "network", typ: "denied"})
	case "ip-conn", "dns": // allowed, and failed before there was a session
		p.facts(facts{category: "network", typ: "allowed", outcome: "failure"})
	case "start":
		p.facts(facts{category: "network", typ: "start", outcome: "success"})
	default: // "all others = allowed by policy, and the status says how it was closed"
		p.facts(facts{category: "network", typ: "allowed", outcome: "success"})
	}
	p.fortigateTotals()
}

func (p *Parser) fortigateTotals() {
	if sent, ok := number(p.slots[fgSent]); ok {
		if rcvd, ok := number(p.slots[fgReceived]); ok && sent+rcvd >= sent {
			p.number(event.NetworkBytes, sent+rcvd)
		}
	}
	if sent, ok := number(p.slots[fgSentPackets]); ok {
		if rcvd, ok := number(p.slots[fgReceivedPackets]); ok && sent+rcvd >= sent {
			p.number(event.NetworkPackets, sent+rcvd)
		}
	}
}

// fortigateUTM is for what the security profiles say: the kind of event is the action, what was done with it a label.
func (p *Parser) fortigateUTM() {
	action := p.lowered(p.slots[fgAction])
	if v := p.slots[fgEventType]; v != nil {
		p.text(event.EventAction, p.lowered(v))
		p.label("action", action)
	} else {
		p.text(event.EventAction, action)
	}
	switch string(action) {
	case "blocked", "block", "dropped", "drop", "drop_session", "reset", "reset_client", "reset_server", "clear_session", "deny", "denied", "ban",
		"ban-ip", "quarantine", "quarantine-ip", "redirect", "redirected":
		p.str(event.EventType, "denied")
	case "passthrough", "pass", "allow", "allowed", "accept", "permit", "detected", "monitored", "log-only", "exempt", "bypass":
		p.str(event.EventType, "allowed")
	default:
		p.str(event.EventType, "info")
	}
	switch string(p.slots[fgSubtype]) {
	case "ips", "anomaly":
		p.facts(facts{category: "intrusion_detection"})
		p.str(event.EventKind, "alert")
	case "virus":
		p.facts(facts{category: "malware"})
		p.str(event.EventKind, "alert")
	case "webfilter", "waf":
		p.facts(facts{category: "web"})
	case "emailfilter":
		p.facts(facts{category: "email"})
	case "dlp":
		p.facts(facts{category: "file"})
		p.str(event.EventKind, "alert")
	case "dns":
		p.str(event.DNSType, dnsType(p.slots[fgEventType]))
	}
	p.str(event.EventCategory, "network")
	if p.slots[fgAttack] != nil {
		p.text(event.RuleName, p.slots[fgAttack])
	}
	p.fortigateTotals()
}

// fortigateEvent is for what the device says of itself: logins, VPN, configuration, high availability.
func (p *Parser) fortigateEvent() {
	s := &p.slots
	action := p.lowered(s[fgAction])
	if absent(action) {
		action = p.lowered(s[fgEventType])
	}
	desc := p.lowered(s[fgLogDesc])
	login := bytes.HasPrefix(action, []byte("log")) || bytes.Contains(desc, []byte("login")) && !bytes.Contains(desc, []byte("disclaimer"))
	if len(action) == 0 && login {
		action = []byte("login")
	}
	p.text(event.EventAction, action)
	switch status := p.lowered(s[fgStatus]); {
	case outcomeOf(status) != "":
		p.str(event.EventOutcome, outcomeOf(status))
	case status != nil:
		p.label("status", status)
	case bytes.Contains(desc, []byte("fail")):
		p.str(event.EventOutcome, "failure")
	case bytes.Contains(desc, []byte("success")):
		p.str(event.EventOutcome, "success")
	}
	switch subtype := string(s[fgSubtype]); {
	case login, subtype == "user", bytes.HasPrefix(action, []byte("auth")):
		p.str(event.EventCategory, "authentication")
	case subtype == "vpn":
		p.str(event.EventCategory, "network")
	case s[fgConfigPath] != nil:
		p.str(event.EventCategory, "configuration")
	default:
		p.str(event.EventCategory, "host")
	}
	p.fortigateTunnel()
	if p.b.TextOf(event.SourceIP) == nil { // the client stands in the name of its interface: ssh(192.0.2.1)
		if _, rest, ok := bytes.Cut(s[fgUI], []byte{'('}); ok {
			if ip, _, ok := bytes.Cut(rest, []byte{')'}); ok && isAddr(ip) {
				p.addr(event.SourceIP, ip)
			}
		}
	}
}

// fortigateTunnel tells who began from the two ends of a tunnel: the far one where a user dials in or the far end negotiates.
func (p *Parser) fortigateTunnel() {
	remote, local := p.slots[fgRemoteIP], p.slots[fgLocalIP]
	if remote == nil && local == nil {
		return
	}
	inbound := string(p.slots[fgDirection]) == "inbound" || local == nil
	a, b := event.SourceIP, event.DestinationIP
	aPort, bPort := event.SourcePort, event.DestinationPort
	if !inbound {
		a, b, aPort, bPort = b, a, bPort, aPort
	}
	p.addr(a, remote)
	p.addr(b, local)
	if n, ok := number(p.slots[fgRemotePort]); ok {
		p.number(aPort, n)
	}
	if n, ok := number(p.slots[fgLocalPort]); ok {
		p.number(bPort, n)
	}
}

func (p *Parser) fortigateUser() {
	user := p.slots[fgUser]
	if user == nil {
		user = p.slots[fgUnauthUser]
	}
	if user == nil {
		user = p.slots[fgXAuthUser]
	}
	p.text(event.UserName, user)
	p.text(event.SourceUserName, user)
}

// fortigateWeb sets the parts of an address; the host is a field of its own, and only of traffic: elsewhere it is the device's.
func (p *Parser) fortigateWeb() {
	if host := p.slots[fgHostname]; host != nil {
		if string(p.slots[fgType]) == "event" {
			p.text(event.HostHostname, host)
		} else {
			p.text(event.URLDomain, host)
		}
	}
	if url := p.slots[fgURL]; url != nil {
		p.url(url)
	}
}

func dnsType(eventType []byte) string {
	if bytes.HasSuffix(eventType, []byte("response")) {
		return "answer"
	}
	return "query"
}
