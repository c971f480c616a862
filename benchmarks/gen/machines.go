package gen

import "strconv"

// serverCalls are what servers ask of the internet, the most usual first.
var serverCalls = []struct {
	role, name, service string
	port                uint16
	proto               uint64
	median              float64
}{
	{"dc01", "uk.pool.ntp.org", "NTP", 123, 17, 76},
	{"dc01", "dns.google", "DNS", 53, 17, 240},
	{"dc02", "dns.google", "DNS", 53, 17, 240},
	{"gw01", "ntp.ubuntu.com", "NTP", 123, 17, 76},
	{"web01", "api.notifications.service.gov.uk", "HTTPS", 443, 6, 4_000},
	{"mon01", "api.pagerduty.com", "HTTPS", 443, 6, 3_000},
	{"revben01", "api.pay.gov.uk", "HTTPS", 443, 6, 5_000},
	{"mail01", "cdn.mailfilter.example", "HTTPS", 443, 6, 30_000},
	{"revben01", "ws.ons.gov.uk", "HTTPS", 443, 6, 70_000},
	{"web01", "api.os.uk", "HTTPS", 443, 6, 40_000},
}

// upkeep is a server's call to the internet.
func (l *life) upkeep(at int64) {
	r, c := l.r, l.c
	i := min(int(r.ExpFloat64()*3.5), len(serverCalls)-1)
	call := &serverCalls[i]
	home := newRNG(uint64(i), "calls "+c.name)
	where := countryNamed(pick(home, []string{"United Kingdom", "Ireland", "United States"}))
	addrs := [3]addr{where.addr(home), where.addr(home), where.addr(home)}
	f := flow{
		src: c.servers[call.role].ip, sport: r.ephemeral(), dst: pick(r, addrs[:]), dport: call.port, proto: call.proto, policy: polOut,
		action: "close", service: call.service, from: "Reserved", to: where.name, nat: c.public, seconds: uint64(r.skewed(4, 0.9)),
		sent: uint64(r.skewed(call.median/8+70, 0.5)), rcvd: uint64(r.skewed(call.median, 0.7)),
	}
	w := wire{src: f.src, sport: f.sport, dst: f.dst, dport: f.dport, proto: "TCP", id: flowID(r)}
	app := "tls"
	if call.proto == 17 {
		f.action, w.proto, app = "accept", "UDP", "ntp"
	}
	if r.chance(0.2) {
		at = c.resolve(l.q, r, at, f.src, call.name, "A", f.dst)
	}
	c.finish(l.q, r, at, &f, &w, app, 0.2)
}

// updates is a server that asks its maker for news, as each does twice a day.
func (l *life) updates(at int64, s *server) {
	r, c := l.r, l.c
	for _, host := range []string{"archive.ubuntu.com", "security.ubuntu.com"} {
		mirror := newRNG(3, host+c.name)
		to := countryNamed("United Kingdom").addr(mirror)
		f := flow{
			src: s.ip, sport: r.ephemeral(), dst: to, dport: 80, proto: 6, policy: polOut, action: "close", service: "HTTP", from: "Reserved",
			to: "United Kingdom", nat: c.public, seconds: uint64(r.skewed(4, 0.9)), sent: uint64(r.skewed(2_000, 0.3)), rcvd: uint64(r.skewed(200_000, 1)),
		}
		w := wire{src: f.src, sport: f.sport, dst: to, dport: 80, proto: "TCP", id: flowID(r)}
		at = c.resolve(l.q, r, at, s.ip, host, "A", to)
		for _, suite := range []string{"noble", "noble-updates", "noble-security"} {
			at += r.span(second/10, 0.5)
			l.q.put(at, eveHTTP(l.q.buf(), at, &w, host, "/ubuntu/dists/"+suite+"/InRelease", "Debian APT-HTTP/1.3 (2.8.3)", "text/plain", f.rcvd/3))
		}
		c.finish(l.q, r, at, &f, &w, "http", 0.5)
	}
}

