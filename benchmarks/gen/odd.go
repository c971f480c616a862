package gen

import "strings"

// An oddity comes so many times a day, at hours of the day, and on days off only where it is not people's.
type oddity struct {
	perDay   float64
	from, to int // hour of the day
	weekend  bool
	do       func(at int64)
}

// oddities plans the harmless novelty of each day: what no day before contained and what is nevertheless nobody's attack. A detector
// must stay quiet about nearly all of it.
func (l *life) oddities() {
	l.scatter([]oddity{
		{0.7, 9, 16, false, l.laptop},
		{0.25, 9, 16, false, l.printer},
		{0.4, 10, 15, false, l.contractor},
		{0.3, 7, 21, true, l.holiday},
		{0.5, 10, 17, false, l.firewallChange},
		{0.25, 5, 7, true, l.reboot},
		{0.8, 8, 17, false, l.lockout},
		{0.35, 9, 17, false, l.bigDownload},
		{0.3, 18, 23, false, l.late},
		{0.5, 9, 17, false, l.newService},
		{0.15, 2, 4, true, l.certificate},
	})
	for d := range l.moods {
		if begin := l.start + int64(d)*day; weekday(begin) == 1 { // updates are put in on Tuesday evening
			l.once(begin+19*hour, l.patching)
		}
	}
}

// scatter draws the moments of oddities.
func (l *life) scatter(all []oddity) {
	for d := range l.moods {
		begin := l.start + int64(d)*day
		rest := l.moods[d].holiday || weekday(begin) > 4
		for _, k := range all {
			for p := k.perDay; l.r.chance(p); p -= 0.6 {
				at := begin + int64(k.from)*hour + l.r.Int64N(int64(k.to-k.from)*hour)
				if !rest || k.weekend {
					l.once(at, k.do)
				}
			}
		}
	}
}

// laptop is a new machine that a member of staff gets.
func (l *life) laptop(at int64) {
	u := l.c.staff(l.r)
	u.mac = 0xc84bd6_000000 | uint64(l.r.IntN(1<<24))
	third := int(u.ip >> 8 & 255)
	u.ip = ip(10, l.c.net, third, 251-l.r.IntN(2))
	l.q.put(at, l.c.fgt.lease(l.q.buf(), at, "lan", u.mac, u.ip, "LT-"+strings.ToUpper(u.login)))
	for range 12 {
		at += l.r.span(8*second, 1)
		l.c.surf(l.q, l.r, at, u, &l.c.web.sites[l.r.IntN(11)])
	}
}

// printer is one that was replaced and asks its maker for news.
func (l *life) printer(at int64) {
	r, a := l.r, pick(l.r, l.c.printers)
	mac := 0x30055c_000000 | uint64(r.IntN(1<<24))
	l.q.put(at, l.c.fgt.lease(l.q.buf(), at, "lan", mac, a, "BRW30055C"))
	to := countryNamed("United States").addr(r)
	for range 4 {
		f := flow{
			src: a, sport: r.ephemeral(), dst: to, dport: 443, proto: 6, policy: polInternet, action: "close", service: "HTTPS", mac: mac,
			from: "Reserved", to: "United States", nat: l.c.public, seconds: 3, sent: 1800, rcvd: uint64(r.skewed(9000, 0.5)),
		}
		w := wire{src: a, sport: f.sport, dst: to, dport: 443, proto: "TCP", id: flowID(r)}
		l.c.finish(l.q, r, at, &f, &w, "tls", 0.3)
		at += r.span(20*minute, 0.6)
	}
}

// contractor is an outside firm that logs in by VPN under its own account.
func (l *life) contractor(at int64) {
	u := user{login: "ext-" + pick(l.r, webWords), dept: "Suppliers", remote: true}
	uk := countryNamed("United Kingdom")
	l.c.remote(l.q, l.r, at, &u, uk.addr(l.r), uk, l.r.IntN(2), l.r.span(90*minute, 0.4))
}

// holiday is a member of staff who reads mail from abroad.
func (l *life) holiday(at int64) {
	where := countryNamed(pick(l.r, []string{"Spain", "France", "Portugal", "Greece", "Italy", "Ireland", "Poland"}))
	u := l.c.staff(l.r)
	l.c.remote(l.q, l.r, at, u, where.addr(l.r), where, l.r.IntN(2), l.r.span(40*minute, 0.5))
}

