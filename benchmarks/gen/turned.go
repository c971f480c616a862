package gen

// turned are the council's own machines and rules that work for somebody else.
func turned() []kind {
	return []kind{
		{"printer-passback", 3, (*attack).printerPassback},
		{"coerced-login", 1, (*attack).coercedLogin},
		{"magic-packet", 3, (*attack).magicPacket},
		{"ssh-worm", 1, (*attack).sshWorm},
		{"policy-rollout", 2, (*attack).policyRollout},
	}
}

// printerPassback (T1078.001, T1552, T1557): a copier still has its maker's password. From a workstation somebody opens its page, names his own machine as its
// directory and lets it test that, and it says the password with which it looks people up, which opens shares too (Rapid7, February 2025, of
// Xerox VersaLink; penetration testers tell it of most offices).
func (a *attack) printerPassback() {
	a.weekdays()
	c, r, u := a.c, a.r, a.victim()
	printer := pick(r, c.printers)
	a.step("page")
	at := a.between(9*hour, 17*hour)
	for range r.between(3, 6) {
		a.within(at, u.ip, u, printer, 443, "HTTPS", 20, 9_000, 180_000)
		at += r.span(70*second, 0.5)
	}
	a.step("test")
	for range r.between(1, 3) {
		a.within(at, printer, nil, u.ip, 389, "LDAP", 1, 620, 300)
		at += r.span(30*second, 0.5)
	}
	a.within(at, u.ip, u, printer, 443, "HTTPS", 15, 6_000, 40_000)
	a.step("use")
	at += r.span(8*minute, 0.4)
	a.within(at, u.ip, u, c.servers["dc01"].ip, 389, "LDAP", 6, 12_000, 900_000)
	at += r.span(2*minute, 0.4)
	for range r.between(2, 4) {
		a.within(at, u.ip, u, c.servers["fs01"].ip, 445, "SMB", 60, 60_000, 8e6)
		at += r.span(2*minute, 0.4)
	}
}

// coercedLogin (T1187, T1557.001, T1649, T1003.006): one call makes a domain controller log in at a workstation, which passes that on to the page where
// the directory's authority gives out certificates, and so becomes a controller itself: some seconds of PetitPotam, ntlmrelayx and a copy of all
// accounts (Microsoft, KB5005413; Sophos and Symantec found it before ransomware).
func (a *attack) coercedLogin() {
	r, u := a.r, a.victim()
	dc, authority := a.c.servers["dc01"].ip, a.c.servers["dc02"].ip
	a.step("coerce")
	at := a.between(8*hour, 22*hour)
	for range r.between(1, 3) {
		a.within(at, u.ip, u, dc, 445, "SMB", 1, 2_600, 2_200)
		at += r.span(second, 0.4)
		a.within(at, dc, nil, u.ip, 445, "SMB", 1, 1_900, 1_400)
		at += r.span(second/4, 0.4)
		a.within(at, u.ip, u, authority, 80, "HTTP", 2, 6_000, 9_000)
		at += r.span(90*second, 0.5)
	}
	a.step("ticket")
	at += r.span(3*minute, 0.4)
	a.within(at, u.ip, u, dc, 88, "KERBEROS", 1, 5_200, 4_300)
	a.step("copy")
	at += r.span(minute, 0.4)
	a.within(at, u.ip, u, dc, 135, "DCE-RPC", 1, 900, 1_200)
	a.within(at+second, u.ip, u, dc, uint16(r.between(49_664, 49_720)), "DCE-RPC", 25, 160_000, 2.6e7)
}

// magicPacket (T1205.002, T1059.004): servers have carried a back door for long that has no port: it looks at what comes in and waits for one packet. From
// the portal's server, which carries it too, one goes to a server inside, and that calls back with a shell. Nobody logs in. PwC and Elastic told
// of BPFDoor in May 2022, with hours of an office in China; Trend Micro in April 2025.
func (a *attack) magicPacket() {
	a.weekdays()
	c, r, from := a.c, a.r, a.c.servers["web01"]
	to := c.servers[pick(r, []string{"fs01", "revben01", "db01", "bak01"})]
	at := a.between(hour, 7*hour)
	for range r.between(2, 4) {
		a.step("knock")
		f := flow{
			src: from.ip, dst: to.ip, proto: 1, policy: polServers, action: "accept", service: "PING", from: "Reserved", to: "Reserved", seconds: 60, sent: 84,
		}
		if r.chance(0.5) {
			f.proto, f.sport, f.dport, f.service = 17, r.ephemeral(), 53, "DNS"
		}
		a.q.put(at+minute, c.fgt.traffic(a.q.buf(), r, at+minute, &f))
		a.step("shell")
		port := uint16(r.between(42_391, 43_390))
		a.within(at+second, to.ip, nil, from.ip, port, "tcp/"+number(uint64(port)), 900, 40_000, 12_000)
		at += r.span(50*minute, 0.4)
	}
}

