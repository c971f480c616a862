package parse

import "frontfoot/ingest/event"

// Slots of FortiGate.
const (
	fgDate uint8 = iota + 1
	fgTime
	fgEventTime
	fgZone
	fgType
	fgSubtype
	fgAction
	fgStatus
	fgEventType
	fgLogDesc
	fgUI
	fgUser
	fgUnauthUser
	fgXAuthUser
	fgService
	fgProto
	fgHostname
	fgURL
	fgDirection
	fgRemoteIP
	fgLocalIP
	fgRemotePort
	fgLocalPort
	fgSent
	fgReceived
	fgSentPackets
	fgReceivedPackets
	fgAttack
	fgConfigPath
)

// fortigateFields are the fields of the FortiOS Log Message Reference that have a column; the others become labels.
var fortigateFields = newTable(fields{
	"date": slot(fgDate), "time": slot(fgTime), "eventtime": slot(fgEventTime), "tz": slot(fgZone),
	"type": named("type").keep(fgType), "subtype": named("subtype").keep(fgSubtype), "eventtype": slot(fgEventType),
	"level": {kind: kLevel}, "pri": {kind: kLevel},
	"logid": text(event.EventCode), "log_id": text(event.EventCode), "logdesc": named("logdesc").keep(fgLogDesc), "desc": named("desc").keep(fgLogDesc),
	"devname": text(event.ObserverName).with(event.ObserverHostname),
	"devid":   text(event.ObserverSerial), "device_id": text(event.ObserverSerial), "devid_": {kind: kSkip},

	"srcip": addr(event.SourceIP), "srcport": integer(event.SourcePort), "srcmac": mac(event.SourceMAC), "mastersrcmac": named("mastersrcmac"),
	"srcname": text(event.SourceDomain), "srccountry": text(event.SourceCountry), "srcintf": text(event.ObserverIngressInterface),
	"dstip": addr(event.DestinationIP), "dstport": integer(event.DestinationPort), "dstmac": mac(event.DestinationMAC),
	"dstname": text(event.DestinationDomain), "dstcountry": text(event.DestinationCountry), "dstintf": text(event.ObserverEgressInterface),
	"dstuser": text(event.DestinationUserName), "srcuser": slot(fgUser),
	"src": addr(event.SourceIP), "dst": addr(event.DestinationIP), "src_port": integer(event.SourcePort), "dst_port": integer(event.DestinationPort),
	"src_int": text(event.ObserverIngressInterface), "dst_int": text(event.ObserverEgressInterface), "interface": text(event.ObserverIngressInterface),
	"transip": addr(event.SourceNATIP), "transport": integer(event.SourceNATPort), "tranip": addr(event.DestinationNATIP), "tranport": integer(event.DestinationNATPort),
	"locip": slot(fgLocalIP), "remip": slot(fgRemoteIP), "locport": slot(fgLocalPort), "remport": slot(fgRemotePort),
	"remote_ip": slot(fgRemoteIP), "remote_port": slot(fgRemotePort), "outintf": text(event.ObserverEgressInterface),

	"proto": {kind: kProto, slot: fgProto}, "service": slot(fgService), "app": text(event.NetworkApplication),
	"appcat": text(event.RuleCategory), "catdesc": text(event.RuleCategory),
	"direction": slot(fgDirection), "dir": slot(fgDirection),
	"sentbyte": integer(event.SourceBytes).keep(fgSent), "rcvdbyte": integer(event.DestinationBytes).keep(fgReceived),
	"sentpkt": integer(event.SourcePackets).keep(fgSentPackets), "rcvdpkt": integer(event.DestinationPackets).keep(fgReceivedPackets),
	"duration": {kind: kSeconds, col: event.EventDuration},

	"action": slot(fgAction), "status": slot(fgStatus), "reason": text(event.EventReason), "error": text(event.EventReason), "msg": text(event.Message),
	"policyid": text(event.RuleID), "policyname": text(event.RuleName), "poluuid": text(event.RuleUUID), "policytype": text(event.RuleRuleset),
	"profile": text(event.RuleRuleset), "applist": text(event.RuleRuleset), "attack": named("attack").keep(fgAttack),

	"user": slot(fgUser), "unauthuser": named("unauthuser").keep(fgUnauthUser), "xauthuser": slot(fgXAuthUser), "login": slot(fgUser),
	"group": text(event.UserGroupName), "xauthgroup": text(event.UserGroupName), "ui": named("ui").keep(fgUI), "userfrom": named("ui").keep(fgUI),
	"cfgpath": named("cfgpath").keep(fgConfigPath), "domain": text(event.UserDomain),

	"hostname": slot(fgHostname), "url": slot(fgURL), "agent": text(event.UserAgent), "httpmethod": text(event.HTTPMethod),
	"referralurl": text(event.HTTPReferrer), "httpcode": integer(event.HTTPStatus), "statuscode": integer(event.HTTPStatus),
	"qname": text(event.DNSQuestionName), "qtype": text(event.DNSQuestionType), "rcode": text(event.DNSResponseCode),
	"filename": text(event.FileName), "filesize": integer(event.FileSize), "analyticscksum": text(event.FileSHA256), "sha256": text(event.FileSHA256),
	"file": text(event.FilePath), "virus": named("virus").keep(fgAttack),
	"from": text(event.EmailFrom), "sender": text(event.EmailFrom), "to": text(event.EmailTo), "recipient": text(event.EmailTo),
	"subject": text(event.EmailSubject), "sni": text(event.TLSServerName), "tlsver": text(event.TLSVersion),
	"cipher": named("cipher"), "srcserver": {kind: kSkip}, "dstserver": {kind: kSkip},
})
