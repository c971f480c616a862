package gen

import (
	"math"
	"strings"
	"time"
)

// changes is what is different about a council at the end of a month: slow growth, bank holidays, people who leave and come, an office
// in a new place, a service that everybody takes up, the updates that come on the second Tuesday, summer time. All of it is ordinary.
// Its chance is a stream of its own.
type changes struct {
	l             *life
	r             rng
	forward, back int64 // summer time begins and ends
	growth        float64
	cloud         website
	adopted       int64 // when half of those who will use the cloud do
}

// summer is how far the clocks on the wall are ahead at a moment. People and jobs keep to them; devices log in UTC.
func (x *changes) summer(at int64) int64 {
	if x != nil && at >= x.forward && at < x.back {
		return hour
	}
	return 0
}

func (l *life) change(seed uint64) {
	x := &changes{l: l, r: newRNG(seed, "changes "+l.c.name)}
	l.changes = x
	year := time.Unix(0, l.start).UTC().Year()
	x.forward, x.back = lastSunday(year, time.March), lastSunday(year, time.October)
	x.growth = -0.02 + 0.08*x.r.Float64()
	for d := range l.moods {
		begin := l.start + int64(d)*day
		l.moods[d].factor *= 1 + x.growth*float64(d)/7
		y, m, dom := civil(begin / day)
		switch {
		case bankHoliday(y, m, dom):
			l.moods[d].holiday = true
		case weekday(begin) == 1 && dom > 7 && dom < 15:
			l.once(begin+17*hour, x.updateTuesday)
		case weekday(begin) == 0 && d > 0:
			for range x.r.IntN(3) {
				l.once(begin+8*hour+x.r.Int64N(2*hour), x.replace)
			}
		}
	}
	x.plan()
}

// plan draws the days of what happens once: the office in the second week, the service in the second or third.
func (x *changes) plan() {
	l, r := x.l, x.r
	l.once(l.start+int64(7+r.IntN(5))*day+8*hour+r.Int64N(2*hour), x.open)
	x.cloud = l.c.web.invent(r)
	x.cloud.name, x.cloud.median = "app."+strings.TrimPrefix(x.cloud.name, "www."), 120_000
	x.adopted = l.start + int64(10+r.IntN(9))*day
	l.often(0.05, 2.05, officeHours(), x.useCloud)
}

// useCloud is a visit to the new service by somebody who uses it by then: few at first, nearly all a week later.
func (x *changes) useCloud(at int64) {
	days := float64(at-x.adopted) / float64(day)
	u := x.l.c.staff(x.l.r)
	if x.l.r.Float64() < 1/(1+math.Exp(-1.5*days)) && days > -3 {
		x.l.c.surf(x.l.q, x.l.r, at, u, &x.cloud)
	}
}

// replace is somebody who leaves, and somebody new with a new machine who takes the place. Some get an account on the jump host too.
func (x *changes) replace(at int64) {
	c, r := x.l.c, x.r
	u := &c.users[r.IntN(len(c.users))]
	if u.key != "" {
		return // administrators stay
	}
	*u = x.person(u.dept, int(u.ip>>8&255), u.uid+2000)
	x.arrive(at, u)
	if r.chance(0.3) {
		s, uid := c.servers["jump01"], number(u.uid)
		c.shell(x.l.q, r, at, s, pick(r, c.admins), c.admins[0].ip, []string{"/usr/sbin/useradd -m " + u.login}, 5*minute)
		x.l.q.put(at+2*minute, s.account(x.l.q.buf(), at+2*minute, "useradd", process(r),
			"new user: name="+u.login+", UID="+uid+", GID="+uid+", home=/home/"+u.login+", shell=/bin/bash, from=/dev/pts/1"))
	}
}

// person makes up somebody with a machine in one of the networks.
func (x *changes) person(dept string, third int, uid uint64) user {
	c, r := x.l.c, x.r
	first, last := pick(r, firstNames), pick(r, lastNames)
	return user{
		login: strings.ToLower(first[:1]+last) + number(uid%100), full: first + " " + last, dept: dept, ip: ip(10, c.net, third, r.between(20, 249)),
		mac: 0xc84bd6_000000 | uint64(r.IntN(1<<24)), home: countryNamed("United Kingdom").addr(r), remote: r.chance(0.4), uid: uid, agent: pick(r, browsers[:4]),
	}
}

