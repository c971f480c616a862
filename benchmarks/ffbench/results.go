package main

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"frontfoot/benchmarks/machine"
)

// A result is a benchmark's figures, by unit, in the order of the first run.
type result struct {
	name   string
	units  []string
	values map[string][]float64 // a run each
}

// parse reads what go test prints of benchmarks.
func parse(output string) []result {
	var all []result
	for line := range strings.Lines(output) {
		f := strings.Fields(line)
		if len(f) < 4 || !strings.HasPrefix(f[0], "Benchmark") {
			continue
		}
		name := strings.TrimPrefix(f[0], "Benchmark")
		if i := strings.LastIndexByte(name, '-'); i > 0 && isNumber(name[i+1:]) { // of processors; where there is one nothing is said
			name = name[:i]
		}
		i := slices.IndexFunc(all, func(r result) bool { return r.name == name })
		if i < 0 {
			i = len(all)
			all = append(all, result{name: name, values: map[string][]float64{}})
		}
		all[i].read(f[2:])
	}
	return all
}

func isNumber(text string) bool {
	_, err := strconv.ParseUint(text, 10, 16)
	return err == nil
}

func (r *result) read(pairs []string) {
	for k := 0; k+1 < len(pairs); k += 2 {
		v, err := strconv.ParseFloat(pairs[k], 64)
		if err != nil {
			return
		}
		unit := pairs[k+1]
		if len(r.values[unit]) == 0 {
			r.units = append(r.units, unit)
		}
		r.values[unit] = append(r.values[unit], v)
	}
}

// median returns the middle of a unit's runs, of an even number the mean of the two in the middle.
func (r *result) median(unit string) float64 {
	v := slices.Sorted(slices.Values(r.values[unit]))
	return (v[(len(v)-1)/2] + v[len(v)/2]) / 2
}

// A target is a figure that is to be reached.
type target struct {
	what, benchmark, unit string
	least, most           float64 // the one that is not 0 counts
}

// targets are those of the reference machine of two cores.
var targets = []target{
	{"parse, lines a second and core", "Parse/format=mix", "lines/cpu-s", 250_000, 0},
	{"score, events a second and core", "Score", "events/cpu-s", 200_000, 0},
	{"whole chain, file to rows, events a second", "Chain", "events/s", 60_000, 0},
	{"idle, MiB resident with the engine", "Idle", "rss-MiB", 0, 300},
	{"line to visible finding at 100 events a second, p99 in seconds", "Latency", "finding-p99-s", 0, 2},
}

func markdown(head []machine.Fact, results []result) string {
	var b strings.Builder
	b.WriteString("# Benchmarks\n\n")
	for _, f := range head {
		fmt.Fprintf(&b, "- %s: %s\n", f.Key, f.Value)
	}
	b.WriteString("\n`cpu-s` is a second of processor time, whatever else ran on the machine. Of several runs the median stands here.\n\n")
	b.WriteString("| target | wanted | measured | |\n|---|---|---|---|\n")
	for _, t := range targets {
		wanted := "at least " + figure(t.least)
		i := slices.IndexFunc(results, func(r result) bool { return r.name == t.benchmark })
		if t.most > 0 {
			wanted = "at most " + figure(t.most)
		}
		if i < 0 || len(results[i].values[t.unit]) == 0 {
			fmt.Fprintf(&b, "| %s | %s | not measured | |\n", t.what, wanted)
			continue
		}
		v := results[i].median(t.unit)
		met := t.most > 0 && v <= t.most || t.least > 0 && v >= t.least
		fmt.Fprintf(&b, "| %s | %s | %s | %s |\n", t.what, wanted, figure(v), map[bool]string{true: "met", false: "not met"}[met])
	}
	b.WriteString("\n| benchmark | figures |\n|---|---|\n")
	for _, r := range results {
		var cells []string
		for _, unit := range r.units {
			cells = append(cells, figure(r.median(unit))+" "+unit)
		}
		fmt.Fprintf(&b, "| %s | %s |\n", r.name, strings.Join(cells, ", "))
	}
	return b.String()
}

// figure writes a number with as many digits as it deserves.
func figure(v float64) string {
	switch {
	case v >= 1000:
		s := strconv.FormatFloat(v, 'f', 0, 64)
		for i := len(s) - 3; i > 0; i -= 3 {
			s = s[:i] + "," + s[i:]
		}
		return s
	case v >= 100:
		return strconv.FormatFloat(v, 'f', 0, 64)
	default:
		return strconv.FormatFloat(v, 'g', 3, 64)
	}
}
