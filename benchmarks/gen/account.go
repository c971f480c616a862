package gen

// accounts are attacks that come in by the VPN under a name that may.
func accounts() []kind {
	return []kind{
		{"vpn-botnet", 3, (*attack).vpnBotnet},
		{"session-theft", 1, (*attack).sessionTheft},
		{"supplier-account", 2, (*attack).supplierAccount},
	}
}

// tunnel writes a VPN session without what is done in it, and returns its address inside.
func (a *attack) tunnel(at int64, login string, from addr, where *country, length int64) addr {
	c, r := a.c, a.r
	v := spell{login: login, group: "VPN-Staff", remote: from, inside: ip(10, c.net, 250, r.between(10, 200)), id: uint64(r.Uint32() >> 1)}
	a.q.put(at, c.fgt.tunnel(a.q.buf(), at, vpnNew, &spell{login: "N/A", group: "N/A", remote: from}))
	at += r.span(4*second, 0.5)
	a.q.put(at, c.fgt.tunnel(a.q.buf(), at, vpnUp, &v))
	end := at + length
	c.knock(a.q, r, end, from, where, uint64(length/second), 4e6)
	v.length, v.sent, v.rcvd = uint64(length/second), uint64(r.skewed(5e6, 0.5)), uint64(r.skewed(6e7, 0.5))
	a.q.put(end, c.fgt.tunnel(a.q.buf(), end, vpnDown, &v))
	return v.inside
}

// vpnBotnet (T1110.003, T1090.002): some hundred hired addresses all over the world try a few passwords each, for three days, at names of the
// council's staff and at names that any firm might have, so that neither an address nor an account is tried often. Cisco Talos told of it at
// VPNs of all makers in April 2024, others of the botnet Brutus in March. No guess is right.
func (a *attack) vpnBotnet() {
	type bot struct {
		from  addr
		where *country
	}
	c, r := a.c, a.r
	var bots []bot
	for range 350 {
		where := &countries[r.IntN(len(countries))]
		bots = append(bots, bot{where.addr(r), where})
	}
	common := []string{"admin", "vpn", "test", "guest", "scanner", "backup", "support", "helpdesk", "reception", "printer", "vpnuser", "fortinet", "training", "temp"}
	a.step("try")
	for at, end := a.between(0, 8*hour), a.day+70*hour; at < end; at += r.span(3*minute, 0.8) {
		u := &c.users[r.IntN(len(c.users))]
		if r.chance(0.35) {
			u = &user{login: pick(r, common)}
		}
		b := pick(r, bots)
		c.refused(a.q, r, at, u, b.from, b.where)
	}
}

// sessionTheft (T1566.002, T1557, T1539, T1550.004): a mail leads a member of staff to a page that passes the real login through and keeps
// the session, as Evilginx does and as Microsoft told in July 2022. Minutes later somebody abroad is that member of staff, without a wrong
// password, while the owner is at work; he reads mail and looks for invoices on the file server, and comes back in the evening from another
// address.
func (a *attack) sessionTheft() {
	c, r, u := a.c, a.r, a.victim()
	relay, host := a.lair()
	name := "login." + pick(r, webWords) + pick(r, webNouns) + pick(r, topLevels)
	a.step("phish")
	at := c.resolve(a.q, r, a.between(8*hour+30*minute, 15*hour), u.ip, name, "A", relay)
	w := wire{src: u.ip, sport: r.ephemeral(), dst: relay, dport: 443, proto: "TCP", id: flowID(r)}
	a.q.put(at+second/50, eveTLS(a.q.buf(), r, at+second/50, &w, name, name))
	for range r.between(2, 4) {
		a.call(at, u.ip, u, relay, host, 443, "HTTPS", 70, 9_000, 60_000)
		at += r.span(5*second, 0.5)
	}
	where := countryNamed(pick(r, []string{"United States", "Netherlands", "Nigeria", "South Africa", "Germany", "Romania"}))
	at += r.span(12*minute, 0.5)
	for _, step := range []string{"replay", "return"} {
		a.step(step)
		length := r.span(50*minute, 0.3)
		inside := a.tunnel(at, u.login, where.addr(r), where, length)
		for range r.between(8, 16) {
			when := at + 10*second + r.Int64N(length)
			if r.chance(0.65) {
				a.reach(when, u, inside, "mail01", 443, "HTTPS", 400_000)
			} else {
				a.reach(when, u, inside, "fs01", 445, "SMB", 3e6)
			}
		}
		at = max(at+length+hour, a.between(18*hour, 21*hour))
	}
}

// supplierAccount (T1199, T1133, T1021): the account of a firm that looks after one application, in the hands of others. It comes from this
// country by the VPN as the firm does, in the evening, logs in at the application's server and goes on from there to servers that are none of
// the firm's: what the advisory on attacks by way of managed service providers warns of (CISA AA22-131A, with the NCSC).
func (a *attack) supplierAccount() {
	c, r := a.c, a.r
	u := user{login: "ext-" + pick(r, webWords), dept: "Suppliers", uid: 1800 + uint64(r.IntN(90)), remote: true}
	uk, first := countryNamed("United Kingdom"), c.servers["revben01"]
	a.step("enter")
	at := a.between(18*hour, 21*hour)
	inside := a.tunnel(at, u.login, uk.addr(r), uk, r.span(3*hour, 0.2))
	at += r.span(3*minute, 0.5)
	a.reach(at, &u, inside, "revben01", 22, "SSH", 600_000)
	a.login(at, first, &u, inside, []string{"/usr/bin/cat /opt/revben/etc/database.conf", "/usr/bin/cat /etc/shadow", "/usr/bin/grep -r password /opt/revben"})
	a.step("look")
	for _, to := range []struct {
		role, service string
		port          uint16
	}{{"fs01", "SMB", 445}, {"db01", "tcp/5432", 5432}, {"jump01", "SSH", 22}, {"dc01", "LDAP", 389}, {"bak01", "SSH", 22}, {"print01", "RDP", 3389}} {
		at += r.span(3*minute, 0.6)
		a.reach(at, &u, inside, to.role, to.port, to.service, 40_000)
	}
	a.step("move")
	for _, role := range []string{"db01", "fs01", "bak01"} {
		at += r.span(14*minute, 0.4)
		a.within(at, first.ip, nil, c.servers[role].ip, 22, "SSH", 500, 60_000, 4e6)
		a.login(at, c.servers[role], pick(r, c.admins), first.ip, []string{"/usr/bin/ls -la /root", "/usr/bin/find / -name *.kdbx"})
	}
}
