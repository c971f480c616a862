package gen

// frauds are deeds for money or out of curiosity, done with an account that may do them.
func frauds() []kind {
	return []kind{
		{"record-snooping", 4, (*attack).recordSnooping},
		{"payment-diversion", 1, (*attack).paymentDiversion},
		{"mailbox-fraud", 1, (*attack).mailboxFraud},
	}
}

// clerk is a member of staff who works with the revenues and benefits application.
func (a *attack) clerk() *user {
	u := a.victim()
	for tries := 0; u.dept != "RevsBens" && u.dept != "CustomerServices" && u.dept != "Finance" && tries < 200; tries++ {
		u = a.victim()
	}
	return u
}

// reference is the number of a resident's account.
func reference(number int) string { return "CT" + string(pad(nil, int64(number), 7)) }

// recordSnooping (T1213): a member of staff looks up the neighbours: on some working days, between other work, one account of the same street
// after the other, to read and never to change anything. The Information Commissioner prosecuted an officer of Stockport Homes for 67 such
// looks in 2019; 26 council staff were dismissed for theirs in one year (The Register, June 2010).
func (a *attack) recordSnooping() {
	c, r, u := a.c, a.r, a.clerk()
	street := r.between(100, 67_000)
	a.step("look")
	for today := a.day; today < a.day+4*day; today += day {
		if weekday(today) > 4 {
			continue
		}
		at := today + 9*hour + r.Int64N(5*hour)
		d := deed{user: u.login, from: u.ip, action: "search", rows: uint64(r.between(20, 45)), ms: uint64(r.skewed(160, 0.4)), outcome: "success"}
		a.q.put(at, revben(a.q.buf(), at, c.servers["revben01"].host, &d))
		d.rows = 1
		for range r.between(8, 18) {
			at += r.span(50*second, 0.7)
			d.action, d.ref, d.ms = pick(r, []string{"view_account", "view_account", "view_account", "view_claim", "view_document"}), reference(street+r.IntN(40)), uint64(r.skewed(90, 0.7))
			a.q.put(at, revben(a.q.buf(), at, c.servers["revben01"].host, &d))
		}
	}
}

// paymentDiversion (T1657, T1078, T1133): with the stolen account of a clerk somebody comes in from a hired home in this country, looks for
// accounts that are in credit, gives each a bank account of his own and has the credit paid back: what the FBI's alerts on diverted payroll
// describe, with residents in place of employees.
func (a *attack) paymentDiversion() {
	c, r, u := a.c, a.r, a.clerk()
	uk := countryNamed("United Kingdom")
	a.step("enter")
	at := a.between(17*hour+30*minute, 21*hour)
	inside := a.tunnel(at, u.login, uk.addr(r), uk, r.span(2*hour, 0.1))
	d := deed{user: u.login, from: inside, action: "login", outcome: "success"}
	at += r.span(2*minute, 0.4)
	say := func(action, ref string, rows uint64) {
		d.action, d.ref, d.rows, d.ms = action, ref, rows, uint64(r.skewed(100, 0.5))
		a.q.put(at, revben(a.q.buf(), at, c.servers["revben01"].host, &d))
		at += r.span(40*second, 0.6)
	}
	say("login", "", 0)
	a.step("divert")
	for range r.between(12, 22) {
		if r.chance(0.4) {
			say("search", "", uint64(r.between(1, 30)))
		}
		ref := reference(r.IntN(68_000))
		say("view_account", ref, 1)
		say("change_bank_details", ref, 1)
		if r.chance(0.7) {
			say("refund", ref, 1)
		}
		if r.chance(0.4) {
			a.reach(at, u, inside, "revben01", 8443, "tcp/8443", 30_000)
		}
	}
	say("logout", "", 0)
}

// mailboxFraud (T1586.002, T1534, T1566.002): a mailbox is taken; somebody abroad draws its addresses and sends all of them the same mail by
// the council's own relay within an hour or two, and those who have left or are away answer. Havant's council reported it in August 2021;
// Microsoft and Darktrace describe hundreds to thousands of mails from one mailbox.
func (a *attack) mailboxFraud() {
	c, r := a.c, a.r
	host := c.servers["mail01"].ip
	from, where := a.lair()
	a.step("read")
	at := a.between(7*hour, 15*hour)
	web := func(sent, rcvd float64) {
		f := flow{
			src: from, sport: r.ephemeral(), dst: host, dport: 443, proto: 6, policy: polMailIn, action: "close", service: "HTTPS", from: where.name, to: "Reserved",
			seconds: uint64(r.skewed(240, 0.5)), sent: uint64(r.skewed(sent, 0.4)), rcvd: uint64(r.skewed(rcvd, 0.4)),
		}
		w := wire{src: from, sport: f.sport, dst: host, dport: 443, proto: "TCP", id: flowID(r)}
		c.finish(a.q, r, at, &f, &w, "tls", 0.15)
		at += r.span(5*minute, 0.5)
	}
	for range r.between(3, 6) {
		web(30_000, 2.5e6)
	}
	a.step("send")
	web(3e6, 400_000)
	for range 350 {
		to := c.web.visit(r, 0.1)
		f := flow{
			src: host, sport: r.ephemeral(), dst: to.addr(r), dport: 25, proto: 6, policy: polOut, action: "close", service: "SMTP", from: "Reserved", to: to.country.name,
			nat: c.public, seconds: uint64(r.skewed(4, 0.7)), sent: uint64(r.skewed(46_000, 0.05)), rcvd: 1200,
		}
		sent := at
		if r.chance(0.5) {
			sent = c.resolve(a.q, r, at, host, to.name, "MX", f.dst)
		}
		w := wire{src: host, sport: f.sport, dst: f.dst, dport: 25, proto: "TCP", id: flowID(r)}
		c.finish(a.q, r, sent, &f, &w, "smtp", 0.25)
		if r.chance(0.15) { // nobody there, or away
			f.src, f.dst, f.from, f.to, f.policy, f.nat = f.dst, host, f.to, "Reserved", polMailIn, 0
			f.sport, f.sent = r.ephemeral(), uint64(r.skewed(9_000, 0.4))
			w = wire{src: f.src, sport: f.sport, dst: host, dport: 25, proto: "TCP", id: flowID(r)}
			c.finish(a.q, r, sent+r.span(20*second, 0.8), &f, &w, "smtp", 0.25)
		}
		at += r.span(12*second, 0.8)
	}
}
