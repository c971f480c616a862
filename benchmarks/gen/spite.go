package gen

// spites are done to hurt and bring nobody anything.
func spites() []kind {
	return []kind{
		{"sacked-admin", 4, (*attack).sackedAdmin},
		{"booter", 3, (*attack).booter},
	}
}

// sackedAdmin (T1078, T1531, T1098): an administrator was suspended at noon, and nobody took his accounts away. In the afternoon he goes back to his desk and
// gives other administrators new passwords on some servers; the next day, from home, he changes the firewall's and the second factor of the VPN.
// So it happened at Huddersfield in July 2022 (West Yorkshire Police, June 2025).
func (a *attack) sackedAdmin() {
	a.weekdays()
	c, r, u, uk := a.c, a.r, pick(a.r, a.c.admins), countryNamed("United Kingdom")
	jump := c.servers["jump01"]
	locked := func(at int64, s *server, from addr) int64 {
		begin, pid := at, process(r)
		a.q.put(at, s.accepted(a.q.buf(), at, pid, "publickey", u.login, from, r.ephemeral(), u.key))
		a.q.put(at+second/200, s.opened(a.q.buf(), at+second/200, "sshd", pid, "sshd", u.login, u.uid, u.login, 0))
		for _, other := range c.admins {
			if other == u {
				continue
			}
			at += r.span(15*second, 0.5)
			c.asRoot(a.q, r, at, s, u, "/usr/bin/passwd "+other.login)
			at += r.span(8*second, 0.3)
			a.q.put(at, s.account(a.q.buf(), at, "passwd", process(r), "pam_unix(passwd:chauthtok): password changed for "+other.login))
		}
		at += r.span(20*second, 0.5)
		a.q.put(at, s.ended(a.q.buf(), at, "sshd", pid, "sshd", u.login))
		if s != jump {
			c.managed(a.q, r, begin, jump, s, 22, "SSH", float64((at-begin)/second), 20_000, 30_000)
		}
		return at + r.span(3*minute, 0.5)
	}
	a.step("desk")
	at := locked(a.between(14*hour, 18*hour), jump, u.ip)
	for _, role := range []string{"fs01", "revben01"} {
		at = locked(at, c.servers[role], jump.ip)
	}
	a.step("home")
	at = a.between(day+8*hour, day+13*hour)
	inside := a.tunnel(at, u.login, u.home, uk, r.span(80*minute, 0.2))
	at += r.span(3*minute, 0.4)
	a.q.put(at, c.fgt.admin(a.q.buf(), at, u.login, inside, true))
	a.step("change")
	change := func(path, object, attr string) {
		at += r.span(70*second, 0.5)
		a.q.put(at, c.fgt.configured(a.q.buf(), r, at, u.login, "GUI("+inside.String()+")", "Edit", path, object, attr))
	}
	for _, other := range c.admins {
		if other != u {
			change("system.admin", other.login, "password[*]")
			change("user.local", other.login, "two-factor[fortitoken->disable]passwd[*]")
		}
	}
	change("user.setting", "auth", "two-factor[enable->disable]")
	at += r.span(2*minute, 0.4)
	a.q.put(at, c.fgt.admin(a.q.buf(), at, u.login, inside, false))
}

// booter (T1498.002): for some pounds a pupil has the school's or council's address flooded for ten minutes of a working day. What arrives are answers that nobody asked
// for, of time, name, directory and printer services all over the world (Jisc, 2018 on, sees it in term and in lessons). The firewall writes
// down some of what it drops.
func (a *attack) booter() {
	type mirror struct {
		from  addr
		where *country
	}
	a.weekdays()
	c, r := a.c, a.r
	ports := []uint16{389, 389, 53, 123, 1900, 11211, 3702}
	services := []uint16{pick(r, ports), pick(r, ports)}
	var mirrors []mirror
	for range 400 {
		where := &countries[r.IntN(len(countries))]
		mirrors = append(mirrors, mirror{where.addr(r), where})
	}
	a.step("flood")
	at, gap := a.between(9*hour, 15*hour), pick(r, []int64{5 * minute, 10 * minute, 20 * minute})/1_000
	for range 1_000 {
		m := pick(r, mirrors)
		f := flow{
			src: m.from, sport: pick(r, services), dst: c.public, dport: uint16(r.between(1_024, 65_535)), proto: 17, policy: polDeny, action: "deny", from: m.where.name,
			to: "United Kingdom",
		}
		f.service = "udp/" + number(uint64(f.dport))
		a.q.put(at, c.fgt.traffic(a.q.buf(), r, at, &f))
		at += r.span(gap, 0.7)
	}
}
