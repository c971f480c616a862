package gen

// movement is an intruder's way from machine to machine.
func movement() []kind {
	return []kind{
		{"lateral-smb", 1, (*attack).lateralSMB},
		{"lateral-rdp", 1, (*attack).lateralRDP},
		{"lateral-ssh", 1, (*attack).lateralSSH},
		{"rogue-dhcp", 1, (*attack).rogueDHCP},
		{"planted-device", 1, (*attack).plantedDevice},
		{"domain-mapping", 1, (*attack).domainMapping},
	}
}

// lateralSMB (T1021.002, T1570, T1569.002): one workstation opens the administrative shares of many others and of the servers, to copy a tool
// there and start it as a service, as PsExec does. Departments are networks of their own, so the firewall sees it.
func (a *attack) lateralSMB() {
	c, r, u := a.c, a.r, a.victim()
	a.step("spread")
	at := a.between(9*hour, 23*hour)
	for _, i := range r.Perm(len(c.users))[:30] {
		to := c.users[i].ip
		if r.chance(0.3) {
			a.refusal(at, u.ip, u, to, 445)
		} else {
			a.within(at, u.ip, u, to, 445, "SMB", 12, 380_000, 9_000)
			at += r.span(2*second, 0.5)
			a.within(at, u.ip, u, to, 135, "DCE-RPC", 2, 2_000, 1_500)
		}
		at += r.span(25*second, 0.6)
	}
	for _, role := range []string{"fs01", "print01", "dc01", "dc02"} {
		a.within(at, u.ip, u, c.servers[role].ip, 445, "SMB", 12, 380_000, 9_000)
		at += r.span(30*second, 0.5)
	}
}

// lateralRDP (T1021.001): an intruder with a mouse goes by remote desktop from a workstation to servers and from one of them on to others.
func (a *attack) lateralRDP() {
	c, r, u := a.c, a.r, a.victim()
	a.step("first")
	at := a.between(10*hour, 20*hour)
	hop := c.servers[pick(r, []string{"print01", "mail01"})]
	a.within(at, u.ip, u, hop.ip, 3389, "RDP", 4_000, 2e6, 4e7)
	a.step("further")
	for _, role := range []string{"dc01", "nvr01", "dc02", "fs01"} {
		at += r.span(8*minute, 0.5)
		a.within(at, hop.ip, nil, c.servers[role].ip, 3389, "RDP", 900, 700_000, 1.5e7)
	}
	for range 5 {
		at += r.span(5*minute, 0.5)
		a.within(at, u.ip, u, c.users[r.IntN(len(c.users))].ip, 3389, "RDP", 500, 400_000, 8e6)
	}
}

// lateralSSH (T1021.004, T1552.004): a private key was found on the portal's server; it opens all the others, one after the other, within
// minutes.
func (a *attack) lateralSSH() {
	c, r := a.c, a.r
	from, owner := c.servers["web01"], pick(r, c.admins)
	a.step("spread")
	at := a.between(0, 22*hour)
	for _, s := range c.linux {
		if s == from {
			continue
		}
		a.within(at, from.ip, nil, s.ip, 22, "SSH", 60, 9_000, 12_000)
		c.shell(a.q, r, at, s, owner, from.ip, []string{pick(r, []string{"/usr/bin/cat /etc/shadow", "/usr/bin/id", "/usr/bin/crontab -l", "/usr/sbin/ss -tlnp"})}, r.span(2*minute, 0.4))
		at += r.span(90*second, 0.6)
	}
}

// rogueDHCP (T1557.003): a small device in a socket answers for the council's DHCP server and names itself as the resolver. The gateway drops
// and logs the offers that it hears; machines that believed them ask the device for names.
func (a *attack) rogueDHCP() {
	c, r := a.c, a.r
	third := 10 + r.IntN(len(departments))
	rogue, mac := ip(10, c.net, third, 253), 0xb827eb_000000|uint64(r.IntN(1<<24))
	a.step("offer")
	begin := a.between(8*hour, 11*hour)
	at := begin
	for range r.between(60, 120) {
		p := packet{in: "eth1", src: rogue, dst: ip(255, 255, 255, 255), mac: mac, proto: "UDP", sport: 67, dport: 68, length: 328, ttl: 64}
		a.q.put(at, c.servers["gw01"].netfilter(a.q.buf(), r, at, "UFW BLOCK", &p))
		at += r.span(2*minute, 0.8)
	}
	a.step("resolve")
	var victims []*user
	for i := range c.users {
		if u := &c.users[i]; int(u.ip>>8&255) == third && len(victims) < 6 {
			victims = append(victims, u)
		}
	}
	for _, u := range victims {
		at := begin + r.Int64N(30*minute)
		for range r.between(20, 40) {
			w := wire{src: u.ip, sport: r.ephemeral(), dst: rogue, dport: 53, proto: "UDP", id: flowID(r)}
			a.q.put(at, eveDNSQuery(a.q.buf(), at, &w, uint64(r.IntN(65536)), c.web.visit(r, 0.02).name, "A"))
			at += r.span(3*minute, 0.8)
		}
	}
}

// plantedDevice (T1200): somebody has put a small computer behind a printer in a meeting room. It takes a lease, looks for the servers, tries what
// it finds and keeps a tunnel to its owner.
func (a *attack) plantedDevice() {
	c, r := a.c, a.r
	third := 10 + r.IntN(len(departments))
	src := ip(10, c.net, third, r.between(251, 254))
	dst, where := a.lair()
	a.step("join")
	at := a.between(8*hour, 17*hour)
	host := pick(r, []string{"raspberrypi", "kali", "android-" + r.letters(8), "ESP_" + r.letters(6)})
	a.q.put(at, c.fgt.lease(a.q.buf(), at, "lan", 0xdca632_000000|uint64(r.IntN(1<<24)), src, host))
	a.step("tunnel")
	at += minute
	a.call(at, src, nil, dst, where, 443, "HTTPS", 7_000, 300_000, 200_000)
	a.step("try")
	for _, role := range []string{"dc01", "dc02", "fs01", "print01", "mail01", "db01", "jump01", "bak01"} {
		for _, port := range []uint16{445, 389, 22, 3389, 80, 443} {
			if port == 445 || port == 389 && role[:2] == "dc" {
				a.within(at, src, nil, c.servers[role].ip, port, map[uint16]string{445: "SMB", 389: "LDAP"}[port], 3, 4_000, 9_000)
			} else {
				a.refusal(at, src, nil, c.servers[role].ip, port)
			}
			at += r.span(20*second, 0.7)
		}
	}
}

// domainMapping (T1087.002, T1069.002, T1018, T1135): a workstation asks the directory for everything in it, then each computer who is logged in there, as the
// collector of BloodHound does within some minutes.
func (a *attack) domainMapping() {
	c, r, u := a.c, a.r, a.victim()
	a.step("directory")
	at := a.between(9*hour, 18*hour)
	for range r.between(12, 25) {
		a.within(at, u.ip, u, c.servers[pick(r, []string{"dc01", "dc02"})].ip, 389, "LDAP", 6, 30_000, 2.5e6)
		at += r.span(4*second, 0.5)
	}
	a.step("computers")
	for _, i := range r.Perm(len(c.users)) {
		if to := &c.users[i]; to != u && to.ip>>8 != u.ip>>8 {
			a.within(at, u.ip, u, to.ip, 445, "SMB", 1, 1_900, 1_700)
			at += r.span(second, 0.6)
		}
	}
}