// sshWorm (T1110.001, T1021.004, T1496.001): a password at the file exchange was a simple one. Within minutes the server has a job of its own, asks for work,
// guesses at some hundred addresses of the internet and at its neighbours, and mines (Elastic, April 2025, of Outlaw; Akamai, February 2024, of
// FritzFrog, which looks inside networks too).
func (a *attack) sshWorm() {
	c, r, s := a.c, a.r, a.c.servers["sftp01"]
	dst, where := a.lair()
	thief := &countries[r.IntN(len(countries))]
	u := user{login: pick(r, []string{"backup", "upload", "print", "scanner"}), uid: uint64(r.between(1_001, 1_090))}
	a.step("enter")
	at := a.between(0, 18*hour)
	a.login(at, s, &u, thief.addr(r), nil)
	at += r.span(20*second, 0.4)
	a.call(at, s.ip, nil, dst, where, 80, "HTTP", 9, 900, 1.6e7)
	at += r.span(minute, 0.4)
	pid := process(r)
	a.q.put(at, s.opened(a.q.buf(), at, "CRON", pid, "cron", u.login, u.uid, "root", 0))
	a.q.put(at+second/1000, s.cron(a.q.buf(), at+second/1000, pid+1, u.login, "/home/"+u.login+"/.configrc7/a/upd>/dev/null 2>&1"))
	a.q.put(at+second, s.ended(a.q.buf(), at+second, "CRON", pid, "cron", u.login))
	a.step("mine")
	a.call(at+minute, s.ip, nil, dst+3, where, 443, "HTTPS", 14_000, 90_000, 210_000)
	a.step("guess")
	for range 320 {
		at += r.span(12*second, 0.6)
		if to := pick(r, c.linux); to != s && r.chance(0.2) {
			login, pid, port := pick(r, guesses[:8]), process(r), r.ephemeral()
			if login != "root" {
				a.q.put(at, to.invalid(a.q.buf(), at, pid, login, s.ip, port))
			}
			a.q.put(at+second/5, to.failed(a.q.buf(), at+second/5, pid, login, login == "root", s.ip, port))
			a.within(at, s.ip, nil, to.ip, 22, "SSH", 3, 2_300, 2_600)
			continue
		}
		far := &countries[r.IntN(len(countries))]
		f := flow{
			src: s.ip, sport: r.ephemeral(), dst: far.addr(r), dport: 22, proto: 6, policy: polOut, action: "timeout", service: "SSH", from: "Reserved", to: far.name,
			nat: c.public, seconds: 10, sent: 60,
		}
		if r.chance(0.25) {
			f.action, f.seconds, f.sent, f.rcvd = "close", uint64(r.skewed(3, 0.4)), uint64(r.skewed(2_300, 0.2)), uint64(r.skewed(2_600, 0.2))
		}
		a.q.put(at, c.fgt.traffic(a.q.buf(), r, at, &f))
	}
}

// policyRollout (T1484.001, T1570, T1486): somebody with an administrator's account writes a policy of the domain on a controller; at the weekend or at night
// all machines that are on draw it and a program with it within minutes, and each of them encrypts what it reaches on the file server. LockBit brings
// this with it (CISA and others, AA23-165A).
func (a *attack) policyRollout() {
	c, r, u := a.c, a.r, a.victim()
	dc, fs := c.servers["dc01"].ip, c.servers["fs01"].ip
	a.step("policy")
	at := a.between(22*hour, 27*hour)
	a.within(at, u.ip, u, dc, 389, "LDAP", 5, 40_000, 300_000)
	a.within(at+20*second, u.ip, u, dc, 445, "SMB", 30, 1.2e6, 30_000)
	at += r.span(4*minute, 0.4)
	for _, i := range r.Perm(len(c.users))[:min(len(c.users)/3, 50)] {
		m := &c.users[i]
		when := at + r.Int64N(15*minute)
		a.step("draw")
		a.within(when, m.ip, m, dc, 389, "LDAP", 2, 6_000, 30_000)
		a.within(when+second, m.ip, m, dc, 445, "SMB", 3, 9_000, 1.3e6)
		a.step("encrypt")
		when += r.span(50*second, 0.5)
		for range r.between(2, 6) {
			size := r.skewed(9e7, 0.8)
			a.within(when, m.ip, m, fs, 445, "SMB", 120, size, size*1.02)
			when += r.span(3*minute, 0.5)
		}
	}
}
