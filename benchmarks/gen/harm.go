package gen

// harms are done to what a council has or owes to others.
func harms() []kind {
	return []kind{
		{"device-wipe", 1, (*attack).deviceWipe},
		{"logic-bomb", 4, (*attack).logicBomb},
		{"benefit-fraud", 4, (*attack).benefitFraud},
		{"tv-box-flood", 3, (*attack).tvBoxFlood},
	}
}

// deviceWipe (T1078.004, T1136.003, T1072, T1485): somebody who may order what the machines' management does orders all machines to empty themselves.
// Those that are on in the early morning ask, obey, and wake up under a name by chance without an owner (Stryker, 11 March 2026, five to eight
// o'clock UTC, some eighty thousand machines by Microsoft's Intune, without a program of anybody's).
func (a *attack) deviceWipe() {
	c, r := a.c, a.r
	service := manager("r.manage.microsoft.com")
	begin := a.between(5*hour, 6*hour)
	for _, i := range r.Perm(len(c.users))[:min(len(c.users)/3, 50)] {
		u, at := &c.users[i], begin+r.Int64N(2*hour)
		a.step("order")
		for range r.between(1, 3) {
			a.beyond(at, u.ip, u, service.addr(r), service.country, service.name, 443, 3, 6_000, 14_000)
			at += r.span(30*second, 0.5)
		}
		a.step("empty")
		c.fresh(a.q, r, at+r.span(22*minute, 0.3), u)
	}
}

// logicBomb (T1053.003, T1531, T1499.004, T1485): an administrator who fears for his place has left a job that asks the directory each hour whether
// his account is still there. On the next day of work it is not: nobody's login to the application is right any more, and what it runs on dies again
// and again of a loop without an end, for as long as it takes to find the job (Department of Justice, August 2025, of an engineer of Eaton's; it fell
// on 9 September 2019).
func (a *attack) logicBomb() {
	c, r, u := a.c, a.r, pick(a.r, a.c.admins)
	s, jump := c.servers["revben01"], c.servers["jump01"]
	days := a.twoDays()
	a.step("leave")
	at := days[0] + 10*hour + r.Int64N(6*hour)
	c.shell(a.q, r, at, jump, u, u.ip, nil, 30*minute)
	at += r.span(minute, 0.4)
	c.managed(a.q, r, at, jump, s, 22, "SSH", 900, 300_000, 60_000)
	script := "/opt/revben/bin/" + pick(r, []string{"sync-staff", "check-licence", "refresh-roles"})
	c.shell(a.q, r, at, s, u, jump.ip, []string{"/usr/bin/vim " + script, "/usr/bin/chmod 755 " + script, "/usr/bin/crontab -u revben -e"}, 14*minute)
	fires := days[1] + 9*hour + r.Int64N(5*hour)
	a.step("ask")
	fires += 7*minute - fires%hour
	for at += hour + 7*minute - at%hour; at <= fires; at += hour {
		pid, when := process(r), at+second+r.Int64N(second/2)
		a.q.put(when, s.opened(a.q.buf(), when, "CRON", pid, "cron", "revben", 0, "root", 0))
		a.q.put(when+second/1000, s.cron(a.q.buf(), when+second/1000, pid+1, "revben", script+" --quiet"))
		a.within(when+second/10, s.ip, nil, c.servers["dc01"].ip, 389, "LDAP", 1, 900, 1_400)
		a.q.put(when+2*second, s.ended(a.q.buf(), when+2*second, "CRON", pid, "cron", "revben"))
	}
	a.step("lock")
	until := fires + 90*minute + r.Int64N(2*hour)
	for at = fires + minute; at < until; at += r.span(70*second, 0.8) {
		d := deed{user: c.users[r.IntN(len(c.users))].login, action: "login", outcome: "failure"}
		for i := range c.users {
			if c.users[i].login == d.user {
				d.from = c.users[i].ip
			}
		}
		when := at
		for range r.between(1, 3) {
			d.ms = uint64(r.skewed(140, 0.3))
			a.q.put(when, revben(a.q.buf(), when, s.host, &d))
			when += r.span(15*second, 0.5)
		}
	}
	a.step("die")
	nth := uint64(0)
	for at = fires + 4*minute; at < until; at += r.span(8*minute, 0.4) {
		nth++
		c.fail(a.q, r, at, s, duties()["revben01"][0], nth)
	}
}

