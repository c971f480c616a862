//go:build !race

package benchmarks

import (
	"os"
	"runtime"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/sourcegraph/conc/pool"

	"frontfoot/benchmarks/gen"
	"frontfoot/detect"
)

// attacksAWeek is how many attacks a site has in each week after the first: more than any council should, few enough to be told apart.
const attacksAWeek = 2

// TestRegion plays councils for weeks in which they change, each with attacks of all kinds at random times after the first week, through
// parse and detect. It prints how each kind was found, and how many incidents there were in each week.
//
//	FRONTFOOT_SITES=20          how many councils; without it one, for two weeks, of few lines
//	FRONTFOOT_WEEKS=4           how many weeks, at least 2
//	FRONTFOOT_LINES=12000       lines a site and day
//	FRONTFOOT_SEEDS=3           how many regions, each of its own seed
//	FRONTFOOT_FIRST=11          the first of these seeds: to work on others than the ones to judge by
//	FRONTFOOT_ATTACKS=tor,dga   only these kinds, separated by commas
//	FRONTFOOT_WITHOUT=surge     leave out parts of detection, separated by commas
//	FRONTFOOT_DETAIL=1          also what was raised for nothing
func TestRegion(t *testing.T) {
	if testing.Short() {
		t.Skip("plays weeks of log lines")
	}
	sites, weeks := setting(t, "FRONTFOOT_SITES", 1), setting(t, "FRONTFOOT_WEEKS", 2)
	lines := setting(t, "FRONTFOOT_LINES", 5_000)
	var regions []gen.Config
	first := setting(t, "FRONTFOOT_FIRST", 1)
	for seed := range setting(t, "FRONTFOOT_SEEDS", 1) {
		cfg := gen.Month(uint64(first+seed), sites, weeks, lines)
		cfg.Plays = cfg.Campaign(attacksAWeek, kindsOf(t, os.Getenv("FRONTFOOT_ATTACKS")))
		regions = append(regions, cfg)
	}
	results, err := outcomes(regions, configuration(t))
	if err != nil {
		t.Fatal(err)
	}
	t.Log("\n" + regionTable(results, setting(t, "FRONTFOOT_DETAIL", 0) > 0))
	for i := range results {
		if x := &results[i]; x.unknown > 0 {
			t.Errorf("%s: %d lines were not understood", x.site, x.unknown)
		}
	}
	for w, x := range weekly(results) {
		if w > 0 && (x.incidents > 10*x.days || x.wrong > 5*x.days) {
			t.Errorf("week %d: %d incidents on %d site-days, %d of them false, want at most 10 and 5 a day", w+1, x.incidents, x.days, x.wrong)
		}
	}
}

// outcomes plays all sites of regions, which have as many each.
func outcomes(regions []gen.Config, conf detect.Config) ([]outcome, error) {
	sites := len(regions[0].Sites)
	results := make([]outcome, len(regions)*sites)
	work := pool.New().WithErrors().WithMaxGoroutines(runtime.GOMAXPROCS(0))
	for i := range results {
		work.Go(func() error {
			cfg := regions[i/sites]
			w, err := play(cfg, i%sites, conf)
			if err == nil {
				results[i] = w.outcome(&cfg, i%sites)
			}
			return err
		})
	}
	return results, work.Wait()
}

// setting reads a number of the environment, at least 1 where the usual one is.
func setting(t *testing.T, name string, usual int) int {
	t.Helper()
	s := os.Getenv(name)
	if s == "" {
		return usual
	}
	n, err := strconv.Atoi(s)
	if err != nil || n < min(usual, 1) {
		t.Fatalf("%s is %q, want a number of at least %d", name, s, min(usual, 1))
	}
	return n
}

// kindsOf reads names of attacks.
func kindsOf(t *testing.T, list string) []gen.Scenario {
	t.Helper()
	var all []gen.Scenario
	for name := range strings.SplitSeq(list, ",") {
		if kind := gen.Scenario(name); slices.Contains(gen.Scenarios(), kind) {
			all = append(all, kind)
		} else if name != "" {
			t.Fatalf("FRONTFOOT_ATTACKS has %q, which is none of %q", name, gen.Scenarios())
		}
	}
	return all
}
