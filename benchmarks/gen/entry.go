package gen

import (
	"slices"
	"strings"
)

// entries are ways in under a name that is somebody's, or was. Like passages, letters and spreads they were taken in order from the joint
// advisories that CISA published with the NCSC and others, from AA24-016A (January 2024) to AA25-141A (May 2025): of each the first behaviour
// that these logs can show and that no kind played before. Advisories without one are left out.
func entries() []kind {
	return []kind{
		{"service-account", 3, (*attack).serviceAccount},
		{"rdp-guessing", 1, (*attack).rdpGuessing},
		{"leaver-account", 1, (*attack).leaverAccount},
		{"push-fatigue", 1, (*attack).pushFatigue},
	}
}

// serviceAccount (T1110.001, T1078.002, T1090.002): an account that belongs to a program and not to a person may use the VPN, and cannot have a
// second factor. Its password is tried a few dozen times in two days from hired homes in this country; then it fits, and somebody reads mail
// and files with it (AA24-057A).
func (a *attack) serviceAccount() {
	c, r, uk := a.c, a.r, countryNamed("United Kingdom")
	u := user{login: pick(r, []string{"svc-scan", "svc-backup", "svc-print", "svc-cctv", "sqlservice", "svc-telephony"}), dept: "Services"}
	a.step("guess")
	at := a.between(8*hour, 16*hour)
	for end := a.day + r.span(52*hour, 0.05); at < end; at += r.span(hour, 0.5) {
		c.refused(a.q, r, at, &u, uk.addr(r), uk)
	}
	a.step("enter")
	length := r.span(2*hour, 0.3)
	inside := a.tunnel(at, u.login, uk.addr(r), uk, length)
	a.step("read")
	for range r.between(14, 28) {
		when := at + minute + r.Int64N(length)
		switch r.IntN(4) {
		case 0:
			a.reach(when, &u, inside, "fs01", 445, "SMB", 8e6)
		case 1:
			a.reach(when, &u, inside, "dc01", 389, "LDAP", 200_000)
		default:
			a.reach(when, &u, inside, "mail01", 443, "HTTPS", 900_000)
		}
	}
}

// rdpGuessing (T1133, T1110.001, T1021.001): the rule that lets mail in lets in too much, and the mail server's remote desktop is open to the
// internet. A rented host guesses at it for an hour or two; a guess is right, and from another address somebody sits down at the server and
// looks around from there (AA24-060A, of Phobos).
func (a *attack) rdpGuessing() {
	c, r, mail := a.c, a.r, a.c.servers["mail01"]
	from, where := a.lair()
	desk := func(at int64, src addr, seconds, sent, rcvd float64) {
		f := flow{
			src: src, sport: r.ephemeral(), dst: mail.ip, dport: 3389, proto: 6, policy: polMailIn, action: "close", service: "RDP", from: where.name, to: "Reserved",
			seconds: uint64(r.skewed(seconds, 0.3)), sent: uint64(r.skewed(sent, 0.15)), rcvd: uint64(r.skewed(rcvd, 0.15)),
		}
		w := wire{src: src, sport: f.sport, dst: mail.ip, dport: 3389, proto: "TCP", id: flowID(r)}
		c.finish(a.q, r, at, &f, &w, "rdp", 0.25)
	}
	a.step("guess")
	at := a.between(0, 20*hour)
	for range r.between(250, 450) {
		desk(at, from, 2, 2_300, 1_900)
		at += r.span(12*second, 0.5)
	}
	a.step("enter")
	at += r.span(40*minute, 0.5)
	desk(at, where.addr(r), 2_700, 900_000, 2.2e7)
	a.step("look")
	at += r.span(6*minute, 0.4)
	for _, to := range []struct {
		role, service string
		port          uint16
	}{{"dc01", "LDAP", 389}, {"dc01", "SMB", 445}, {"fs01", "SMB", 445}, {"print01", "SMB", 445}, {"dc02", "LDAP", 389}} {
		a.within(at, mail.ip, nil, c.servers[to.role].ip, to.port, to.service, 20, 30_000, 400_000)
		at += r.span(3*minute, 0.6)
	}
	for _, role := range []string{"bak01", "db01", "jump01", "revben01"} {
		a.refusal(at, mail.ip, nil, c.servers[role].ip, 3389)
		at += r.span(20*second, 0.6)
	}
}

// leaver is an account of somebody who went long ago and whom nobody took out of the directory.
func (a *attack) leaver() *user {
	for {
		first, last := pick(a.r, firstNames), pick(a.r, lastNames)
		u := user{login: strings.ToLower(first[:1] + last), full: first + " " + last, dept: pick(a.r, departments)}
		if !slices.ContainsFunc(a.c.users, func(x user) bool { return x.login == u.login }) {
			return &u
		}
	}
}

// leaverAccount (T1078.002, T1087.002, T1482, T1018): the account of somebody who has left still opens the VPN, with a password from other
// people's leaks. Two machines come in with it at the same time, ask the directory for users, computers and trusts and then try the shares of
// all servers; what they find is for sale some days later (AA24-046A).
func (a *attack) leaverAccount() {
	r, u := a.r, a.leaver()
	_, where := a.lair()
	begin := a.between(6*hour, 23*hour)
	for range 2 {
		a.step("enter")
		at, length := begin+r.Int64N(10*minute), r.span(70*minute, 0.3)
		inside := a.tunnel(at, u.login, where.addr(r), where, length)
		a.step("directory")
		at += r.span(4*minute, 0.4)
		for range r.between(8, 16) {
			a.reach(at, u, inside, pick(r, []string{"dc01", "dc01", "dc02"}), 389, "LDAP", 900_000)
			at += r.span(50*second, 0.6)
		}
		a.step("shares")
		for _, role := range []string{"dc01", "dc02", "fs01", "print01", "mail01", "revben01", "db01", "bak01"} {
			a.reach(at, u, inside, role, 445, "SMB", 9_000)
			at += r.span(15*second, 0.6)
		}
	}
}

// pushFatigue (T1621, T1078, T1133): the password is known, and only a question on the owner's telephone stands before it. It is asked again and
// again for half an evening, each try ending when nobody says yes, until the owner does so to have quiet (AA24-290A).
func (a *attack) pushFatigue() {
	c, r, u := a.c, a.r, a.victim()
	from, where := a.lair()
	a.step("ask")
	at := a.between(18*hour, 23*hour)
	for range r.between(15, 40) {
		at += r.span(80*second, 0.4)
		a.q.put(at, c.fgt.tunnel(a.q.buf(), at, vpnFail, &spell{login: u.login, group: "N/A", remote: from}))
		c.knock(a.q, r, at+second, from, where, uint64(r.between(55, 62)), 3_000)
	}
	a.step("enter")
	at += r.span(80*second, 0.4)
	length := r.span(100*minute, 0.3)
	inside := a.tunnel(at, u.login, from, where, length)
	a.step("look")
	for range r.between(8, 18) {
		when := at + minute + r.Int64N(length)
		switch r.IntN(3) {
		case 0:
			a.reach(when, u, inside, "jump01", 3389, "RDP", 4e6)
		case 1:
			a.reach(when, u, inside, "dc01", 389, "LDAP", 600_000)
		default:
			a.reach(when, u, inside, "fs01", 445, "SMB", 1.5e7)
		}
	}
}
