package gen

// theft is data that leaves.
func theft() []kind {
	return []kind{
		{"exfil-new", 2, (*attack).exfilNew},
		{"exfil-drip", 4, (*attack).exfilDrip},
		{"exfil-ftp", 1, (*attack).exfilFTP},
		{"insider-copy", 1, (*attack).insiderCopy},
	}
}

// exfilNew (T1567.002, T1537): at night a server copies some tens of gigabytes to a cloud that nobody here uses, over HTTPS in several streams, as
// rclone does in most reports on extortion.
func (a *attack) exfilNew() {
	c, r := a.c, a.r
	where := countryNamed(pick(r, []string{"Netherlands", "Germany", "France", "Canada"}))
	name := "gfs" + a.r.letters(6) + ".userstorage.example"
	src := c.servers[pick(r, []string{"fs01", "revben01", "db01"})].ip
	to := []addr{where.addr(r), where.addr(r), where.addr(r), where.addr(r)}
	a.step("copy")
	at := a.between(20*hour, 24*hour)
	for range r.between(25, 60) {
		a.beyond(at, src, nil, pick(r, to), where, name, 443, 400, 1.2e9, 4e6)
		at += r.span(3*minute, 0.6)
	}
}

// exfilDrip (T1030, T1029): the same in small pieces, some megabytes each half hour for three days, so that no transfer is large.
func (a *attack) exfilDrip() {
	r, u := a.r, a.victim()
	dst, where := a.lair()
	name := a.name()
	a.step("drip")
	for at, end := a.between(0, 16*hour), a.day+84*hour; at < end; at += 30*minute + r.Int64N(4*minute) {
		a.beyond(at, u.ip, u, dst, where, name, 443, 20, 9e6, 40_000)
	}
}

// exfilFTP (T1048.003): a server sends archives by FTP to a rented host.
func (a *attack) exfilFTP() {
	r := a.r
	src := a.c.servers[pick(r, []string{"fs01", "web01", "revben01", "bak01"})].ip
	dst, where := a.lair()
	a.step("send")
	at := a.between(0, 22*hour)
	for range r.between(4, 10) {
		a.beyond(at, src, nil, dst, where, "", 21, 60, 1_800, 2_500)
		a.beyond(at+second, src, nil, dst, where, "", uint16(r.between(40_000, 60_000)), 180, 4e8, 90_000)
		at += r.span(5*minute, 0.5)
	}
}

// insiderCopy (T1039, T1567.002): a member of staff who is about to leave draws whole shares from the file server over an afternoon, many
// times what anybody reads in a day, and puts them into a private cloud in the evening.
func (a *attack) insiderCopy() {
	c, r, u := a.c, a.r, a.victim()
	a.step("collect")
	at := a.between(13*hour, 15*hour)
	for range r.between(40, 80) {
		a.within(at, u.ip, u, c.servers["fs01"].ip, 445, "SMB", 120, 900_000, 2.5e8)
		at += r.span(150*second, 0.5)
	}
	a.step("upload")
	cloud := c.web.invent(r)
	for range r.between(8, 16) {
		a.beyond(at, u.ip, u, cloud.addr(r), cloud.country, cloud.name, 443, 300, 9e8, 2e6)
		at += r.span(6*minute, 0.4)
	}
}
