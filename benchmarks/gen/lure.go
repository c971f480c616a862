package gen

import "strings"

// lures are what people open, paste or plug in, and what their programs fetch for them. Like turned, leaks and spites they were written from
// what was told in public of councils, schools, surgeries and small firms from 2022 on, without a look at what detection can see.
func lures() []kind {
	return []kind{
		{"usb-worm", 3, (*attack).usbWorm},
		{"fake-captcha", 3, (*attack).fakeCaptcha},
		{"rdp-lure", 3, (*attack).rdpLure},
		{"extension-update", 4, (*attack).extensionUpdate},
	}
}

// usbWorm (T1091, T1218.007, T1105, T1090.003): a memory stick from somewhere else. Its shortcut lets the installer of Windows ask a short name at
// port 8080, which is somebody's network storage at home, for a file by the names of machine and user; what came then calls a few relays of
// Tor for the rest of the day. Red Canary (May 2022) and Microsoft (October 2022) told it of Raspberry Robin.
func (a *attack) usbWorm() {
	a.weekdays()
	c, r, u := a.c, a.r, a.victim()
	home := &countries[r.IntN(len(countries))]
	dst := home.addr(r)
	name := r.letters(1) + number(uint64(r.IntN(10))) + pick(r, []string{".cx", ".re", ".pm", ".wf", ".ms", ".nz"})
	path := "/" + r.letters(11) + "/LT-" + strings.ToUpper(u.login) + "?" + u.login
	a.step("fetch")
	at := c.resolve(a.q, r, a.between(8*hour, 16*hour), u.ip, name, "A", dst)
	for _, size := range []float64{0, 1.4e6} {
		w := wire{src: u.ip, sport: r.ephemeral(), dst: dst, dport: 8080, proto: "TCP", id: flowID(r)}
		if size > 0 {
			a.q.put(at+second, eveHTTP(a.q.buf(), at+second, &w, name, path, "Windows Installer", "application/octet-stream", uint64(size)))
		}
		a.call(at, u.ip, u, dst, home, 8080, "tcp/8080", 4, 700, size+600)
		at += r.span(20*second, 0.5)
	}
	a.step("control")
	for range r.between(5, 10) {
		where := countryNamed(pick(r, []string{"Germany", "Netherlands", "France", "United States", "Sweden"}))
		at += r.span(25*minute, 0.6)
		a.beyond(at, u.ip, u, where.addr(r), where, "www."+r.letters(r.between(8, 20))+".com", pick(r, []uint16{443, 443, 9001, 8080}), 40, 9_000, 30_000)
	}
}

// fakeCaptcha (T1204.004, T1059.001, T1555.003, T1041): a page asks a member of staff to prove that he is no robot, by pasting a line into the box
// that the keys Windows and R open. A script comes, then an archive; within minutes all passwords of the browsers have gone to the first of some
// hosts whose name still exists (CISA and the FBI, AA25-141B, of LummaC2).
func (a *attack) fakeCaptcha() {
	a.weekdays()
	c, r, u := a.c, a.r, a.victim()
	dst, where := a.lair()
	page, store, front := a.name(), a.name(), countryNamed("United States")
	edge := front.addr(r)
	a.step("fetch")
	at := c.resolve(a.q, r, a.between(8*hour+30*minute, 17*hour), u.ip, page, "A", edge)
	a.beyond(at, u.ip, u, edge, front, page, 443, 12, 3_000, 60_000)
	at += r.span(25*second, 0.4)
	a.beyond(at, u.ip, u, edge, front, page, 443, 2, 1_100, 9_000)
	at += r.span(6*second, 0.4)
	a.beyond(at, u.ip, u, front.addr(r), front, store, 443, 9, 2_000, 1.1e7)
	a.step("send")
	at += r.span(40*second, 0.4)
	top := []string{".shop", ".top", ".xyz", ".lat"}
	for range r.between(2, 6) {
		c.unknown(a.q, r, at, u.ip, pick(r, webWords)+pick(r, webNouns)+pick(r, top))
		at += r.span(second, 0.5)
	}
	name := pick(r, webWords) + pick(r, webNouns) + pick(r, top)
	at = c.resolve(a.q, r, at, u.ip, name, "A", dst)
	for _, sent := range []float64{900, 35_000, 600_000, 2.4e6, 80_000} {
		a.beyond(at, u.ip, u, dst, where, name, 443, 3, sent, 2_500)
		at += r.span(15*second, 0.6)
	}
}

// rdpLure (T1566.001, T1219, T1039): a mail as if from the cloud's maker brings a signed file of remote desktop. Who opens it connects to a host
// outside and hands it his own drives, from which it copies. Microsoft, Amazon and CERT-UA told of it in October 2024, with Britain's public
// bodies among those who were sent it.
func (a *attack) rdpLure() {
	a.weekdays()
	c, r := a.c, a.r
	dst, where := a.lair()
	name := pick(r, []string{"eu-west-1", "eu-central-2", "eu-north-1"}) + "-aws." + c.short + pick(r, []string{"-s3.cloud", "-zerotrust.solutions", "-ua.cloud"})
	a.step("mail")
	at := a.between(7*hour, 11*hour)
	for range r.between(6, 16) {
		a.deliver(at, dst+2, where, 25, "SMTP", r.skewed(48_000, 0.05))
		at += r.span(20*second, 0.7)
	}
	a.step("connect")
	for range r.between(1, 3) {
		u, when := a.victim(), at+r.span(70*minute, 0.8)
		when = c.resolve(a.q, r, when, u.ip, name, "A", dst)
		a.call(when, u.ip, u, dst, where, 3389, "RDP", 6, 4_000, 5_000)
		a.call(when+10*second, u.ip, u, dst, where, 3389, "RDP", 500, 6e7, 2.5e6)
	}
}

// extensionUpdate (T1195.002, T1176.001, T1539): the maker of a browser's extension was phished, and the next version, which browsers fetch by themselves,
// asks a new host what to do and sends it what its users are logged in to. It is there for a day and a night, from the middle of the night on, with those
// who have the extension (Cyberhaven, December 2024, of 400,000 users).
func (a *attack) extensionUpdate() {
	a.weekdays()
	c, r := a.c, a.r
	dst, where := a.lair()
	name := pick(r, webWords) + pick(r, webNouns) + "ext.pro"
	of, end := r.Perm(len(c.users)), a.day+33*hour
	for _, i := range of[:max(3, len(of)/12)] {
		u := &c.users[i]
		for at := a.between(8*hour, 10*hour); at < end && weekday(at) < 5; at += 20*hour + r.Int64N(4*hour) {
			a.step("ask")
			begin := c.resolve(a.q, r, at, u.ip, name, "A", dst)
			a.beyond(begin, u.ip, u, dst, where, name, 443, 2, 1_300, 4_200)
			a.step("send")
			for range r.IntN(4) {
				a.beyond(begin+r.Int64N(7*hour), u.ip, u, dst, where, name, 443, 2, 9_000, 900)
			}
		}
	}
}
