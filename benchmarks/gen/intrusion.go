package gen

import (
	"strconv"
	"strings"
)

// bruteForce: many addresses guess a little each at the file exchange and the VPN, all at staff names; one guess is right, from a country
// that never logged in; the account then does what it never did.
func (a *attack) bruteForce() {
	c, r, s := a.c, a.r, a.c.servers["sftp01"]
	dst, where := a.lair()
	target := pick(r, c.admins)

	a.step("guess")
	at := a.day + 2*hour
	for at < a.day+20*hour {
		enemy := c.web.enemy(r)
		src := enemy.addr(r)
		u := &c.users[r.IntN(len(c.users))]
		if r.chance(0.5) {
			a.q.put(at, s.failed(a.q.buf(), at, process(r), u.login, true, src, r.ephemeral()))
		} else {
			c.refused(a.q, r, at, u, src, enemy)
		}
		at += r.span(8*minute, 0.5)
	}

	a.step("entry")
	at = a.day + 20*hour + r.Int64N(hour)
	abroad := countryNamed(pick(r, []string{"Panama", "Kazakhstan", "Nigeria", "Moldova, Republic of"}))
	from := abroad.addr(r)
	c.remote(a.q, r, at, target, from, abroad, 0, 3*hour)
	a.step("sudo")
	for _, role := range []string{"sftp01", "fs01"} {
		at += r.span(20*minute, 0.3)
		a.login(at, c.servers[role], target, ip(10, c.net, 250, 211), []string{
			"/usr/bin/cat /etc/shadow", "/usr/sbin/useradd -o -u 0 -g 0 -M -N sysupd", "/usr/bin/passwd sysupd",
			"/usr/bin/tar czf /tmp/.x.tgz /srv/shares/Finance", "/usr/bin/iptables -I INPUT -s " + from.String() + " -j ACCEPT",
		})
	}
	a.step("exfiltrate")
	at += 40 * minute
	for range 6 {
		a.call(at, c.servers["sftp01"].ip, nil, dst, where, 4433, "tcp/4433", 300, 6e8, 2e6)
		at += r.span(6*minute, 0.3)
	}
}

// dnsTunnel: one workstation asks for long random names under one domain, in a steady rhythm, for most of a day and a night.
func (a *attack) dnsTunnel() {
	const letters = "abcdefghijklmnopqrstuvwxyz234567"
	c, r, u := a.c, a.r, a.victim()
	zone := "." + pick(r, webWords) + pick(r, webNouns) + "-cdn.xyz"
	a.step("tunnel")
	at := a.day + 9*hour + r.Int64N(hour)
	kinds := []string{"TXT", "TXT", "CNAME", "NULL"}
	var name strings.Builder
	for range 140 {
		name.Reset()
		for label := range 3 {
			if label > 0 {
				name.WriteByte('.')
			}
			for range r.between(38, 52) {
				name.WriteByte(letters[r.IntN(len(letters))])
			}
		}
		name.WriteString(zone)
		kind := pick(r, kinds)
		w := wire{src: u.ip, sport: r.ephemeral(), dst: c.servers["dc01"].ip, dport: 53, proto: "UDP", id: flowID(r)}
		id := uint64(r.IntN(65536))
		a.q.put(at, eveDNSQuery(a.q.buf(), at, &w, id, name.String(), kind))
		var data [60]byte
		for i := range data {
			data[i] = letters[r.IntN(len(letters))]
		}
		w.src, w.dst, w.sport, w.dport = w.dst, w.src, w.dport, w.sport
		reply := at + r.span(40*second/1000, 0.2)
		a.q.put(reply, eveDNSAnswer(a.q.buf(), reply, &w, id, name.String(), kind, "NOERROR", 1, data[:]))
		at += 5*minute + r.Int64N(20*second)
	}
}

