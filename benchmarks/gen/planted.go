package gen

// planted is what intruders leave at a council's machines to work without them.
func planted() []kind {
	return []kind{
		{"task-rollout", 2, (*attack).taskRollout},
		{"phishing-page", 2, (*attack).phishingPage},
	}
}

// taskRollout (T1053.003, T1078.002, T1021.004): in one night an administrator's account leaves the same job on every server, with a name
// that looks like the system's own. From then on it runs everywhere in the same minute of each hour, as ATT&CK tells of many groups and of
// worms among servers of Linux.
func (a *attack) taskRollout() {
	c, r, u := a.c, a.r, pick(a.r, a.c.admins)
	jump := c.servers["jump01"]
	name := pick(r, []string{"sysstat-sync", "apt-compat2", "e2scrub-all", "popularity", "logcheck-sa"})
	a.step("enter")
	at := a.between(24*hour, 28*hour)
	c.shell(a.q, r, at, jump, u, u.ip, nil, 40*minute)
	a.step("leave")
	for _, s := range c.linux {
		if s == jump {
			continue
		}
		at += r.span(70*second, 0.3)
		c.managed(a.q, r, at, jump, s, 22, "SSH", 40, 900_000, 9_000)
		c.shell(a.q, r, at, s, u, jump.ip, []string{"/usr/bin/install -m 755 /tmp/" + name + " /usr/lib/" + name, "/usr/bin/tee /etc/cron.d/" + name}, 50*second)
	}
	a.step("run")
	of := int64(r.between(3, 57)) * minute
	for at += hour - at%hour + of; at < a.day+44*hour; at += hour {
		for _, s := range c.linux {
			if s == jump {
				continue
			}
			pid, when := process(r), at+second+r.Int64N(second/2)
			a.q.put(when, s.opened(a.q.buf(), when, "CRON", pid, "cron", "root", 0, "root", 0))
			a.q.put(when+second/1000, s.cron(a.q.buf(), when+second/1000, pid+1, "root", "test -x /usr/lib/"+name+" && /usr/lib/"+name+" -q"))
			end := when + r.span(2*second, 0.5)
			a.q.put(end, s.ended(a.q.buf(), end, "CRON", pid, "cron", "root"))
		}
	}
}

// phishingPage (T1584.004, T1608.005, T1566.002): a form for a bank's passwords is put on the council's own portal, whose name everybody
// trusts, as it happened to the Home Office (The Register, June 2008). Mails lead people there from all over the country; some fill it in,
// and in the evening somebody fetches what they wrote.
func (a *attack) phishingPage() {
	c, r, web := a.c, a.r, a.c.servers["web01"]
	thief, where := a.lair()
	page, caught := uint64(r.between(14_000, 40_000)), uint64(0)
	folder := "/uploads/" + r.letters(5) + "/"
	q := request{
		client: thief, method: "POST", path: "/applications/26-00" + string(pad(nil, int64(r.IntN(900)), 3)) + "/comment", status: 302, ms: 700,
		agent: pick(r, browsers), event: "upload",
	}
	ask := func(at int64, method, path string, status, size uint64) {
		q.method, q.path, q.status, q.bytes, q.ms = method, path, status, size, uint64(r.skewed(40, 0.6))
		a.q.put(at, portal(a.q.buf(), r, at, web.host, &q))
	}
	a.step("upload")
	at := a.between(0, 7*hour)
	a.q.put(at, portal(a.q.buf(), r, at, web.host, &q))
	q.event = "request"
	ask(at+r.span(minute, 0.4), "GET", folder+"index.html", 200, page)
	own := q
	a.step("lure")
	at = a.between(8*hour, 11*hour)
	for range 160 {
		from := c.web.country(r)
		q.client, q.agent = from.addr(r), browsers[min(int(r.ExpFloat64()*3), len(browsers)-1)]
		when := at
		ask(when, "GET", folder+"index.html", 200, page)
		ask(when+second/2, "GET", folder+"style.css", 200, 9_400)
		if r.chance(0.3) {
			when += r.span(40*second, 0.5)
			caught += uint64(r.between(60, 140))
			ask(when, "POST", folder+"next.php", 302, 0)
		}
		f := flow{
			src: q.client, sport: r.ephemeral(), dst: web.ip, dport: 443, proto: 6, policy: polPortal, action: "close", service: "HTTPS", from: from.name, to: "Reserved",
			seconds: uint64((when-at)/second) + 2, sent: 2_700, rcvd: page + 12_000,
		}
		w := wire{src: q.client, sport: f.sport, dst: web.ip, dport: 443, proto: "TCP", id: flowID(r)}
		if r.chance(0.3) {
			a.q.put(at, eveTLS(a.q.buf(), r, at, &w, "planning."+c.domain, c.name))
		}
		c.finish(a.q, r, at, &f, &w, "tls", 0.15)
		at += r.span(100*second, 1)
	}
	a.step("collect")
	q = own
	q.client = where.addr(r)
	for range r.between(3, 6) {
		at += r.span(hour, 0.3)
		ask(at, "GET", folder+"list.txt", 200, caught)
	}
}
