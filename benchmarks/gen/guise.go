package gen

// guises are people who are not who they say they are. Like inroads, diversions and harms they were written from what was told in public up to the
// spring of 2026, of what happens to councils, schools, clinics and small firms, without a look at what detection can see.
func guises() []kind {
	return []kind{
		{"helpdesk-reset", 2, (*attack).helpdeskReset},
		{"hired-imposter", 4, (*attack).hiredImposter},
		{"qr-phish", 3, (*attack).qrPhish},
		{"pupil-guessing", 3, (*attack).pupilGuessing},
	}
}

// helpdeskReset (T1566.004, T1656, T1078, T1018, T1083, T1003.003, T1567.002): somebody calls the help desk in the name of a member of staff and is
// given a new password and token. Minutes later he comes in by a hired home in this country, reads the directory, searches shares and mail for how to
// get further, draws the controller's accounts and in the night sends a server's files to a bucket at Amazon (AA23-320A as of July 2025, of Scattered
// Spider; NCSC, May 2025, after Marks and Spencer, the Co-op and Harrods).
func (a *attack) helpdeskReset() {
	a.weekdays()
	c, r, u, uk := a.c, a.r, a.victim(), countryNamed("United Kingdom")
	a.step("call")
	at := c.reset(a.q, r, a.between(9*hour+30*minute, 16*hour), pick(r, c.admins), u)
	a.step("enter")
	at += r.span(6*minute, 0.4)
	length := r.span(3*hour, 0.2)
	inside := a.tunnel(at, u.login, uk.addr(r), uk, length)
	a.step("search")
	at += r.span(4*minute, 0.4)
	for range r.between(6, 10) {
		a.reach(at, u, inside, pick(r, []string{"dc01", "dc01", "dc02"}), 389, "LDAP", 900_000)
		at += r.span(40*second, 0.6)
	}
	for range r.between(12, 24) {
		if r.chance(0.4) {
			a.reach(at, u, inside, "mail01", 443, "HTTPS", 900_000)
		} else {
			a.reach(at, u, inside, "fs01", 445, "SMB", 6e6)
		}
		at += r.span(4*minute, 0.6)
	}
	a.step("accounts")
	for _, role := range []string{"jump01", "dc01"} {
		a.reach(at, u, inside, role, 3389, "RDP", 8e6)
		at += r.span(10*minute, 0.4)
	}
	a.reach(at, u, inside, "dc01", 445, "SMB", 7e7)
	a.step("copy")
	where := countryNamed("United Kingdom")
	name, edge := pick(r, webWords)+"-"+r.letters(5)+".s3.eu-west-2.amazonaws.com", []addr{where.addr(r), where.addr(r), where.addr(r)}
	at = a.between(21*hour, 24*hour)
	for range r.between(12, 24) {
		a.beyond(at, c.servers["fs01"].ip, nil, pick(r, edge), where, name, 443, 300, 7e8, 3e6)
		at += r.span(5*minute, 0.5)
	}
}

// hiredImposter (T1078, T1656, T1219, T1213, T1567.002): a new man of a supplier was never seen in person. The laptop that he was sent stands in
// somebody's home in this country, where others work with it from far away; he does his work, at the hours of the office, and on his last day draws
// all code, tables and files that he can reach, to sell them back (FBI, PSA of 23 January 2025; Google, April 2025, of North Korea's workers in
// Europe, with laptops in London).
func (a *attack) hiredImposter() {
	c, r, uk := a.c, a.r, countryNamed("United Kingdom")
	u, admin := user{login: "ext-" + pick(r, webWords), dept: "Suppliers", remote: true}, pick(r, c.admins)
	home := uk.addr(r)
	a.step("hire")
	begun, last := false, a.day+3*day
	for weekday(last) > 4 {
		last -= day
	}
	for today := a.day; today <= last; today += day {
		if weekday(today) > 4 {
			continue
		}
		grade := 1.0
		if today == last { // of all that is there and not of what he works at
			grade = 200
		}
		at := today + 7*hour + r.Int64N(hour)
		if !begun {
			begun = true
			at += 2 * hour
			a.q.put(at, c.fgt.admin(a.q.buf(), at, admin.login, admin.ip, true))
			at += r.span(2*minute, 0.4)
			a.q.put(at, c.fgt.configured(a.q.buf(), r, at, admin.login, "GUI("+admin.ip.String()+")", "Add", "user.local", u.login, "type[password]passwd[*]two-factor[fortitoken]"))
			at += r.span(minute, 0.4)
			a.q.put(at, c.fgt.admin(a.q.buf(), at, admin.login, admin.ip, false))
			at += r.span(20*minute, 0.4)
		}
		length := today + 17*hour + r.Int64N(hour) - at
		a.step("work")
		inside := a.tunnel(at, u.login, home, uk, length)
		for range r.between(8, 14) {
			when := at + minute + r.Int64N(length)
			switch r.IntN(3) {
			case 0:
				a.reach(when, &u, inside, "revben01", 22, "SSH", 200_000*grade)
			case 1:
				a.reach(when, &u, inside, "db01", 5432, "tcp/5432", 400_000*grade)
			default:
				a.reach(when, &u, inside, "fs01", 445, "SMB", 900_000*grade)
			}
		}
	}
}

