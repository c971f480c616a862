package gen

import "slices"

// diversions lead names, traffic and readers where they were not to go.
func diversions() []kind {
	return []kind{
		{"dns-hijack", 3, (*attack).dnsHijack},
		{"traffic-copy", 3, (*attack).trafficCopy},
		{"doh-tunnel", 3, (*attack).dohTunnel},
		{"seo-spam", 4, (*attack).seoSpam},
	}
}

// dnsHijack (T1078, T1557, T1584.002, T1539): somebody changes at the router which resolver the machines of one network are told of. From then on
// they ask a rented host, which answers all as it should be, but for the names of Outlook: those lead to another host of his, which passes the login
// on and keeps it (NCSC, 7 April 2026, of APT28: the second resolver stays the right one, only outlook.office365.com and outlook.live.com are
// answered so).
func (a *attack) dnsHijack() {
	c, r := a.c, a.r
	dst, where := a.lair()
	from, trap, third := where.addr(r), dst+1, 10+r.IntN(len(departments))
	a.step("change")
	at := a.between(0, 7*hour)
	login := pick(r, c.admins).login
	a.q.put(at, c.fgt.admin(a.q.buf(), at, login, from, true))
	at += r.span(40*second, 0.4)
	a.q.put(at, c.fgt.configured(a.q.buf(), r, at, login, "GUI("+from.String()+")", "Edit", "system.dhcp.server", number(uint64(third-8)),
		"dns-service[default->specify]dns-server1["+dst.String()+"]dns-server2["+c.servers["dc01"].ip.String()+"]"))
	office, outlook := officeHours(), slices.IndexFunc(c.web.sites, func(s website) bool { return s.name == "outlook.office365.com" })
	for i, asked := 0, 0; i < len(c.users) && asked < 5; i++ {
		u := &c.users[i]
		if int(u.ip>>8&255) != third {
			continue
		}
		asked++
		for at := a.day + 8*hour + r.Int64N(2*hour); at < a.day+2*day+18*hour; at += r.span(15*minute, 0.9) {
			if week := int64(weekday(at))*day + at%day; !r.chance(office.value(week) / office.peak) {
				continue
			}
			a.step("ask")
			s := c.web.visit(r, 0.02)
			answer := s.addr(r)
			caught := r.chance(0.12)
			if caught {
				s, answer = &c.web.sites[outlook], trap
			}
			w := wire{src: u.ip, sport: r.ephemeral(), dst: dst, dport: 53, proto: "UDP", id: flowID(r)}
			f := flow{
				src: u.ip, sport: w.sport, dst: dst, dport: 53, proto: 17, policy: polInternet, action: "accept", service: "DNS", user: u, mac: u.mac, from: "Reserved", to: where.name,
				nat: c.public, seconds: 180, sent: uint64(r.skewed(72, 0.2)), rcvd: uint64(r.skewed(150, 0.4)),
			}
			id := uint64(r.IntN(65536))
			a.q.put(at, eveDNSQuery(a.q.buf(), at, &w, id, s.name, "A"))
			reply := at + r.span(30*second/1000, 0.4)
			back := wire{src: dst, sport: 53, dst: u.ip, dport: w.sport, proto: "UDP", id: w.id}
			var data [16]byte
			a.q.put(reply, eveDNSAnswer(a.q.buf(), reply, &back, id, s.name, "A", "NOERROR", uint64(r.between(1, 20)*30), answer.append(data[:0])))
			c.finish(a.q, r, at, &f, &w, "dns", 0.1)
			if !caught {
				continue
			}
			a.step("catch")
			w = wire{src: u.ip, sport: r.ephemeral(), dst: trap, dport: 443, proto: "TCP", id: flowID(r)}
			if r.chance(0.3) {
				a.q.put(reply+second/20, eveTLS(a.q.buf(), r, reply+second/20, &w, s.name, s.name))
			}
			a.call(reply+second/20, u.ip, u, trap, where, 443, "HTTPS", 40, 12_000, 60_000)
		}
	}
}

// trafficCopy (T1078, T1020.001, T1040, T1572, T1136.001): with an administrator's password somebody sets up a tunnel at the edge in the night, and a
// copy of what goes by into it, with an account of his own for later. The copy runs for two days, as much as there is work (AA25-239A, August 2025,
// with the NCSC, of Salt Typhoon: GRE, mirrored ports, accounts).
func (a *attack) trafficCopy() {
	c, r := a.c, a.r
	dst, where := a.lair()
	from, login := where.addr(r), pick(r, c.admins).login
	a.step("set up")
	at := a.between(0, 5*hour)
	a.q.put(at, c.fgt.admin(a.q.buf(), at, login, from, true))
	for _, x := range [][3]string{
		{"system.gre-tunnel", "gre-" + r.letters(3), "interface[wan1]remote-gw[" + dst.String() + "]local-gw[" + c.public.String() + "]"},
		{"switch-controller.traffic-sniffer", "", "mode[erspan-auto]erspan-ip[" + dst.String() + "]"},
		{"firewall.policy", number(uint64(r.between(40, 90))), "srcaddr[all]dstaddr[all]service[GRE]logtraffic[disable]"},
		{"system.admin", pick(r, []string{"netmon", "noc", "backup-ro"}), "password[*]accprofile[super_admin]"},
	} {
		at += r.span(80*second, 0.5)
		a.q.put(at, c.fgt.configured(a.q.buf(), r, at, login, "GUI("+from.String()+")", "Add", x[0], x[1], x[2]))
	}
	at += r.span(2*minute, 0.4)
	a.q.put(at, c.fgt.admin(a.q.buf(), at, login, from, false))
	a.step("copy")
	office := officeHours()
	for end := a.day + 2*day + 4*hour; at < end; at += 30 * minute {
		busy := 0.02 + office.value(int64(weekday(at))*day+at%day)/office.peak
		f := flow{
			src: ip(10, c.net, 0, 2), dst: dst, proto: 47, policy: polOut, action: "accept", service: "GRE", from: "Reserved", to: where.name, nat: c.public,
			seconds: 1_800, sent: uint64(r.skewed(2.5e9*busy, 0.2)),
		}
		end := at + 30*minute
		a.q.put(end, c.fgt.traffic(a.q.buf(), r, end, &f))
	}
}

