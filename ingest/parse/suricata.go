package parse

import (
	"bytes"

	"frontfoot/ingest/event"
)

// Slots of Suricata.
const (
	eveType uint8 = iota + 1
	eveAction
	eveDNSType
	eveDirection
	eveFlowSource
	eveToServerBytes
	eveToClientBytes
	eveToServerPackets
	eveToClientPackets
	eveURL
	eveHost
	eveSNI
	eveAppProto
	eveTLSVersion
	eveSSHClient
	eveRcode
)

// eveFields are the fields of Suricata's EVE output (its documentation, "EVE JSON format") that have a column.
var eveFields = newTable(fields{
	"timestamp": {kind: kTime}, "event_type": slot(eveType), "in_iface": text(event.ObserverIngressInterface), "host": text(event.ObserverName),
	"src_ip": addr(event.SourceIP), "src_port": integer(event.SourcePort), "dest_ip": addr(event.DestinationIP), "dest_port": integer(event.DestinationPort),
	"proto": {kind: kProto}, "app_proto": slot(eveAppProto), "direction": named("direction").keep(eveDirection), "pkt_src": {kind: kSkip},
	"ether.src_mac": mac(event.SourceMAC), "ether.dest_mac": mac(event.DestinationMAC), "icmp_type": named("icmp.type"), "icmp_code": named("icmp.code"),
	"payload": {kind: kSkip}, "packet": {kind: kSkip}, "payload_printable": named("payload_printable"),

	"alert.action": slot(eveAction), "alert.signature_id": text(event.RuleID), "alert.signature": text(event.RuleName),
	"alert.category": text(event.RuleCategory), "alert.severity": integer(event.EventSeverity), "alert.gid": named("alert.gid"), "verdict.action": named("verdict.action"),

	"flow.pkts_toserver": slot(eveToServerPackets), "flow.pkts_toclient": slot(eveToClientPackets),
	"flow.bytes_toserver": slot(eveToServerBytes), "flow.bytes_toclient": slot(eveToClientBytes), "flow.src_ip": slot(eveFlowSource),
	"flow.age": {kind: kSeconds, col: event.EventDuration}, "flow.reason": text(event.EventReason),
	"netflow.pkts": integer(event.SourcePackets), "netflow.bytes": integer(event.SourceBytes), "netflow.age": {kind: kSeconds, col: event.EventDuration},

	"http.hostname": slot(eveHost), "http.url": slot(eveURL), "http.http_user_agent": text(event.UserAgent), "http.http_method": text(event.HTTPMethod),
	"http.status": integer(event.HTTPStatus), "http.length": integer(event.HTTPBytes), "http.protocol": text(event.HTTPVersion),
	"http.http_refer": text(event.HTTPReferrer), "http.http2.stream_id": {kind: kSkip},

	"dns.type": slot(eveDNSType), "dns.rrname": text(event.DNSQuestionName), "dns.rrtype": text(event.DNSQuestionType), "dns.rcode": slot(eveRcode),
	"dns.queries.0.rrname": text(event.DNSQuestionName), "dns.queries.0.rrtype": text(event.DNSQuestionType),
	"dns.query.0.rrname": text(event.DNSQuestionName), "dns.query.0.rrtype": text(event.DNSQuestionType), "dns.query.0.type": slot(eveDNSType),
	"dns.answer.rrname": text(event.DNSQuestionName), "dns.answer.rrtype": text(event.DNSQuestionType), "dns.answer.rcode": slot(eveRcode),

	"tls.sni": slot(eveSNI), "tls.version": slot(eveTLSVersion),
	"fileinfo.filename": text(event.FilePath), "fileinfo.size": integer(event.FileSize), "fileinfo.sha256": text(event.FileSHA256),
	"files.0.filename": text(event.FilePath), "files.0.size": integer(event.FileSize), "files.0.sha256": text(event.FileSHA256),
	"smtp.mail_from": text(event.EmailFrom), "smtp.rcpt_to": text(event.EmailTo), "email.from": text(event.EmailFrom), "email.to": text(event.EmailTo),
	"email.subject": text(event.EmailSubject), "ssh.client.software_version": named("ssh.client.software_version").keep(eveSSHClient),
	"smb.filename": text(event.FilePath), "smb.command": text(event.EventAction), "smb.share": named("smb.share"), "smb.ntlmssp.user": text(event.UserName),
	"smb.ntlmssp.domain": text(event.UserDomain), "krb5.cname": text(event.UserName), "krb5.realm": text(event.UserDomain),
	"rdp.cookie": text(event.UserName), "ftp.command": text(event.EventAction), "ftp_data.filename": text(event.FilePath), "nfs.filename": text(event.FilePath),
	"tftp.file": text(event.FilePath), "snmp.community": named("snmp.community"), "sip.method": text(event.EventAction), "sip.uri": slot(eveURL),
	"dhcp.client_mac": mac(event.SourceMAC), "dhcp.hostname": text(event.SourceDomain), "dhcp.dhcp_type": text(event.EventAction),
	"anomaly.event": text(event.EventCode), "anomaly.type": text(event.EventReason), "engine.message": text(event.Message), "engine.error": text(event.EventCode),
	"log_level": {kind: kLevel},
})