// qrPhish (T1566.001, T1660, T1557, T1539, T1078): mails bring a document with a square to photograph, so that the link is opened on a telephone, on
// the guests' network and beyond every filter. The page passes the login on; within the hour somebody abroad reads mail as its owners, and comes back
// (NCSC, January 2024; Microsoft, October 2024, of fifteen thousand such mails a day to schools).
func (a *attack) qrPhish() {
	a.weekdays()
	c, r := a.c, a.r
	dst, where := a.lair()
	name := pick(r, webWords) + pick(r, webNouns) + pick(r, []string{".com", ".online", ".site"})
	a.step("mail")
	at := a.between(7*hour, 12*hour)
	for range r.between(12, 40) {
		a.deliver(at, dst+1, where, 25, "SMTP", r.skewed(130_000, 0.05))
		at += r.span(15*second, 0.7)
	}
	thief := countryNamed(pick(r, []string{"United States", "Netherlands", "Nigeria", "South Africa", "Germany", "Romania"}))
	from := []addr{thief.addr(r), thief.addr(r)}
	for range r.between(2, 4) {
		a.step("photograph")
		n, when := r.IntN(60), at+r.span(50*minute, 0.7)
		phone := flow{
			src: ip(10, c.net, 200, 10+n), dst: dst, dport: 443, proto: 6, policy: polGuest, action: "close", service: "HTTPS", mac: 0x9e0000_000000 | uint64(r.IntN(1<<32)),
			from: "Reserved", to: where.name, nat: c.public + 4,
		}
		when = c.resolve(a.q, r, when, phone.src, name, "A", dst)
		for range r.between(2, 5) {
			phone.sport, phone.seconds = r.ephemeral(), uint64(r.skewed(40, 0.5))
			phone.sent, phone.rcvd = uint64(r.skewed(6_000, 0.4)), uint64(r.skewed(50_000, 0.4))
			w := wire{src: phone.src, sport: phone.sport, dst: dst, dport: 443, proto: "TCP", id: flowID(r)}
			if r.chance(0.4) {
				a.q.put(when, eveTLS(a.q.buf(), r, when, &w, name, name))
			}
			c.finish(a.q, r, when, &phone, &w, "tls", 0.1)
			when += r.span(20*second, 0.4)
		}
		for _, step := range []string{"read", "return"} {
			a.step(step)
			when += r.span(25*minute, 0.5)
			for range r.between(3, 6) {
				c.webmail(a.q, r, when, pick(r, from), thief, r.skewed(300, 0.4), r.skewed(50_000, 0.4), r.skewed(2.2e6, 0.5))
				when += r.span(7*minute, 0.5)
			}
			when += r.span(9*hour, 0.2)
		}
	}
}

// pupilGuessing (T1110.001, T1078.002, T1213, T1565.001): in the hour of lunch somebody at another's machine tries what colleagues might have for a
// password, two or three times each, until one fits; then he looks at everybody in the list, and changes some. It is how the Information Commissioner
// (September 2025) found most of schools' own pupils in: of 215 incidents more than half were theirs, with records of 1,400 and of 9,000 people.
func (a *attack) pupilGuessing() {
	a.weekdays()
	c, r, desk := a.c, a.r, a.clerk()
	d := deed{from: desk.ip, action: "login", outcome: "failure"}
	at := a.between(12*hour, 14*hour)
	say := func(action, ref string, rows uint64) {
		d.action, d.ref, d.rows, d.ms = action, ref, rows, uint64(r.skewed(100, 0.4))
		a.q.put(at, revben(a.q.buf(), at, c.servers["revben01"].host, &d))
	}
	a.step("guess")
	for range r.between(4, 9) {
		d.user = c.users[r.IntN(len(c.users))].login
		for range r.between(1, 3) {
			say("login", "", 0)
			at += r.span(14*second, 0.5)
		}
	}
	d.outcome = "success"
	say("login", "", 0)
	a.step("look")
	for range r.between(25, 60) {
		at += r.span(25*second, 0.7)
		switch x := r.Float64(); {
		case x < 0.2:
			say("search", "", uint64(r.between(20, 400)))
		case x < 0.85:
			say(pick(r, []string{"view_account", "view_claim", "view_document"}), reference(r.IntN(68_000)), 1)
		default:
			say(pick(r, []string{"update_account", "add_note", "update_claim"}), reference(r.IntN(68_000)), 1)
		}
	}
}