// firewallChange is an administrator who edits the firewall's rules.
func (l *life) firewallChange(at int64) {
	r, u := l.r, pick(l.r, l.c.admins)
	l.q.put(at, l.c.fgt.admin(l.q.buf(), at, u.login, u.ip, true))
	for range r.between(1, 4) {
		at += r.span(90*second, 0.6)
		path := pick(r, []string{"firewall.address", "firewall.policy", "firewall.service.custom", "webfilter.urlfilter", "user.local"})
		object := pick(r, webWords) + "-" + pick(r, webNouns)
		l.q.put(at, l.c.fgt.configured(l.q.buf(), r, at, u.login, "GUI("+u.ip.String()+")", "Edit", path, object, "comment[changed for "+u.login+"]"))
	}
	at += r.span(5*minute, 0.4)
	l.q.put(at, l.c.fgt.admin(l.q.buf(), at, u.login, u.ip, false))
}

// reboot is a server that comes up again, with all that its services say.
func (l *life) reboot(at int64) {
	s := pick(l.r, l.c.linux)
	l.q.put(at, s.systemd(l.q.buf(), at, "Shutting down."))
	at += l.r.span(70*second, 0.3)
	for _, t := range []string{
		"Linux version 6.8.0-101-generic (buildd@lcy02-amd64-080) #101-Ubuntu SMP PREEMPT_DYNAMIC",
		"Command line: BOOT_IMAGE=/vmlinuz-6.8.0-101-generic root=/dev/mapper/ubuntu--vg-ubuntu--lv ro",
		"BIOS-provided physical RAM map:", "DMI: VMware, Inc. VMware Virtual Platform/440BX Desktop Reference Platform",
		"EXT4-fs (dm-0): mounted filesystem with ordered data mode. Quota mode: none.",
		"vmxnet3 0000:03:00.0 ens160: NIC Link is Up 10000 Mbps",
	} {
		l.q.put(at, append(s.line(l.q.buf(), at, "kernel", 0), t...))
		at += l.r.span(second/5, 0.5)
	}
	for _, u := range []string{"ssh.service - OpenBSD Secure Shell server", "cron.service - Regular background program processing daemon", "apache2.service - The Apache HTTP Server"} {
		l.q.put(at, s.systemd(l.q.buf(), at, "Started ", u, "."))
		at += l.r.span(second/3, 0.5)
	}
}

// lockout is somebody who has forgotten a password.
func (l *life) lockout(at int64) {
	u, host := l.c.staff(l.r), l.c.servers["revben01"]
	d := deed{user: u.login, from: u.ip, action: "login", outcome: "failure"}
	for range l.r.between(3, 7) {
		d.ms = uint64(l.r.skewed(120, 0.3))
		l.q.put(at, revben(l.q.buf(), at, host.host, &d))
		at += l.r.span(11*second, 0.6)
	}
	d.outcome = "success"
	at += l.r.span(6*minute, 0.6)
	l.q.put(at, revben(l.q.buf(), at, host.host, &d))
}

// bigDownload is a member of staff who draws something large.
func (l *life) bigDownload(at int64) {
	s := l.c.web.invent(l.r)
	s.median = 2e9
	l.c.surf(l.q, l.r, at, l.c.staff(l.r), &s)
}

// late is somebody who works into the evening.
func (l *life) late(at int64) {
	u := l.c.staff(l.r)
	for range l.r.between(10, 30) {
		at += l.r.span(2*minute, 0.9)
		l.c.surf(l.q, l.r, at, u, l.c.web.visit(l.r, 0.02))
	}
}

// newService is a web application that a department takes up: a host that nobody spoke to, then several people do.
func (l *life) newService(at int64) {
	s := l.c.web.invent(l.r)
	for range l.r.between(4, 12) {
		u := l.c.staff(l.r)
		for range l.r.between(1, 4) {
			at += l.r.span(3*minute, 1)
			l.c.surf(l.q, l.r, at, u, &s)
		}
	}
}

// certificate is the renewal of a certificate.
func (l *life) certificate(at int64) {
	s := l.c.servers["web01"]
	l.service(at, s, "certbot.service", "Certbot")
	l.q.put(at+3*second, s.systemd(l.q.buf(), at+3*second, "Reloading apache2.service - The Apache HTTP Server..."))
}

// patching is an evening of updates: every server, packages, services that start again.
func (l *life) patching(at int64) {
	u := pick(l.r, l.c.admins)
	for _, s := range l.c.linux {
		at += l.r.span(4*minute, 0.4)
		l.c.shell(l.q, l.r, at, s, u, l.c.servers["jump01"].ip, []string{"/usr/bin/apt update", "/usr/bin/apt upgrade -y", "/usr/sbin/reboot"}, 6*minute)
		for range l.r.between(2, 6) {
			unit := pick(l.r, webNouns) + ".service"
			l.service(at+l.r.Int64N(6*minute), s, unit, "Upgrade hook of "+unit)
		}
	}
}
