package gen

// inroads are holes in programs, and what is put in their place.
func inroads() []kind {
	return []kind{
		{"exchange-shell", 3, (*attack).exchangeShell},
		{"print-nightmare", 1, (*attack).printNightmare},
		{"local-root", 1, (*attack).localRoot},
		{"ssh-backdoor", 4, (*attack).sshBackdoor},
	}
}

// exchangeShell (T1190, T1505.003, T1003.001, T1059.001, T1114.002, T1560.001, T1041): the mail server's pages take some requests for another's. A
// page stays behind that does what it is asked; over two days somebody comes back to it, reads the directory, lets the server call out, and draws its
// memory and mailboxes packed into archives like pages (Microsoft and the NCSC, March 2021, of Hafnium; CVE-2021-26855).
func (a *attack) exchangeShell() {
	c, r, mail := a.c, a.r, a.c.servers["mail01"].ip
	from, where := a.lair()
	a.step("exploit")
	at := a.between(0, 20*hour)
	for range r.between(5, 10) {
		c.webmail(a.q, r, at, from, where, r.skewed(2, 0.4), r.skewed(5_000, 0.4), r.skewed(6_000, 0.5))
		at += r.span(12*second, 0.6)
	}
	caller := where.addr(r)
	for visit := range 3 {
		a.step("shell")
		at += r.span(7*hour, 0.4)
		for range r.between(4, 8) {
			c.webmail(a.q, r, at, caller, where, r.skewed(15, 0.6), r.skewed(4_000, 0.4), r.skewed(9_000, 0.8))
			at += r.span(70*second, 0.6)
		}
		switch visit {
		case 0:
			a.step("directory")
			for range r.between(4, 8) {
				a.within(at, mail, nil, c.servers["dc01"].ip, 389, "LDAP", 6, 9_000, 900_000)
				at += r.span(30*second, 0.6)
			}
			a.step("call")
			a.beyond(at, mail, nil, from, where, "", pick(r, []uint16{443, 8080, 4444}), 1_500, 90_000, 40_000)
		case 1:
			a.step("memory")
			c.webmail(a.q, r, at, caller, where, r.skewed(30, 0.3), r.skewed(90_000, 0.3), r.skewed(4.5e7, 0.2))
		default:
			a.step("mailboxes")
			for range r.between(3, 7) {
				c.webmail(a.q, r, at, caller, where, r.skewed(400, 0.3), r.skewed(900_000, 0.3), r.skewed(4e8, 0.4))
				at += r.span(12*minute, 0.5)
			}
		}
	}
}

// printNightmare (T1210, T1068, T1547.012, T1572, T1003.003): from a workstation that was taken the print server is asked to put in a driver that
// lies on that workstation, fetches it and runs it with all rights. It holds a relay to outside from then on, by which somebody copies the
// controller's accounts (Cisco Talos, August 2021, and AA22-249A of Vice Society, who did so to schools, fourteen of them in this country;
// CVE-2021-34527).
func (a *attack) printNightmare() {
	c, r, u, server := a.c, a.r, a.victim(), a.c.servers["print01"].ip
	dst, where := a.lair()
	a.step("driver")
	at := a.between(9*hour, 19*hour)
	for range r.between(2, 4) {
		a.within(at, u.ip, u, server, 445, "SMB", 4, 14_000, 9_000)
		a.within(at+second, server, nil, u.ip, 445, "SMB", 3, 4_000, 260_000)
		at += r.span(minute, 0.5)
	}
	a.step("relay")
	port := pick(r, []uint16{443, 4001, 4177, 4044})
	for range r.between(10, 18) {
		a.beyond(at, server, nil, dst, where, "", port, r.skewed(200, 0.7), r.skewed(60_000, 0.8), r.skewed(30_000, 0.6))
		at += r.span(9*minute, 0.4)
	}
	a.step("accounts")
	for range r.between(2, 4) {
		a.within(at, server, nil, c.servers["dc01"].ip, 445, "SMB", 30, 300_000, 2e7)
		at += r.span(3*minute, 0.5)
	}
	a.beyond(at, server, nil, dst, where, "", port, 200, 5.5e7, 200_000)
}

