package parse

import (
	"bytes"
	"unsafe"

	"frontfoot/ingest/event"
)

// visitors are the Parser's ways of taking a JSON document's values; made once, because making one allocates.
type visitors struct {
	plain, format, envelope func(path, value []byte, t jsonType)
	pair                    func(name, value []byte)
}

func (p *Parser) newVisitors() visitors {
	return visitors{
		plain:    p.plainValue,
		format:   p.formatValue,
		envelope: p.envelopeValue,
		pair:     p.pairValue,
	}
}

// object reads a line that is a JSON object of a product without a format of its own, by names that are in general use.
// It returns false where the text is no JSON from its first member on.
func (p *Parser) object(text []byte) bool {
	if p.depth > 0 { // JSON in a JSON string: the reader's memory is in use
		return false
	}
	text = bytes.TrimLeft(text, " \t")
	if len(text) == 0 || text[0] != '{' {
		return false
	}
	clear(p.slots[:commonSlots])
	return p.walkObject(text) && p.plainEnd()
}

// walkObject goes over a document. One that breaks off, or has something behind it, counts for what was read before and is
// flagged; one of which nothing was read is no JSON.
func (p *Parser) walkObject(text []byte) bool {
	n, err := p.json.walk(text, p.visit.plain)
	switch {
	case err == nil && n == len(text):
		return true
	case err == nil:
		p.label("json_rest", printable(text[n:]))
		return true
	case p.json.members == 0:
		return false
	}
	p.incomplete(err.Error())
	return true
}

// plainValue takes a value of a document that no product claims.
func (p *Parser) plainValue(path, v []byte, t jsonType) {
	if t == jsonNull {
		return
	}
	if f := commonFields.get(path); f != nil {
		p.set(f, path, v)
		return
	}
	if len(path) <= maxName {
		path = p.lowered(path)
		if f := commonFields.get(path); f != nil {
			p.set(f, path, v)
			return
		}
	}
	p.labelKey(path, v)
}

func (p *Parser) plainEnd() bool {
	p.commonEnd()
	if p.dataset == "" {
		p.dataset = "json"
	}
	return true
}

// commonEnd applies what the generic names say only together.
func (p *Parser) commonEnd() {
	if v := p.slots[slotDataset]; hostLike(v) && len(v) <= 64 {
		v = p.kept(v)
		p.dataset = unsafe.String(unsafe.SliceData(v), len(v)) // the next line needs neither
	}
	if v := p.slots[slotOutcome]; v != nil && !p.b.Has(event.EventOutcome) {
		p.str(event.EventOutcome, outcomeOf(p.lowered(v)))
	}
	if v := p.slots[slotURL]; v != nil {
		p.url(v)
	}
	if v := p.slots[slotStatus]; v != nil {
		if n, ok := number(v); ok && n >= 100 && n <= 599 {
			p.number(event.HTTPStatus, n)
		} else {
			p.label("status", v)
			p.str(event.EventOutcome, outcomeOf(p.lowered(v)))
		}
	}
}

// outcomeOf translates the words in which sources say how it went; "" for words that do not say.
func outcomeOf(v []byte) string {
	switch string(v) {
	case "success", "succeeded", "successful", "ok", "accepted", "passed", "true":
		return "success"
	case "failure", "failed", "fail", "error", "denied", "rejected", "false":
		return "failure"
	case "unknown":
		return "unknown"
	}
	return ""
}

// url sets the parts of an address as far as it is one. Firewalls and proxies leave the scheme out: host/path, host:port.
func (p *Parser) url(v []byte) {
	p.text(event.URLOriginal, v)
	rest := v
	if i := bytes.Index(v, []byte("://")); i > 0 && i < 12 {
		host, after := urlHost(v[i+3:])
		if j := bytes.LastIndexByte(host, '@'); j >= 0 {
			host = host[j+1:]
		}
		host, _ = withoutPort(host)
		p.text(event.URLDomain, bytes.Trim(host, "[]"))
		rest = after
	} else if host, after := urlHost(v); len(host) > 0 {
		host, ported := withoutPort(host)
		if (ported || len(after) > 0 && after[0] == '/') && bytes.IndexByte(host, '.') > 0 && hostLike(host) {
			p.text(event.URLDomain, host)
			rest = after
		}
	}
	if len(rest) == 0 || rest[0] != '/' {
		return
	}
	rest, _, _ = bytes.Cut(rest, []byte{'#'})
	path, query, _ := bytes.Cut(rest, []byte{'?'})
	p.text(event.URLPath, path)
	p.text(event.URLQuery, query)
}

// urlHost parts an address behind its scheme before the path, the query or the fragment.
func urlHost(v []byte) (host, rest []byte) {
	if j := bytes.IndexAny(v, "/?#"); j >= 0 {
		return v[:j], v[j:]
	}
	return v, nil
}

// withoutPort takes a port off a host.
func withoutPort(host []byte) (name []byte, ported bool) {
	if j := bytes.LastIndexByte(host, ':'); j > 0 && digits(host[j+1:]) == len(host)-j-1 {
		return host[:j], true
	}
	return host, false
}
