package parse

import (
	"frontfoot/ingest/event"
	"frontfoot/ingest/parse/format"
)

// cutMarked cuts CEF, LEEF and XML.
func (p *Parser) cutMarked(c *cut, text []byte) (understanding, string) {
	outer, before := p.cutting, p.values
	p.cutting, p.lastField, p.lastValue = c, nil, nil
	var err error
	switch c.way {
	case format.CEF:
		err = p.cef.CEF(text, p.visit.pair)
	case format.LEEF:
		err = p.cef.LEEF(text, p.visit.pair)
	default:
		err = p.xml.Walk(text, p.visit.pair)
	}
	p.cutting = outer
	switch {
	case err == nil && c.way != format.XML && beginsAddress(p.lastField, p.lastValue):
		return partly, "it breaks off in the middle of an address"
	case err == nil:
		return fully, ""
	case p.values == before:
		return notAtAll, err.Error()
	}
	return partly, err.Error()
}

// pairValue takes a value by the cut at hand.
func (p *Parser) pairValue(name, v []byte) {
	p.values++
	p.lastField, p.lastValue = p.cutting.table.get(name), v
	p.value(p.cutting, name, v)
}

// cefFields are the extensions of ArcSight's CEF Implementation Standard (version 25) that have a field.
func cefFields() fields {
	return fields{
		"cef.class": text(event.EventCode), "cef.name": {kind: kLabel, label: "cef.name"}, "cef.severity": {kind: kLevel},
		"cef.vendor": text(event.ObserverVendor), "cef.product": text(event.ObserverProduct), "cef.version": {kind: kLabel, label: "observer.version"},
		"src": addr(event.SourceIP), "sourceAddress": addr(event.SourceIP), "c6a2": addr(event.SourceIP), "spt": integer(event.SourcePort), "smac": mac(event.SourceMAC),
		"shost": text(event.SourceDomain), "suser": text(event.SourceUserName).with(event.UserName), "sntdom": text(event.UserDomain), "suid": text(event.UserID),
		"dst": addr(event.DestinationIP), "c6a3": addr(event.DestinationIP), "dpt": integer(event.DestinationPort), "dmac": mac(event.DestinationMAC), "dhost": text(event.DestinationDomain),
		"duser": text(event.DestinationUserName), "sourceTranslatedAddress": addr(event.SourceNATIP), "sourceTranslatedPort": integer(event.SourceNATPort),
		"destinationTranslatedAddress": addr(event.DestinationNATIP), "destinationTranslatedPort": integer(event.DestinationNATPort),
		"proto": {kind: kProto}, "app": lower(event.NetworkProtocol), "act": lower(event.EventAction), "outcome": {kind: kOutcome, col: event.EventOutcome}, "reason": text(event.EventReason),
		"in": integer(event.SourceBytes), "out": integer(event.DestinationBytes), "deviceInboundInterface": text(event.ObserverIngressInterface),
		"deviceOutboundInterface": text(event.ObserverEgressInterface), "dvchost": text(event.ObserverHostname), "deviceExternalId": text(event.ObserverSerial),
		"fname": text(event.FileName), "filePath": text(event.FilePath), "fsize": integer(event.FileSize), "request": {kind: kURL}, "requestMethod": text(event.HTTPMethod),
		"requestClientApplication": text(event.UserAgent), "requestContext": text(event.HTTPReferrer), "msg": text(event.Message), "rt": {kind: kTime},
		"sproc": text(event.ProcessName), "spid": integer(event.ProcessPID), "cat": text(event.RuleCategory),
	}
}

// leefFields are the predefined attributes of IBM's LEEF 2.0 that have a field.
func leefFields() fields {
	return fields{
		"leef.vendor": text(event.ObserverVendor), "leef.product": text(event.ObserverProduct), "leef.version": {kind: kLabel, label: "observer.version"}, "leef.event": text(event.EventCode),
		"src": addr(event.SourceIP), "dst": addr(event.DestinationIP), "srcPort": integer(event.SourcePort), "dstPort": integer(event.DestinationPort), "proto": {kind: kProto},
		"usrName": text(event.UserName), "domain": text(event.UserDomain), "srcMAC": mac(event.SourceMAC), "dstMAC": mac(event.DestinationMAC),
		"srcPostNAT": addr(event.SourceNATIP), "srcPostNATPort": integer(event.SourceNATPort), "dstPostNAT": addr(event.DestinationNATIP), "dstPostNATPort": integer(event.DestinationNATPort),
		"srcBytes": integer(event.SourceBytes), "dstBytes": integer(event.DestinationBytes), "totalBytes": integer(event.NetworkBytes),
		"srcPackets": integer(event.SourcePackets), "dstPackets": integer(event.DestinationPackets), "totalPackets": integer(event.NetworkPackets),
		"devTime": {kind: kTime}, "sev": {kind: kLevel}, "cat": text(event.RuleCategory), "policy": text(event.RuleName), "url": {kind: kURL}, "identHostName": text(event.HostHostname),
		"groupID": text(event.UserGroupName),
	}
}

// keepSlots has the values of some names kept in slots as well.
func keepSlots(m fields, slots map[string]uint8) fields {
	for name, f := range m {
		if slot := slots[name]; slot > 0 {
			m[name] = f.keep(slot)
		}
	}
	return m
}
