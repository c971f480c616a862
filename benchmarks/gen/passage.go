package gen

// passages are ways through that stay open: relays inside, tunnels to outside, devices at the edge that no longer hold anybody off.
func passages() []kind {
	return []kind{
		{"port-relay", 1, (*attack).portRelay},
		{"vpn-appliance", 1, (*attack).vpnAppliance},
		{"tunnel-service", 2, (*attack).tunnelService},
		{"defences-down", 1, (*attack).defencesDown},
	}
}

// portRelay (T1090.001, T1078.002, T1021.001): somebody with an administrator's account comes by the VPN from a home in this country and has the
// print server pass a port of its own on to others, as netsh's portproxy does, so that their remote desktops see the print server come. Each
// connection to it has a twin behind it of the same length and size (AA24-038A, of Volt Typhoon).
func (a *attack) portRelay() {
	c, r, u, uk := a.c, a.r, pick(a.r, a.c.admins), countryNamed("United Kingdom")
	hop, port := c.servers["print01"], pick(r, []uint16{8443, 9999, 50100, 8080})
	a.step("enter")
	at, length := a.between(12*hour, 22*hour), r.span(4*hour, 0.2)
	inside := a.tunnel(at, u.login, uk.addr(r), uk, length)
	at += r.span(5*minute, 0.4)
	a.reach(at, u, inside, "print01", 3389, "RDP", 5e6)
	a.step("relay")
	for range r.between(8, 16) {
		at += r.span(13*minute, 0.5)
		f := flow{
			src: inside, sport: r.ephemeral(), dst: hop.ip, dport: port, proto: 6, policy: polVPN, action: "close", service: "tcp/" + number(uint64(port)), user: u,
			from: "Reserved", to: "Reserved", seconds: uint64(r.skewed(400, 0.5)), sent: uint64(r.skewed(300_000, 0.5)), rcvd: uint64(r.skewed(6e6, 0.5)),
		}
		end := at + int64(f.seconds)*second + r.nanos()
		a.q.put(end, c.fgt.traffic(a.q.buf(), r, end, &f))
		f.src, f.sport, f.dst, f.dport, f.policy, f.service, f.user = hop.ip, r.ephemeral(), c.servers[pick(r, []string{"dc01", "dc02", "nvr01"})].ip, 3389, polServers, "RDP", nil
		end += r.span(second/50, 0.5)
		a.q.put(end, c.fgt.traffic(a.q.buf(), r, end, &f))
	}
}

// vpnAppliance (T1190, T1018, T1021.001, T1021.002, T1021.004): who is asked for at the VPN is the one who is taken. From the gateway's own address
// inside, which never calls anybody, somebody asks the directory with the gateway's account, looks for open ports and goes on by remote
// desktop, shares and SSH with passwords that the gateway has heard; nobody is logged in meanwhile (AA24-060B, of Ivanti's gateways).
func (a *attack) vpnAppliance() {
	c, r := a.c, a.r
	gate := ip(10, c.net, 250, 1)
	a.step("directory")
	at := a.between(0, 20*hour)
	for range r.between(10, 20) {
		a.reach(at, nil, gate, pick(r, []string{"dc01", "dc02"}), 389, "LDAP", 500_000)
		at += r.span(12*second, 0.6)
	}
	a.step("look")
	for _, role := range []string{"dc01", "dc02", "print01", "nvr01", "fs01", "revben01", "db01", "bak01", "jump01"} {
		for _, port := range []uint16{22, 80, 5900, 5985} {
			a.refusal(at, gate, nil, c.servers[role].ip, port)
			at += r.span(second/3, 0.6)
		}
	}
	a.step("move")
	for _, role := range []string{"print01", "dc01"} {
		at += r.span(12*minute, 0.4)
		a.reach(at, nil, gate, role, 3389, "RDP", 1.2e7)
	}
	a.reach(at, nil, gate, "dc01", 445, "SMB", 5e7)
	for _, role := range []string{"fs01", "bak01"} {
		at += r.span(15*minute, 0.4)
		a.reach(at, nil, gate, role, 22, "SSH", 200_000)
		a.login(at, c.servers[role], pick(r, c.admins), gate, []string{"/usr/bin/cat /etc/shadow", "/usr/bin/ls -la /srv"})
	}
}