// manage is an administrator at work: through the jump host to a server, some commands as root.
func (l *life) manage(at int64) {
	r, c := l.r, l.c
	u, to := pick(r, c.admins), pick(r, c.linux)
	jump := c.servers["jump01"]
	if r.chance(0.06) {
		for range 1 + r.IntN(2) {
			l.q.put(at, jump.failed(l.q.buf(), at, process(r), u.login, true, u.ip, r.ephemeral()))
			at += r.span(6*second, 0.4)
		}
	}
	if to != jump {
		c.shell(l.q, r, at, jump, u, u.ip, nil, 20*minute)
		at += r.span(20*second, 0.6)
		c.managed(l.q, r, at, jump, to, 22, "SSH", 600, 30_000, 120_000)
	}
	from := jump.ip
	if to == jump {
		from = u.ip
	}
	var commands []string
	for range r.IntN(5) {
		commands = append(commands, l.chore())
	}
	c.shell(l.q, r, at, to, u, from, commands, r.span(8*minute, 0.7))
}

// managed writes a connection from the network of those who look after the servers to one of them, at its end.
func (c *council) managed(q *queue, r rng, at int64, from, to *server, port uint16, service string, seconds, sent, rcvd float64) {
	f := flow{
		src: from.ip, sport: r.ephemeral(), dst: to.ip, dport: port, proto: 6, policy: polManage, action: "close", service: service, from: "Reserved",
		to: "Reserved", seconds: uint64(r.skewed(seconds, 0.8)), sent: uint64(r.skewed(sent, 1)), rcvd: uint64(r.skewed(rcvd, 1)),
	}
	end := at + int64(f.seconds)*second
	q.put(end, c.fgt.traffic(q.buf(), r, end, &f))
}

// chore is a command: most are usual, some were never given before.
func (l *life) chore() string {
	r := l.r
	if r.chance(0.08) {
		tool := pick(r, []string{"/usr/bin/vim /etc/", "/usr/bin/cat /var/log/", "/usr/bin/ls -l /srv/", "/usr/bin/systemctl status ", "/usr/bin/apt install -y "})
		return tool + pick(r, webWords) + pick(r, webNouns)
	}
	return chores[min(int(r.ExpFloat64()*9), len(chores)-1)]
}

// shell writes a login with a key, commands by sudo, and the end.
func (c *council) shell(q *queue, r rng, at int64, s *server, u *user, from addr, commands []string, length int64) {
	pid := process(r)
	q.put(at, s.accepted(q.buf(), at, pid, "publickey", u.login, from, r.ephemeral(), u.key))
	at += r.span(second/200, 0.3)
	q.put(at, s.opened(q.buf(), at, "sshd", pid, "sshd", u.login, u.uid, u.login, 0))
	end := at + length
	for range commands {
		at += 1 + r.Int64N(length/int64(len(commands)+1)+second)
		c.asRoot(q, r, at, s, u, commands[0])
		commands = commands[1:]
	}
	end = max(end, at+second)
	q.put(end, s.ended(q.buf(), end, "sshd", pid, "sshd", u.login))
}

// asRoot writes one command by sudo.
func (c *council) asRoot(q *queue, r rng, at int64, s *server, u *user, command string) {
	q.put(at, s.sudo(q.buf(), at, u.login, command))
	at += second / 1000
	q.put(at, s.opened(q.buf(), at, "sudo", 0, "sudo", "root", 0, u.login, u.uid))
	at += r.span(second, 1.2)
	q.put(at, s.ended(q.buf(), at, "sudo", 0, "sudo", "root"))
}

// timer is a job that systemd starts on some server.
func (l *life) timer(at int64) {
	s := pick(l.r, l.c.linux)
	job := routine[min(int(l.r.ExpFloat64()*2.2), len(routine)-1)]
	l.service(at, s, job.unit, job.what)
}

func (l *life) service(at int64, s *server, unit, what string) {
	l.q.put(at, s.systemd(l.q.buf(), at, "Starting ", unit, " - ", what, "..."))
	at += l.r.span(second/2, 1)
	l.q.put(at, s.systemd(l.q.buf(), at, unit, ": Deactivated successfully."))
	l.q.put(at+1000, s.systemd(l.q.buf(), at+1000, "Finished ", unit, " - ", what, "."))
}

