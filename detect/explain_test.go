package detect

import (
	"math"
	"strings"
	"testing"
	"time"

	"frontfoot/detect/feature"
	"frontfoot/detect/incident"
	"frontfoot/detect/novelty"
	"frontfoot/detect/sketch"
)

// TestReasonsAgree checks that what was seen before is not said to have never been, and that what is said of it leaves the values as they are.
func TestReasonsAgree(t *testing.T) {
	layout := &feature.Layout{
		Fields: []feature.Field{{Name: "source.ip", Role: feature.Actor}, {Name: "rule.name"}},
		Pairs:  []feature.Pair{{A: 0, B: 1, Say: "%s has never matched the rule %q"}},
	}
	row := &feature.Row{Values: []feature.Value{{Hash: 1, Text: "10.21.1.20"}, {Hash: 2, Text: "never out"}}}
	x := explainer{layout: layout, row: row}
	for _, c := range []struct {
		count float32
		want  string
	}{
		{0.4, `10.21.1.20 has never matched the rule "never out" (never in 900 events, though both are known)`},
		{1, `10.21.1.20 has hardly ever matched the rule "never out" (seen once in 900 events)`},
		{28, `10.21.1.20 has hardly ever matched the rule "never out" (seen 28 times in 900 events)`},
	} {
		me := &novelty.Measure{Feature: 2, Count: c.count}
		if got := x.what(me) + " " + x.expected(me, 900, 3); got != c.want {
			t.Errorf("seen %v times: got %q, want %q", c.count, got, c.want)
		}
	}
}

// TestNobodyActs checks that a line in which nobody acts and nobody is loud is about the machine that wrote it.
func TestNobodyActs(t *testing.T) {
	layout := &feature.Layout{Fields: []feature.Field{
		{Name: "source.ip", Role: feature.Actor}, {Name: "destination.ip", Role: feature.Target}, {Name: "host.hostname", Role: feature.Target}, {Name: "event.action"},
	}}
	x := explainer{layout: layout, row: &feature.Row{Values: []feature.Value{{}, {}, {Hash: 1, Text: "db01"}, {Hash: 2, Text: "added-user-account"}}}}
	v := &novelty.Verdict{Loud: []novelty.Measure{{Feature: 3, Bits: 12}}}
	if got := x.entities(v); len(got) != 1 || got[0].String() != "host.hostname=db01" || got[0].Actor {
		t.Errorf("about %v, want the machine alone, to which it was done", got)
	}
	x.row.Values[0] = feature.Value{Hash: 3, Text: "10.1.2.3"}
	if got := x.entities(v); len(got) != 1 || got[0].String() != "source.ip=10.1.2.3" {
		t.Errorf("about %v, want who acts alone", got)
	}
}

// TestBusyMachine checks that a line in which nobody acts is one of so many as the machine writes in a day, and one of somebody's as many as theirs are.
func TestBusyMachine(t *testing.T) {
	layout := &feature.Layout{Fields: []feature.Field{{Name: "source.ip", Role: feature.Actor}, {Name: "host.hostname", Role: feature.Target}}}
	m := novelty.New(layout, 1<<16)
	machine, somebody := &feature.Row{Values: []feature.Value{{}, {Hash: sketch.Mix(1, 2)}}}, &feature.Row{Values: []feature.Value{{Hash: sketch.Mix(3, 4)}, {}}}
	for range 40 {
		m.Score(machine, &novelty.Verdict{})
		m.Learn(1)
	}
	for _, c := range []struct {
		row  *feature.Row
		want float32
	}{{machine, 20}, {somebody, 0}} {
		m.Score(c.row, &novelty.Verdict{})
		x := explainer{layout: layout, row: c.row, age: 2 * 24 * time.Hour}
		if got := x.busy(m); got != c.want {
			t.Errorf("%+v: %v events a day, want %v", c.row.Values, got, c.want)
		}
	}
}

// TestWholeIsSaid checks from where on a row is told of as a whole, and in which words.
func TestWholeIsSaid(t *testing.T) {
	x := explainer{layout: &feature.Layout{Fields: make([]feature.Field, 64)}, row: &feature.Row{Class: 7}}
	kinds := []incident.Kind{{What: "inside source address 10.1.2.3", Weak: true}, {What: "destination port 68 of 10.1.2.3", Tactic: "TA0007"}}
	if k := x.whole(15, 1<<13, kinds); k != nil {
		t.Errorf("%+v of a row such as four days show", k)
	}
	if k := x.whole(20, 1<<13, kinds[:1]); k != nil {
		t.Errorf("%+v of a row of which one thing is unusual", k)
	}
	k := x.whole(17, 1<<13, kinds)
	if k == nil || k.Feature != incident.Whole || math.Abs(float64(k.Bits-(17+6))) > 0.01 || k.Tactic != "TA0007" || k.What != "destination port 68 of 10.1.2.3, in a line that is unusual as a whole" ||
		!strings.HasPrefix(k.Expected, "(so is one in 131,") {
		t.Errorf("%+v of a row such as sixteen days show", k)
	}
}

// TestWholeByDataset checks that the same score is worth the more, the fewer lines of its kind there are, and nothing where hardly any are known.
func TestWholeByDataset(t *testing.T) {
	f := &fusion{}
	row := &feature.Row{}
	add := func(class uint64, n int) {
		row.Class = class
		for i := range n {
			f.score(row, nil, &novelty.Verdict{Values: float32(i * 7 % 64)})
			f.learn(false, 1)
		}
	}
	add(1, 64_000)
	add(2, 2_000)
	add(3, 100)
	whole := func(class uint64) float32 {
		row.Class = class
		f.score(row, nil, &novelty.Verdict{Values: 63})
		return f.whole()
	}
	if often, seldom := whole(1), whole(2); seldom-often < 4 || seldom-often > 6 {
		t.Errorf("%.2f and %.2f bits where one is 32 times the other", often, seldom)
	}
	if b := whole(3); b != 0 {
		t.Errorf("%.2f bits where hardly anything is known", b)
	}
}

// TestWordsOfFew checks that who acts needs no word for what it is beside another value, and that one is not many.
func TestWordsOfFew(t *testing.T) {
	layout := &feature.Layout{
		Fields: []feature.Field{{Name: "source.ip", Role: feature.Actor, Say: "inside source address"}, {Name: "dns.type", Say: "DNS record type"}},
		Pairs:  []feature.Pair{{A: 0, B: 1}},
	}
	x := explainer{layout: layout, row: &feature.Row{Values: []feature.Value{{Hash: 1, Text: "10.21.1.20"}, {Hash: 2, Text: "A"}}}}
	if got, want := x.what(&novelty.Measure{Feature: 2}), "10.21.1.20 with DNS record type A"; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
	for values, want := range map[float32]string{0.9: "1 other)", 1: "1 other)", 2: "2 others)"} {
		if got := x.expected(&novelty.Measure{Feature: 1}, 90, values); !strings.HasSuffix(got, "which showed "+want) {
			t.Errorf("%v values: %q", values, got)
		}
	}
}
