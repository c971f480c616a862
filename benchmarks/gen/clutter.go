package gen

// clutter is what no network of some age is without: machines that ask what they may not, names that do not exist, people who search with
// an apostrophe, administrators at remote desktops and with passwords, suppliers who look at a screen. None of it is an attack, and each is
// like the beginning of one.
func (l *life) clutter() {
	office, flat, home := officeHours(), always(), homeHours()
	l.often(0.012, 4, flat, l.stray)
	l.often(0.014, 6, office, l.nameless)
	l.often(0.012, 3, office, l.peers)
	l.often(0.006, 2, home, l.search)
	l.often(0.003, 1, office, l.desktop)
	l.often(0.003, 4, office, l.password)
	l.often(0.003, 5, office, l.help)
	l.every(day, 22*hour+30*minute, 10*minute, l.bureau)
	l.custom()
}

// stray is a machine that tries again and again for what was moved, switched off or forbidden: an old drive, a printer, an agent of somebody
// who has gone.
func (l *life) stray(at int64) {
	r, c := l.r, l.c
	i := min(int(r.ExpFloat64()*12), len(c.users)-1)
	u := &c.users[i]
	habit := newRNG(uint64(i), "stray "+c.name)
	f := flow{
		src: u.ip, dst: ip(10, c.net, habit.IntN(6), 100+habit.IntN(100)), proto: 6, policy: polInside, action: "deny", user: u, mac: u.mac, from: "Reserved", to: "Reserved",
	}
	if r.chance(0.1) {
		f.dst = ip(10, c.net, r.IntN(20), r.between(2, 250))
	}
	f.dport = pick(habit, []uint16{445, 139, 9100, 3389, 8080, 1433, 5985, 7680, 80, 22})
	f.service = "tcp/" + number(uint64(f.dport))
	for range r.between(2, 6) {
		f.sport = r.ephemeral()
		l.q.put(at, c.fgt.traffic(l.q.buf(), r, at, &f))
		at += r.span(4*second, 0.8)
	}
}

// nameless are questions for names that do not exist: three of random letters with which browsers find out whether somebody answers for
// everything, a name that was mistyped, one that was given up.
func (l *life) nameless(at int64) {
	r, c, u := l.r, l.c, l.c.staff(l.r)
	var names []string
	switch r.IntN(3) {
	case 0:
		for range 3 {
			names = append(names, r.letters(r.between(7, 15))+"."+c.domain)
		}
	case 1:
		name := c.web.visit(r, 0.02).name
		cut := r.between(1, len(name)-2)
		names = []string{name[:cut] + name[cut+1:]}
	default:
		names = []string{pick(r, []string{"wpad.", "isatap.", "oldfs.", "print-old.", "intranet2.", "sccm."}) + c.domain}
	}
	for _, name := range names {
		c.unknown(l.q, r, at, u.ip, name)
		at += r.span(second/5, 0.5)
	}
}

// unknown writes a question for a name that does not exist, and that answer.
func (c *council) unknown(q *queue, r rng, at int64, client addr, name string) {
	w := wire{src: client, sport: r.ephemeral(), dst: c.servers["dc01"].ip, dport: 53, proto: "UDP", id: flowID(r)}
	id := uint64(r.IntN(65536))
	q.put(at, eveDNSQuery(q.buf(), at, &w, id, name, "A"))
	at += r.span(30*second/1000, 0.5)
	w.src, w.dst, w.sport, w.dport = w.dst, w.src, w.dport, w.sport
	q.put(at, eveDNSAnswer(q.buf(), at, &w, id, name, "A", "NXDOMAIN", 0, nil))
}

// peers are workstations that give each other the pieces of an update.
func (l *life) peers(at int64) {
	u := l.c.staff(l.r)
	for range l.r.between(1, 5) {
		l.c.between(l.q, l.r, at, polServers, u, l.c.staff(l.r).ip, 7680, "tcp/7680", 40, 8_000, 4e6)
		at += l.r.span(30*second, 0.8)
	}
}

// between writes a connection from a workstation to a machine inside, at its end.
func (c *council) between(q *queue, r rng, at int64, policy int, u *user, dst addr, port uint16, service string, seconds, sent, rcvd float64) {
	f := flow{
		src: u.ip, sport: r.ephemeral(), dst: dst, dport: port, proto: 6, policy: policy, action: "close", service: service, user: u, mac: u.mac,
		from: "Reserved", to: "Reserved", seconds: uint64(r.skewed(seconds, 0.8)), sent: uint64(r.skewed(sent, 1)), rcvd: uint64(r.skewed(rcvd, 1)),
	}
	end := at + int64(f.seconds)*second + r.nanos()
	q.put(end, c.fgt.traffic(q.buf(), r, end, &f))
}

