package gen

import "strconv"

// scanPorts are what the internet knocks at, the most usual first; beyond them any port may come.
var scanPorts = []uint16{
	23, 22, 445, 3389, 80, 8080, 443, 5060, 1433, 6379, 8443, 2323, 3306, 5555, 81, 8728, 5432, 123, 21, 25, 9200, 8081, 53, 2375, 27017, 7547, 37215,
	10000, 5900, 11211, 161, 8888, 5985, 1723, 49152, 60001, 2222, 4443, 9090, 8545, 502, 1900, 389, 636, 111, 137, 179, 500, 554, 873,
}

// scan is the background noise: somebody, always another one, tries a port and is dropped.
func (l *life) scan(at int64) {
	r, c := l.r, l.c
	where := c.web.enemy(r)
	src := where.addr(r)
	port := uint16(r.between(1, 65535))
	if r.chance(0.75) {
		port = scanPorts[min(int(r.ExpFloat64()*9), len(scanPorts)-1)]
	}
	udp := r.chance(0.9) && (port == 5060 || port == 123 || port == 161 || port == 53 || port == 1900 || port == 137)
	if r.chance(0.55) {
		p := packet{
			in: "eth0", src: src, dst: c.public + 1, mac: 0x0c8126_3a51c0, proto: "TCP", sport: uint16(r.between(1024, 65535)), dport: port,
			length: 40 + 4*uint64(r.IntN(6)), ttl: uint64(r.between(36, 245)), window: pick(r, []uint64{1024, 65535, 1025, 14600, 29200}), flags: "SYN",
		}
		if udp {
			p.proto, p.length = "UDP", uint64(r.between(30, 440))
		} else if r.chance(0.05) {
			p.proto, p.length = "ICMP", 84
		}
		l.q.put(at, c.servers["gw01"].netfilter(l.q.buf(), r, at, "UFW BLOCK", &p))
		return
	}
	f := flow{
		src: src, sport: uint16(r.between(1024, 65535)), dst: c.public + addr(r.IntN(6)), dport: port, proto: 6, policy: polDeny, action: "deny",
		service: "tcp/" + strconv.Itoa(int(port)), from: where.name, to: "United Kingdom", sent: uint64(40 * r.between(0, 1)),
	}
	if udp {
		f.proto, f.service = 17, "udp/"+strconv.Itoa(int(port))
	}
	for range 1 + r.IntN(2)*r.IntN(3) {
		l.q.put(at, c.fgt.traffic(l.q.buf(), r, at, &f))
		at += r.span(second, 1)
	}
	if r.chance(0.03) {
		w := wire{src: src, sport: f.sport, dst: f.dst, dport: port, proto: "TCP", id: flowID(r)}
		if udp {
			w.proto = "UDP"
		}
		l.q.put(at, eveAlert(l.q.buf(), at, &w, &scanAlerts[min(int(r.ExpFloat64()*2), len(scanAlerts)-1)]))
	}
}

// guessing is a scanner that tries passwords at the file exchange, which is open to the internet.
func (l *life) guessing(at int64) {
	r, s := l.r, l.c.servers["sftp01"]
	src := l.c.web.enemy(r).addr(r)
	for range 1 + int(r.ExpFloat64()*1.6) {
		login := guesses[min(int(r.ExpFloat64()*8), len(guesses)-1)]
		pid, port := process(r), uint16(r.between(30000, 65000))
		known := login == "root" || login == "backup" || login == "www"
		if !known {
			l.q.put(at, s.invalid(l.q.buf(), at, pid, login, src, port))
			at += r.span(second/20, 0.5)
		}
		at += r.span(2*second, 0.4)
		l.q.put(at, s.failed(l.q.buf(), at, pid, login, known, src, port))
		at += r.span(second, 0.4)
		who := "invalid user " + login + " "
		if known {
			who = "authenticating user " + login + " "
		}
		l.q.put(at, s.closed(l.q.buf(), at, pid, who, src, port))
		at += r.span(20*second, 1)
	}
}

// visit is somebody who looks at the planning portal: some pages, now and then a comment or a search.
func (l *life) visit(at int64) {
	r, c := l.r, l.c
	where := c.web.country(r)
	src := where.addr(r)
	if r.chance(0.35) {
		src, where = l.regulars[min(int(r.ExpFloat64()*60), len(l.regulars)-1)], countryNamed("United Kingdom")
	}
	web := c.servers["web01"]
	q := request{client: src, agent: browsers[min(int(r.ExpFloat64()*3), len(browsers)-1)], event: "request"}
	pages := 1 + int(r.ExpFloat64()*3.4)
	if r.chance(0.15) {
		q.agent, pages = pick(r, robots), 1+r.IntN(4)
	}
	begin, total := at, uint64(900)
	var path [64]byte
	for range pages {
		l.page(&q, path[:0])
		total += q.bytes
		l.q.put(at, portal(l.q.buf(), r, at, web.host, &q))
		at += r.span(6*second, 1.1)
	}
	f := flow{
		src: src, sport: r.ephemeral(), dst: web.ip, dport: 443, proto: 6, policy: polPortal, action: "close", service: "HTTPS",
		from: where.name, to: "Reserved", seconds: uint64((at-begin)/second) + 1, sent: uint64(pages) * 900, rcvd: total,
	}
	w := wire{src: src, sport: f.sport, dst: web.ip, dport: 443, proto: "TCP", id: flowID(r)}
	if r.chance(0.3) {
		l.q.put(begin, eveTLS(l.q.buf(), r, begin, &w, "planning."+c.domain, c.name))
	}
	c.finish(l.q, r, begin, &f, &w, "tls", 0.15)
}

