package detect

import (
	"testing"

	"frontfoot/detect/feature"
	"frontfoot/detect/novelty"
)

// TestReasonsAgree checks that what was seen before is not said to have never been, and that what is said of it leaves the values as they are.
func TestReasonsAgree(t *testing.T) {
	layout := &feature.Layout{
		Fields: []feature.Field{{Name: "source.ip", Role: feature.Actor}, {Name: "rule.name"}},
		Pairs:  []feature.Pair{{A: 0, B: 1, Say: "%s has never been seen by the rule %q"}},
	}
	row := &feature.Row{Values: []feature.Value{{Hash: 1, Text: "10.21.1.20"}, {Hash: 2, Text: "never out"}}}
	x := explainer{layout: layout, row: row}
	for _, c := range []struct {
		count float32
		want  string
	}{
		{0.4, `10.21.1.20 has never been seen by the rule "never out" (never in 900 events, though both are known)`},
		{1, `10.21.1.20 has hardly ever been seen by the rule "never out" (seen once in 900 events)`},
		{28, `10.21.1.20 has hardly ever been seen by the rule "never out" (seen 28 times in 900 events)`},
	} {
		me := &novelty.Measure{Feature: 2, Count: c.count}
		if got := x.what(me) + " " + x.expected(me, 900, 3); got != c.want {
			t.Errorf("seen %v times: got %q, want %q", c.count, got, c.want)
		}
	}
}
