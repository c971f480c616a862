package silence

import "testing"

// TestSiteIsSilent checks that where everybody, or half of them, is silent nobody is told of, neither then nor when one is slow to come back, and that it is
// not learned: what is silent for as long afterwards is told of.
func TestSiteIsSilent(t *testing.T) {
	for name, off := range map[string]int{"all": 8, "half": 5} {
		w := newWorld(3, servers(8)...)
		w.live(12 * daily)
		var silent []string
		for i := range off {
			silent = append(silent, w.machines[i].name)
		}
		w.live(9*hour, silent...)
		w.live(30*minute, "srv02")
		w.live(daily)
		if len(w.told) > 0 {
			t.Errorf("%s: told is %q", name, w.told)
		}
		w.live(9*hour, "srv04")
		if len(w.told) != 1 || w.told[0] != "srv04" {
			t.Errorf("%s: later %q is told", name, w.told)
		}
	}
}

// TestSiteIsSilentAtMidnight checks that of a machine that is slow to come back after a silence of the site in which a week began the week is a new one, too, as of
// all others.
func TestSiteIsSilentAtMidnight(t *testing.T) {
	w := newWorld(3, servers(8)...)
	w.live(14*daily - 2*hour)
	days := w.trials
	var all []string
	for _, m := range w.machines {
		all = append(all, m.name)
	}
	w.live(5*hour, all...)
	w.live(hour, "srv02")
	w.live(2 * hour)
	for s := range w.sources.All() {
		if n := s.Thing.minutes[0]; n > 3*60 {
			t.Errorf("%s spoke in %d minutes of a week of three hours", s.Thing.name, n)
		}
	}
	for range w.machines {
		days.Make()
	}
	if days.Pass(w.trials.Now(), 0); w.trials != days {
		t.Errorf("%.2f days of machines in a day, want %.2f", w.trials.Daily(), days.Daily())
	}
}
