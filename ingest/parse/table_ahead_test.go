package parse

import (
	"bytes"
	"math/rand/v2"
	"testing"
)

// What is foretold changes nothing but the speed: pairs are cut as they are without it, and of a line like the samples most names are foretold.
func TestForetold(t *testing.T) {
	lines := goldenLines(t, "fortigate")
	var table *table
	for _, spec := range BuiltIn().specs {
		if spec.Name == "fortinet.fortigate" {
			table = BuiltIn().compiled[spec].lines[0].cut.table
		}
	}
	p, r := New(Config{}), rand.New(rand.NewPCG(7, 8))
	pairs, hits := 0, 0
	for range 200 {
		for _, whole := range lines {
			line := whole
			for range r.IntN(3) {
				other := lines[r.IntN(len(lines))]
				at, from := r.IntN(len(line)+1), r.IntN(len(other))
				line = bytes.Join([][]byte{line[:at], other[from : from+r.IntN(min(40, len(other)-from)+1)], line[min(at+r.IntN(9), len(line)):]}, nil)
			}
			with, without := cursor{v: line, sep: ' ', table: table}, cursor{v: line, sep: ' '}
			for {
				probe := with
				e, _ := probe.foretold()
				key, value, ok := p.next(&with)
				wantKey, wantValue, want := p.next(&without)
				if ok != want || !bytes.Equal(key, wantKey) || !bytes.Equal(value, wantValue) || with.at != without.at || with.open != without.open {
					t.Fatalf("%s: got %q=%q, want %q=%q", line, key, value, wantKey, wantValue)
				}
				if !ok {
					break
				}
				if e := table.find(key); len(key) > 0 && e != with.e {
					t.Fatalf("%s: %q was taken for %v", line, key, with.e)
				}
				pairs++
				if e != nil {
					hits++
				}
			}
			p.mem = p.mem[:0]
		}
	}
	if 2*hits < pairs {
		t.Errorf("%d of %d names were foretold", hits, pairs)
	}
}
