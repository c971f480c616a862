package gen

// credentials are attacks on accounts: to guess them, to use stolen ones, to take many at once.
func credentials() []kind {
	return []kind{
		{"ssh-guessing", 1, (*attack).sshGuessing},
		{"vpn-guessing", 1, (*attack).vpnGuessing},
		{"password-spray", 2, (*attack).passwordSpray},
		{"stolen-account", 1, (*attack).stolenAccount},
		{"dc-replication", 1, (*attack).dcReplication},
		{"kerberoasting", 1, (*attack).kerberoasting},
	}
}

// sshGuessing (T1110.001): one address tries one password after the other for a few accounts of the file exchange, some a minute, for an
// hour, as hydra does. No guess is right.
func (a *attack) sshGuessing() {
	c, r, s := a.c, a.r, a.c.servers["sftp01"]
	src := c.web.enemy(r).addr(r)
	names := []string{"root", pick(r, c.users).login, pick(r, c.users).login}
	a.step("guess")
	at := a.between(0, 22*hour)
	for range 350 {
		login, pid, port := pick(r, names), process(r), r.ephemeral()
		a.q.put(at, s.failed(a.q.buf(), at, pid, login, true, src, port))
		end := at + r.span(second, 0.3)
		a.q.put(end, s.closed(a.q.buf(), end, pid, "authenticating user "+login+" ", src, port))
		at += r.span(10*second, 0.4)
	}
}

// vpnGuessing (T1110.001): one address guesses the password of two members of staff at the VPN, as was seen at many makers' VPNs since
// March 2024. No guess is right.
func (a *attack) vpnGuessing() {
	c, r := a.c, a.r
	where := c.web.enemy(r)
	src := where.addr(r)
	names := []*user{a.victim(), a.victim()}
	a.step("guess")
	at := a.between(0, 20*hour)
	for range 250 {
		c.refused(a.q, r, at, pick(r, names), src, where)
		at += r.span(30*second, 0.5)
	}
}

// passwordSpray (T1110.003): one password for all accounts, then after the time in which locks are taken off the next, from a few rented
// addresses; the third password fits somebody, and is used (T1078).
func (a *attack) passwordSpray() {
	c, r := a.c, a.r
	_, where := a.lair()
	from := []addr{where.addr(r), where.addr(r), where.addr(r)}
	at := a.between(hour, 6*hour)
	for range 3 {
		a.step("spray")
		next := at + 2*hour + r.Int64N(hour)
		for _, i := range r.Perm(len(c.users)) {
			c.refused(a.q, r, at, &c.users[i], pick(r, from), where)
			at += r.span(20*second, 0.5)
		}
		at = max(at, next)
	}
	a.step("entry")
	c.remote(a.q, r, at, a.victim(), pick(r, from), where, 0, 90*minute)
}

// stolenAccount (T1078, T1133): somebody has bought or phished a password. A login from a country where nobody of the council ever was, at
// the first try, at night, and a look at servers that the account's owner does not use.
func (a *attack) stolenAccount() {
	c, r, u := a.c, a.r, a.victim()
	where := countryNamed(pick(r, []string{"Nigeria", "Brazil", "Viet Nam", "Russian Federation", "Indonesia", "Turkey", "Argentina", "Seychelles"}))
	from, inside := where.addr(r), ip(10, c.net, 250, r.between(10, 200))
	at := a.between(hour, 5*hour)
	a.session(at, r.span(2*hour, 0.4), u, from, where, inside)
}

// session writes what somebody does by VPN with another's account: the login, a look at servers, the end.
func (a *attack) session(at, length int64, u *user, from addr, where *country, inside addr) {
	c, r := a.c, a.r
	a.step("entry")
	v := spell{login: u.login, group: "VPN-Staff", remote: from, inside: inside, id: uint64(r.Uint32() >> 1)}
	a.q.put(at, c.fgt.tunnel(a.q.buf(), at, vpnNew, &spell{login: "N/A", group: "N/A", remote: from}))
	a.q.put(at+3*second, c.fgt.tunnel(a.q.buf(), at+3*second, vpnUp, &v))
	a.step("look")
	for range 25 {
		when := at + minute + r.Int64N(length)
		switch r.IntN(4) {
		case 0:
			a.reach(when, u, inside, "fs01", 445, "SMB", 2e7)
		case 1:
			a.reach(when, u, inside, "db01", 5432, "tcp/5432", 4e5)
		case 2:
			a.reach(when, u, inside, "dc01", 389, "LDAP", 3e5)
		default:
			a.reach(when, u, inside, "jump01", 3389, "RDP", 3e6)
		}
	}
	a.step("leave")
	end := at + length
	c.knock(a.q, r, end, from, where, uint64(length/second), 4e6)
	v.length, v.sent, v.rcvd = uint64(length/second), uint64(r.skewed(6e6, 0.5)), uint64(r.skewed(2e8, 0.5))
	a.q.put(end, c.fgt.tunnel(a.q.buf(), end, vpnDown, &v))
}

// dcReplication (T1003.006): a workstation asks a domain controller for a copy of its accounts as only another controller would. What a
// firewall sees of it: the endpoint mapper, then one dynamic port of RPC, and far more that comes back than ever before.
func (a *attack) dcReplication() {
	c, r, u := a.c, a.r, a.victim()
	dc := c.servers["dc01"].ip
	a.step("dump")
	at := a.between(9*hour, 22*hour)
	for range r.between(2, 4) {
		a.within(at, u.ip, u, dc, 135, "DCE-RPC", 1, 900, 1200)
		at += r.span(second, 0.4)
		a.within(at, u.ip, u, dc, uint16(r.between(49_664, 49_720)), "DCE-RPC", 40, 200_000, 3.5e7)
		at += r.span(4*minute, 0.5)
	}
}

// kerberoasting (T1558.003): an account asks for the tickets of all services within two minutes, to guess their passwords at home.
func (a *attack) kerberoasting() {
	r, u := a.r, a.victim()
	dc := a.c.servers["dc01"].ip
	a.step("list")
	at := a.between(9*hour, 18*hour)
	a.within(at, u.ip, u, dc, 389, "LDAP", 8, 9_000, 900_000)
	a.step("tickets")
	for range r.between(60, 140) {
		at += r.span(second, 0.5)
		a.within(at, u.ip, u, dc, 88, "KERBEROS", 1, 1_700, 1_900)
	}
}
