//go:build !race

package benchmarks

import (
	"fmt"
	"os"
	"slices"
	"strings"
	"testing"

	"frontfoot/benchmarks/gen"
	"frontfoot/detect"
)

// TestLasting plays councils that each have one attack for a fortnight, begun on their second day or their twelfth, and prints on which of its days it
// was told. It is of attacks that nobody looked at: no verdict is given.
//
//	FRONTFOOT_SITES=24          how many councils; without it two
//	FRONTFOOT_LINES=12000       lines a site and day
//	FRONTFOOT_SEEDS=2           how many regions, each of its own seed
//	FRONTFOOT_FIRST=11          the first of these seeds
//	FRONTFOOT_WITHOUT=guard     leave out parts of detection, separated by commas
//	FRONTFOOT_DETAIL=1          also what was raised for nothing
func TestLasting(t *testing.T) {
	if testing.Short() {
		t.Skip("plays weeks of log lines")
	}
	sites, lines, first := setting(t, "FRONTFOOT_SITES", 2), setting(t, "FRONTFOOT_LINES", 5_000), setting(t, "FRONTFOOT_FIRST", 1)
	var regions []gen.Config
	for seed := range setting(t, "FRONTFOOT_SEEDS", 1) {
		regions = append(regions, besieged(uint64(first+seed), sites, lines))
	}
	results, err := outcomes(regions, configuration(t))
	if err != nil {
		t.Fatal(err)
	}
	t.Log("\n" + lastingTable(results, setting(t, "FRONTFOOT_DETAIL", 0) > 0))
	found := 0
	for i := range results {
		x := &results[i]
		if x.unknown > 0 {
			t.Errorf("%s: %d lines were not understood", x.site, x.unknown)
		}
		for _, a := range x.attacks {
			if len(a.shown) > 0 {
				found++
			}
			if len(a.came) < 9 {
				t.Errorf("%s: %s came on %d days, want most of a fortnight", x.site, a.Kind, len(a.came))
			}
		}
	}
	if 2*found < len(results) {
		t.Errorf("%d of %d attacks are told on some day, want half", found, len(results))
	}
}

// besieged is a region of four weeks whose councils have a lasting attack each.
func besieged(seed uint64, sites, lines int) gen.Config {
	cfg := gen.Month(seed, sites, 4, lines)
	kinds := gen.Lasting()
	for i, site := range cfg.Sites {
		cfg.Plays = append(cfg.Plays, gen.Play{Kind: kinds[i/2%len(kinds)], Site: site, Day: 2 + i%2*10})
	}
	return cfg
}

// configuration is the usual one, without the parts that the environment names.
func configuration(t *testing.T) detect.Config {
	t.Helper()
	conf := detect.DefaultConfig()
	for name := range strings.SplitSeq(os.Getenv("FRONTFOOT_WITHOUT"), ",") {
		i := slices.IndexFunc(detect.Parts(), func(p detect.Part) bool { return p.String() == name })
		if i < 0 && name != "" {
			t.Fatalf("FRONTFOOT_WITHOUT has %q, which is none of %q", name, detect.Parts())
		}
		if i >= 0 {
			conf = conf.Without(detect.Parts()[i])
		}
	}
	return conf
}

// daysTold counts the days on which lasting attacks came, and those of them that were told.
func daysTold(results []outcome) (told, days int) {
	for i := range results {
		for _, a := range results[i].attacks {
			told, days = told+len(a.shown), days+len(a.came)
		}
	}
	return told, days
}

// lastingTable writes on which of its days each kind of attack was told.
func lastingTable(results []outcome, detail bool) string {
	columns := [][2]int{{1, 1}, {2, 3}, {4, 6}, {7, 9}, {10, 14}}
	var out strings.Builder
	fmt.Fprintf(&out, "%-20s %6s %5s", "days told of days", "begun", "found")
	for _, c := range columns {
		fmt.Fprintf(&out, " %8s", fmt.Sprintf("%d-%d", c[0], c[1]))
	}
	out.WriteString("       all\n")
	row := func(kind gen.Scenario, begun int) {
		name, when := string(kind), fmt.Sprint(begun)
		if kind == gen.Quiet {
			name, when = "all", ""
		}
		var told, days [5]int
		found, played, all, of := 0, 0, 0, 0
		for i := range results {
			for _, a := range results[i].attacks {
				if kind != gen.Quiet && (a.Kind != kind || a.Day != begun) {
					continue
				}
				if played++; len(a.shown) > 0 {
					found++
				}
				all, of = all+len(a.shown), of+len(a.came)
				for k, c := range columns {
					for d := c[0]; d <= c[1]; d++ {
						if a.came[a.Day+d-2] {
							days[k]++
						}
						if a.shown[a.Day+d-2] {
							told[k]++
						}
					}
				}
			}
		}
		if played == 0 {
			return
		}
		fmt.Fprintf(&out, "%-20s %6s %5s", name, when, fmt.Sprintf("%d/%d", found, played))
		for k := range columns {
			fmt.Fprintf(&out, " %8s", fmt.Sprintf("%d/%d", told[k], days[k]))
		}
		fmt.Fprintf(&out, " %9s\n", fmt.Sprintf("%d/%d", all, of))
	}
	for _, kind := range gen.Lasting() {
		row(kind, 2)
		row(kind, 12)
	}
	row(gen.Quiet, 0)
	days, wrong := 0, 0
	for w, x := range weekly(results) {
		fmt.Fprintf(&out, "week %d: %.2f false a site-day, %.2f in all\n", w+1, float64(x.wrong)/float64(x.days), float64(x.incidents)/float64(x.days))
		days, wrong = days+x.days, wrong+x.wrong
	}
	fmt.Fprintf(&out, "%.2f false a site-day\n", float64(wrong)/float64(days))
	for i := range results {
		for _, title := range results[i].wrong {
			if detail {
				fmt.Fprintf(&out, "false  %s\n", title)
			}
		}
	}
	return out.String()
}
