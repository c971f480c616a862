package query

import (
	"slices"
	"testing"

	"frontfoot/store"
)

// Of many events of one sort and few of others each sort is shown, the strongest of it, in the order of time.
func TestSpread(t *testing.T) {
	var list []store.Evidence
	for i := range 50 {
		e := store.Evidence{Seq: uint64(i), Dataset: "firewall", Model: "rhythm", Field: "source.ip", Score: 70}
		switch i {
		case 20:
			e = store.Evidence{Seq: 20, Dataset: "auth", Model: "pair", Score: 7}
		case 21, 40:
			e.Model, e.Score = "meeting", float32(i)
		}
		list = append(list, e)
	}
	for most, want := range map[int][]uint64{1: {0}, 2: {0, 40}, 3: {0, 20, 40}, 4: {0, 1, 20, 40}, 5: {0, 1, 20, 21, 40}, 6: {0, 1, 2, 20, 21, 40}} {
		var got []uint64
		for _, e := range spread(list, most) {
			got = append(got, e.Seq)
		}
		if !slices.Equal(got, want) {
			t.Errorf("%d of them: got %d, want %d", most, got, want)
		}
	}
}

func TestExpectation(t *testing.T) {
	for _, c := range []struct{ expected, seen, want string }{
		{"seen once in 6 days", "10.21.1.20 has never spoken to France", "expected: seen once in 6 days; seen: 10.21.1.20 has never spoken to France"},
		{"", "many values", "seen: many values"},
		{"one of 31", "", "expected: one of 31"},
		{"", "", ""},
	} {
		if got := expectation(&store.Evidence{Expected: c.expected, Seen: c.seen}); got != c.want {
			t.Errorf("got %q, want %q", got, c.want)
		}
	}
}