// noise are lines of daemons that come as they like.
func (l *life) noise(at int64) {
	r, s := l.r, pick(l.r, l.c.linux)
	switch r.IntN(5) {
	case 0:
		l.q.put(at, s.systemd(l.q.buf(), at, "Reloading apache2.service - The Apache HTTP Server..."))
	case 1:
		b := append(s.line(l.q.buf(), at, "systemd-timesyncd", 702), "Contacted time server "...)
		l.q.put(at, append(l.c.servers["dc01"].ip.append(b), ":123 (time.internal)."...))
	case 2:
		b := s.line(l.q.buf(), at, "smartd", 911)
		l.q.put(at, append(appendKey(b, "Device: /dev/sda [SAT], SMART Usage Attribute: 194 Temperature_Celsius changed to ", uint64(r.between(62, 74))), ""...))
	case 3:
		b := append(s.line(l.q.buf(), at, "snmpd", 1044), "Connection from UDP: ["...)
		b = appendKey(append(l.c.servers["mon01"].ip.append(b), ']'), ":", uint64(r.ephemeral()))
		l.q.put(at, append(s.ip.append(append(b, "->["...)), "]:161"...))
	default:
		b := s.line(l.q.buf(), at, "systemd-resolved", 655)
		l.q.put(at, append(b, "Clock change detected. Flushing caches."...))
	}
}

// clockwork starts what comes by the clock: jobs, statistics, the night's backups.
func (l *life) clockwork() {
	for i, s := range l.c.linux {
		l.every(hour, 17*minute+int64(i)*second/7, second, func(at int64) { l.job(at, s, "root", "cd / && run-parts --report /etc/cron.hourly") })
		l.every(12*hour, 6*hour+int64(i)*9*minute, 30*minute, func(at int64) { l.updates(at, s) })
	}
	for _, role := range []string{"web01", "revben01", "fs01"} {
		s := l.c.servers[role]
		l.every(10*minute, second, second, func(at int64) {
			l.job(at, s, "root", "command -v debian-sa1 > /dev/null && debian-sa1 1 1")
		})
	}
	l.every(5*minute, 2*second, second, func(at int64) {
		l.job(at, l.c.servers["revben01"], "revben", "/opt/revben/bin/import-payments --quiet")
	})
	busy := officeHours()
	l.every(5*minute, 41*second, second, func(at int64) {
		l.q.put(at, l.c.fgt.stats(l.q.buf(), l.r, at, l.busy(busy, at)/busy.peak))
	})
	l.every(day, hour, 5*minute, l.backup)
	l.every(day, 2*hour+30*minute, 10*minute, l.offsite)
	l.every(day, 4*hour+10*minute, 5*minute, func(at int64) { l.job(at, l.c.servers["web01"], "www-data", "/srv/portal/bin/purge-sessions") })
	l.every(day, 6*hour+25*minute, 2*minute, func(at int64) {
		for _, s := range l.c.linux {
			l.job(at, s, "root", "test -x /usr/sbin/anacron || { cd / && run-parts --report /etc/cron.daily; }")
			at += l.r.span(second, 1)
		}
	})
	l.every(day, 21*hour, 15*minute, l.batch)
	l.every(day, 22*hour+40*minute, 20*minute, l.ownScan)
}

// job is one run of a cron job.
func (l *life) job(at int64, s *server, login, command string) {
	pid := process(l.r)
	l.q.put(at, s.opened(l.q.buf(), at, "CRON", pid, "cron", login, 0, "root", 0))
	l.q.put(at+second/1000, s.cron(l.q.buf(), at+second/1000, pid+1, login, command))
	at += l.r.span(second/2, 1)
	l.q.put(at, s.ended(l.q.buf(), at, "CRON", pid, "cron", login))
}

