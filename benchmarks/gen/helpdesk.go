package gen

import "strings"

// resetPassword is somebody who calls the help desk about the VPN, and then gets in.
func (l *life) resetPassword(at int64) {
	c, u := l.c, l.c.staff(l.r)
	at = c.reset(l.q, l.r, at, pick(l.r, c.admins), u) + l.r.span(5*minute, 0.6)
	c.remote(l.q, l.r, at, u, u.home, countryNamed("United Kingdom"), 0, l.r.span(hour, 0.8))
}

// reset writes an administrator who gives somebody a new password at the firewall, or a new token as well, and returns when that was.
func (c *council) reset(q *queue, r rng, at int64, admin, u *user) int64 {
	q.put(at, c.fgt.admin(q.buf(), at, admin.login, admin.ip, true))
	at += r.span(90*second, 0.5)
	attr := "passwd[*]"
	if r.chance(0.5) {
		attr = "fortitoken[FTKMOB" + number(uint64(r.between(10_000_000, 99_999_999))) + "->FTKMOB" + number(uint64(r.between(10_000_000, 99_999_999))) + "]passwd[*]"
	}
	q.put(at, c.fgt.configured(q.buf(), r, at, admin.login, "GUI("+admin.ip.String()+")", "Edit", "user.local", u.login, attr))
	end := at + r.span(2*minute, 0.5)
	q.put(end, c.fgt.admin(q.buf(), end, admin.login, admin.ip, false))
	return at
}

// keepConfiguration is an administrator who draws the firewall's configuration to keep it, as before most changes.
func (l *life) keepConfiguration(at int64) {
	r, c, u := l.r, l.c, pick(l.r, l.c.admins)
	l.q.put(at, c.fgt.admin(l.q.buf(), at, u.login, u.ip, true))
	at += r.span(40*second, 0.5)
	l.q.put(at, c.fgt.downloaded(l.q.buf(), at, u.login, u.ip))
	at += r.span(2*minute, 0.5)
	l.q.put(at, c.fgt.admin(l.q.buf(), at, u.login, u.ip, false))
}

// mistype is an administrator whose password for sudo is wrong once or twice.
func (l *life) mistype(at int64) {
	r, c, u, s := l.r, l.c, pick(l.r, l.c.admins), pick(l.r, l.c.linux)
	command := l.chore()
	c.shell(l.q, r, at, s, u, c.servers["jump01"].ip, []string{command}, r.span(10*minute, 0.5))
	at += r.span(20*second, 0.5)
	l.q.put(at, s.account(l.q.buf(), at, "sudo", 0, refused("sudo", u.login, "/dev/pts/0", u.login, u.uid)))
	at += r.span(6*second, 0.4)
	l.q.put(at, s.denied(l.q.buf(), at, u.login, "1 incorrect password attempt", "pts/0", "/home/"+u.login, command))
}

// refused is what PAM says of a password that was wrong.
func refused(service, login, tty, as string, uid uint64) string {
	return "pam_unix(" + service + ":auth): authentication failure; logname= uid=" + number(uid) + " euid=0 tty=" + tty + " ruser=" + login + " rhost=  user=" + as
}

// switchUser is an administrator who becomes root by su, with root's password, at the first or second try.
func (l *life) switchUser(at int64) {
	r, c, u, s := l.r, l.c, pick(l.r, l.c.admins), pick(l.r, l.c.linux)
	length := r.span(12*minute, 0.5)
	c.shell(l.q, r, at, s, u, c.servers["jump01"].ip, nil, length)
	at += r.span(30*second, 0.4)
	if r.chance(0.3) {
		pid := process(r)
		l.q.put(at, s.account(l.q.buf(), at, "su", pid, refused("su", u.login, "/dev/pts/0", "root", u.uid)))
		l.q.put(at+2*second, s.account(l.q.buf(), at+2*second, "su", pid, "FAILED SU (to root) "+u.login+" on pts/0"))
		at += r.span(9*second, 0.4)
	}
	pid := process(r)
	l.q.put(at, s.account(l.q.buf(), at, "su", pid, "(to root) "+u.login+" on pts/0"))
	l.q.put(at+second/1000, s.opened(l.q.buf(), at+second/1000, "su", pid, "su", "root", 0, u.login, u.uid))
	end := at + length/2
	l.q.put(end, s.ended(l.q.buf(), end, "su", pid, "su", "root"))
}

// crash is a service that fails and is started again.
func (l *life) crash(at int64) {
	all := duties()
	role := pick(l.r, []string{"fs01", "revben01", "db01", "mon01", "web01"})
	l.c.fail(l.q, l.r, at, l.c.servers[role], all[role][0], uint64(l.r.between(1, 3)))
}

// fail writes a service that dies and is started again for the nth time.
func (c *council) fail(q *queue, r rng, at int64, s *server, what string, nth uint64) {
	unit, _, _ := strings.Cut(what, " ")
	q.put(at, s.systemd(q.buf(), at, unit, ": Main process exited, code=exited, status=1/FAILURE"))
	q.put(at+second/500, s.systemd(q.buf(), at+second/500, unit, ": Failed with result 'exit-code'."))
	at += r.span(5*second, 0.1)
	q.put(at, s.systemd(q.buf(), at, unit, ": Scheduled restart job, restart counter is at ", number(nth), "."))
	at += r.span(second/2, 0.4)
	q.put(at, s.systemd(q.buf(), at, "Started ", what, "."))
}
