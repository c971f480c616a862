package gen

import (
	"slices"
	"strconv"
)

// The internet is what councils meet outside: countries and their address blocks, web sites in the order of their popularity.
// It is read-only once made.
type internet struct {
	sites   []website
	popular alias // of sites, heavy-tailed
	visitor alias // of countries, for people who come to a council's web site
	scanner alias // of countries, for the background noise
	words   alias // of webWords, in the names of the long tail
}

// A website is a name on the internet with what devices say of it.
type website struct {
	name     string
	org      string // as in its certificate
	addrs    []addr
	country  *country
	category *category
	app      *application
	median   float64 // bytes of an ordinary answer
}

// A category is one of FortiGuard's.
type category struct {
	id   uint64
	name string
}

// An application is one of FortiGate's application control.
type application struct {
	id              uint64
	name, cat, risk string
}

// A country has blocks of /16 networks that stand for it here.
type country struct {
	name             string
	visits, scanning float64
	blocks           [][3]int // first octet, second octet from, to
}

// addr draws an address of the country.
func (c *country) addr(r rng) addr {
	b := pick(r, c.blocks)
	return ip(b[0], r.between(b[1], b[2]), r.IntN(256), r.between(1, 254))
}

func newInternet(seed uint64) *internet {
	r := newRNG(seed, "internet")
	w := &internet{words: zipf(len(webWords), 0.6, 2)}
	for _, h := range headSites {
		w.sites = append(w.sites, w.site(r, h.name, h.org, countryNamed(h.country), &categories[h.category], &applications[h.app], h.median))
	}
	for len(w.sites) < 6000 {
		w.sites = append(w.sites, w.invent(r))
	}
	w.popular = zipf(len(w.sites), 1.05, 3)
	visits, scans := make([]float64, len(countries)), make([]float64, len(countries))
	for i := range countries {
		visits[i], scans[i] = countries[i].visits, countries[i].scanning
	}
	w.visitor, w.scanner = newAlias(visits), newAlias(scans)
	return w
}

func (w *internet) site(r rng, name, org string, c *country, cat *category, app *application, median float64) website {
	s := website{name: name, org: org, country: c, category: cat, app: app, median: median}
	for range r.between(1, 4) {
		s.addrs = append(s.addrs, c.addr(r))
	}
	return s
}

// invent makes up a web site: the long tail that is always partly new.
func (w *internet) invent(r rng) website {
	var b []byte
	switch {
	case r.chance(0.12):
		b = append(b, "cdn"...)
		b = append(strconv.AppendInt(b, int64(r.IntN(40)), 10), '.')
	case r.chance(0.55):
		b = append(b, "www."...)
	}
	b = append(b, webWords[w.words.draw(r)]...)
	if r.chance(0.3) {
		b = append(b, '-')
	}
	b = append(b, pick(r, webNouns)...)
	if r.chance(0.25) {
		b = strconv.AppendInt(b, int64(r.IntN(400)), 10)
	}
	b = append(b, pick(r, topLevels)...)
	name := string(b)
	c := countryNamed(pick(r, hostingCountries))
	if r.chance(0.03) {
		c = &countries[r.IntN(len(countries))]
	}
	cat := pick(r, []int{0, 2, 4, 5, 6, 7, 8, 9, 10, 11, 12})
	return w.site(r, name, name, c, &categories[cat], &applications[pick(r, []int{0, 0, 0, 1})], r.skewed(20_000, 1.2))
}

// visit draws a web site: mostly a well-known one, now and then one that nobody has ever seen.
func (w *internet) visit(r rng, unseen float64) *website {
	if r.chance(unseen) {
		s := w.invent(r)
		return &s
	}
	return &w.sites[w.popular.draw(r)]
}

// addr draws one of the site's few addresses.
func (s *website) addr(r rng) addr { return pick(r, s.addrs) }

func countryNamed(name string) *country {
	return &countries[slices.IndexFunc(countries, func(c country) bool { return c.name == name })]
}