// isEVE reports whether an object is one of Suricata's events.
func isEVE(text []byte) bool {
	return bytes.Contains(text, []byte(`event_type"`)) && (bytes.Contains(text, []byte(`flow_id"`)) ||
		bytes.Contains(text, []byte(`src_ip"`)) || bytes.Contains(text, []byte(`"stats"`)) || bytes.Contains(text, []byte(`"engine"`)))
}

func (p *Parser) eveValue(path, v []byte, t jsonType) {
	if t == jsonNull {
		return
	}
	if rest, ok := bytes.CutPrefix(path, []byte("dns.answers.")); ok {
		if bytes.HasSuffix(rest, []byte(".rdata")) {
			p.label("dns.answers", v)
		}
		return
	}
	if p.slots[eveType] != nil && string(p.slots[eveType]) == "stats" {
		p.eveCounter(path, v)
		return
	}
	p.put(eveFields, path, v)
}

// eveCounter takes of the hundreds of counters of a stats event those that say whether something was missed.
func (p *Parser) eveCounter(path, v []byte) {
	switch string(path) {
	case "timestamp":
		p.put(eveFields, path, v)
	case "stats.uptime", "stats.capture.kernel_packets", "stats.capture.kernel_drops", "stats.decoder.pkts", "stats.decoder.bytes",
		"stats.detect.alert", "stats.flow.memuse", "stats.tcp.reassembly_gap":
		p.labelKey(path, v)
	}
}

// eveEnd applies what the fields say only together.
func (p *Parser) eveEnd() bool {
	p.dataset = "suricata.eve"
	s := &p.slots
	p.str(event.ObserverVendor, "OISF")
	p.str(event.ObserverProduct, "Suricata")
	p.str(event.ObserverType, "ids")
	p.text(event.ObserverHostname, p.b.TextOf(event.ObserverName))
	kind := s[eveType]
	p.eveKind(kind)
	p.eveFlow()
	p.eveNames()
	switch protocol := s[eveAppProto]; {
	case string(protocol) == "failed":
	case protocol != nil:
		p.text(event.NetworkProtocol, p.lowered(protocol))
	case protocolEvent(kind):
		p.text(event.NetworkProtocol, kind)
	}
	p.text(event.EventAction, kind)
	return true
}

// protocolEvent reports whether a type of event is named after an application protocol.
func protocolEvent(kind []byte) bool {
	switch string(kind) {
	case "http", "http2", "dns", "tls", "ssh", "smtp", "ftp", "smb", "nfs", "tftp", "krb5", "dhcp", "snmp", "sip", "rdp", "rfb", "mqtt", "ike", "quic",
		"modbus", "dnp3", "pgsql", "mdns", "ldap", "websocket", "telnet", "enip", "bittorrent_dht", "dcerpc":
		return true
	}
	return false
}

