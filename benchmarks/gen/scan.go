package gen

// scans look for what can be reached.
func scans() []kind {
	return []kind{
		{"port-scan", 1, (*attack).portScan},
		{"port-scan-slow", 3, (*attack).slowScan},
		{"host-sweep", 1, (*attack).hostSweep},
		{"web-scan", 1, (*attack).webScan},
		{"iot-scanner", 1, (*attack).iotScanner},
	}
}

// portScan (T1046): from a workstation that was taken, the thousand ports that nmap takes for usual, of one server, in some minutes. The
// firewall lets through the few that staff may use.
func (a *attack) portScan() {
	u, to := a.victim(), pick(a.r, a.c.linux)
	a.step("scan")
	at := a.between(8*hour, 18*hour)
	for _, port := range a.ports(1000) {
		switch port {
		case 445:
			a.within(at, u.ip, u, to.ip, port, "SMB", 0, 44, 40)
		case 443:
			a.within(at, u.ip, u, to.ip, port, "HTTPS", 0, 44, 40)
		default:
			a.refusal(at, u.ip, u, to.ip, port)
		}
		at += a.r.span(second/4, 0.5)
	}
}

// ports returns so many ports in random order, the well-known among them.
func (a *attack) ports(n int) []uint16 {
	seen := map[uint16]bool{}
	var all []uint16
	for len(all) < n {
		port := uint16(a.r.between(1, 65_535))
		if len(all) < len(scanPorts) {
			port = scanPorts[len(all)]
		}
		if !seen[port] {
			seen[port] = true
			all = append(all, port)
		}
	}
	a.r.Shuffle(n, func(i, j int) { all[i], all[j] = all[j], all[i] })
	return all
}

// slowScan (T1046): the same at the pace of nmap's template T0, one probe in five minutes, for a day and a half, over all servers.
func (a *attack) slowScan() {
	u := a.victim()
	a.step("scan")
	at := a.between(0, 12*hour)
	for _, port := range a.ports(430) {
		a.refusal(at, u.ip, u, pick(a.r, a.c.linux).ip, port)
		at += 5*minute + a.r.Int64N(2*second)
	}
}

// hostSweep (T1018): one port, all addresses of the networks of servers and departments, one after the other, in minutes. It comes before
// most lateral movement.
func (a *attack) hostSweep() {
	u := a.victim()
	port := pick(a.r, []uint16{445, 3389, 22, 5985, 135})
	known := map[addr]bool{}
	for _, s := range a.c.servers {
		known[s.ip] = true
	}
	a.step("sweep")
	at := a.between(8*hour, 20*hour)
	for _, third := range []int{0, 1, 2, 10, 11, 12} {
		for host := 1; host < 255; host += 2 {
			dst := ip(10, a.c.net, third, host)
			if port == 445 && known[dst] {
				a.within(at, u.ip, u, dst, port, "SMB", 1, 400, 300)
			} else {
				a.refusal(at, u.ip, u, dst, port)
			}
			at += a.r.span(second/2, 0.4)
		}
	}
}

// webScan (T1595.002, T1595.003): one address asks the portal for a list of some hundred paths of known weaknesses and forgotten files, as
// nikto, nuclei or gobuster do; the firewall's prevention speaks now and then.
func (a *attack) webScan() {
	c, r := a.c, a.r
	where := c.web.enemy(r)
	src, web := where.addr(r), c.servers["web01"]
	q := request{client: src, method: "GET", agent: pick(r, scanAgents), event: "request"}
	a.step("scan")
	at := a.between(0, 23*hour)
	for range 400 {
		q.path = pick(r, probes)
		if r.chance(0.8) {
			q.path = "/" + pick(r, webWords) + pick(r, []string{"/", ".php", ".bak", ".old", ".zip", ".sql", ".jsp", "/admin/", "/config.inc", "/.svn/entries"})
		}
		q.status, q.bytes, q.ms = 404, 1204, uint64(r.skewed(5, 0.4))
		if r.chance(0.02) {
			q.status = pick(r, []uint64{200, 403, 500, 301})
		}
		a.q.put(at, portal(a.q.buf(), r, at, web.host, &q))
		if r.chance(0.04) {
			f := flow{
				src: src, sport: r.ephemeral(), dst: web.ip, dport: 443, proto: 6, policy: polPortal, action: "dropped", service: "HTTPS", from: where.name, to: "Reserved",
			}
			a.q.put(at, c.fgt.ips(a.q.buf(), r, at, &f, &signatures[r.IntN(len(signatures))], "planning."+c.domain, q.path))
		}
		at += r.span(second*3/2, 0.6)
	}
}

// iotScanner (T1595.001, T1078.001): the cameras' recorder with its maker's password has become a bot and looks for others, as Mirai does: random addresses of the internet, port 23 nine times of ten and else 2323, without an answer nearly always.
func (a *attack) iotScanner() {
	c, r := a.c, a.r
	src := c.servers["nvr01"].ip
	dst, where := a.lair()
	a.step("control")
	at := a.between(0, 22*hour)
	a.beyond(at, src, nil, dst, where, "", 23, 3600, 900, 700)
	a.step("scan")
	for range 700 {
		to := &countries[r.IntN(len(countries))]
		f := flow{
			src: src, sport: r.ephemeral(), dst: to.addr(r), dport: 23, proto: 6, policy: polOut, action: "timeout", service: "TELNET",
			from: "Reserved", to: to.name, nat: c.public, seconds: 10, sent: 40,
		}
		if r.chance(0.1) {
			f.dport, f.service = 2323, "tcp/2323"
		}
		a.q.put(at, c.fgt.traffic(a.q.buf(), r, at, &f))
		at += r.span(second, 0.7)
	}
}