// benefitFraud (T1657, T1565.001, T1078): an assessor makes up claims for houses that are there, gives each an account of a helper's, grants them,
// and sees to it that no letter goes to the door: some each day, among ordinary work, under his own name and at his own desk (Crown Prosecution
// Service, March 2019: seven assessors of Lambeth, Kingston and Barking and Dagenham, a million pounds in six years).
func (a *attack) benefitFraud() {
	c, r, u := a.c, a.r, a.clerk()
	d := deed{user: u.login, from: u.ip, outcome: "success"}
	for today := a.day; today < a.day+4*day; today += day {
		if weekday(today) > 4 {
			continue
		}
		at := today + 9*hour + r.Int64N(2*hour)
		say := func(action, ref string, rows uint64) {
			d.action, d.ref, d.rows, d.ms = action, ref, rows, uint64(r.skewed(95, 0.6))
			a.q.put(at, revben(a.q.buf(), at, c.servers["revben01"].host, &d))
			at += r.span(2*minute, 0.7)
		}
		for range r.between(2, 5) {
			a.step("make up")
			ref := reference(r.IntN(68_000))
			say("search", "", uint64(r.between(1, 12)))
			say("view_account", ref, 1)
			say("update_claim", ref, 1)
			say("change_bank_details", ref, 1)
			a.step("grant")
			say("view_claim", ref, 1)
			say("update_claim", ref, 1)
			if r.chance(0.5) {
				say("add_note", ref, 1)
			}
			at += r.span(50*minute, 0.6)
		}
	}
}

// tvBoxFlood (T1195.002, T1584.005, T1496.002, T1572, T1498.001): a cheap box behind the screen in the library came with somebody's program in it. On
// the guests' network it asks public resolvers under encryption for its master, serves strangers as a way out most of the time, and some times a day
// sends all that it can at one address for a minute or two (XLab, December 2025, of Kimwolf: nineteen of twenty orders are for a way out; FBI, PSA of
// 5 June 2025, of BADBOX 2.0; Department of Justice, 20 March 2026: some ten megabits a second each).
func (a *attack) tvBoxFlood() {
	c, r := a.c, a.r
	master, where := a.lair()
	src, mac := ip(10, c.net, 201, r.between(120, 200)), 0x9c0000_000000|uint64(r.IntN(1<<32))
	out := func(at int64, dst addr, to *country, port uint16, proto uint64, service string, seconds, sent, rcvd float64) {
		f := flow{
			src: src, sport: r.ephemeral(), dst: dst, dport: port, proto: proto, policy: polGuest, action: "close", service: service, mac: mac, from: "Reserved", to: to.name,
			nat: c.public + 4, seconds: uint64(seconds), sent: uint64(sent), rcvd: uint64(rcvd),
		}
		w := wire{src: src, sport: f.sport, dst: dst, dport: port, proto: "TCP", id: flowID(r)}
		if proto == 17 {
			f.action, w.proto = "accept", "UDP"
		}
		c.finish(a.q, r, at, &f, &w, "", 0.1)
	}
	a.step("join")
	begin := a.between(7*hour, 12*hour)
	end := begin + 50*hour
	a.q.put(begin, c.fgt.lease(a.q.buf(), begin, "guest", mac, src, pick(r, []string{"android-" + r.letters(8), "X96Q", "TX3-Mini", "MXQ-4K"})))
	a.step("ask")
	for at := begin + minute; at < end; at += r.span(40*minute, 0.4) {
		out(at, pick(r, resolvers).addr, countryNamed("United States"), 853, 6, "tcp/853", r.skewed(20, 0.5), r.skewed(1_600, 0.3), r.skewed(4_200, 0.3))
	}
	a.step("obey")
	for at := begin + 2*minute; at < end; {
		length := r.span(3*hour, 0.5)
		out(at, master, where, 25001, 6, "tcp/25001", float64(length/second), float64(length/second)*9, float64(length/second)*7)
		at += length + r.span(30*second, 0.5)
	}
	a.step("serve")
	for at := begin + 20*minute; at < end; at += r.span(4*minute, 1) {
		s := c.web.visit(r, 0.1)
		out(at, s.addr(r), s.country, 443, 6, "HTTPS", r.skewed(10, 1), r.skewed(2_600, 0.9), r.skewed(s.median, 1))
	}
	a.step("flood")
	for at := begin + r.Int64N(6*hour); at < end; at += r.span(5*hour, 0.5) {
		to := &countries[r.IntN(len(countries))]
		victim, port := to.addr(r), pick(r, []uint16{80, 443, 25565, 22, 53})
		for range r.between(4, 10) {
			out(at+r.Int64N(5*second), victim, to, port, 17, "udp/"+number(uint64(port)), r.skewed(90, 0.3), r.skewed(2.2e7, 0.4), 0)
		}
	}
}
