package parse

import (
	"slices"

	"frontfoot/ingest/event"
)

// Slots of JSON and key=value of any product; slot 0 means none. Each format counts its own from 1.
const (
	slotDataset uint8 = iota + 1
	slotOutcome
	slotURL
	slotStatus
	commonSlots // how many there are, 0 included
)

// numSlots is how many slots a line has, whatever its format.
const numSlots = 128

// commonFields are names in general use for JSON and key=value logs, beside ECS's own.
var commonFields = newTable(fields{
	"@timestamp": {kind: kTime}, "timestamp": {kind: kTime}, "time": {kind: kTime}, "ts": {kind: kTime}, "datetime": {kind: kTime},
	"date_time": {kind: kTime}, "eventtime": {kind: kTime}, "event_time": {kind: kTime}, "time_local": {kind: kTime},
	"time_iso8601": {kind: kTime}, "created_at": {kind: kTime}, "start_time": {kind: kTime}, "@t": {kind: kTime}, "log_time": {kind: kTime},

	"src": addr(event.SourceIP), "src_ip": addr(event.SourceIP), "srcip": addr(event.SourceIP), "source_ip": addr(event.SourceIP),
	"sourceip": addr(event.SourceIP), "source": {kind: kAddr, col: event.SourceIP, label: "source"}, "saddr": addr(event.SourceIP), "client_ip": addr(event.SourceIP),
	"clientip": addr(event.SourceIP), "client": {kind: kAddr, col: event.SourceIP, label: "client"}, "remote_addr": addr(event.SourceIP), "remote_ip": addr(event.SourceIP),
	"remoteip": addr(event.SourceIP), "ip": {kind: kAddr, col: event.SourceIP, label: "ip"}, "ip_address": addr(event.SourceIP), "client_addr": addr(event.SourceIP),
	"peer": {kind: kAddr, col: event.SourceIP, label: "peer"}, "rhost": addr(event.SourceIP), "client.ip": addr(event.SourceIP), "source.address": addr(event.SourceIP),
	"client.address": addr(event.SourceIP), "sourceaddress": addr(event.SourceIP), "src_addr": addr(event.SourceIP),

	"src_port": integer(event.SourcePort), "srcport": integer(event.SourcePort), "source_port": integer(event.SourcePort), "spt": integer(event.SourcePort),
	"sport": integer(event.SourcePort), "sourceport": integer(event.SourcePort), "client_port": integer(event.SourcePort), "remote_port": integer(event.SourcePort),
	"client.port": integer(event.SourcePort),

	"dst": addr(event.DestinationIP), "dst_ip": addr(event.DestinationIP), "dstip": addr(event.DestinationIP), "dest_ip": addr(event.DestinationIP),
	"destination_ip": addr(event.DestinationIP), "destinationip": addr(event.DestinationIP), "daddr": addr(event.DestinationIP),
	"server_ip": addr(event.DestinationIP), "dest": {kind: kAddr, col: event.DestinationIP, label: "dest"}, "destination": {kind: kAddr, col: event.DestinationIP, label: "destination"}, "server.ip": addr(event.DestinationIP),
	"destination.address": addr(event.DestinationIP), "server.address": addr(event.DestinationIP), "server_addr": addr(event.DestinationIP),
	"destinationaddress": addr(event.DestinationIP), "dst_addr": addr(event.DestinationIP),

	"dst_port": integer(event.DestinationPort), "dstport": integer(event.DestinationPort), "dest_port": integer(event.DestinationPort),
	"destination_port": integer(event.DestinationPort), "dpt": integer(event.DestinationPort), "dport": integer(event.DestinationPort),
	"destinationport": integer(event.DestinationPort), "server_port": integer(event.DestinationPort), "server.port": integer(event.DestinationPort),

	"proto": {kind: kProto}, "protocol": {kind: kProto}, "ip_proto": {kind: kProto}, "transport": {kind: kProto}, "ip_protocol": {kind: kProto},
	"app_proto": lower(event.NetworkProtocol), "application_protocol": lower(event.NetworkProtocol),
	"src_mac": mac(event.SourceMAC), "srcmac": mac(event.SourceMAC), "dst_mac": mac(event.DestinationMAC), "dstmac": mac(event.DestinationMAC),
	"source.mac": mac(event.SourceMAC), "destination.mac": mac(event.DestinationMAC),
	"bytes_in": integer(event.SourceBytes), "bytes_out": integer(event.DestinationBytes), "bytes_sent": integer(event.DestinationBytes),
	"bytes_received": integer(event.SourceBytes), "bytes": integer(event.NetworkBytes), "packets": integer(event.NetworkPackets),

	"user": text(event.UserName), "username": text(event.UserName), "user_name": text(event.UserName), "login": text(event.UserName),
	"account": text(event.UserName), "usr": text(event.UserName), "remote_user": text(event.UserName), "uid": text(event.UserID),
	"user_id": text(event.UserID), "group": text(event.UserGroupName),

	"host": text(event.HostHostname), "hostname": text(event.HostHostname), "host.name": text(event.HostHostname), "computer": text(event.HostHostname),
	"computer_name": text(event.HostHostname), "devname": text(event.ObserverName), "device": text(event.ObserverName),
	"program": text(event.ProcessName), "process": text(event.ProcessName), "process_name": text(event.ProcessName), "appname": text(event.ProcessName),
	"application": text(event.ProcessName), "pid": integer(event.ProcessPID), "process_id": integer(event.ProcessPID), "exe": text(event.ProcessExecutable),
	"cmdline": text(event.ProcessCommandLine), "command": text(event.ProcessCommandLine), "cwd": text(event.ProcessWorkingDirectory),

	"action": lower(event.EventAction), "act": lower(event.EventAction), "event": lower(event.EventAction), "event_type": lower(event.EventAction),
	"outcome": slot(slotOutcome), "result": named("result").keep(slotOutcome), "status_text": slot(slotOutcome), "success": named("success").keep(slotOutcome),
	"reason": text(event.EventReason), "code": text(event.EventCode), "event_id": text(event.EventCode), "eventid": text(event.EventCode),
	"rule": text(event.RuleName), "rule_name": text(event.RuleName), "rule_id": text(event.RuleID), "signature": text(event.RuleName),
	"policy": text(event.RuleName), "category": text(event.RuleCategory), "interface": text(event.ObserverIngressInterface),

	"url": slot(slotURL), "uri": slot(slotURL), "request_uri": slot(slotURL), "request_url": slot(slotURL), "path": text(event.URLPath),
	"method": text(event.HTTPMethod), "http_method": text(event.HTTPMethod), "request_method": text(event.HTTPMethod), "verb": text(event.HTTPMethod),
	"status": slot(slotStatus), "status_code": integer(event.HTTPStatus), "http_status": integer(event.HTTPStatus),
	"response_code": integer(event.HTTPStatus), "user_agent": text(event.UserAgent), "http_user_agent": text(event.UserAgent),
	"useragent": text(event.UserAgent), "agent": text(event.UserAgent), "referer": text(event.HTTPReferrer), "referrer": text(event.HTTPReferrer),
	"http_referer": text(event.HTTPReferrer), "body_bytes_sent": integer(event.HTTPBytes),
	"qname": text(event.DNSQuestionName), "qtype": text(event.DNSQuestionType), "rcode": text(event.DNSResponseCode),
	"sni": text(event.TLSServerName), "server_name": text(event.TLSServerName),
	"file_path": text(event.FilePath), "filepath": text(event.FilePath), "filename": text(event.FileName), "sha256": text(event.FileSHA256),
	"sender": text(event.EmailFrom), "recipient": text(event.EmailTo), "mail_from": text(event.EmailFrom), "rcpt_to": text(event.EmailTo),

	"msg": text(event.Message), "message": text(event.Message), "log": text(event.Message), "text": text(event.Message), "@m": text(event.Message),
	"short_message": text(event.Message), "level": {kind: kLevel}, "severity": {kind: kLevel}, "lvl": {kind: kLevel}, "loglevel": {kind: kLevel},
	"levelname": {kind: kLevel}, "log.level": {kind: kLevel}, "@l": {kind: kLevel},

	"event.dataset": slot(slotDataset), "event.outcome": slot(slotOutcome), "url.original": slot(slotURL), "event.original": {kind: kSkip},
	"frontfoot.site": text(event.ClaimedSite), "ecs.version": {kind: kSkip}, "client.bytes": integer(event.SourceBytes),
	"server.bytes": integer(event.DestinationBytes), "client.domain": text(event.SourceDomain), "server.domain": text(event.DestinationDomain),
	"client.user.name": text(event.SourceUserName), "url.full": slot(slotURL), "network.transport": {kind: kProto},
	"process.thread.name": named("process.thread.name"), "log.logger": named("log.logger"),
}, ecsFields())

