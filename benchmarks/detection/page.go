package detection

import (
	"fmt"
	"slices"
	"strings"

	"frontfoot/benchmarks/machine"
)

// A Record is what one page says.
type Record struct {
	Head      []machine.Fact
	Detectors []Detector // frontfoot first
	Earlier   Earlier
	Skipped   []string // what is not in it, and why
	More      []string // sections that others have written
}

// A Detector is a name and what came out on each stream.
type Detector struct {
	Name    string
	Results []*Result
}

// Own is the name of frontfoot among detectors.
const Own = "frontfoot"

// Page writes it in Markdown.
func (r *Record) Page() string {
	var b strings.Builder
	b.WriteString("# Detection\n\n")
	for _, f := range r.Head {
		fmt.Fprintf(&b, "- %s: %s\n", f.Key, f.Value)
	}
	for _, s := range r.Skipped {
		fmt.Fprintf(&b, "- skipped: %s\n", s)
	}
	b.WriteString("\nOne pass, no labels, the same defaults for all. `make record` writes this page anew.\n")
	if len(r.Detectors) > 0 && len(r.Detectors[0].Results) > 0 {
		r.streams(&b)
		r.steps(&b)
		r.types(&b)
		r.missed(&b)
	}
	for _, s := range r.More {
		b.WriteString("\n" + strings.TrimSpace(s) + "\n")
	}
	return b.String()
}

// streams writes the figures of rows.
func (r *Record) streams(b *strings.Builder) {
	b.WriteString(`
## Labelled streams

*M@1%*: mean over attack types of their recall where one normal row in a hundred is above the threshold; *seen*: of types that may stand in the rows before those
that count; *unseen*: of the others. *false alarms*: share of the normal rows on which the detector itself raised the alarm. Rows/s by processor time of the whole program.
*Earlier*: the best of the peers measured before, figure by figure: not one of them has all of these.

| stream | detector | AUC | AP | M@1% | seen | unseen | false alarms | rows/s | MB |
|---|---|---|---|---|---|---|---|---|---|
`)
	for _, own := range r.Detectors[0].Results {
		for _, d := range r.Detectors {
			x := d.on(own.Stream)
			if x == nil {
				continue
			}
			fmt.Fprintf(b, "| %s | %s | %s | %s | %s | %s | %s | %s | %.0f | %.0f |\n", x.Stream, d.Name, number(x.AUC), number(x.AP), number(x.AtOne.All.Macro),
				number(x.AtOne.Seen.Macro), number(x.AtOne.Unseen.Macro), number(x.Alert.FPR), float64(x.Rows)/max(x.Run.CPU, 1e-3), x.Run.MB)
		}
		if e := r.Earlier; e.best(own.Stream, figureAUC) != "" {
			fmt.Fprintf(b, "| %s | *earlier* | %s | %s | %s | %s | %s | | | |\n", own.Stream, e.best(own.Stream, figureAUC), e.best(own.Stream, figureAP),
				e.best(own.Stream, figureMacro), e.best(own.Stream, "seen"), e.best(own.Stream, figureUnseen))
		}
	}
}

// steps writes the figures of incidents.
func (r *Record) steps(b *strings.Builder) {
	b.WriteString(`
## Steps of attacks

Of tables: the models that count over rows of log events have no part in it. Incidents of a day beyond the ten of highest rank are not looked at. *pure*: by incidents most of whose evidence are steps. *time to detect*: median, from a step's first row to its incident.

| stream | detector | steps | pure | incidents a day | false a day | time to detect | missed |
|---|---|---|---|---|---|---|---|
`)
	for _, own := range r.Detectors[0].Results {
		if own.Incidents == nil {
			continue
		}
		for _, d := range r.Detectors {
			x := d.on(own.Stream)
			if x == nil || x.Incidents == nil {
				continue
			}
			m, delay := x.Incidents, "–"
			if m.Delay != nil {
				delay = fmt.Sprintf("%.0f s", *m.Delay)
			}
			fmt.Fprintf(b, "| %s | %s | %d of %d | %d | %.1f | %.1f | %s | %s |\n", x.Stream, d.Name, m.Found, m.Steps, m.Pure, m.Raised, m.False, delay, strings.Join(m.Missed, ", "))
		}
		if best := r.Earlier.best(own.Stream, figureSteps); best != "" {
			fmt.Fprintf(b, "| %s | *earlier* | %s | | | | | |\n", own.Stream, best)
		}
	}
}

// types writes the recall of each type of attack.
func (r *Record) types(b *strings.Builder) {
	b.WriteString("\n## Types of attack\n\nRecall at 1 % false alarms; of streams that differ in their seed alone, the median.\n")
	for _, family := range r.families() {
		fmt.Fprintf(b, "\n| %s | group | rows |", family)
		for _, d := range r.Detectors {
			fmt.Fprintf(b, " %s |", d.Name)
		}
		b.WriteString("\n|---|---|---" + strings.Repeat("|---", len(r.Detectors)) + "|\n")
		for _, t := range r.Detectors[0].typesOf(family) {
			fmt.Fprintf(b, "| %s | %s | %d |", t.Name, t.Group, t.Rows)
			for _, d := range r.Detectors {
				fmt.Fprintf(b, " %s |", number(d.recall(family, t.Name)))
			}
			b.WriteString("\n")
		}
	}
}

// missed names what frontfoot does not find.
func (r *Record) missed(b *strings.Builder) {
	b.WriteString("\n## Missed\n\n")
	for _, family := range r.families() {
		var names []string
		for _, t := range r.Detectors[0].typesOf(family) {
			if x := r.Detectors[0].recall(family, t.Name); x != nil && *x == 0 {
				names = append(names, fmt.Sprintf("%s (%s, rows: %d)", t.Name, t.Group, t.Rows))
			}
		}
		if len(names) > 0 {
			fmt.Fprintf(b, "- %s: no row above the threshold of %s\n", family, strings.Join(names, ", "))
		}
	}
	for _, x := range r.Detectors[0].Results {
		if x.Incidents != nil && len(x.Incidents.Missed) > 0 {
			fmt.Fprintf(b, "- %s: no incident of the steps %s\n", x.Stream, strings.Join(x.Incidents.Missed, ", "))
		}
	}
}

// families returns the streams, those that differ in their seed alone as one, in their order.
func (r *Record) families() []string {
	var all []string
	for _, x := range r.Detectors[0].Results {
		if f := x.family(); !slices.Contains(all, f) && len(x.Types) > 0 {
			all = append(all, f)
		}
	}
	return all
}

// number writes a share.
func number(x *float64) string {
	if x == nil {
		return "–"
	}
	return strings.TrimPrefix(fmt.Sprintf("%.3f", *x), "0")
}
