package gen

// letters are attacks by mail, or on whoever reads it.
func letters() []kind {
	return []kind{
		{"relay-abuse", 1, (*attack).relayAbuse},
		{"mail-bomb", 1, (*attack).mailBomb},
		{"forced-login", 1, (*attack).forcedLogin},
	}
}

// deliver writes a message that comes in.
func (a *attack) deliver(at int64, from addr, where *country, port uint16, service string, size float64) {
	r, host := a.r, a.c.servers["mail01"]
	f := flow{
		src: from, sport: r.ephemeral(), dst: host.ip, dport: port, proto: 6, policy: polMailIn, action: "close", service: service, from: where.name, to: "Reserved",
		seconds: uint64(r.skewed(4, 0.7)), sent: uint64(size), rcvd: 1200,
	}
	w := wire{src: from, sport: f.sport, dst: host.ip, dport: port, proto: "TCP", id: flowID(r)}
	a.c.finish(a.q, r, at, &f, &w, "smtp", 0.25)
}

// relayAbuse (T1552.001, T1078, T1586.002, T1534): among what scanners ask the portal for is the file with its passwords, and this once it is there.
// The mail account in it is tried, and then rented hosts send their mails with it, by the council's own server to all the world
// (AA24-016A, of Androxgh0st).
func (a *attack) relayAbuse() {
	c, r, host := a.c, a.r, a.c.servers["mail01"]
	thief, where := a.lair()
	q := request{client: thief, method: "GET", agent: pick(r, scanAgents), event: "request"}
	a.step("find")
	at := a.between(0, 14*hour)
	for _, path := range []string{"/", "/.env", "/.env", "/api/.env", "/laravel/.env"} {
		q.path, q.status, q.bytes, q.ms = path, 404, 1204, uint64(r.skewed(5, 0.4))
		if path == "/.env" || path == "/" {
			q.status, q.bytes = 200, uint64(r.between(700, 1900))
		}
		a.q.put(at, portal(a.q.buf(), r, at, c.servers["web01"].host, &q))
		at += r.span(3*second, 0.6)
	}
	a.step("try")
	at += r.span(2*hour, 0.4)
	for range 3 {
		a.deliver(at, thief, where, 587, "tcp/587", r.skewed(2_500, 0.2))
		at += r.span(minute, 0.5)
	}
	a.step("send")
	from := []addr{where.addr(r), where.addr(r), where.addr(r), where.addr(r), where.addr(r)}
	at += r.span(hour, 0.4)
	for range 350 {
		size := r.skewed(21_000, 0.05)
		a.deliver(at, pick(r, from), where, 587, "tcp/587", size)
		to := c.web.visit(r, 0.2)
		dst, sent := to.addr(r), at+r.span(2*second, 0.5)
		if r.chance(0.5) {
			sent = c.resolve(a.q, r, sent, host.ip, to.name, "MX", dst)
		}
		a.call(sent, host.ip, nil, dst, to.country, 25, "SMTP", 4, size+1_500, 1_200)
		at += r.span(20*second, 0.8)
	}
}

// mailBomb (T1667, T1566.004, T1219): somebody signs a member of staff up at some hundred shops and lists, so that their confirmations bury the mailbox
// within some hours. Then he calls as the help desk, is let onto the machine by the help tool that Windows brings, and fetches his own
// (AA24-131A as of November 2024, of Black Basta; Microsoft, May 2024).
func (a *attack) mailBomb() {
	c, r, u := a.c, a.r, a.victim()
	a.step("flood")
	at := a.between(8*hour, 13*hour)
	for range r.between(600, 1_000) {
		from := c.web.visit(r, 0.3)
		a.deliver(at, from.addr(r), from.country, 25, "SMTP", r.skewed(26_000, 0.7))
		at += r.span(7*second, 0.9)
	}
	a.step("help")
	relay := countryNamed("Ireland")
	at += r.span(20*minute, 0.4)
	at = c.resolve(a.q, r, at, u.ip, "remoteassistance.support.services.microsoft.com", "A", relay.addr(r))
	for range 2 {
		a.beyond(at, u.ip, u, relay.addr(r), relay, "remoteassistance.support.services.microsoft.com", 443, 8, 12_000, 90_000)
		at += r.span(15*second, 0.5)
	}
	a.beyond(at, u.ip, u, relay.addr(r), relay, "relay.support.services.microsoft.com", 443, 1_500, 2.5e7, 3e6)
	a.step("fetch")
	dst, where := a.lair()
	name := a.name()
	at += r.span(8*minute, 0.4)
	for _, size := range []float64{40_000, 6e6, 9e6} {
		a.beyond(at, u.ip, u, dst, where, name, 443, 6, 2_000, size)
		at += r.span(2*minute, 0.5)
	}
	a.step("control")
	for range r.between(6, 12) {
		at += r.span(10*minute, 0.4)
		a.beyond(at, u.ip, u, dst, where, name, 443, 4, 9_000, 30_000)
	}
}

// forcedLogin (T1187, T1566): invitations to a meeting name a file on a host outside for the sound of their reminder. Each Outlook that shows one tries to
// log in there by SMB, unasked and unseen, and so gives away what a password can be guessed from (AA25-141A, of CVE-2023-23397).
func (a *attack) forcedLogin() {
	c, r := a.c, a.r
	dst, where := a.lair()
	a.step("invite")
	at := a.between(6*hour, 9*hour)
	n := r.between(8, 20)
	for range n {
		a.deliver(at, dst+1, where, 25, "SMTP", r.skewed(7_000, 0.1))
		at += r.span(9*second, 0.6)
	}
	a.step("call")
	for _, i := range r.Perm(len(c.users))[:n] {
		u, when := &c.users[i], at+r.span(90*minute, 0.8)
		for range r.between(1, 3) {
			a.call(when, u.ip, u, dst, where, 445, "SMB", 2, 1_700, 1_300)
			when += r.span(25*second, 0.6)
		}
	}
}
