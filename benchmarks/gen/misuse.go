package gen

import "strconv"

// misuse is what is done with a council's machines and network for its own sake.
func misuse() []kind {
	return []kind{
		{"cryptominer", 2, (*attack).cryptominer},
		{"amplification", 1, (*attack).amplification},
		{"encryption", 2, (*attack).encryption},
		{"spam-bot", 1, (*attack).spamBot},
	}
}

func number(v uint64) string { return strconv.FormatUint(v, 10) }

// cryptominer (T1496.001): a server works for a pool of miners: one long connection, some bytes each way all the time, and a new one after
// it breaks.
func (a *attack) cryptominer() {
	c, r := a.c, a.r
	s := pick(r, c.linux)
	dst, where := a.lair()
	name := pick(r, []string{"pool", "xmr", "eu", "gulf"}) + "." + a.r.letters(4) + "mine.example"
	port := pick(r, []uint16{3333, 4444, 5555, 14444, 10128, 443})
	a.step("mine")
	for at, end := a.between(0, 20*hour), a.day+40*hour; at < end; {
		length := float64(r.span(50*minute, 0.5) / second)
		a.beyond(at, s.ip, nil, dst, where, name, port, length, length*6, length*14)
		at += int64(length)*second + r.span(20*second, 0.5)
	}
}

// amplification (T1498.002): the firewall answers NTP and DNS on its outer side. Packets that bear the address of a victim make it send that
// victim many times their bytes.
func (a *attack) amplification() {
	c, r := a.c, a.r
	where := countryNamed(pick(r, []string{"United States", "France", "Brazil", "Hong Kong", "Germany"}))
	victims := []addr{where.addr(r), where.addr(r)}
	port, service, gain := uint16(123), "NTP", 200.0
	if r.chance(0.5) {
		port, service, gain = 53, "DNS", 45
	}
	a.step("reflect")
	at := a.between(0, 22*hour)
	for range 500 {
		sent := r.skewed(24_000, 0.4)
		f := flow{
			src: pick(r, victims), sport: pick(r, []uint16{80, 443, 53, r.ephemeral()}), dst: c.public, dport: port, proto: 17, policy: polLocal, action: "accept",
			service: service, from: where.name, to: "United Kingdom", seconds: 180, sent: uint64(sent), rcvd: uint64(sent * gain),
		}
		a.q.put(at, c.fgt.traffic(a.q.buf(), r, at, &f))
		at += r.span(6*second, 0.7)
	}
}

// encryption (T1486, T1490): at night one workstation reads and writes back everything on the file server's shares, thousands of files a minute;
// the firewall sees sessions in which as much goes as comes, one behind the other. Before it the backups are done away with.
func (a *attack) encryption() {
	c, r, u := a.c, a.r, a.victim()
	a.step("backups")
	at := a.between(20*hour, 26*hour)
	a.login(at, c.servers["bak01"], pick(r, c.admins), u.ip, []string{"/usr/bin/systemctl stop restic-backup.timer", "/usr/bin/rm -rf /backup/snapshots"})
	a.step("encrypt")
	at += r.span(20*minute, 0.3)
	for range r.between(150, 250) {
		size := r.skewed(1.2e8, 0.6)
		a.within(at, u.ip, u, c.servers["fs01"].ip, 445, "SMB", 15, size, size*1.02)
		at += r.span(12*second, 0.5)
	}
}

// spamBot (T1071.003, T1496): a workstation delivers mail by itself to hosts all over the world, some each minute.
func (a *attack) spamBot() {
	c, r, u := a.c, a.r, a.victim()
	a.step("send")
	at := a.between(8*hour, 20*hour)
	for range 260 {
		to := c.web.visit(r, 0.2)
		if r.chance(0.5) {
			at = c.resolve(a.q, r, at, u.ip, to.name, "MX", to.addr(r))
		}
		a.beyond(at, u.ip, u, to.addr(r), to.country, "", 25, 3, 6_000, 900)
		at += r.span(12*second, 0.7)
	}
}
