package gen

// holdings are attacks on what a council keeps: it is read where it lies, by a way that is open, and not sent out by whoever reads it.
func holdings() []kind {
	return []kind{
		{"backup-theft", 2, (*attack).backupTheft},
		{"database-drip", 4, (*attack).databaseDrip},
	}
}

// backupTheft (T1078, T1133, T1005): an administrator's account, at night by the VPN. The backup server, to which the others are written each
// night, is read out: a snapshot is put back into a folder and drawn through the tunnel. BlackBerry reported in July 2024 how Akira took an
// airline's data from its backup server in two hours.
func (a *attack) backupTheft() {
	c, r, u, s := a.c, a.r, pick(a.r, a.c.admins), a.c.servers["bak01"]
	uk := countryNamed("United Kingdom")
	a.step("enter")
	at := a.between(22*hour, 25*hour)
	inside := a.tunnel(at, u.login, uk.addr(r), uk, r.span(5*hour, 0.1))
	at += r.span(4*minute, 0.4)
	a.step("restore")
	a.reach(at, u, inside, "bak01", 22, "SSH", 300_000)
	folder := "/srv/" + pick(r, webWords)
	c.shell(a.q, r, at, s, u, inside, []string{
		"/usr/bin/restic snapshots", "/usr/bin/restic ls latest /srv/shares", "/usr/bin/restic restore latest --target " + folder + " --include /srv/shares",
		"/usr/bin/chown -R " + u.login + " " + folder,
	}, r.span(30*minute, 0.3))
	a.step("draw")
	for at += 40 * minute; at < a.day+29*hour; at += r.span(9*minute, 0.4) {
		a.reach(at, u, inside, "bak01", 22, "SSH", 2.5e9)
		c.shell(a.q, r, at, s, u, inside, nil, r.span(6*minute, 0.3))
	}
}

// databaseDrip (T1213.006, T1030, T1074.002): the monitoring server, which has no business with the database, draws table after table from it
// in pieces of some megabytes, day and night for three days, as pg_dump does by the network; nothing leaves the house yet. ATT&CK tells it of
// APT41, FIN6 and others, with the tools of other databases.
func (a *attack) databaseDrip() {
	c, r := a.c, a.r
	a.step("drip")
	for at, end := a.between(0, 20*hour), a.day+82*hour; at < end; at += 20*minute + r.Int64N(10*minute) {
		c.managed(a.q, r, at, c.servers["mon01"], c.servers["db01"], 5432, "tcp/5432", 25, 40_000, 1.2e7)
	}
}
