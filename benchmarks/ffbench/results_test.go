package main

import (
	"strings"
	"testing"

	"frontfoot/benchmarks/machine"
)

const output = `goos: linux
BenchmarkParse/format=mix-2   	  180804	      7481 ns/op	    133675 lines/cpu-s	      39 B/op
BenchmarkParse/format=mix-2   	  180804	      7483 ns/op	    333675 lines/cpu-s	      39 B/op
BenchmarkParse/format=mix-2   	  180804	      7485 ns/op	    263675 lines/cpu-s	      39 B/op
BenchmarkInsert/kind=log-lines   	  1	  10 ns/op	  2 rows/s
BenchmarkInsert/kind=log-lines   	  1	  20 ns/op	  4 rows/s
BenchmarkIdle-2   	  1	  20000000000 ns/op	 301.5 rss-MiB
PASS
`

func TestMarkdown(t *testing.T) {
	got := markdown([]machine.Fact{{Key: "commit", Value: "abc"}}, parse(output))
	for _, want := range []string{
		"- commit: abc\n",
		"| parse, lines a second and core | at least 250,000 | 263,675 | met |\n",
		"| idle, MiB resident with the engine | at most 300 | 302 | not met |\n",
		"| score, events a second and core | at least 200,000 | not measured | |\n",
		"| Insert/kind=log-lines | 15 ns/op, 3 rows/s |\n",
		"| Parse/format=mix | 7,483 ns/op, 263,675 lines/cpu-s, 39 B/op |\n",
	} {
		if !strings.Contains(got, want) {
			t.Errorf("missing %q in:\n%s", want, got)
		}
	}
}

func TestFigure(t *testing.T) {
	for v, want := range map[float64]string{0: "0", 0.12345: "0.123", 12.345: "12.3", 123.4: "123", 1234.5: "1,234", 1234567: "1,234,567"} {
		if got := figure(v); got != want {
			t.Errorf("%v: got %s, want %s", v, got, want)
		}
	}
}