// page draws one request of a visitor.
func (l *life) page(q *request, path []byte) {
	r := l.r
	q.method, q.status, q.bytes, q.ms, q.event, q.user = "GET", 200, uint64(r.skewed(14_000, 0.9)), uint64(r.skewed(60, 0.8)), "request", ""
	number := int64(min(r.ExpFloat64()*400, 4000))
	switch x := r.Float64(); {
	case x < 0.2:
		path = append(path, "/applications/search"...)
	case x < 0.5:
		path = pad(append(path, "/applications/26-0"...), number, 4)
	case x < 0.72:
		path = append(pad(append(path, "/applications/26-0"...), number, 4), "/documents/"...)
		path = append(strconv.AppendInt(path, int64(r.between(1, 14)), 10), ".pdf"...)
		q.bytes = uint64(r.skewed(420_000, 1.2))
	case x < 0.82:
		path, q.bytes = append(path, "/static/app.css"...), 18_204
	case x < 0.88:
		path = append(path, "/"...)
	case x < 0.92:
		path = append(path, "/weekly-list"...)
	case x < 0.95:
		path = append(pad(append(path, "/applications/26-0"...), number, 4), "/comment"...)
		q.method, q.status, q.event = "POST", 302, "comment"
	case x < 0.965:
		path = append(path, "/login"...)
		q.method, q.status, q.event = "POST", 302, "login"
	case x < 0.98:
		path, q.status, q.bytes = append(path, "/favicon.ico"...), 304, 0
	case x < 0.997:
		path = pad(append(path, "/applications/25-0"...), int64(r.IntN(9000)), 4)
		q.status, q.bytes = 404, 1204
	default:
		path = append(path, "/applications/search"...)
		q.status, q.event = 500, "upstream timeout"
	}
	q.path = string(path)
}

// probe is a scanner of web servers at the portal: it is told 404, and the firewall's prevention may speak.
func (l *life) probe(at int64) {
	r, c := l.r, l.c
	where := c.web.enemy(r)
	src := where.addr(r)
	web := c.servers["web01"]
	q := request{client: src, method: "GET", status: 404, bytes: 1204, ms: 4, agent: pick(r, scanAgents), event: "request"}
	for range 1 + r.IntN(2)*r.IntN(4) {
		q.path = probes[min(int(r.ExpFloat64()*7), len(probes)-1)]
		q.status = 404
		if q.path == "/" || q.path == "/robots.txt" || q.path == "/favicon.ico" {
			q.status = 200
		}
		if r.chance(0.08) {
			q.method = "POST"
		}
		l.q.put(at, portal(l.q.buf(), r, at, web.host, &q))
		at += r.span(second/2, 0.7)
	}
	if r.chance(0.12) {
		f := flow{
			src: src, sport: r.ephemeral(), dst: web.ip, dport: 443, proto: 6, policy: polPortal, action: "dropped", service: "HTTPS",
			from: where.name, to: "Reserved",
		}
		l.q.put(at, c.fgt.ips(l.q.buf(), r, at, &f, &signatures[min(int(r.ExpFloat64()*3), len(signatures)-1)], "planning."+c.domain, q.path))
	}
}

// mail is a message that comes in or goes out.
func (l *life) mail(at int64) {
	r, c := l.r, l.c
	host := c.servers["mail01"]
	peer := c.web.visit(r, 0.03)
	size := uint64(r.skewed(38_000, 1.5))
	f := flow{
		src: peer.addr(r), sport: r.ephemeral(), dst: host.ip, dport: 25, proto: 6, policy: polMailIn, action: "close", service: "SMTP",
		from: peer.country.name, to: "Reserved", seconds: uint64(r.skewed(4, 0.7)), sent: size, rcvd: 1200,
	}
	if r.chance(0.4) {
		f.src, f.dst, f.from, f.to, f.policy, f.nat = host.ip, f.src, "Reserved", f.from, polOut, c.public
		if r.chance(0.5) {
			at = c.resolve(l.q, r, at, host.ip, peer.name, "MX", f.dst)
		}
	}
	w := wire{src: f.src, sport: f.sport, dst: f.dst, dport: 25, proto: "TCP", id: flowID(r)}
	c.finish(l.q, r, at, &f, &w, "smtp", 0.25)
}
