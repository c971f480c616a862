package gen

import "strings"

// custom is what goes on at any council in the fields in which many attacks write: mail on telephones, partners at the file exchange, devices
// with resolvers of their own, machines that report to what manages them, scanners that only say hello, passwords that are reset or mistyped.
func (l *life) custom() {
	office, home, flat := officeHours(), homeHours(), always()
	l.often(0.02, 1.5, home, l.pocket)
	l.often(0.012, 1.6, home, l.ownResolver)
	l.often(0.006, 1.1, flat, l.hello)
	l.often(0.006, 4.3, office, l.partner)
	l.often(0.008, 2.05, office, l.managedDevice)
	l.scatter([]oddity{
		{0.4, 8, 17, false, l.resetPassword},
		{0.12, 9, 17, false, l.keepConfiguration},
		{0.6, 8, 18, false, l.mistype},
		{0.25, 8, 18, false, l.switchUser},
		{0.35, 9, 16, false, l.setUp},
		{0.2, 0, 24, true, l.crash},
	})
}

// pocket is a telephone, or a browser at home, that asks for its owner's mail.
func (l *life) pocket(at int64) {
	r, c, u := l.r, l.c, l.c.staff(l.r)
	where := countryNamed("United Kingdom")
	from := u.home
	switch {
	case r.chance(0.02):
		where = countryNamed(pick(r, []string{"Spain", "France", "Portugal", "Greece", "Italy", "Ireland", "Poland"}))
		from = where.addr(r)
	case r.chance(0.5): // by the telephone's own network
		from = where.addr(r)
	}
	seconds, sent, rcvd := 300.0, 4_000.0, 25_000.0
	if r.chance(0.1) {
		seconds, sent, rcvd = 500, 60_000, 1.5e6
	}
	c.webmail(l.q, r, at, from, where, r.skewed(seconds, 1), r.skewed(sent, 0.8), r.skewed(rcvd, 1.2))
}

// webmail writes a connection from outside to the mail server's pages.
func (c *council) webmail(q *queue, r rng, at int64, from addr, where *country, seconds, sent, rcvd float64) {
	f := flow{
		src: from, sport: r.ephemeral(), dst: c.servers["mail01"].ip, dport: 443, proto: 6, policy: polMailIn, action: "close", service: "HTTPS", from: where.name, to: "Reserved",
		seconds: uint64(seconds), sent: uint64(sent), rcvd: uint64(rcvd),
	}
	w := wire{src: from, sport: f.sport, dst: f.dst, dport: 443, proto: "TCP", id: flowID(r)}
	if r.chance(0.3) {
		q.put(at, eveTLS(q.buf(), r, at, &w, "mail."+c.domain, c.name))
	}
	c.finish(q, r, at, &f, &w, "tls", 0.15)
}

// resolvers answer everybody.
var resolvers = []struct {
	name string
	addr addr
}{
	{"dns.google", 8<<24 | 8<<16 | 8<<8 | 8}, {"dns.google", 8<<24 | 8<<16 | 4<<8 | 4}, {"cloudflare-dns.com", 1<<24 | 1<<16 | 1<<8 | 1}, {"dns.quad9.net", 9<<24 | 9<<16 | 9<<8 | 9},
}

// ownResolver is a guest's telephone, or a machine of the few that somebody has set so, that does not ask the council's resolver.
func (l *life) ownResolver(at int64) {
	r, c, to := l.r, l.c, pick(l.r, resolvers)
	f := flow{
		dst: to.addr, sport: r.ephemeral(), dport: 853, proto: 6, policy: polGuest, action: "close", service: "tcp/853", from: "Reserved", to: "United States",
		seconds: uint64(r.skewed(40, 1)), sent: uint64(r.skewed(2_200, 0.8)), rcvd: uint64(r.skewed(5_500, 0.8)), nat: c.public + 4,
	}
	if r.chance(0.6) {
		n := min(int(r.ExpFloat64()*60), len(l.phones)-1)
		f.src, f.mac = ip(10, c.net, 200+n/200, 10+n%200), l.phones[n]
	} else {
		u := &c.users[min(int(r.ExpFloat64()*4), len(c.users)-1)]
		f.src, f.mac, f.user, f.policy, f.nat = u.ip, u.mac, u, polInternet, c.public
		if r.chance(0.6) {
			f.dport, f.service = 443, "HTTPS"
		}
	}
	w := wire{src: f.src, sport: f.sport, dst: f.dst, dport: f.dport, proto: "TCP", id: flowID(r)}
	switch {
	case f.dport == 443 && r.chance(0.3):
		l.q.put(at, eveTLS(l.q.buf(), r, at, &w, to.name, to.name))
	case f.dport == 853 && r.chance(0.4):
		f.dport, f.proto, f.action, f.service, f.seconds = 53, 17, "accept", "DNS", 180
		f.sent, f.rcvd = uint64(r.skewed(70, 0.3)), uint64(r.skewed(160, 0.5))
		w.dport, w.proto = 53, "UDP"
		l.q.put(at, eveDNSQuery(l.q.buf(), at, &w, uint64(r.IntN(65536)), c.web.visit(r, 0.03).name, "A"))
	}
	c.finish(l.q, r, at, &f, &w, "", 0.1)
}

