package gen

// leaks are what goes to somebody it was not meant for: settings, mail, keystrokes, files.
func leaks() []kind {
	return []kind{
		{"config-theft", 1, (*attack).configTheft},
		{"mail-forwarding", 4, (*attack).mailForwarding},
		{"keylogger", 4, (*attack).keylogger},
		{"exchange-theft", 1, (*attack).exchangeTheft},
		{"mail-takeaway", 4, (*attack).mailTakeaway},
	}
}

// configTheft (T1190, T1602.002, T1136.001): the firewall lets its maker's cloud vouch for administrators, and takes a forged word for it. Within seconds a program
// from a rented host logs in, has the whole configuration sent to itself and leaves an account or two (Arctic Wolf, December 2025 and January 2026;
// CVE-2025-59718, CVE-2026-24858).
func (a *attack) configTheft() {
	c, r := a.c, a.r
	from, where := a.lair()
	login := pick(r, []string{"cloud-init", "cloud-noc", "admin", "support"}) + "@" + pick(r, []string{"mail.io", "forticloud.example"})
	a.step("enter")
	at := a.between(0, 23*hour)
	web := func(seconds, sent, rcvd uint64) {
		f := flow{
			src: from, sport: r.ephemeral(), dst: c.public, dport: 443, proto: 6, policy: polLocal, action: "close", service: "HTTPS", from: where.name, to: "United Kingdom",
			seconds: seconds, sent: sent, rcvd: rcvd,
		}
		end := at + int64(seconds)*second
		a.q.put(end, c.fgt.traffic(a.q.buf(), r, end, &f))
	}
	web(4, 9_000, 30_000)
	at += r.span(2*second, 0.3)
	a.q.put(at, c.fgt.signOn(a.q.buf(), at, login, from, c.public))
	a.step("draw")
	at += r.span(2*second, 0.3)
	a.q.put(at, c.fgt.downloaded(a.q.buf(), at, login, from))
	web(2, 4_000, uint64(r.skewed(450_000, 0.3)))
	a.step("account")
	names := []string{"secadmin", "itadmin", "support", "backup", "remoteadmin", "audit"}
	r.Shuffle(len(names), func(i, j int) { names[i], names[j] = names[j], names[i] })
	for _, name := range names[:r.between(1, 2)] {
		at += r.span(2*second, 0.3)
		a.q.put(at, c.fgt.configured(a.q.buf(), r, at, login, "GUI("+from.String()+")", "Add", "system.admin", name, "password[*]accprofile[super_admin]vdom[root]"))
	}
}

// mailForwarding (T1114.003, T1078): somebody with a stolen password has been at a mailbox for some minutes and left a rule. From then on whatever comes for
// its owner goes on to a mailbox at a free provider, seconds later, for days (FBI, PIN 20201125-001; most reports on fraud by mail since).
func (a *attack) mailForwarding() {
	c, r, host := a.c, a.r, a.c.servers["mail01"].ip
	from, where := a.lair()
	a.step("rule")
	at := a.between(0, 20*hour)
	f := flow{
		src: from, sport: r.ephemeral(), dst: host, dport: 443, proto: 6, policy: polMailIn, action: "close", service: "HTTPS", from: where.name, to: "Reserved",
		seconds: uint64(r.skewed(400, 0.3)), sent: uint64(r.skewed(60_000, 0.3)), rcvd: uint64(r.skewed(2.5e6, 0.4)),
	}
	w := wire{src: from, sport: f.sport, dst: host, dport: 443, proto: "TCP", id: flowID(r)}
	c.finish(a.q, r, at, &f, &w, "tls", 0.15)
	a.step("forward")
	office, box := officeHours(), a.provider()
	for end := a.day + 3*day + 18*hour; at < end; at += r.span(7*minute, 0.8) {
		if week := int64(weekday(at))*day + at%day; r.chance(office.value(week) / office.peak) {
			a.post(at, box, r.skewed(38_000, 1.4))
		}
	}
}

// provider is one that gives mailboxes to everybody.
func (a *attack) provider() *website {
	s := a.c.web.invent(a.r)
	s.name, s.country = "mx."+pick(a.r, []string{"mail", "post", "inbox"})+a.r.letters(3)+".example", countryNamed(pick(a.r, []string{"Germany", "United States", "Netherlands"}))
	s.addrs = []addr{s.country.addr(a.r), s.country.addr(a.r)}
	return &s
}

// post writes a message that goes out.
func (a *attack) post(at int64, to *website, size float64) {
	r, host := a.r, a.c.servers["mail01"].ip
	dst := to.addr(r)
	if r.chance(0.5) {
		at = a.c.resolve(a.q, r, at, host, to.name, "MX", dst)
	}
	a.call(at, host, nil, dst, to.country, 25, "SMTP", 4, size+1_500, 1_200)
}

