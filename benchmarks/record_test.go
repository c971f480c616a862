//go:build !race

package benchmarks

import (
	"cmp"
	"errors"
	"fmt"
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	"frontfoot/benchmarks/detection"
	"frontfoot/benchmarks/gen"
	"frontfoot/benchmarks/machine"
	"frontfoot/detect"
)

// TestRecord judges detection on labelled streams, beside a count of rarities and other detectors, and on invented councils, takes its parts away one by
// one, and writes one page of it all.
//
//	FRONTFOOT_RECORD=…/detection.md   the page; without it nothing is done
//	FRONTFOOT_KNOWN=../shared         labelled streams and the tools that judge by them; what is absent is skipped, and the page says so
//	FRONTFOOT_BIN=bin/frontfoot       the program
//	FRONTFOOT_STREAMS=nsl-dev-s0      only these streams, separated by commas
//	FRONTFOOT_PEERS=rcf,midas-f       these other detectors (tools/peers there says how to install them)
//	FRONTFOOT_PEER_SECONDS=480        how long one of them may take on a stream
//	FRONTFOOT_PEER_RESULTS=DIR        where their results are kept; what is there already is not measured again
//	FRONTFOOT_SITES, _WEEKS, _LINES   invented councils, as for TestRegion
func TestRecord(t *testing.T) {
	path := os.Getenv("FRONTFOOT_RECORD")
	if path == "" {
		t.Skip("takes an hour: run make record")
	}
	r := recorder{T: t, known: detection.Known(os.Getenv("FRONTFOOT_KNOWN"))}
	r.page.Head = machine.Facts(recordCommand())
	r.choose()
	r.streams()
	r.peers()
	r.councils()
	r.parts()
	page := r.page.Page()
	if err := os.WriteFile(path, []byte(page), 0o644); err != nil {
		t.Fatal(err)
	}
	t.Log("\n" + page)
	for _, s := range r.page.Skipped {
		t.Log("skipped: " + s)
	}
}

// recordCommand is the command of the page, with what was chosen.
func recordCommand() string {
	command := "make record"
	for _, name := range []string{"STREAMS", "PEERS", "SITES", "WEEKS", "LINES"} {
		if value := os.Getenv("FRONTFOOT_" + name); value != "" {
			command += " FRONTFOOT_" + name + "=" + value
		}
	}
	return command
}

// A recorder fills a page.
type recorder struct {
	*testing.T

	known detection.Known
	names []string // of the streams
	page  detection.Record
}

func (r *recorder) skip(format string, args ...any) {
	r.page.Skipped = append(r.page.Skipped, fmt.Sprintf(format, args...))
}

// choose finds out which streams there are.
func (r *recorder) choose() {
	names, err := r.known.Streams()
	if errors.Is(err, detection.ErrAbsent) {
		r.skip("%v", err)
		return
	}
	if err != nil {
		r.Fatal(err)
	}
	only := os.Getenv("FRONTFOOT_STREAMS")
	r.names = slices.DeleteFunc(names, func(name string) bool { return only != "" && !slices.Contains(strings.Split(only, ","), name) })
	if only != "" {
		r.skip("all streams but %s", strings.Join(r.names, ", "))
	}
}

// streams judges the program and the baseline.
func (r *recorder) streams() {
	r.page.Earlier = r.known.Earlier()
	own := detection.Detector{Name: detection.Own}
	rarity := detection.Detector{Name: "rarity"}
	for _, name := range r.names {
		r.judge(&own, os.Getenv("FRONTFOOT_BIN")+" score --format csv", name)
		r.judge(&rarity, r.known.Rarity(), name)
	}
	r.page.Detectors = []detection.Detector{own, rarity}
}

func (r *recorder) judge(d *detection.Detector, command, stream string) {
	x, err := r.known.Judge(r.Context(), command, stream)
	if err != nil {
		r.Fatal(err)
	}
	d.Results = append(d.Results, x)
}

