package gen

import (
	"strconv"
	"strings"
)

// A council is one site's estate: address plan, people, machines. It is made from the seed alone; what goes on there is
// in life, and what becomes of it over a month in changes.
type council struct {
	name, short string // ashford-vale, av
	domain      string // ashford-vale.example
	net         int    // 10.net.0.0/16
	public      addr   // egress
	web         *internet
	users       []user
	usual       alias // of users, by how much they do
	admins      []*user
	servers     map[string]*server
	linux       []*server // those whose logs are collected
	fgt         fortigate
	printers    []addr
}

// A user is a member of staff with a workstation and a home.
type user struct {
	login, full string
	dept        string
	ip          addr   // workstation
	mac         uint64 // its network card
	home        addr   // where the VPN is used from
	remote      bool   // uses the VPN at all
	uid         uint64
	key         string // fingerprint of the SSH key, for administrators
	agent       string // browser
}

// A server is a machine in the server network or the DMZ.
type server struct {
	host string
	ip   addr
	mac  uint64
	dmz  bool
}

var departments = []string{"Finance", "Planning", "Housing", "RevsBens", "Environment", "Legal", "CustomerServices", "ICT", "Members", "HR"}

func newCouncil(seed uint64, i int, name string, web *internet) *council {
	r := newRNG(seed, "council "+name)
	c := &council{name: name, net: 20 + i%200, web: web, domain: name + ".example", servers: map[string]*server{}}
	for part := range strings.SplitSeq(name, "-") {
		c.short += part[:min(1, len(part))]
	}
	if len(c.short) < 2 {
		c.short = name[:min(2, len(name))]
	}
	c.public = []addr{ip(203, 0, 113, 0), ip(198, 51, 100, 0), ip(192, 0, 2, 0)}[i%3] + addr(8*(i/3%30)) + 2
	c.fgt = newFortigate(r, c)
	c.hire(r, r.between(60, 200))
	c.build(r)
	for range r.between(6, 18) {
		c.printers = append(c.printers, ip(10, c.net, 5, 10+len(c.printers)))
	}
	return c
}

// hire fills the council with people. The last few of ICT are administrators.
func (c *council) hire(r rng, n int) {
	taken := map[string]bool{}
	for len(c.users) < n {
		first, last := pick(r, firstNames), pick(r, lastNames)
		login := strings.ToLower(first[:1] + last)
		for k := 2; taken[login]; k++ {
			login = strings.ToLower(first[:1]+last) + strconv.Itoa(k)
		}
		taken[login] = true
		d := r.IntN(len(departments))
		c.users = append(c.users, user{
			login: login, full: first + " " + last, dept: departments[d],
			ip: ip(10, c.net, 10+d, 20+len(c.users)%230), mac: 0x3c5282_000000 | uint64(r.IntN(1<<24)),
			home: countryNamed("United Kingdom").addr(r), remote: r.chance(0.4),
			uid: uint64(1000 + len(c.users)), agent: pick(r, browsers[:4]),
		})
	}
	c.usual = zipf(n, 0.7, 6)
	for i := range 4 + n/60 {
		u := &c.users[n-1-i]
		u.dept, u.ip, u.remote = "ICT", ip(10, c.net, 17, 20+i), true
		u.key = "SHA256:" + fingerprint(r)
		c.admins = append(c.admins, u)
	}
}

func fingerprint(r rng) string {
	const letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"
	b := make([]byte, 43)
	for i := range b {
		b[i] = letters[r.IntN(len(letters))]
	}
	return string(b)
}

// build sets up the machines.
func (c *council) build(r rng) {
	add := func(role string, third, fourth int, logs bool) {
		s := &server{host: c.short + "-" + role, ip: ip(10, c.net, third, fourth), mac: 0x005056_000000 | uint64(r.IntN(1<<24)), dmz: third == 2}
		c.servers[role] = s
		if logs {
			c.linux = append(c.linux, s)
		}
	}
	add("dc01", 1, 10, false)
	add("dc02", 1, 11, false)
	add("print01", 1, 15, false)
	add("nvr01", 1, 60, false)
	add("mail01", 2, 25, false)
	add("fs01", 1, 20, true)
	add("revben01", 1, 30, true)
	add("db01", 1, 31, true)
	add("bak01", 1, 50, true)
	add("mon01", 0, 9, true)
	add("jump01", 0, 5, true)
	add("web01", 2, 80, true)
	add("sftp01", 2, 22, true)
	add("gw01", 0, 1, true)
}

// staff draws a member of staff; some do much, most do little.
func (c *council) staff(r rng) *user { return &c.users[c.usual.draw(r)] }

var browsers = []string{
	"Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/144.0.0.0 Safari/537.36 Edg/144.0.0.0",
	"Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/144.0.0.0 Safari/537.36",
	"Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:147.0) Gecko/20100101 Firefox/147.0",
	"Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/143.0.0.0 Safari/537.36 Edg/143.0.0.0",
	"Mozilla/5.0 (iPhone; CPU iPhone OS 18_6 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/26.2 Mobile/15E148 Safari/604.1",
	"Mozilla/5.0 (Linux; Android 10; K) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/144.0.0.0 Mobile Safari/537.36",
	"Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/26.2 Safari/605.1.15",
	"Mozilla/5.0 (iPad; CPU OS 18_5 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.5 Mobile/15E148 Safari/604.1",
	"Mozilla/5.0 (Linux; Android 14; SAMSUNG SM-A546B) AppleWebKit/537.36 (KHTML, like Gecko) SamsungBrowser/28.0 Chrome/130.0.0.0 Mobile Safari/537.36",
}