// keylogger (T1056.001, T1113, T1016, T1567, T1102): an order in a mail's attachment was none. The program first asks a page which address it has, with an old
// browser's name, and where that is; then it hands what was typed and pictures of the screen to a bot at Telegram, each time some minutes
// later, while its owner works (Fortinet, February 2025, of Snake).
func (a *attack) keylogger() {
	r, u := a.r, a.victim()
	asked, chat := countryNamed("United States"), countryNamed("Netherlands")
	to := chat.addr(r)
	pause := pick(r, []int64{10 * minute, 20 * minute, 30 * minute})
	for _, today := range a.twoDays() {
		a.step("ask")
		at := today + 8*hour + r.Int64N(90*minute)
		dst := asked.addr(r)
		at = a.c.resolve(a.q, r, at, u.ip, "checkip.dyndns.org", "A", dst)
		w := wire{src: u.ip, sport: r.ephemeral(), dst: dst, dport: 80, proto: "TCP", id: flowID(r)}
		a.q.put(at, eveHTTP(a.q.buf(), at, &w, "checkip.dyndns.org", "/", "Mozilla/4.0 (compatible; MSIE 6.0; Windows NT 5.2; .NET CLR1.0.3705;)", "text/html", 104))
		a.call(at, u.ip, u, dst, asked, 80, "HTTP", 1, 500, 700)
		a.beyond(at+second, u.ip, u, asked.addr(r), asked, "reallyfreegeoip.org", 443, 1, 900, 5_000)
		a.step("send")
		at = a.c.resolve(a.q, r, at+2*second, u.ip, "api.telegram.org", "A", to)
		for end := today + 17*hour; at < end; at += pause + r.Int64N(20*second) {
			a.beyond(at, u.ip, u, to, chat, "api.telegram.org", 443, 2, pick(r, []float64{4_000, 4_000, 160_000}), 6_500)
		}
	}
}

// exchangeTheft (T1078, T1133, T1213, T1048.001): the password of a partner of the file exchange stood among those that a stealer had sold years ago, and was never
// changed. Somebody logs in with it by a rented host, lists what is there and draws it, and comes back from another address for the rest
// (Mandiant, June 2024, of UNC5537 at customers of Snowflake).
func (a *attack) exchangeTheft() {
	c, r, s := a.c, a.r, a.c.servers["sftp01"]
	u := user{login: pick(r, webWords) + "-" + pick(r, []string{"housing", "care", "nhs", "school", "bank"}), uid: uint64(r.between(1_200, 1_290))}
	_, where := a.lair()
	visit := func(at int64, seconds, rcvd float64) {
		f := flow{
			src: where.addr(r), sport: r.ephemeral(), dst: s.ip, dport: 22, proto: 6, policy: polSFTP, action: "close", service: "SSH", from: where.name, to: "Reserved",
			seconds: uint64(r.skewed(seconds, 0.3)), sent: uint64(r.skewed(rcvd/60+9_000, 0.2)), rcvd: uint64(r.skewed(rcvd, 0.3)),
		}
		pid := process(r)
		a.q.put(at, s.accepted(a.q.buf(), at, pid, "password", u.login, f.src, f.sport, ""))
		a.q.put(at+second/200, s.opened(a.q.buf(), at+second/200, "sshd", pid, "sshd", u.login, u.uid, u.login, 0))
		end := at + int64(f.seconds)*second
		a.q.put(end, s.ended(a.q.buf(), end, "sshd", pid, "sshd", u.login))
		a.q.put(end, c.fgt.traffic(a.q.buf(), r, end, &f))
	}
	a.step("list")
	at := a.between(0, 16*hour)
	visit(at, 90, 120_000)
	a.step("draw")
	for range r.between(3, 6) {
		at += r.span(50*minute, 0.5)
		visit(at, 1_100, 1.1e9)
	}
}

// mailTakeaway (T1114, T1048.003): somebody who is about to leave sends lists of residents to a private mailbox, about a dozen mails with a sheet in each, on two
// afternoons at work: Leicester City Council's 349 clients of social care (Information Commissioner, October 2017), the Rochdale Connections
// Trust's eleven mails (November 2017).
func (a *attack) mailTakeaway() {
	r, u := a.r, a.victim()
	box := a.provider()
	sizes := []float64{90_000, 300_000, 700_000, 2.4e6}
	for _, today := range a.twoDays() {
		at := today + 14*hour + r.Int64N(2*hour)
		a.step("take")
		for range r.between(4, 8) {
			size := r.skewed(pick(r, sizes), 0.3)
			a.within(at, u.ip, u, a.c.servers["mail01"].ip, 443, "HTTPS", 40, size, 60_000)
			at += r.span(5*second, 0.5)
			a.post(at, box, size*1.37)
			at += r.span(6*minute, 0.8)
		}
	}
}

// twoDays are the midnights before the next two days of work.
func (a *attack) twoDays() []int64 {
	a.weekdays()
	if weekday(a.day) == 4 {
		return []int64{a.day, a.day + 3*day}
	}
	return []int64{a.day, a.day + day}
}
