package gen

// tunnel is a working spell from home: the login, some connections, the end.
func (l *life) tunnel(at int64) {
	u := l.c.staff(l.r)
	for tries := 0; !u.remote && tries < 20; tries++ {
		u = l.c.staff(l.r)
	}
	uk := countryNamed("United Kingdom")
	from := u.home
	if l.r.chance(0.06) {
		from = uk.addr(l.r) // a train, a friend's house
	}
	l.c.remote(l.q, l.r, at, u, from, uk, l.r.IntN(3), l.r.span(2*hour, 0.8))
}

// remote writes a VPN session of some length that begins with so many wrong passwords.
func (c *council) remote(q *queue, r rng, at int64, u *user, from addr, where *country, wrong int, length int64) {
	for range wrong * r.IntN(2) {
		c.refused(q, r, at, u, from, where)
		at += r.span(9*second, 0.5)
	}
	q.put(at, c.fgt.tunnel(q.buf(), at, vpnNew, &spell{login: "N/A", group: "N/A", remote: from}))
	at += r.span(4*second, 0.5)
	inside := ip(10, c.net, 250, r.between(10, 200))
	v := spell{login: u.login, group: "VPN-Staff", remote: from, inside: inside, id: uint64(r.Uint32() >> 1)}
	q.put(at, c.fgt.tunnel(q.buf(), at, vpnUp, &v))
	for range 2 + r.IntN(12) {
		when := at + r.Int64N(length)
		service := min(int(r.ExpFloat64()*2.6), len(deskServices)-1)
		c.toServer(q, r, when, u, service, polVPN, inside)
	}
	end := at + length
	c.knock(q, r, end, from, where, uint64(length/second), 4e6)
	v.length, v.sent, v.rcvd = uint64(length/second), uint64(r.skewed(4e6, 1)), uint64(r.skewed(3e7, 1))
	q.put(end, c.fgt.tunnel(q.buf(), end, vpnDown, &v))
}

// refused writes a wrong password at the VPN.
func (c *council) refused(q *queue, r rng, at int64, u *user, from addr, where *country) {
	q.put(at, c.fgt.tunnel(q.buf(), at, vpnFail, &spell{login: u.login, group: "N/A", remote: from}))
	c.knock(q, r, at+second, from, where, 2, 3_000)
}

// knock writes the firewall's line of a connection to its own VPN service.
func (c *council) knock(q *queue, r rng, at int64, from addr, where *country, seconds uint64, bytes float64) {
	f := flow{
		src: from, sport: r.ephemeral(), dst: c.public, dport: 10443, proto: 6, policy: polLocal, action: "close", service: "tcp/10443",
		from: where.name, to: "United Kingdom", seconds: seconds, sent: uint64(r.skewed(bytes, 0.8)), rcvd: uint64(r.skewed(4*bytes, 0.9)),
	}
	q.put(at, c.fgt.traffic(q.buf(), r, at, &f))
}
