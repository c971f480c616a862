package gen

// command is how machines that were taken speak with whoever took them.
func command() []kind {
	return []kind{
		{"beacon-jitter", 2, (*attack).jitterBeacon},
		{"beacon-slow", 4, (*attack).slowBeacon},
		{"dga", 1, (*attack).generatedNames},
		{"tor", 1, (*attack).tor},
		{"remote-tool", 1, (*attack).remoteTool},
		{"icmp-tunnel", 1, (*attack).icmpTunnel},
		{"reverse-ssh", 2, (*attack).reverseSSH},
	}
}

// jitterBeacon (T1071.001, T1573.002): a workstation asks its master each one to five minutes for something to do, over HTTPS at a host with a
// certificate, each pause shortened at random by up to so much of itself as operators of Cobalt Strike like to set: a fifth to a half.
func (a *attack) jitterBeacon() {
	r, u := a.r, a.victim()
	dst, where := a.lair()
	name, pause, jitter := a.name(), r.span(3*minute, 0.4), 0.2+0.3*r.Float64()
	a.step("beacon")
	for at, end := a.between(8*hour, 14*hour), a.day+32*hour; at < end; {
		sent, rcvd := 700.0, 500.0
		if r.chance(0.03) {
			sent, rcvd = 20_000, 90_000
		}
		a.beyond(at, u.ip, u, dst, where, name, 443, 1, sent, rcvd)
		at += int64(float64(pause) * (1 - jitter*r.Float64()))
	}
}

// slowBeacon (T1071.001, T1029): one call in about an hour, for three days and nights: what is left when an intruder means to stay.
func (a *attack) slowBeacon() {
	r, u := a.r, a.victim()
	dst, where := a.lair()
	name := a.name()
	a.step("beacon")
	for at, end := a.between(0, 20*hour), a.day+84*hour; at < end; {
		a.beyond(at, u.ip, u, dst, where, name, 443, 2, 1_100, 900)
		at += int64(float64(hour) * (0.8 + 0.4*r.Float64()))
	}
}

// generatedNames (T1568.002): a bot asks for some hundred names that its clock tells it, of which its master has registered one. The others do
// not exist.
func (a *attack) generatedNames() {
	c, r, u := a.c, a.r, a.victim()
	top := []string{".com", ".net", ".org", ".info", ".biz"}
	a.step("search")
	at := a.between(8*hour, 18*hour)
	for range 250 {
		c.unknown(a.q, r, at, u.ip, r.letters(r.between(8, 14))+pick(r, top))
		at += r.span(2*second, 0.6)
	}
	dst, where := a.lair()
	name := r.letters(11) + pick(r, top)
	at = c.resolve(a.q, r, at, u.ip, name, "A", dst)
	a.step("control")
	for range 6 {
		at += r.span(10*minute, 0.2)
		a.beyond(at, u.ip, u, dst, where, name, 443, 2, 2_000, 4_000)
	}
}

// tor (T1090.003): a workstation is on the Tor network for a working day: long connections to a few relays, chosen anew now and then, whose
// certificates bear random names.
func (a *attack) tor() {
	r, u := a.r, a.victim()
	a.step("relay")
	at := a.between(9*hour, 13*hour)
	for end := at + 7*hour; at < end; at += r.span(18*minute, 0.4) {
		for range r.between(1, 3) {
			where := countryNamed(pick(r, []string{"Germany", "Netherlands", "France", "United States", "Sweden", "Romania"}))
			name := "www." + r.letters(r.between(8, 20)) + pick(r, []string{".com", ".net"})
			a.beyond(at, u.ip, u, where.addr(r), where, name, pick(r, []uint16{9001, 443, 9001, 9030, 8443}), 900, 400_000, 3e6)
		}
	}
}

// remoteTool (T1219): somebody has talked a member of staff into starting a tool for remote help, and stays on the machine for an afternoon.
func (a *attack) remoteTool() {
	r, u := a.r, a.victim()
	_, where := a.lair()
	brand := "relay-" + a.r.letters(8) + ".net." + pick(r, webWords) + "desk.example"
	port := pick(r, []uint16{6568, 7070, 5938, 8041, 443})
	a.step("fetch")
	at := a.between(9*hour, 14*hour)
	a.beyond(at, u.ip, u, where.addr(r), where, pick(r, webWords)+"desk.example", 443, 6, 3_000, 9e6)
	a.step("control")
	relay := where.addr(r)
	for range r.between(6, 14) {
		at += r.span(10*minute, 0.5)
		a.beyond(at, u.ip, u, relay, where, brand, port, 700, 2e7, 3e6)
	}
}

// icmpTunnel (T1095): a shell inside of pings, as ptunnel and icmpsh make it where only ICMP is let out. To the firewall it is an echo that never
// ends, to one host, with far more bytes than a ping has.
func (a *attack) icmpTunnel() {
	c, r := a.c, a.r
	src := pick(r, c.linux).ip
	dst, where := a.lair()
	a.step("tunnel")
	at := a.between(0, 18*hour)
	for range r.between(20, 40) {
		f := flow{
			src: src, dst: dst, proto: 1, policy: polOut, action: "accept", service: "PING", from: "Reserved", to: where.name, nat: c.public,
			seconds: uint64(r.skewed(500, 0.4)), sent: uint64(r.skewed(900_000, 0.6)), rcvd: uint64(r.skewed(700_000, 0.6)),
		}
		end := at + int64(f.seconds)*second
		a.q.put(end, c.fgt.traffic(a.q.buf(), r, end, &f))
		at = end + r.span(second, 0.5)
	}
}

// reverseSSH (T1572, T1021.001): a server of Windows holds one connection of SSH to a rented host, for a day, with a port in it that leads back inside. Through it
// somebody goes from that server to others by remote desktop, at night.
func (a *attack) reverseSSH() {
	c, r := a.c, a.r
	s := c.servers[pick(r, []string{"print01", "dc02", "nvr01", "mail01"})]
	dst, where := a.lair()
	port, service := uint16(22), "SSH"
	if r.chance(0.5) {
		port, service = 443, "HTTPS"
	}
	a.step("tunnel")
	begin := a.between(10*hour, 20*hour)
	for at := begin; at < begin+20*hour; {
		length := float64(r.span(5*hour, 0.4) / second)
		a.call(at+int64(length)*second, s.ip, nil, dst, where, port, service, length, length*300, length*120)
		at += int64(length)*second + r.span(minute, 0.5)
	}
	a.step("inside")
	at := begin + r.span(4*hour, 0.3)
	for _, role := range []string{"dc01", "fs01", "revben01"} {
		a.within(at, s.ip, nil, c.servers[role].ip, 3389, "RDP", 1_500, 900_000, 2.5e7)
		at += r.span(30*minute, 0.4)
	}
}