// backup is the night's: the backup server logs in everywhere and draws the data.
func (l *life) backup(at int64) {
	from := l.c.servers["bak01"]
	robot := user{login: "backup", uid: 34, key: "SHA256:" + fingerprint(newRNG(1, l.c.name))}
	for _, s := range l.c.linux {
		if s == from {
			continue
		}
		l.c.shell(l.q, l.r, at, s, &robot, from.ip, nil, l.r.span(6*minute, 0.5))
		at += l.r.span(3*minute, 0.5)
	}
}

// offsite is the nightly copy to the cloud: large, outbound, at night, and ordinary.
func (l *life) offsite(at int64) {
	r, from := l.r, l.c.servers["bak01"]
	store := newRNG(7, "offsite "+l.c.name)
	to := countryNamed("Ireland").addr(store)
	for range r.between(4, 8) {
		f := flow{
			src: from.ip, sport: r.ephemeral(), dst: to, dport: 443, proto: 6, policy: polOut, action: "close", service: "HTTPS", from: "Reserved",
			to: "Ireland", nat: l.c.public, seconds: uint64(r.skewed(700, 0.4)), sent: uint64(r.skewed(2.4e9, 0.5)), rcvd: uint64(r.skewed(9e6, 0.3)),
		}
		w := wire{src: f.src, sport: f.sport, dst: to, dport: 443, proto: "TCP", id: flowID(r)}
		l.c.finish(l.q, r, at, &f, &w, "tls", 0.5)
		at += r.span(8*minute, 0.5)
	}
}

// batch is the evening run of the revenues and benefits application.
func (l *life) batch(at int64) {
	host := l.c.servers["revben01"]
	d := deed{user: "batch", from: host.ip, outcome: "success"}
	for _, step := range []string{"accrue_interest", "match_payments", "reconcile", "print_queue", "archive_documents", "export"} {
		d.action, d.rows, d.ms = step, uint64(l.r.skewed(4000, 0.6)), uint64(l.r.skewed(60_000, 0.5))
		l.q.put(at, revben(l.q.buf(), at, host.host, &d))
		at += l.r.span(4*minute, 0.5)
	}
}

// guest is a visitor of the library with a telephone.
func (l *life) guest(at int64) {
	r, c := l.r, l.c
	n := min(int(r.ExpFloat64()*60), len(l.phones)-1)
	u := user{ip: ip(10, c.net, 200+n/200, 10+n%200), mac: l.phones[n]}
	s := c.web.visit(r, 0.03)
	f := flow{
		src: u.ip, sport: r.ephemeral(), dst: s.addr(r), dport: 443, proto: 6, policy: polGuest, action: "close", service: "HTTPS", app: s.app,
		mac: u.mac, from: "Reserved", to: s.country.name, nat: c.public + 4,
		seconds: uint64(r.skewed(12, 1.3)), sent: uint64(r.skewed(2400, 0.9)), rcvd: uint64(r.skewed(s.median, 1.1)),
	}
	if r.chance(0.03) {
		l.q.put(at, c.fgt.lease(l.q.buf(), at, "guest", u.mac, u.ip, pick(r, []string{"iPhone", "Galaxy-A54", "Pixel-8", "iPad", "android-" + s.name[:3]})))
	}
	w := wire{src: f.src, sport: f.sport, dst: f.dst, dport: 443, proto: "TCP", id: flowID(r)}
	if r.chance(0.3) {
		at = c.resolve(l.q, r, at, u.ip, s.name, "A", f.dst)
	}
	c.finish(l.q, r, at, &f, &w, "tls", 0.1)
}

// ownScan is the council's own scanner, which looks for holes each night: the same ports of every server, in the same order.
func (l *life) ownScan(at int64) {
	r, from := l.r, l.c.servers["mon01"].ip
	for _, s := range l.c.linux {
		for _, port := range scanPorts[:9] {
			f := flow{
				src: from, sport: r.ephemeral(), dst: s.ip, dport: port, proto: 6, policy: polInside, action: "deny",
				service: "tcp/" + strconv.Itoa(int(port)), from: "Reserved", to: "Reserved",
			}
			l.q.put(at, l.c.fgt.traffic(l.q.buf(), r, at, &f))
			at += r.span(second/5, 0.8)
		}
	}
}