// insider: a member of staff of another department, at night, exports accounts and reads from servers never touched before.
func (a *attack) insider() {
	c, r := a.c, a.r
	u := a.victim()
	for tries := 0; (u.dept == "RevsBens" || u.dept == "CustomerServices" || u.dept == "Finance" || u.dept == "ICT") && tries < 100; tries++ {
		u = a.victim()
	}
	at := a.day + 23*hour + r.Int64N(hour)
	a.step("entry")
	inside := ip(10, c.net, 250, 207)
	v := spell{login: u.login, group: "VPN-Staff", remote: u.home, inside: inside, id: uint64(r.Uint32() >> 1)}
	a.q.put(at, c.fgt.tunnel(a.q.buf(), at, vpnUp, &v))
	c.knock(a.q, r, at+3*hour, u.home, countryNamed("United Kingdom"), 10_800, 6e6)

	a.step("export")
	d := deed{user: u.login, from: inside, action: "login", outcome: "success", ms: 140}
	at += 4 * minute
	a.q.put(at, revben(a.q.buf(), at, c.servers["revben01"].host, &d))
	for range 35 {
		at += r.span(50*second, 0.5)
		d.action, d.rows, d.ms = "export", uint64(r.skewed(9000, 0.3)), uint64(r.skewed(8000, 0.3))
		a.q.put(at, revben(a.q.buf(), at, c.servers["revben01"].host, &d))
		if r.chance(0.5) {
			a.reach(at, u, inside, "revben01", 8443, "tcp/8443", 4e7)
		}
	}
	a.step("database")
	for range 14 {
		at += r.span(2*minute, 0.4)
		a.reach(at, u, inside, "db01", 5432, "tcp/5432", 3e8)
	}
	a.step("leave")
	for range 5 {
		at += r.span(4*minute, 0.3)
		a.reach(at, u, inside, "bak01", 22, "SSH", 8e8)
	}
}

// reach writes a connection of a VPN user to a server.
func (a *attack) reach(at int64, u *user, from addr, role string, port uint16, service string, bytes float64) {
	f := flow{
		src: from, sport: a.r.ephemeral(), dst: a.c.servers[role].ip, dport: port, proto: 6, policy: polVPN, action: "close", service: service, user: u,
		from: "Reserved", to: "Reserved", seconds: uint64(a.r.skewed(60, 0.4)), sent: uint64(a.r.skewed(60_000, 0.4)), rcvd: uint64(a.r.skewed(bytes, 0.4)),
	}
	end := at + int64(f.seconds)*second
	a.q.put(end, a.c.fgt.traffic(a.q.buf(), a.r, end, &f))
}

// webshell: an upload to the portal, requests to a page that was never there, and a web server that calls out.
func (a *attack) webshell() {
	c, r := a.c, a.r
	dst, where := a.lair()
	web := c.servers["web01"]
	from := where.addr(r)
	q := request{client: from, method: "POST", path: "/applications/26-00411/comment", status: 302, bytes: 0, ms: 900, agent: pick(r, browsers), event: "upload"}

	a.step("upload")
	at := a.day + 3*hour + r.Int64N(hour)
	for range 3 {
		a.q.put(at, portal(a.q.buf(), r, at, web.host, &q))
		at += r.span(40*second, 0.4)
	}
	a.step("shell")
	q.event, q.status = "request", 200
	for _, path := range []string{"/uploads/2026/03/plan_a4.phtml", "/uploads/2026/03/plan_a4.phtml?c=id", "/uploads/2026/03/plan_a4.phtml?c=uname+-a"} {
		q.path, q.bytes, q.ms = path, uint64(r.between(20, 400)), 30
		a.q.put(at, portal(a.q.buf(), r, at, web.host, &q))
		at += r.span(25*second, 0.4)
	}
	for range 40 {
		q.bytes, q.ms = uint64(r.skewed(900, 1)), uint64(r.skewed(200, 1))
		q.path = "/uploads/2026/03/plan_a4.phtml?c=" + fingerprint(r)[:20]
		a.q.put(at, portal(a.q.buf(), r, at, web.host, &q))
		at += r.span(90*second, 0.8)
	}
	a.step("foothold")
	w := user{login: "www-data", uid: 33}
	for _, command := range []string{"/usr/bin/python3 -c import pty", "/bin/bash -p", "/usr/bin/find / -perm -4000"} {
		c.asRoot(a.q, r, at, web, &w, command)
		at += r.span(2*minute, 0.4)
	}
	a.q.put(at, web.cron(a.q.buf(), at, process(r), "www-data", "/var/tmp/.s/apachectl -d"))
	a.step("beacon")
	a.beacon(at, a.day+20*hour, 10*minute, web.ip, nil, dst, where, 9443, "tcp/9443")
	a.step("lateral")
	at = a.day + 20*hour
	for _, role := range []string{"db01", "fs01", "revben01", "dc01", "bak01"} {
		f := flow{
			src: web.ip, sport: r.ephemeral(), dst: c.servers[role].ip, dport: pick(r, []uint16{5432, 445, 22}), proto: 6, policy: polInside,
			action: "deny", from: "Reserved", to: "Reserved",
		}
		f.service = "tcp/" + strconv.Itoa(int(f.dport))
		a.q.put(at, c.fgt.traffic(a.q.buf(), r, at, &f))
		at += r.span(30*second, 0.5)
	}
}
