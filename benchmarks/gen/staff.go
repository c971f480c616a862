package gen

import "strconv"

// browse is one visit of a member of staff to a web site.
func (l *life) browse(at int64) {
	u := l.c.staff(l.r)
	if l.r.chance(0.004) {
		l.blocked(at, u)
		return
	}
	l.c.surf(l.q, l.r, at, u, l.c.web.visit(l.r, 0.02))
}

// surf writes what the devices log of a visit: the question for the name, the handshake, the filter, the session at its end.
func (c *council) surf(q *queue, r rng, at int64, u *user, s *website) {
	dst := s.addr(r)
	f := flow{
		src: u.ip, sport: r.ephemeral(), dst: dst, dport: 443, proto: 6, policy: polInternet, action: "close", service: "HTTPS", app: s.app,
		user: u, mac: u.mac, from: "Reserved", to: s.country.name, nat: c.public,
		seconds: uint64(r.skewed(12, 1.3)), sent: uint64(r.skewed(2400, 0.9)), rcvd: uint64(r.skewed(s.median, 1.1)),
	}
	w := wire{src: u.ip, sport: f.sport, dst: dst, dport: 443, proto: "TCP", id: flowID(r)}
	if r.chance(0.25) {
		at = c.resolve(q, r, at, u.ip, s.name, "A", dst)
	}
	if r.chance(0.3) {
		at += r.span(18*second/1000, 0.6)
		q.put(at, eveTLS(q.buf(), r, at, &w, s.name, s.org))
	}
	if r.chance(0.12) {
		at += r.span(3*second/1000, 0.4)
		q.put(at, c.fgt.web(q.buf(), r, at, &f, s.name, "/", s.category, false))
	}
	if r.chance(0.08) {
		at += r.span(2*second/1000, 0.4)
		q.put(at, c.fgt.control(q.buf(), r, at, &f, s.name))
	}
	switch x := r.Float64(); {
	case x < 0.06:
		f.action = "client-rst"
	case x < 0.10:
		f.action = "server-rst"
	case x < 0.14:
		f.action = "timeout"
	}
	c.finish(q, r, at, &f, &w, "tls", 0.1)
}

// resolve writes a question for a name and its answer, and returns when that came.
func (c *council) resolve(q *queue, r rng, at int64, client addr, name, kind string, answer addr) int64 {
	w := wire{src: client, sport: r.ephemeral(), dst: c.servers["dc01"].ip, dport: 53, proto: "UDP", id: flowID(r)}
	id := uint64(r.IntN(65536))
	q.put(at, eveDNSQuery(q.buf(), at, &w, id, name, kind))
	at += r.span(9*second/1000, 0.9)
	w.src, w.dst, w.sport, w.dport = w.dst, w.src, w.dport, w.sport
	var data [16]byte
	q.put(at, eveDNSAnswer(q.buf(), at, &w, id, name, kind, "NOERROR", uint64(r.between(1, 20)*30), answer.append(data[:0])))
	return at
}

// finish writes the end of a connection: the firewall's traffic line and, with probability seen, the sensor's flow.
func (c *council) finish(q *queue, r rng, at int64, f *flow, w *wire, app string, seen float64) {
	end := at + int64(f.seconds)*second + r.nanos()
	q.put(end, c.fgt.traffic(q.buf(), r, end, f))
	if r.chance(seen) {
		out := end + int64(r.between(5, 65))*second
		q.put(out, eveFlow(q.buf(), out, at, w, app, f.sent, f.rcvd))
	}
}

// blocked is a visit that the firewall's filter does not let through: an advertisement, a bet, a mistyped name.
func (l *life) blocked(at int64, u *user) {
	s := l.c.web.invent(l.r)
	cat := &categories[pick(l.r, []int{12, 12, 12, 17, 18, 18, 15})]
	f := flow{
		src: u.ip, sport: l.r.ephemeral(), dst: s.addr(l.r), dport: 443, proto: 6, policy: polInternet, service: "HTTPS", user: u,
		from: "Reserved", to: s.country.name, sent: uint64(l.r.skewed(500, 0.3)),
	}
	l.q.put(at, l.c.fgt.web(l.q.buf(), l.r, at, &f, s.name, "/", cat, true))
}