// search is somebody who looks for an application at the portal by street or name.
func (l *life) search(at int64) {
	r, c := l.r, l.c
	q := request{
		client: c.web.country(r).addr(r), method: "GET", status: 200, bytes: uint64(r.skewed(16_000, 0.8)), ms: uint64(r.skewed(140, 0.8)),
		agent: browsers[min(int(r.ExpFloat64()*3), len(browsers)-1)], event: "request",
	}
	for range r.between(1, 3) {
		what := pick(r, webWords) + "+" + pick(r, []string{"road", "street", "lane", "close", "avenue"})
		if r.chance(0.2) {
			what = pick(r, []string{"O%27", "D%27"}) + pick(r, lastNames)
		}
		q.path = "/applications/search?q=" + what
		l.q.put(at, portal(l.q.buf(), r, at, c.servers["web01"].host, &q))
		at += r.span(20*second, 0.7)
	}
}

// desktop is an administrator at a server of Windows.
func (l *life) desktop(at int64) {
	u, to := pick(l.r, l.c.admins), l.c.servers[pick(l.r, []string{"dc01", "dc02", "print01", "print01", "mail01", "nvr01"})]
	l.c.between(l.q, l.r, at, polManage, u, to.ip, 3389, "RDP", 900, 600_000, 1.2e7)
}

// password is an administrator without a key at hand.
func (l *life) password(at int64) {
	r, c, u := l.r, l.c, pick(l.r, l.c.admins)
	s, pid := pick(r, c.linux), process(r)
	if r.chance(0.2) {
		l.q.put(at, s.failed(l.q.buf(), at, pid, u.login, true, u.ip, r.ephemeral()))
		at += r.span(5*second, 0.4)
	}
	l.q.put(at, s.accepted(l.q.buf(), at, pid, "password", u.login, u.ip, r.ephemeral(), ""))
	l.q.put(at+second/100, s.opened(l.q.buf(), at+second/100, "sshd", pid, "sshd", u.login, u.uid, u.login, 0))
	end := at + minute + r.span(6*minute, 0.8)
	c.asRoot(l.q, r, at+30*second, s, u, l.chore())
	l.q.put(end, s.ended(l.q.buf(), end, "sshd", pid, "sshd", u.login))
}

// help is a supplier who looks at somebody's screen, by one of the two tools that the council lets be used.
func (l *life) help(at int64) {
	r, c := l.r, l.c
	u, tool := c.staff(r), newRNG(uint64(r.IntN(2)), "help "+c.name)
	s := website{
		name: "relay" + number(uint64(r.IntN(30))) + "." + pick(tool, webWords) + "assist.example", org: "Assist Ltd", country: countryNamed("Germany"),
		category: &categories[0], app: &applications[0], median: 2e6,
	}
	s.addrs = []addr{s.country.addr(tool), s.country.addr(tool), s.country.addr(tool)}
	for range r.between(1, 4) {
		c.surf(l.q, r, at, u, &s)
		at += r.span(7*minute, 0.5)
	}
}

// bureau is the evening's files for the printers of letters and for the bank: by SSH, to where they always go.
func (l *life) bureau(at int64) {
	r, c := l.r, l.c
	from := c.servers["revben01"]
	for _, name := range []string{"print", "bank"} {
		place := newRNG(11, name+" "+c.name)
		f := flow{
			src: from.ip, sport: r.ephemeral(), dst: countryNamed("United Kingdom").addr(place), dport: 22, proto: 6, policy: polOut, action: "close", service: "SSH",
			from: "Reserved", to: "United Kingdom", nat: c.public, seconds: uint64(r.skewed(90, 0.4)), sent: uint64(r.skewed(1.5e8, 0.5)), rcvd: uint64(r.skewed(200_000, 0.3)),
		}
		w := wire{src: f.src, sport: f.sport, dst: f.dst, dport: 22, proto: "TCP", id: flowID(r)}
		c.finish(l.q, r, at, &f, &w, "ssh", 0.5)
		at += r.span(10*minute, 0.5)
	}
}