// arrive is a machine's first minutes on the network.
func (x *changes) arrive(at int64, u *user) {
	c, l, r := x.l.c, x.l, x.r
	l.q.put(at, c.fgt.lease(l.q.buf(), at, "lan", u.mac, u.ip, "LT-"+strings.ToUpper(u.login)))
	for _, service := range []int{2, 10, 4, 9, 0, 5} { // Kerberos, RPC, LDAP, the time, shares, printing
		at += r.span(15*second, 0.8)
		c.toServer(l.q, r, at, u, service, polServers, 0)
	}
	for range 8 {
		at += r.span(20*second, 1)
		c.surf(l.q, r, at, u, &c.web.sites[r.IntN(11)])
	}
}

// open is the day on which an office in a new place goes on line: a network that was not there, its people, a printer.
func (x *changes) open(at int64) {
	c, l, r := x.l.c, x.l, x.r
	admin := pick(r, c.admins)
	l.q.put(at, c.fgt.admin(l.q.buf(), at, admin.login, admin.ip, true))
	for _, object := range [][2]string{
		{"system.interface", "branch"}, {"system.dhcp.server", "7"}, {"firewall.address", "branch-lan"}, {"firewall.policy", "31"}, {"router.static", "12"},
	} {
		at += r.span(3*minute, 0.4)
		l.q.put(at, c.fgt.configured(l.q.buf(), r, at, admin.login, "GUI("+admin.ip.String()+")", "Add", object[0], object[1], "comment[new office]"))
	}
	for i := range r.between(10, 22) {
		u := x.person(pick(r, departments), 60, uint64(3000+i))
		at += r.span(6*minute, 0.6)
		x.arrive(at, &u)
		c.users = append(c.users, u)
	}
	c.printers = append(c.printers, ip(10, c.net, 60, 10))
	c.usual = zipf(len(c.users), 0.7, 6)
}

// updateTuesday is the evening on which all workstations draw the month's updates; each starts again then or in the morning.
func (x *changes) updateTuesday(at int64) {
	c, r := x.l.c, x.r
	host := website{
		name: "msedge.b.tlu.dl.delivery.mp.microsoft.com", org: "Microsoft Corporation", country: countryNamed("United States"), category: &categories[0],
		app: &applications[10], median: 1.8e8,
	}
	for range 4 {
		host.addrs = append(host.addrs, host.country.addr(r))
	}
	for i := range c.users {
		if r.chance(0.15) {
			continue // switched off
		}
		u, when := &c.users[i], at+r.Int64N(3*hour)
		for range r.between(2, 4) {
			c.surf(x.l.q, r, when, u, &host)
			when += r.span(4*minute, 0.6)
		}
		if r.chance(0.5) {
			when = at + 14*hour + r.Int64N(2*hour)
		}
		x.l.q.put(when, c.fgt.lease(x.l.q.buf(), when, "lan", u.mac, u.ip, "LT-"+strings.ToUpper(u.login)))
		for _, service := range []int{2, 4, 0} {
			when += r.span(10*second, 0.8)
			c.toServer(x.l.q, r, when, u, service, polServers, 0)
		}
	}
}

func lastSunday(year int, month time.Month) int64 {
	t := time.Date(year, month+1, 1, 1, 0, 0, 0, time.UTC).AddDate(0, 0, -1)
	return t.AddDate(0, 0, -int(t.Weekday())).UnixNano()
}

// bankHoliday knows England's of 2026 and 2027 (gov.uk/bank-holidays).
func bankHoliday(y, m, d int64) bool {
	switch y*10_000 + m*100 + d {
	case 2026_01_01, 2026_04_03, 2026_04_06, 2026_05_04, 2026_05_25, 2026_08_31, 2026_12_25, 2026_12_28,
		2027_01_01, 2027_03_26, 2027_03_29, 2027_05_03, 2027_05_31, 2027_08_30, 2027_12_27, 2027_12_28:
		return true
	}
	return false
}