// plainSites are what Windows asks for without encryption, many times a day on every machine.
var plainSites = []struct{ host, path, agent, mime string }{
	{"www.msftconnecttest.com", "/connecttest.txt", "Microsoft NCSI", "text/plain"},
	{"ocsp.digicert.com", "/MFEwTzBNMEswSTAJBgUrDgMCGgUABBQ50otx", "Microsoft-CryptoAPI/10.0", "application/ocsp-response"},
	{"ctldl.windowsupdate.com", "/msdownload/update/v3/static/trustedr/en/disallowedcertstl.cab", "Microsoft-CryptoAPI/10.0", "application/vnd.ms-cab-compressed"},
	{"crl3.digicert.com", "/DigiCertGlobalRootG2.crl", "Microsoft-CryptoAPI/10.0", "application/pkix-crl"},
	{"ocsp.pki.goog", "/gts1c3", "Microsoft-CryptoAPI/10.0", "application/ocsp-response"},
	{"r10.o.lencr.org", "/", "Microsoft-CryptoAPI/10.0", "application/ocsp-response"},
	{"msedge.b.tlu.dl.delivery.mp.microsoft.com", "/filestreamingservice/files", "Microsoft BITS/7.8", "application/octet-stream"},
}

// plain is a visit without encryption: mostly Windows itself, now and then an old web site or a file that somebody fetches.
func (l *life) plain(at int64) {
	r, c, u := l.r, l.c, l.c.staff(l.r)
	p := plainSites[min(int(r.ExpFloat64()*2), len(plainSites)-1)]
	host := newRNG(5, p.host)
	to, dst := "United States", countryNamed("United States").addr(host)
	cat := &categories[0]
	if r.chance(0.06) {
		s := c.web.visit(r, 0.1)
		to, dst, cat = s.country.name, s.addr(r), s.category
		p.host, p.path, p.agent, p.mime = s.name, "/"+pick(r, webWords)+pick(r, []string{"/", ".html", ".pdf", ".zip", "/index.php"}), u.agent, "text/html"
	}
	f := flow{
		src: u.ip, sport: r.ephemeral(), dst: dst, dport: 80, proto: 6, policy: polInternet, action: "close", service: "HTTP", app: &applications[1], user: u,
		mac: u.mac, from: "Reserved", to: to, nat: c.public, seconds: uint64(r.skewed(5, 1)), sent: uint64(r.skewed(600, 0.4)), rcvd: uint64(r.skewed(9_000, 1.4)),
	}
	w := wire{src: u.ip, sport: f.sport, dst: dst, dport: 80, proto: "TCP", id: flowID(r)}
	if r.chance(0.1) {
		l.q.put(at, c.fgt.web(l.q.buf(), r, at, &f, p.host, p.path, cat, false))
	}
	if r.chance(0.4) {
		l.q.put(at, eveHTTP(l.q.buf(), at, &w, p.host, p.path, p.agent, p.mime, f.rcvd))
	}
	c.finish(l.q, r, at, &f, &w, "http", 0.1)
}

// suspect is what the sensor thinks of an ordinary connection.
func (l *life) suspect(at int64) {
	s := l.c.web.visit(l.r, 0.02)
	w := wire{src: l.c.staff(l.r).ip, sport: l.r.ephemeral(), dst: s.addr(l.r), dport: 443, proto: "TCP", id: flowID(l.r)}
	l.q.put(at, eveAlert(l.q.buf(), at, &w, &insideAlerts[min(int(l.r.ExpFloat64()*2.5), len(insideAlerts)-1)]))
}

// otherPorts are what workstations use on the internet beside the web, the most usual first; now and then it is a port of somebody's own.
var otherPorts = []struct {
	port  uint16
	proto uint64
}{
	{443, 17},
	{3478, 17},
	{3480, 17},
	{80, 6},
	{8443, 6},
	{993, 6},
	{5228, 6},
	{3481, 17},
	{8080, 6},
	{587, 6},
	{1935, 6},
	{5222, 6},
	{4443, 6},
	{22, 6},
	{21, 6},
	{9443, 6},
	{2083, 6},
	{10443, 6},
	{8801, 17},
	{19302, 17},
}

// otherPort is a connection that is not the web: a call, a supplier's system on a port of its own.
func (l *life) otherPort(at int64) {
	r, u, s := l.r, l.c.staff(l.r), l.c.web.visit(l.r, 0.02)
	kind := otherPorts[min(int(r.ExpFloat64()*3.2), len(otherPorts)-1)]
	if r.chance(0.02) {
		kind.port = uint16(r.between(2000, 20000))
	}
	f := flow{
		src: u.ip, sport: r.ephemeral(), dst: s.addr(r), dport: kind.port, proto: kind.proto, policy: polInternet, action: "close",
		service: "tcp/" + strconv.Itoa(int(kind.port)), user: u, mac: u.mac, from: "Reserved", to: s.country.name, nat: l.c.public,
		seconds: uint64(r.skewed(60, 1.2)), sent: uint64(r.skewed(20_000, 1.5)), rcvd: uint64(r.skewed(60_000, 1.5)),
	}
	w := wire{src: f.src, sport: f.sport, dst: f.dst, dport: f.dport, proto: "TCP", id: flowID(r)}
	if kind.proto == 17 {
		f.action, f.service, w.proto = "accept", "udp/"+strconv.Itoa(int(kind.port)), "UDP"
	}
	l.c.finish(l.q, r, at, &f, &w, "", 0.1)
}

