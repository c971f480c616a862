package parse

import (
	"bytes"

	"frontfoot/ingest/event"
)

// ciscoMessage reads "%FACILITY-SEVERITY-MNEMONIC: text", which Cisco devices write in place of a tag.
func (p *Parser) ciscoMessage(text []byte) bool {
	if len(text) < 8 || text[0] != '%' {
		return false
	}
	id, _, ok := bytes.Cut(text[1:min(len(text), 80)], []byte(": "))
	if !ok {
		return false
	}
	facility, after, ok := bytes.Cut(id, []byte{'-'})
	if !ok || len(after) < 3 || after[0]-'0' > 7 || after[1] != '-' || !keyLike(facility) {
		return false
	}
	p.dataset = "cisco.syslog"
	p.text(event.EventCode, id)
	p.text(event.ObserverHostname, p.head.host)
	p.text(event.ObserverName, p.head.host)
	p.str(event.ObserverVendor, "Cisco")
	p.number(event.EventSeverity, uint64(after[0]-'0'))
	p.text(event.Message, text[len(id)+3:])
	return true
}