// tunnelService (T1572, T1133, T1021.001): on a server the client of a service that everybody can rent holds four connections to the service's
// edge, as Cloudflare's tunnel does; its owner comes in by them at any hour and goes on from that server (AA24-109A, of Akira).
func (a *attack) tunnelService() {
	c, r, s := a.c, a.r, a.c.servers[pick(a.r, []string{"print01", "fs01", "revben01"})]
	edge := countryNamed("United States")
	a.step("hold")
	begin := a.between(6*hour, 20*hour)
	end := begin + 28*hour
	for i := range 4 {
		dst, name := edge.addr(r), "region"+number(uint64(1+i%2))+".v2.argotunnel.com"
		at := c.resolve(a.q, r, begin+int64(i)*second, s.ip, name, "A", dst)
		for at < end {
			length := min(r.span(5*hour, 0.5), end-at+minute)
			f := flow{
				src: s.ip, sport: r.ephemeral(), dst: dst, dport: 7844, proto: 17, policy: polOut, action: "accept", service: "udp/7844", from: "Reserved", to: edge.name,
				nat: c.public, seconds: uint64(length / second), sent: uint64(r.skewed(float64(length/second)*900, 0.7)), rcvd: uint64(r.skewed(float64(length/second)*150, 0.5)),
			}
			w := wire{src: s.ip, sport: f.sport, dst: dst, dport: 7844, proto: "UDP", id: flowID(r)}
			c.finish(a.q, r, at, &f, &w, "quic", 0.3)
			at += length + r.span(3*second, 0.5)
		}
	}
	a.step("use")
	for _, role := range []string{"dc01", "dc02", "print01", "nvr01"} {
		if to := c.servers[role]; to != s {
			a.within(begin+hour+r.Int64N(24*hour), s.ip, nil, to.ip, 3389, "RDP", 1_200, 700_000, 1.4e7)
		}
	}
}

// defencesDown (T1078, T1562.001, T1562.004, T1105): with an administrator's account and by the VPN somebody asks the firewall itself to look away: he
// takes protection off rules, lets file kinds and hosts through and adds an exception for his own, and then fetches his tools onto the jump
// host through what is open now (AA24-241A).
func (a *attack) defencesDown() {
	c, r, u, uk := a.c, a.r, pick(a.r, a.c.admins), countryNamed("United Kingdom")
	dst, where := a.lair()
	name := a.name()
	a.step("enter")
	at := a.between(17*hour, 24*hour)
	inside := a.tunnel(at, u.login, uk.addr(r), uk, r.span(90*minute, 0.2))
	at += r.span(3*minute, 0.4)
	a.q.put(at, c.fgt.admin(a.q.buf(), at, u.login, inside, true))
	a.step("exempt")
	for _, x := range [][4]string{
		{"Edit", "firewall.policy", "8", "utm-status[enable->disable]av-profile[default-><null>]ips-sensor[default-><null>]"},
		{"Edit", "firewall.policy", "3", "ssl-ssh-profile[certificate-inspection->no-inspection]"},
		{"Edit", "antivirus.profile", "default", "http:av-scan[block->monitor]"},
		{"Edit", "application.list", "default", "entries:1:action[block->pass]"},
		{"Add", "webfilter.urlfilter", "1", "entries:url[" + name + "]action[exempt]"},
		{"Add", "firewall.address", "upd-" + r.letters(4), "type[ipmask]subnet[" + dst.String() + " 255.255.255.255]"},
	} {
		at += r.span(70*second, 0.5)
		a.q.put(at, c.fgt.configured(a.q.buf(), r, at, u.login, "GUI("+inside.String()+")", x[0], x[1], x[2], x[3]))
	}
	at += r.span(minute, 0.4)
	a.q.put(at, c.fgt.admin(a.q.buf(), at, u.login, inside, false))
	a.step("fetch")
	for range r.between(3, 6) {
		at += r.span(2*minute, 0.5)
		a.beyond(at, c.servers["jump01"].ip, nil, dst, where, name, 443, 20, 6_000, 1.5e7)
	}
}
