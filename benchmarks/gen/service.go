package gen

import "strconv"

// services are attacks on what a council shows to the world, that use it as it was built and only far too much or with what is not theirs.
func services() []kind {
	return []kind{
		{"credential-stuffing", 1, (*attack).credentialStuffing},
		{"portal-scrape", 1, (*attack).portalScrape},
		{"mailbox-theft", 1, (*attack).mailboxTheft},
	}
}

// credentialStuffing (T1110.004): pairs of mail address and password from other people's leaks are tried at the portal's login, each once, from some
// hundred addresses of hired homes, a few requests each. Some fit.
func (a *attack) credentialStuffing() {
	c, r := a.c, a.r
	var from []addr
	for range 120 {
		from = append(from, countries[r.IntN(len(countries))].addr(r))
	}
	q := request{method: "POST", path: "/login", agent: "python-requests/2.32.3", event: "login"}
	if r.chance(0.6) {
		q.agent = pick(r, browsers[:4])
	}
	a.step("try")
	at := a.between(0, 21*hour)
	for range 700 {
		q.client, q.status, q.bytes, q.ms, q.user = pick(r, from), 401, 812, uint64(r.skewed(180, 0.3)), ""
		if r.chance(0.004) {
			q.status, q.bytes = 302, 0
		}
		a.q.put(at, portal(a.q.buf(), r, at, c.servers["web01"].host, &q))
		at += r.span(6*second, 0.8)
	}
}

// portalScrape (T1213, T1119): one client draws all documents of all applications by counting their numbers up, as fast as the portal gives them, hidden
// ones among them.
func (a *attack) portalScrape() {
	c, r := a.c, a.r
	from, where := a.lair()
	web := c.servers["web01"]
	q := request{client: from, method: "GET", status: 200, agent: pick(r, []string{"Go-http-client/2.0", "Scrapy/2.13", "curl/8.14.1", browsers[1]}), event: "request"}
	a.step("draw")
	begin := a.between(0, 20*hour)
	at, total := begin, uint64(0)
	for number := r.between(1, 3000); number%1000 != 999 && total < 5e8; number++ {
		for document := range r.between(1, 3) {
			q.path = "/applications/26-0" + string(pad(nil, int64(number), 4)) + "/documents/" + strconv.Itoa(document+1) + ".pdf"
			q.bytes, q.ms = uint64(r.skewed(420_000, 1)), uint64(r.skewed(60, 0.5))
			a.q.put(at, portal(a.q.buf(), r, at, web.host, &q))
			total += q.bytes
			at += r.span(second, 0.5)
		}
	}
	f := flow{
		src: from, sport: r.ephemeral(), dst: web.ip, dport: 443, proto: 6, policy: polPortal, action: "close", service: "HTTPS", from: where.name, to: "Reserved",
		seconds: uint64((at-begin)/second) + 1, sent: total / 300, rcvd: total,
	}
	a.q.put(at, c.fgt.traffic(a.q.buf(), r, at, &f))
}

// mailboxTheft (T1114.002, T1078): with a password that was bought, somebody abroad draws whole mailboxes by the protocol that was left on for old telephones.
func (a *attack) mailboxTheft() {
	c, r := a.c, a.r
	from, where := a.lair()
	a.step("draw")
	at := a.between(0, 21*hour)
	for range r.between(8, 20) {
		f := flow{
			src: from, sport: r.ephemeral(), dst: c.servers["mail01"].ip, dport: 993, proto: 6, policy: polMailIn, action: "close", service: "IMAPS", from: where.name,
			to: "Reserved", seconds: uint64(r.skewed(400, 0.5)), sent: uint64(r.skewed(90_000, 0.5)), rcvd: uint64(r.skewed(6e7, 0.7)),
		}
		end := at + int64(f.seconds)*second
		a.q.put(end, c.fgt.traffic(a.q.buf(), r, end, &f))
		at += r.span(5*minute, 0.5)
	}
}
