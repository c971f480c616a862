package parse

import "bytes"

// An envelope is an object of another tool's that holds a line as its source wrote it.
type envelope struct {
	line, host, file, time []byte
}

// envelopeValue takes a value of a result of Splunk's search export: {"preview":false,"result":{"_raw":"…","host":"…",…}}, or of an object that holds
// nothing but a line: {"message":"…"}, as CloudWatch's exports have it.
func (p *Parser) envelopeValue(path, v []byte, t jsonType) {
	if t != jsonString {
		return
	}
	switch string(path) { // the reader's memory is needed again for the line
	case "result._raw", "message":
		p.envelope.line = p.kept(v)
	case "result.host":
		p.envelope.host = p.kept(v)
	case "result.source":
		p.envelope.file = p.kept(v)
	case "result._time":
		p.envelope.time = p.kept(v)
	}
}

// unwrap takes the line out of an envelope, which is an object, and reports whether there is one; the header is then the line's.
func (p *Parser) unwrap() bool {
	text := p.head.body
	alone := bytes.HasPrefix(text, []byte(`{"message":"`))
	// The end of _raw is looked for first: objects are full of quotes, and a search for a text that begins with one stops at each.
	if !alone && (!bytes.Contains(text, []byte(`w":"`)) || !bytes.Contains(text, []byte(`_raw":"`)) || !bytes.Contains(text, []byte(`"result":{`))) {
		return false
	}
	p.envelope = envelope{}
	n, err := p.json.walk(text, p.visit.envelope)
	if err != nil || n != len(text) || len(p.envelope.line) == 0 || alone && p.json.members > 1 {
		return false
	}
	e := &p.envelope
	p.line = trimEnd(e.line)
	pri := p.head.pri
	p.head = p.scanHeader(p.line)
	p.head.pri = max(p.head.pri, pri)
	if p.head.host == nil {
		p.head.host = e.host
	}
	if !p.head.stamp.ok && len(e.time) > 0 {
		p.head.stamp = p.anyTime(e.time)
	}
	return true
}

// understand reads a line, out of its envelope where it has one that holds a line which is understood.
func (p *Parser) understand() bool {
	if bytes.HasPrefix(p.head.body, []byte{'{'}) && p.understandWithin() {
		return true
	}
	return p.body(p.head.app, p.head.body)
}

// understandWithin reads the line in an envelope. Where there is none that is understood, nothing has changed.
func (p *Parser) understandWithin() bool {
	whole, head := p.line, p.head
	if !p.unwrap() {
		return false
	}
	if p.body(p.head.app, p.head.body) {
		p.label("source", p.envelope.file) // log.file.path is what this collector read, and no line's to say
		return true
	}
	p.line, p.head = whole, head
	return false
}