// peers judges other detectors that are installed.
func (r *recorder) peers() {
	list := os.Getenv("FRONTFOOT_PEERS")
	if list == "" {
		r.skip("other detectors: FRONTFOOT_PEERS names none")
		return
	}
	run := detection.Peers{Known: r.known, Seconds: setting(r.T, "FRONTFOOT_PEER_SECONDS", 480), Dir: cmp.Or(os.Getenv("FRONTFOOT_PEER_RESULTS"), r.TempDir())}
	for peer := range strings.SplitSeq(list, ",") {
		if missing, ok := detection.Installed(peer); !ok {
			r.skip("%s: %s names no file that is there", peer, missing)
			continue
		}
		if len(r.names) == 0 {
			continue
		}
		results, err := run.Run(r.Context(), peer, r.names)
		if err != nil {
			r.Fatal(err)
		}
		r.page.Detectors = append(r.page.Detectors, detection.Detector{Name: peer, Results: results})
	}
}

// councils plays invented councils.
func (r *recorder) councils() {
	results, err := outcomes([]gen.Config{r.region(setting(r.T, "FRONTFOOT_SITES", 2))}, detect.DefaultConfig())
	if err != nil {
		r.Fatal(err)
	}
	lines, most, scoring := 0, 0, time.Duration(0)
	for i := range results {
		lines, scoring, most = lines+results[i].lines, scoring+results[i].scoring, max(most, results[i].bytes)
	}
	r.page.More = append(r.page.More, fmt.Sprintf("## Invented councils\n\n%.0f events/s and core are scored; a site takes %.1f MiB at most.\n\n```\n%s```\n",
		float64(lines)/scoring.Seconds(), float64(most)/(1<<20), regionTable(results, false)))
}

// region is so many councils with attacks of all kinds.
func (r *recorder) region(sites int) gen.Config {
	cfg := gen.Month(1, sites, setting(r.T, "FRONTFOOT_WEEKS", 4), setting(r.T, "FRONTFOOT_LINES", 5_000))
	cfg.Plays = cfg.Campaign(attacksAWeek, nil)
	return cfg
}

// parts leaves out one part of detection at a time.
func (r *recorder) parts() {
	var table detection.Ablation
	for _, p := range append([]detect.Part{0}, detect.Parts()...) {
		conf := detect.DefaultConfig().Without(p)
		row := detection.AblationRow{Without: p.String()}
		for _, name := range detection.AblationStreams(r.names) {
			if p != 0 && !p.OfTables() {
				break
			}
			x, err := r.known.Score(r.Context(), name, conf, r.TempDir())
			if err != nil {
				r.Fatal(err)
			}
			row.Results = append(row.Results, x)
		}
		if p == 0 || p.OfLogs() {
			results, err := outcomes([]gen.Config{r.region(setting(r.T, "FRONTFOOT_SITES", 2))}, conf)
			if err != nil {
				r.Fatal(err)
			}
			row.Kinds, row.Found, row.Played, row.FalseADay = foundOf(results)
			sites, lines := setting(r.T, "FRONTFOOT_SITES", 2), setting(r.T, "FRONTFOOT_LINES", 5_000)
			if results, err = outcomes([]gen.Config{besieged(1, sites, lines)}, conf); err != nil {
				r.Fatal(err)
			}
			row.Told, row.Days = daysTold(results)
		}
		table = append(table, row)
	}
	r.page.More = append(r.page.More, table.Section())
}

// foundOf counts the kinds of attack and the attacks that were found, those that were played, and false incidents a site-day.
func foundOf(results []outcome) (kinds, found, played int, falseADay float64) {
	seen := map[gen.Scenario]bool{}
	days, wrong := 0, 0
	for i := range results {
		for _, a := range results[i].attacks {
			if played++; a.found {
				found++
				seen[a.Kind] = true
			}
		}
		for _, w := range results[i].weeks {
			days, wrong = days+w.days, wrong+w.wrong
		}
	}
	return len(seen), found, played, float64(wrong) / float64(days)
}