// fieldOf returns the field that reads a column's values.
func fieldOf(c event.Column) field {
	switch s := c.Spec(); {
	case c == event.SourceIP || c == event.DestinationIP || c == event.SourceNATIP || c == event.DestinationNATIP || c == event.HostIP:
		return addr(c)
	case c == event.LogLevel:
		return field{kind: kLevel}
	case c == event.NetworkTransport:
		return field{kind: kProto}
	case c == event.EventAction || c == event.EventOutcome || c == event.NetworkProtocol || c == event.NetworkDirection || c == event.NetworkType:
		return lower(c)
	case c == event.SourceMAC || c == event.DestinationMAC:
		return mac(c)
	case s.Kind == event.Uint16 || s.Kind == event.Uint32 || s.Kind == event.Uint64:
		return integer(c)
	default:
		return text(c)
	}
}

// ecsFields returns the fields of the columns that a line may set, by ECS name: who the line is from is never its own to say.
func ecsFields() fields {
	m := make(fields, event.NumColumns)
	for c := range event.Column(event.NumColumns) {
		if settable(c) {
			m[c.Spec().ECS] = fieldOf(c)
		}
	}
	return m
}

// settable reports whether a line may set a column.
func settable(c event.Column) bool {
	switch s := c.Spec(); {
	case s.From != event.Collector, s.Kind == event.Stamp, s.Kind == event.Labels, s.Kind == event.Bytes:
		return false
	}
	return !slices.Contains([]event.Column{event.Premises, event.ClaimedSite, event.Dataset, event.LogSourceAddress, event.LogFilePath}, c)
}
