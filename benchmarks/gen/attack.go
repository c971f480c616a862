package gen

import "strconv"

// An attack writes the lines of one.
type attack struct {
	c   *council
	r   rng
	q   *queue
	day int64 // midnight before it

	silent []silence
}

// step names the part of the attack that the next lines belong to.
func (a *attack) step(name string) { a.q.mark.step = name }

// victim is a member of staff whose machine or account is taken.
func (a *attack) victim() *user { return &a.c.users[a.r.IntN(len(a.c.users)/3)] }

// lair is a host of the attacker's: rented where hosting is cheap, mostly where ordinary web sites are hosted too.
func (a *attack) lair() (addr, *country) {
	where := countryNamed(pick(a.r, []string{"Netherlands", "Germany", "United States", "Bulgaria", "Seychelles", "Moldova, Republic of"}))
	return where.addr(a.r), where
}

// call writes a connection from inside to the attacker's host.
func (a *attack) call(at int64, src addr, u *user, dst addr, where *country, port uint16, service string, seconds, sent, rcvd float64) {
	r := a.r
	f := flow{
		src: src, sport: r.ephemeral(), dst: dst, dport: port, proto: 6, policy: polInternet, action: "close", service: service, user: u,
		from: "Reserved", to: where.name, nat: a.c.public, seconds: uint64(r.skewed(seconds, 0.2)), sent: uint64(r.skewed(sent, 0.1)), rcvd: uint64(r.skewed(rcvd, 0.1)),
	}
	if u == nil {
		f.policy = polOut
	} else {
		f.mac = u.mac
	}
	w := wire{src: src, sport: f.sport, dst: dst, dport: port, proto: "TCP", id: flowID(r)}
	a.c.finish(a.q, r, at, &f, &w, "", 0.3)
}

// beacon writes calls home, one each period with a little jitter, from one time to another.
func (a *attack) beacon(from, to, period int64, src addr, u *user, dst addr, where *country, port uint16, service string) {
	for at := from; at < to; at += period + a.r.Int64N(period/10) {
		a.call(at, src, u, dst, where, port, service, 1, 640, 410)
	}
}

// login writes an SSH login with a password, as nobody at the council does it.
func (a *attack) login(at int64, s *server, u *user, from addr, commands []string) {
	r, pid := a.r, process(a.r)
	a.q.put(at, s.accepted(a.q.buf(), at, pid, "password", u.login, from, r.ephemeral(), ""))
	at += r.span(second/200, 0.3)
	a.q.put(at, s.opened(a.q.buf(), at, "sshd", pid, "sshd", u.login, u.uid, u.login, 0))
	for _, command := range commands {
		at += r.span(40*second, 0.6)
		a.c.asRoot(a.q, r, at, s, u, command)
	}
	at += r.span(5*minute, 0.5)
	a.q.put(at, s.ended(a.q.buf(), at, "sshd", pid, "sshd", u.login))
}

// between draws a moment of the attack's first day.
func (a *attack) between(from, to int64) int64 { return a.day + from + a.r.Int64N(to-from) }

// weekdays puts off to Monday what begins with somebody at work.
func (a *attack) weekdays() {
	for weekday(a.day) > 4 {
		a.day += day
	}
}

// beyond is a connection from inside to a named host outside: the question for its name now and then, the handshake, the session.
func (a *attack) beyond(at int64, src addr, u *user, dst addr, where *country, name string, port uint16, seconds, sent, rcvd float64) {
	r := a.r
	if name != "" && r.chance(0.2) {
		at = a.c.resolve(a.q, r, at, src, name, "A", dst)
	}
	if name != "" && r.chance(0.3) {
		w := wire{src: src, sport: r.ephemeral(), dst: dst, dport: port, proto: "TCP", id: flowID(r)}
		a.q.put(at, eveTLS(a.q.buf(), r, at, &w, name, name))
	}
	service := "tcp/" + strconv.Itoa(int(port))
	switch port {
	case 443:
		service = "HTTPS"
	case 25:
		service = "SMTP"
	case 21:
		service = "FTP"
	}
	a.call(at, src, u, dst, where, port, service, seconds, sent, rcvd)
}

// within writes a connection between two machines inside that the firewall let through, at its end.
func (a *attack) within(at int64, src addr, u *user, dst addr, port uint16, service string, seconds, sent, rcvd float64) {
	r := a.r
	f := flow{
		src: src, sport: r.ephemeral(), dst: dst, dport: port, proto: 6, policy: polServers, action: "close", service: service, user: u,
		from: "Reserved", to: "Reserved", seconds: uint64(r.skewed(seconds, 0.4)), sent: uint64(r.skewed(sent, 0.4)), rcvd: uint64(r.skewed(rcvd, 0.4)),
	}
	if u != nil {
		f.mac = u.mac
	}
	end := at + int64(f.seconds)*second + r.nanos()
	a.q.put(end, a.c.fgt.traffic(a.q.buf(), r, end, &f))
}

// refusal writes a connection between two machines inside that the firewall dropped.
func (a *attack) refusal(at int64, src addr, u *user, dst addr, port uint16) {
	f := flow{
		src: src, sport: a.r.ephemeral(), dst: dst, dport: port, proto: 6, policy: polInside, action: "deny", user: u,
		service: "tcp/" + strconv.Itoa(int(port)), from: "Reserved", to: "Reserved",
	}
	if u != nil {
		f.mac = u.mac
	}
	a.q.put(at, a.c.fgt.traffic(a.q.buf(), a.r, at, &f))
}

// name makes up a host's name that looks like any other.
func (a *attack) name() string {
	s := a.c.web.invent(a.r)
	return s.name
}