// countries stand in the order of how much a British council sees of them. Blocks are large ones of providers there.
var countries = []country{
	{"United Kingdom", 900, 20, [][3]int{{81, 96, 111}, {86, 128, 191}, {90, 192, 255}, {92, 0, 31}, {2, 24, 31}, {82, 0, 47}, {109, 144, 159}}},
	{"United States", 40, 260, [][3]int{{13, 64, 107}, {20, 33, 63}, {52, 84, 95}, {54, 144, 175}, {23, 192, 223}, {104, 16, 31}, {142, 250, 251}, {64, 62, 71}, {147, 185, 185}}},
	{"Ireland", 8, 4, [][3]int{{52, 208, 215}, {34, 240, 255}, {54, 72, 78}, {40, 112, 115}}},
	{"Netherlands", 4, 90, [][3]int{{13, 69, 69}, {185, 191, 196}, {45, 148, 149}, {80, 82, 82}, {94, 102, 102}, {51, 136, 138}}},
	{"Germany", 5, 60, [][3]int{{18, 156, 159}, {3, 120, 127}, {49, 12, 13}, {91, 0, 31}, {116, 202, 203}, {167, 94, 94}}},
	{"France", 5, 25, [][3]int{{51, 75, 79}, {2, 0, 15}, {90, 0, 63}, {163, 172, 172}}},
	{"China", 1, 210, [][3]int{{58, 208, 223}, {61, 128, 191}, {112, 80, 95}, {117, 20, 63}, {218, 0, 31}, {222, 160, 191}}},
	{"Russian Federation", 0.4, 90, [][3]int{{5, 188, 188}, {46, 161, 161}, {77, 220, 223}, {95, 24, 31}, {176, 208, 223}}},
	{"India", 2, 60, [][3]int{{49, 32, 47}, {103, 20, 30}, {117, 192, 255}, {122, 160, 191}}},
	{"Brazil", 0.7, 50, [][3]int{{177, 0, 127}, {187, 0, 127}, {189, 0, 127}, {200, 128, 191}}},
	{"Viet Nam", 0.2, 35, [][3]int{{14, 160, 191}, {113, 160, 191}, {171, 224, 255}}},
	{"Indonesia", 0.2, 25, [][3]int{{36, 64, 95}, {103, 100, 119}, {180, 240, 255}}},
	{"Korea, Republic of", 0.2, 35, [][3]int{{121, 128, 191}, {175, 192, 255}, {211, 32, 63}}},
	{"Hong Kong", 0.3, 40, [][3]int{{43, 128, 159}, {103, 149, 152}, {156, 224, 255}}},
	{"Singapore", 0.4, 35, [][3]int{{13, 212, 215}, {128, 199, 199}, {188, 166, 166}}},
	{"Taiwan", 0.2, 22, [][3]int{{1, 160, 175}, {36, 224, 239}, {114, 32, 47}}},
	{"Iran, Islamic Republic of", 0.1, 16, [][3]int{{2, 176, 191}, {5, 200, 203}, {78, 38, 39}}},
	{"Turkey", 0.5, 16, [][3]int{{78, 160, 191}, {85, 96, 111}, {176, 32, 63}}},
	{"Ukraine", 0.5, 14, [][3]int{{31, 128, 131}, {91, 192, 207}, {178, 150, 151}}},
	{"Poland", 4, 10, [][3]int{{5, 172, 175}, {79, 184, 191}, {83, 0, 31}}},
	{"Romania", 2, 12, [][3]int{{5, 12, 15}, {79, 112, 119}, {86, 120, 127}}},
	{"Bulgaria", 1, 22, [][3]int{{78, 128, 130}, {79, 124, 124}, {87, 120, 121}}},
	{"Spain", 6, 6, [][3]int{{2, 136, 143}, {79, 144, 159}, {83, 32, 63}}},
	{"Italy", 2, 9, [][3]int{{2, 32, 47}, {79, 0, 63}, {93, 32, 63}}},
	{"Portugal", 2, 3, [][3]int{{2, 80, 83}, {85, 240, 247}}},
	{"Greece", 1, 3, [][3]int{{2, 84, 87}, {79, 128, 131}}},
	{"Sweden", 1, 8, [][3]int{{2, 64, 71}, {78, 64, 79}}},
	{"Japan", 0.6, 14, [][3]int{{13, 112, 115}, {126, 0, 127}}},
	{"Canada", 3, 14, [][3]int{{24, 64, 87}, {99, 224, 255}}},
	{"Australia", 3, 5, [][3]int{{1, 120, 127}, {49, 176, 191}}},
	{"South Africa", 1, 6, [][3]int{{41, 0, 31}, {105, 0, 31}}},
	{"Nigeria", 0.4, 3, [][3]int{{41, 184, 191}, {105, 112, 127}}},
	{"Mexico", 0.3, 10, [][3]int{{187, 128, 255}, {189, 128, 255}}},
	{"Argentina", 0.2, 9, [][3]int{{181, 0, 63}, {190, 0, 63}}},
	{"Pakistan", 0.9, 8, [][3]int{{39, 32, 63}, {119, 152, 163}}},
	{"Thailand", 0.4, 9, [][3]int{{49, 228, 231}, {171, 96, 103}}},
	{"Moldova, Republic of", 0.05, 2, [][3]int{{178, 168, 168}, {188, 237, 239}}},
	{"Kazakhstan", 0.05, 2, [][3]int{{2, 72, 79}, {92, 46, 47}}},
	{"Seychelles", 0.02, 6, [][3]int{{45, 134, 134}, {196, 251, 251}}},
	{"Panama", 0.02, 4, [][3]int{{141, 98, 98}, {190, 32, 35}}},
}

var hostingCountries = []string{
	"United States", "United States", "United States", "United States", "United States", "Ireland", "Ireland", "United Kingdom",
	"United Kingdom", "United Kingdom", "Netherlands", "Germany", "France", "United States", "Sweden", "Canada",
}
