package gen

import (
	"slices"
	"time"
)

// Month returns so many councils for so many weeks from Monday 23 March 2026, with what changes at councils in that time: the clocks go
// forward at the end of the first week, Good Friday and Easter Monday are in the second and third, the updates of April in the fourth.
func Month(seed uint64, sites, weeks, lines int) Config {
	first := []string{"alder", "birch", "copper", "dun", "elm", "fox", "gorse", "hazel", "iron", "kings", "lark", "mill"}
	last := []string{"ford", "ham-vale", "bury", "moor", "ton-forest", "mouth", "ley", "stead", "wick-bay"}
	cfg := Config{
		Seed: seed, Start: time.Date(2026, time.March, 23, 0, 0, 0, 0, time.UTC), Days: 7 * weeks, EventsPerDay: lines, Changing: true,
	}
	for i := range sites {
		cfg.Sites = append(cfg.Sites, first[i%len(first)]+last[(i+i/len(first))%len(last)])
	}
	return cfg
}

// Campaign draws attacks: so many (at most 7) in each week after the first at each site, on different days, each kind as often as any
// other; only are the kinds to choose from, nil for all. What would run into the end begins earlier, so that a day is left after it.
func (cfg *Config) Campaign(perWeek int, only []Scenario) []Play {
	r := newRNG(cfg.Seed, "campaign")
	var deck []kind
	for _, k := range kinds() {
		if len(only) == 0 || slices.Contains(only, k.name) {
			deck = append(deck, k)
		}
	}
	var all []Play
	var hand []kind
	for week := 1; week < cfg.Days/7 && len(deck) > 0; week++ {
		for _, site := range cfg.Sites {
			for _, d := range r.Perm(7)[:perWeek] {
				if len(hand) == 0 {
					hand = slices.Clone(deck)
					r.Shuffle(len(hand), func(i, j int) { hand[i], hand[j] = hand[j], hand[i] })
				}
				k := hand[0]
				hand = hand[1:]
				all = append(all, Play{Kind: k.name, Site: site, Day: min(7*week+d+1, cfg.Days-k.days)})
			}
		}
	}
	return all
}