// localRoot (T1068, T1033, T1548.003, T1105, T1543.002): somebody runs commands as the account of an application. He asks what it may do as root,
// which is nothing and cannot be answered without a screen, tries root's password, and then lets pkexec load a thing of his, which says a word about
// its surroundings and makes him root. A service of his own starts and calls home (Qualys, January 2022, says which word; CVE-2021-4034 is among
// those that CISA knows to be used).
func (a *attack) localRoot() {
	r, s, login, uid, folder := a.r, a.c.servers["web01"], "www-data", uint64(33), "/srv/portal/public"
	if r.chance(0.5) {
		s, login, uid, folder = a.c.servers["revben01"], "revben", 998, "/opt/revben"
	}
	dst, where := a.lair()
	name := a.name()
	a.step("ask")
	at := a.between(0, 22*hour)
	for range r.between(1, 3) {
		a.q.put(at, s.account(a.q.buf(), at, "sudo", 0, "pam_unix(sudo:auth): conversation failed"))
		a.q.put(at+second/1000, s.account(a.q.buf(), at+second/1000, "sudo", 0, "pam_unix(sudo:auth): auth could not identify password for ["+login+"]"))
		a.q.put(at+second/500, s.denied(a.q.buf(), at+second/500, login, "user NOT in sudoers", "unknown", folder, "list"))
		at += r.span(50*second, 0.6)
	}
	a.step("try")
	for range r.between(1, 4) {
		pid := process(r)
		a.q.put(at, s.account(a.q.buf(), at, "su", pid, refused("su", login, "/dev/pts/1", "root", uid)))
		a.q.put(at+2*second, s.account(a.q.buf(), at+2*second, "su", pid, "FAILED SU (to root) "+login+" on pts/1"))
		at += r.span(20*second, 0.5)
	}
	a.step("fetch")
	at += r.span(10*minute, 0.6)
	a.beyond(at, s.ip, nil, dst, where, name, 443, 2, 900, 60_000)
	a.step("root")
	at += r.span(40*second, 0.4)
	a.q.put(at, s.account(a.q.buf(), at, "pkexec", process(r), login+": The value for the SHELL variable was not found the /etc/shells file [USER=root] [TTY=unknown] [CWD="+folder+
		"/.tmp] [COMMAND=GCONV_PATH=./value PATH=GCONV_PATH=. SHELL=/lol/i/do/not/exists CHARSET=PWNKIT GIO_USE_VFS=]"))
	a.step("stay")
	at += r.span(5*minute, 0.5)
	unit := pick(r, []string{"dbus-helper", "udev-settle2", "systemd-netd", "irq-balance"})
	a.q.put(at, s.systemd(a.q.buf(), at, "Reloading."))
	at += r.span(2*second, 0.4)
	a.q.put(at, s.systemd(a.q.buf(), at, "Started ", unit, ".service - ", "System helper."))
	for range r.between(4, 9) {
		a.beyond(at+second, s.ip, nil, dst, where, name, 443, 5, 4_000, 9_000)
		at += r.span(14*minute, 0.4)
	}
}

// sshBackdoor (T1554, T1556.003, T1048.003, T1078, T1070.006): with an administrator's key somebody puts in a library of his own at night, which
// hears every password at the file exchange and says each in a question for a name, sent straight to a host of his. He himself comes in without a
// word in the logs: the firewall sees connections of which the server tells nothing (ESET, May 2024, of Ebury, 400,000 servers since 2009).
func (a *attack) sshBackdoor() {
	c, r, s := a.c, a.r, a.c.servers["sftp01"]
	dst, where := a.lair()
	jump, admin := c.servers["jump01"], pick(r, c.admins)
	a.step("put in")
	at := a.between(0, 5*hour)
	c.managed(a.q, r, at, jump, s, 22, "SSH", 240, 400_000, 30_000)
	c.shell(a.q, r, at, s, admin, jump.ip, []string{
		"/usr/bin/install -m 644 /tmp/libkeyutils.so.1.10 /usr/lib/x86_64-linux-gnu/libkeyutils.so.1.10", "/usr/bin/touch -r /usr/bin/ssh /usr/lib/x86_64-linux-gnu/libkeyutils.so.1.10",
		"/usr/sbin/ldconfig", "/usr/bin/systemctl restart ssh",
	}, 4*minute)
	at += 4 * minute
	for _, text := range []string{
		"Stopping ssh.service - OpenBSD Secure Shell server...", "ssh.service: Deactivated successfully.", "Stopped ssh.service - OpenBSD Secure Shell server.",
		"Starting ssh.service - OpenBSD Secure Shell server...", "Started ssh.service - OpenBSD Secure Shell server.",
	} {
		a.q.put(at, s.systemd(a.q.buf(), at, text))
		at += r.span(second/20, 0.5)
	}
	a.step("send")
	office, end := officeHours(), a.day+3*day+18*hour
	for ; at < end; at += r.span(20*minute, 0.8) {
		if week := int64(weekday(at))*day + at%day; !r.chance(0.05 + office.value(week)/office.peak) {
			continue
		}
		f := flow{
			src: s.ip, sport: r.ephemeral(), dst: dst, dport: 53, proto: 17, policy: polOut, action: "accept", service: "DNS", from: "Reserved", to: where.name, nat: c.public,
			seconds: 180, sent: uint64(r.between(90, 140)),
		}
		w := wire{src: s.ip, sport: f.sport, dst: dst, dport: 53, proto: "UDP", id: flowID(r)}
		if r.chance(0.5) {
			hidden := appendHex(appendHex(nil, r.Uint64(), 16), r.Uint64(), 16)
			a.q.put(at, eveDNSQuery(a.q.buf(), at, &w, uint64(r.IntN(65536)), string(hidden)+"."+c.public.String(), "A"))
		}
		c.finish(a.q, r, at, &f, &w, "dns", 0.2)
	}
	a.step("return")
	for range r.between(3, 6) {
		f := flow{
			src: where.addr(r), sport: r.ephemeral(), dst: s.ip, dport: 22, proto: 6, policy: polSFTP, action: "close", service: "SSH", from: where.name, to: "Reserved",
			seconds: uint64(r.skewed(500, 0.6)), sent: uint64(r.skewed(30_000, 0.5)), rcvd: uint64(r.skewed(60_000, 0.7)),
		}
		w := wire{src: f.src, sport: f.sport, dst: s.ip, dport: 22, proto: "TCP", id: flowID(r)}
		c.finish(a.q, r, a.day+day+r.Int64N(2*day), &f, &w, "ssh", 0.2)
	}
}