// reputation is a virus scanner's question about a file: a long name that looks like chance, and is harmless.
func (l *life) reputation(at int64) {
	u := l.c.staff(l.r)
	var b [64]byte
	name := appendHex(appendHex(b[:0], l.r.Uint64(), 16), l.r.Uint64(), 16)
	name = append(append(name, pick(l.r, []string{".0.", ".1.", ".2."})...), "gti.filereputation.example"...)
	l.c.resolve(l.q, l.r, at, u.ip, string(name), "A", ip(127, 0, 0, 4+l.r.IntN(3)))
}

// deskServices are what a workstation asks of the servers, the most usual first.
var deskServices = []struct {
	role, service string
	port          uint16
	proto         uint64
	app           int
	median        float64
	seconds       float64
}{
	{"fs01", "SMB", 445, 6, -1, 60_000, 90},
	{"dc01", "DNS", 53, 17, 9, 160, 60},
	{"dc01", "KERBEROS", 88, 6, -1, 2_400, 1},
	{"revben01", "tcp/8443", 8443, 6, 0, 22_000, 40},
	{"dc01", "LDAP", 389, 6, -1, 4_000, 5},
	{"print01", "SMB", 445, 6, -1, 9_000, 15},
	{"dc02", "LDAP", 389, 6, -1, 4_000, 5},
	{"mail01", "HTTPS", 443, 6, 0, 30_000, 60},
	{"dc02", "DNS", 53, 17, 9, 160, 60},
	{"dc01", "NTP", 123, 17, -1, 76, 1},
	{"dc01", "DCE-RPC", 135, 6, -1, 1_200, 1},
	{"fs01", "tcp/139", 139, 6, -1, 400, 1},
	{"mon01", "SYSLOG", 514, 17, -1, 900, 180},
	{"web01", "HTTPS", 443, 6, 0, 40_000, 20},
}

// desk is one connection of a workstation to a server.
func (l *life) desk(at int64) {
	i := min(int(l.r.ExpFloat64()*2.6), len(deskServices)-1)
	l.c.toServer(l.q, l.r, at, l.c.staff(l.r), i, polServers, 0)
}

// toServer writes the firewall's line of a connection to a server. from replaces the workstation's address where it is not 0.
func (c *council) toServer(q *queue, r rng, at int64, u *user, service, policy int, from addr) {
	d := &deskServices[service]
	f := flow{
		src: u.ip, sport: r.ephemeral(), dst: c.servers[d.role].ip, dport: d.port, proto: d.proto, policy: policy, action: "close", service: d.service,
		user: u, mac: u.mac, from: "Reserved", to: "Reserved", seconds: uint64(r.skewed(d.seconds, 0.8)),
		sent: uint64(r.skewed(d.median/3+80, 0.9)), rcvd: uint64(r.skewed(d.median, 1)),
	}
	if from != 0 {
		f.src, f.mac = from, 0
	}
	if d.proto == 17 {
		f.action = "accept"
	}
	if d.app >= 0 {
		f.app = &applications[d.app]
	}
	end := at + int64(f.seconds)*second + r.nanos()
	q.put(end, c.fgt.traffic(q.buf(), r, end, &f))
}

// casework is one deed of a member of staff in the revenues and benefits application.
func (l *life) casework(at int64) {
	u := l.c.staff(l.r)
	for tries := 0; u.dept != "RevsBens" && u.dept != "CustomerServices" && u.dept != "Finance" && tries < 30; tries++ {
		u = l.c.staff(l.r)
	}
	d := deed{user: u.login, from: u.ip, rows: 1, ms: uint64(l.r.skewed(90, 0.7)), outcome: "success"}
	d.action = revbenActions[min(int(l.r.ExpFloat64()*2.4), len(revbenActions)-1)]
	var ref [24]byte
	switch d.action {
	case "login", "logout", "run_report":
		if d.action == "login" && l.r.chance(0.08) {
			d.outcome = "failure"
		}
		d.rows = 0
	case "export":
		d.rows = uint64(l.r.skewed(40, 1))
	case "search":
		d.rows = uint64(l.r.skewed(6, 1.1))
	default:
		d.ref = string(pad(append(ref[:0], "CT"...), int64(l.r.IntN(68_000)), 7))
	}
	l.q.put(at, revben(l.q.buf(), at, l.c.servers["revben01"].host, &d))
}
