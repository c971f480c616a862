package parse

import (
	"bytes"

	"frontfoot/ingest/event"
)

// Slots of journald.
const (
	jrMessage uint8 = iota + 1
	jrPriority
	jrIdentifier
	jrComm
)

// journalFields are the fields of systemd.journal-fields(7) that have a column, as journalctl -o json prints them.
var journalFields = newTable(fields{
	"__REALTIME_TIMESTAMP": {kind: kTime}, "_HOSTNAME": text(event.HostHostname), "MESSAGE": slot(jrMessage), "PRIORITY": slot(jrPriority),
	"SYSLOG_IDENTIFIER": slot(jrIdentifier), "_COMM": slot(jrComm), "_PID": integer(event.ProcessPID), "_EXE": text(event.ProcessExecutable),
	"_CMDLINE": text(event.ProcessCommandLine), "_UID": named("_uid"), "_SOURCE_REALTIME_TIMESTAMP": {kind: kSkip},
	"__CURSOR": {kind: kSkip}, "__MONOTONIC_TIMESTAMP": {kind: kSkip}, "_BOOT_ID": {kind: kSkip}, "__SEQNUM": {kind: kSkip}, "__SEQNUM_ID": {kind: kSkip},
	"_SYSTEMD_INVOCATION_ID": {kind: kSkip}, "_SELINUX_CONTEXT": {kind: kSkip}, "_CAP_EFFECTIVE": {kind: kSkip}, "_STREAM_ID": {kind: kSkip},
})

func isJournal(text []byte) bool {
	return bytes.Contains(text, []byte(`__REALTIME_TIMESTAMP"`)) && bytes.Contains(text, []byte(`"MESSAGE"`))
}

func (p *Parser) journalValue(path, v []byte, t jsonType) {
	if t != jsonNull {
		p.put(journalFields, path, v)
	}
}

// journalEnd reads the message by the program that logged it.
func (p *Parser) journalEnd() bool {
	app := p.slots[jrIdentifier]
	if app == nil {
		app = p.slots[jrComm]
	}
	message := p.slots[jrMessage]
	if n, ok := number(p.slots[jrPriority]); ok && n < 8 {
		p.str(event.LogLevel, severities[n])
	}
	clear(p.slots[:])
	p.depth++
	p.dataset = "systemd.journal"
	if !p.body(app, message) {
		p.text(event.Message, printable(message))
	}
	p.text(event.ProcessName, app)
	return true
}