// hello is a scanner that connects to what is open to it and goes away again.
func (l *life) hello(at int64) {
	r, c := l.r, l.c
	where := c.web.enemy(r)
	f := flow{
		src: where.addr(r), sport: r.ephemeral(), dst: c.servers["mail01"].ip, dport: 443, proto: 6, policy: polMailIn, action: "close", service: "HTTPS", from: where.name,
		to: "Reserved", seconds: uint64(r.between(1, 8)), sent: uint64(r.skewed(900, 0.6)), rcvd: uint64(r.skewed(3_200, 0.5)),
	}
	if r.chance(0.5) {
		f.dst, f.dport, f.policy, f.service = c.servers["sftp01"].ip, 22, polSFTP, "SSH"
	} else if r.chance(0.1) {
		dropped := f
		dropped.action = "dropped"
		path := pick(r, []string{"/owa/auth/logon.aspx", "/autodiscover/autodiscover.json", "/ecp/", "/"})
		l.q.put(at, c.fgt.ips(l.q.buf(), r, at, &dropped, &signatures[min(int(r.ExpFloat64()*3), len(signatures)-1)], "mail."+c.domain, path))
	}
	w := wire{src: f.src, sport: f.sport, dst: f.dst, dport: f.dport, proto: "TCP", id: flowID(r)}
	c.finish(l.q, r, at, &f, &w, "", 0.1)
}

// partner is a care home, a school or a bank that fetches or leaves files at the exchange, always from where it is.
func (l *life) partner(at int64) {
	r, c := l.r, l.c
	i := min(int(r.ExpFloat64()*3), 11)
	who := newRNG(uint64(i), "partner "+c.name)
	u := user{login: pick(who, webWords) + "-" + pick(who, []string{"housing", "care", "nhs", "school", "bank"}), uid: uint64(1200 + i)}
	from, seconds := countryNamed("United Kingdom").addr(who), uint64(r.skewed(60, 0.8))
	if who.chance(0.6) {
		u.key = "SHA256:" + fingerprint(who)
	}
	c.exchange(l.q, r, at, &u, from, countryNamed("United Kingdom"), seconds, uint64(r.skewed(400_000, 1.5)), uint64(r.skewed(900_000, 1.5)))
}

// exchange writes a visit to the file exchange.
func (c *council) exchange(q *queue, r rng, at int64, u *user, from addr, where *country, seconds, sent, rcvd uint64) {
	s, pid := c.servers["sftp01"], process(r)
	f := flow{
		src: from, sport: r.ephemeral(), dst: s.ip, dport: 22, proto: 6, policy: polSFTP, action: "close", service: "SSH", from: where.name, to: "Reserved",
		seconds: seconds, sent: sent, rcvd: rcvd,
	}
	method := "password"
	if u.key != "" {
		method = "publickey"
	}
	q.put(at, s.accepted(q.buf(), at, pid, method, u.login, from, f.sport, u.key))
	q.put(at+second/200, s.opened(q.buf(), at+second/200, "sshd", pid, "sshd", u.login, u.uid, u.login, 0))
	end := at + int64(seconds)*second
	q.put(end, s.ended(q.buf(), end, "sshd", pid, "sshd", u.login))
	w := wire{src: from, sport: f.sport, dst: s.ip, dport: 22, proto: "TCP", id: flowID(r)}
	c.finish(q, r, at, &f, &w, "ssh", 0.2)
}

// manager is a host of the service by which machines are set up and looked after.
func manager(name string) *website {
	home := newRNG(13, name)
	s := website{
		name: name, org: "Microsoft Corporation", country: countryNamed("Ireland"), category: &categories[0], app: &applications[2], median: 9_000,
	}
	s.addrs = []addr{s.country.addr(home), s.country.addr(home), s.country.addr(home)}
	return &s
}

// managedDevice is a machine that asks whether there is something to install.
func (l *life) managedDevice(at int64) {
	l.c.surf(l.q, l.r, at, l.c.staff(l.r), manager("r.manage.microsoft.com"))
}

// setUp is a machine that the help desk empties and sets up again for somebody.
func (l *life) setUp(at int64) {
	u := l.c.staff(l.r)
	at = l.c.fresh(l.q, l.r, at, u) + l.r.span(40*minute, 0.4)
	l.q.put(at, l.c.fgt.lease(l.q.buf(), at, "lan", u.mac, u.ip, "LT-"+strings.ToUpper(u.login)))
	for range 6 {
		at += l.r.span(12*second, 1)
		l.c.surf(l.q, l.r, at, u, &l.c.web.sites[l.r.IntN(11)])
	}
}

// fresh writes a machine that wakes up empty: a name by chance, and the hosts of which Windows asks whose it is. The firewall knows nobody there.
func (c *council) fresh(q *queue, r rng, at int64, u *user) int64 {
	q.put(at, c.fgt.lease(q.buf(), at, "lan", u.mac, u.ip, "DESKTOP-"+strings.ToUpper(r.letters(7))))
	for _, name := range []string{"www.msftconnecttest.com", "ztd.dds.microsoft.com", "login.live.com", "enrollment.manage.microsoft.com"} {
		at += r.span(25*second, 0.6)
		s := manager(name)
		f := flow{
			src: u.ip, sport: r.ephemeral(), dst: s.addr(r), dport: 443, proto: 6, policy: polInternet, action: "close", service: "HTTPS", mac: u.mac, from: "Reserved",
			to: s.country.name, nat: c.public, seconds: uint64(r.skewed(4, 0.8)), sent: uint64(r.skewed(2_500, 0.6)), rcvd: uint64(r.skewed(9_000, 0.8)),
		}
		w := wire{src: u.ip, sport: f.sport, dst: f.dst, dport: 443, proto: "TCP", id: flowID(r)}
		when := c.resolve(q, r, at, u.ip, name, "A", f.dst)
		c.finish(q, r, when, &f, &w, "tls", 0.1)
	}
	return at
}