func (p *Parser) eveKind(kind []byte) {
	switch string(kind) {
	case "alert":
		p.str(event.EventKind, "alert")
		p.str(event.EventCategory, "intrusion_detection")
		switch string(p.slots[eveAction]) {
		case "blocked":
			p.str(event.EventType, "denied")
		case "allowed":
			p.str(event.EventType, "allowed")
		}
		p.label("alert.action", p.slots[eveAction])
	case "stats":
		p.str(event.EventKind, "metric")
		p.str(event.EventCategory, "host")
	case "fileinfo":
		p.str(event.EventCategory, "file")
	case "drop":
		p.str(event.EventCategory, "network")
		p.str(event.EventType, "denied")
	case "flow", "netflow":
		p.str(event.EventCategory, "network")
		p.str(event.EventType, "connection")
	case "http", "http2":
		p.str(event.EventCategory, "web")
		p.str(event.EventType, "access")
	case "smtp":
		p.str(event.EventCategory, "email")
	case "anomaly":
		p.str(event.EventKind, "event")
		p.str(event.EventCategory, "network")
		p.str(event.EventType, "info")
	default:
		p.str(event.EventCategory, "network")
		if protocolEvent(kind) {
			p.str(event.EventType, "protocol")
		}
	}
}

// eveFlow sets the counters of a flow. They count from its client and its server; where the event's own packet went from the
// server to the client, its source is the flow's server.
func (p *Parser) eveFlow() {
	s := &p.slots
	toServer, toClient := [2]uint8{eveToServerBytes, eveToServerPackets}, [2]uint8{eveToClientBytes, eveToClientPackets}
	if reversed := s[eveFlowSource]; string(s[eveDirection]) == "to_client" ||
		reversed != nil && isAddr(reversed) && !bytes.Equal(reversed, p.b.TextOf(event.SourceIP)) && bytes.Equal(reversed, p.b.TextOf(event.DestinationIP)) {
		toServer, toClient = toClient, toServer
	}
	total := func(a, b uint8, out event.Column) {
		x, ok1 := number(s[a])
		y, ok2 := number(s[b])
		if ok1 && ok2 && x+y >= x {
			p.number(out, x+y)
		}
	}
	set := func(slot uint8, out event.Column) {
		if n, ok := number(s[slot]); ok {
			p.number(out, n)
		}
	}
	set(toServer[0], event.SourceBytes)
	set(toServer[1], event.SourcePackets)
	set(toClient[0], event.DestinationBytes)
	set(toClient[1], event.DestinationPackets)
	total(eveToServerBytes, eveToClientBytes, event.NetworkBytes)
	total(eveToServerPackets, eveToClientPackets, event.NetworkPackets)
}

// eveNames sets the names that application protocols give.
func (p *Parser) eveNames() {
	s := &p.slots
	if host := s[eveHost]; host != nil {
		p.text(event.URLDomain, host)
		p.text(event.DestinationDomain, host)
	}
	if v := s[eveURL]; v != nil {
		p.url(v)
	}
	if sni := bytes.TrimRight(s[eveSNI], "."); len(sni) > 0 {
		p.text(event.TLSServerName, sni)
		p.text(event.DestinationDomain, sni)
	}
	if v := s[eveTLSVersion]; v != nil && string(v) != "UNDETERMINED" {
		p.text(event.TLSVersion, bytes.TrimPrefix(bytes.TrimPrefix(v, []byte("TLS ")), []byte("TLSv")))
	}
	switch v := s[eveDNSType]; string(v) {
	case "query", "request":
		p.str(event.DNSType, "query")
	case "answer", "response":
		p.str(event.DNSType, "answer")
	}
	p.text(event.DNSResponseCode, s[eveRcode])
	if status := p.b.Has(event.HTTPStatus); status && string(s[eveType]) == "http" {
		p.str(event.EventOutcome, "success")
	}
}