// dohTunnel (T1071.004, T1572, T1573.002): what was put on a server speaks to its master inside of questions for names, and asks them by HTTPS at
// resolvers that everybody may ask, now this one, now that: some bytes each ten minutes or so, and a hundred questions one behind the other where
// there is something to say (Stairwell, June 2023, of ChamelDoH, which is made for Linux).
func (a *attack) dohTunnel() {
	c, r := a.c, a.r
	src := c.servers[pick(r, []string{"fs01", "db01", "revben01", "web01"})].ip
	where, pause := countryNamed("United States"), r.span(10*minute, 0.3)
	ask := func(at int64, sent, rcvd float64) {
		to := pick(r, resolvers[:3])
		a.beyond(at, src, nil, to.addr, where, to.name, 443, 2, sent, rcvd)
	}
	at := a.between(0, 20*hour)
	for end := a.day + 60*hour; at < end; at += int64(float64(pause) * (0.7 + 0.6*r.Float64())) {
		a.step("ask")
		ask(at, 1_900, 5_200)
		if r.chance(0.01) {
			a.step("work")
			for range r.between(60, 120) {
				at += r.span(2*second, 0.6)
				ask(at, r.skewed(3_500, 0.3), r.skewed(5_800, 0.2))
			}
		}
	}
}

// seoSpam (T1190, T1505.003, T1608.006, T1036): the portal shows search engines pages of slot machines that nobody else sees, by some thousand names,
// and sends on who comes from a search for them, mostly from the east of Asia. Its own readers notice nothing (The Register, February 2009, of dozens
// of councils; Old Catton's, June 2026; ESET, September 2025, of GhostRedirector).
func (a *attack) seoSpam() {
	c, r, web := a.c, a.r, a.c.servers["web01"]
	thief, _ := a.lair()
	q := request{client: thief, method: "POST", agent: pick(r, browsers[:4]), event: "request"}
	ask := func(at int64, path string, status, bytes uint64) {
		q.path, q.status, q.bytes, q.ms = path, status, bytes, uint64(r.skewed(60, 0.6))
		a.q.put(at, portal(a.q.buf(), r, at, web.host, &q))
	}
	a.step("plant")
	at := a.between(0, 12*hour)
	q.event = "upload"
	ask(at, "/applications/26-0"+string(pad(nil, int64(r.IntN(4000)), 4))+"/comment", 302, 0)
	q.event = "request"
	shell := "/uploads/" + r.letters(5) + ".php"
	for range r.between(3, 6) {
		at += r.span(40*second, 0.6)
		ask(at, shell, 200, uint64(r.skewed(700, 0.8)))
	}
	games := []string{"slot-gacor", "slot88", "situs-judi", "bonus-new-member", "rtp-live", "toto-macau", "demo-pragmatic"}
	page := func() string {
		return "/" + pick(r, games) + "-" + pick(r, webWords) + number(uint64(r.IntN(400))) + "/"
	}
	visit := func(at int64, from addr, country *country, bytes uint64) {
		f := flow{
			src: from, sport: r.ephemeral(), dst: web.ip, dport: 443, proto: 6, policy: polPortal, action: "close", service: "HTTPS", from: country.name, to: "Reserved",
			seconds: uint64(r.between(1, 9)), sent: 1_800, rcvd: bytes + 4_000,
		}
		w := wire{src: from, sport: f.sport, dst: web.ip, dport: 443, proto: "TCP", id: flowID(r)}
		c.finish(a.q, r, at, &f, &w, "tls", 0.15)
	}
	states := countryNamed("United States")
	crawler := states.addr(r) &^ 255
	q.method = "GET"
	for end := a.day + 3*day + 12*hour; at < end; at += r.span(9*minute, 0.9) {
		a.step("crawl")
		q.client, q.agent = crawler+addr(r.between(1, 60)), pick(r, robots[:2])
		size := uint64(r.skewed(26_000, 0.2))
		ask(at, page(), 200, size)
		visit(at, q.client, states, size)
		if at < a.day+day || !r.chance(0.3) { // readers come when a search engine knows the pages
			continue
		}
		a.step("lead")
		from := countryNamed(pick(r, []string{"Indonesia", "Indonesia", "Thailand", "Viet Nam", "Singapore"}))
		q.client, q.agent = from.addr(r), pick(r, browsers[4:])
		when := at + r.span(3*minute, 0.5)
		ask(when, page(), 302, 0)
		visit(when, q.client, from, 0)
	}
}
