package gen

import "strings"

// outages make that something no longer works.
func outages() []kind {
	return []kind{
		{"portal-flood", 1, (*attack).portalFlood},
		{"service-stop", 2, (*attack).serviceStop},
		{"building-controls", 1, (*attack).buildingControls},
	}
}

// portalFlood (T1499.002): volunteers all over the world let a tool ask the portal's search for random words, each every few minutes or
// seconds, until it answers with errors, as NoName057(16) did to dozens of British councils from October 2024 on.
func (a *attack) portalFlood() {
	type visitor struct {
		from  addr
		where *country
		agent string
		asked uint64
	}
	c, r, web := a.c, a.r, a.c.servers["web01"]
	var crowd []visitor
	for range 250 {
		where := &countries[r.IntN(len(countries))]
		crowd = append(crowd, visitor{from: where.addr(r), where: where, agent: pick(r, browsers)})
	}
	q := request{method: "GET", event: "request"}
	a.step("flood")
	begin := a.between(6*hour, 18*hour)
	at := begin
	for i := range 1800 {
		v := &crowd[r.IntN(len(crowd))]
		v.asked++
		q.client, q.agent, q.path = v.from, v.agent, "/applications/search?q="+r.letters(r.between(4, 16))
		q.status, q.bytes, q.ms, q.event = 200, uint64(r.skewed(9_000, 0.5)), uint64(r.skewed(140+float64(40*i), 0.4)), "request"
		if i > 150 && r.chance(0.6) {
			q.status, q.bytes, q.ms, q.event = pick(r, []uint64{500, 503, 504}), 0, 30_000, "upstream timeout"
		}
		q.ms = min(q.ms, 30_000)
		a.q.put(at, portal(a.q.buf(), r, at, web.host, &q))
		at += r.span(second/4, 0.7)
	}
	for i := range crowd {
		v := &crowd[i]
		f := flow{
			src: v.from, sport: r.ephemeral(), dst: web.ip, dport: 443, proto: 6, policy: polPortal, action: "close", service: "HTTPS", from: v.where.name, to: "Reserved",
			seconds: uint64((at-begin)/second) + 1, sent: v.asked * 900, rcvd: v.asked * 5_000,
		}
		w := wire{src: v.from, sport: f.sport, dst: web.ip, dport: 443, proto: "TCP", id: flowID(r)}
		c.finish(a.q, r, begin, &f, &w, "tls", 0.15)
	}
}

// duties are the services for which a server is there.
func duties() map[string][]string {
	return map[string][]string{
		"fs01":     {"smbd.service - Samba SMB Daemon", "nmbd.service - Samba NMB Daemon"},
		"revben01": {"revben.service - Revenues and Benefits", "apache2.service - The Apache HTTP Server"},
		"db01":     {"postgresql.service - PostgreSQL RDBMS"},
		"bak01":    {"restic-backup.timer - Nightly backup"},
		"mon01":    {"icinga2.service - Icinga host/service/network monitoring system"},
		"web01":    {"apache2.service - The Apache HTTP Server"},
		"sftp01":   {"vsftpd.service - vsftpd FTP server"},
	}
}

// serviceStop (T1489, T1490, T1021.004): at night an administrator's account goes to all servers within some minutes, stops what each is
// there for and keeps it from starting again, so that nothing holds the files open: what most of those do before they encrypt or wipe whom
// ATT&CK names under T1489.
func (a *attack) serviceStop() {
	c, r, u := a.c, a.r, pick(a.r, a.c.admins)
	jump := c.servers["jump01"]
	a.step("enter")
	at := a.between(24*hour, 28*hour)
	c.shell(a.q, r, at, jump, u, u.ip, nil, hour)
	a.step("stop")
	stopped := duties()
	for _, role := range []string{"mon01", "bak01", "db01", "revben01", "fs01", "web01", "sftp01"} {
		s := c.servers[role]
		at += r.span(40*second, 0.4)
		c.managed(a.q, r, at, jump, s, 22, "SSH", 60, 9_000, 12_000)
		when := at + r.span(4*second, 0.3)
		for _, unit := range append(stopped[role], "clamav-daemon.service - Clam AntiVirus userspace daemon") {
			name, _, _ := strings.Cut(unit, " ")
			c.asRoot(a.q, r, when, s, u, "/usr/bin/systemctl disable --now "+name)
			begin := when + second/50
			a.q.put(begin, s.systemd(a.q.buf(), begin, "Stopping ", unit, "..."))
			end := begin + r.span(second, 0.5)
			a.q.put(end, s.systemd(a.q.buf(), end, name, ": Deactivated successfully."))
			a.q.put(end+1000, s.systemd(a.q.buf(), end+1000, "Stopped ", unit, "."))
			when = end + r.span(6*second, 0.4)
		}
		c.shell(a.q, r, at, s, u, jump.ip, nil, when-at)
	}
}

// buildingControls (T0846, T0836, T0855 of ATT&CK for industrial systems): from a workstation that was taken somebody looks for the
// controllers of the buildings' heating and writes set values into them again and again by Modbus, which asks for no password, as FrostyGoop
// did to the heating of Lviv in January 2024 (Dragos).
func (a *attack) buildingControls() {
	r, u := a.r, a.victim()
	var found []addr
	a.step("find")
	at := a.between(0, 20*hour)
	for host := 10; host < 74; host++ {
		dst := ip(10, a.c.net, 6, host)
		if host%9 == 2 {
			found = append(found, dst)
			a.within(at, u.ip, u, dst, 502, "tcp/502", 1, 320, 290)
		} else {
			a.refusal(at, u.ip, u, dst, 502)
		}
		at += r.span(2*second, 0.5)
	}
	a.step("write")
	for range 30 {
		for _, dst := range found {
			a.within(at, u.ip, u, dst, 502, "tcp/502", 3, 900, 760)
			at += r.span(second, 0.4)
		}
		at += r.span(5*minute, 0.2)
	}
}
