package gen

// Lasting returns the names of attacks that go on for a fortnight, or come back: what detection makes of them on the tenth day is another
// question than whether it notices them. They are not among Scenarios, whose attacks come once.
func Lasting() []Scenario {
	var all []Scenario
	for _, k := range lasting() {
		all = append(all, k.name)
	}
	return all
}

// fortnight is how many days a lasting attack takes.
const fortnight = 14

func lasting() []kind {
	return []kind{
		{"returning-intruder", fortnight, (*attack).returningIntruder},
		{"moving-intruder", fortnight, (*attack).movingIntruder},
		{"nightly-shell", fortnight, (*attack).nightlyShell},
		{"slow-guessing", fortnight, (*attack).slowGuessing},
		{"waking-beacon", fortnight, (*attack).wakingBeacon},
		{"rising-theft", fortnight, (*attack).risingTheft},
	}
}

// returningIntruder (T1133, T1078, T1021.001): somebody with a valid account comes by VPN each night, from one of a few rented addresses, looks at
// servers that the account's owner does not use, and each fourth night draws much from one of them, as reports tell of intruders who stay
// for months and fetch the accounts of the domain again and again.
func (a *attack) returningIntruder() {
	c, r, u := a.c, a.r, a.victim()
	_, where := a.lair()
	from := []addr{where.addr(r), where.addr(r), where.addr(r)}
	for d := range int64(fortnight) {
		at, inside := a.between(d*day, d*day+4*hour), ip(10, c.net, 250, r.between(10, 200))
		a.session(at, r.span(90*minute, 0.4), u, pick(r, from), where, inside)
		if d%4 == 3 {
			a.step("dump")
			for range 4 {
				a.reach(at+20*minute+r.Int64N(20*minute), u, inside, "dc01", 445, "SMB", 6e7)
			}
		}
	}
}

// movingIntruder (T1021.002, T1570, T1071.001): on each working day the same steps begin from another workstation: calls to one master, then the
// administrative shares of a dozen others, where a tool is copied to.
func (a *attack) movingIntruder() {
	c, r := a.c, a.r
	dst, where := a.lair()
	name, order := a.name(), r.Perm(len(c.users))
	for d := range int64(fortnight) {
		if weekday(a.day+d*day) > 4 {
			continue
		}
		u := &c.users[order[d]]
		a.step("control")
		at := a.between(d*day+9*hour, d*day+15*hour)
		for range 5 {
			a.beyond(at, u.ip, u, dst, where, name, 443, 3, 3_000, 40_000)
			at += r.span(4*minute, 0.4)
		}
		a.step("spread")
		for _, i := range r.Perm(len(c.users))[:12] {
			if to := c.users[i].ip; r.chance(0.3) {
				a.refusal(at, u.ip, u, to, 445)
			} else {
				a.within(at, u.ip, u, to, 445, "SMB", 12, 380_000, 9_000)
			}
			at += r.span(40*second, 0.6)
		}
	}
}

// nightlyShell (T1505.003, T1059.004, T1041): a page that somebody left at the portal is asked for commands each night, some of them run with sudo, and the
// web server sends what they found to a rented host.
func (a *attack) nightlyShell() {
	c, r := a.c, a.r
	web, who := c.servers["web01"], user{login: "www-data", uid: 33}
	dst, where := a.lair()
	from := []addr{where.addr(r), where.addr(r)}
	path := "/uploads/2026/03/" + a.r.letters(6) + ".phtml?c="
	for d := range int64(fortnight) {
		at := a.between(d*day, d*day+5*hour)
		a.step("shell")
		q := request{client: pick(r, from), method: "POST", status: 200, agent: browsers[0], event: "request"}
		for range r.between(8, 25) {
			q.path, q.bytes, q.ms = path+fingerprint(r)[:20], uint64(r.skewed(900, 1)), uint64(r.skewed(200, 1))
			a.q.put(at, portal(a.q.buf(), r, at, web.host, &q))
			at += r.span(90*second, 0.8)
		}
		c.asRoot(a.q, r, at, web, &who, pick(r, []string{"/usr/bin/find / -perm -4000", "/usr/bin/cat /etc/shadow", "/usr/bin/id"}))
		a.step("send")
		for range 3 {
			at += r.span(3*minute, 0.4)
			a.call(at, web.ip, nil, dst, where, 9443, "tcp/9443", 20, 3e7, 60_000)
		}
	}
}

// slowGuessing (T1110.001, T1110.003): a dozen rented hosts guess at the VPN, a few times an hour in all and no account more than twice a day, so that
// nothing locks. On the tenth day a guess is right, and the account is used on each day that follows (T1078).
func (a *attack) slowGuessing() {
	c, r := a.c, a.r
	_, where := a.lair()
	var from []addr
	for range 12 {
		from = append(from, where.addr(r))
	}
	target := a.victim()
	for d := range int64(fortnight) {
		a.step("guess")
		order := r.Perm(len(c.users))
		for i := range int64(60) {
			at := a.day + d*day + i*day/60 + r.Int64N(20*minute)
			c.refused(a.q, r, at, &c.users[order[i/2]], pick(r, from), where)
		}
		if d >= 9 {
			a.step("entry")
			c.remote(a.q, r, a.between(d*day, d*day+20*hour), target, pick(r, from), where, 0, hour)
		}
	}
}

// wakingBeacon (T1071.001, T1029): a workstation calls its master every few hours for four days, then each hour, and from the ninth day on each ten minutes,
// with answers now and then: an implant that first only has to stay and then is worked with, as operators set its sleep.
func (a *attack) wakingBeacon() {
	r, u := a.r, a.victim()
	dst, where := a.lair()
	name := a.name()
	begin := a.between(8*hour, 12*hour)
	a.step("sleep")
	for at, end := begin, begin+13*day; at < end; {
		pause, sent, rcvd := 5*hour, 1_100.0, 900.0
		if at >= begin+4*day {
			pause = hour
		}
		if at >= begin+8*day {
			a.step("work")
			pause = 10 * minute
			if r.chance(0.1) {
				sent, rcvd = 60_000, 200_000
			}
		}
		a.beyond(at, u.ip, u, dst, where, name, 443, 2, sent, rcvd)
		at += int64(float64(pause) * (0.7 + 0.6*r.Float64()))
	}
}

// risingTheft (T1567.002, T1030): a member of staff puts files into a private cloud each evening: five megabytes at first, two thirds more each day, some
// gigabytes in the end, as Kloft and Laskov tell of whoever knows that somebody learns.
func (a *attack) risingTheft() {
	r, u := a.r, a.victim()
	cloud := a.c.web.invent(r)
	to := cloud.addr(r)
	a.step("upload")
	size := 5e6
	for d := range int64(fortnight) {
		at := a.between(d*day+17*hour, d*day+19*hour)
		for range 4 {
			a.beyond(at, u.ip, u, to, cloud.country, cloud.name, 443, 60, size/4, 40_000)
			at += r.span(3*minute, 0.4)
		}
		size *= 5.0 / 3
	}
}
