package parse

import "testing"

// A second stamp may be a number or have its zone; one without says nothing of the first one's zone.
func TestSecondStamp(t *testing.T) {
	for _, c := range []struct {
		text  string
		sec   int64
		nanos int
		ok    bool
	}{
		{"1795687331369913239", 1795687331, 369913239, true},
		{"2026-11-26T10:02:11.369+08:00", 1795658531, 369000000, true},
		{"2026-11-26T10:02:11.369", 0, 0, false},
		{"", 0, 0, false},
	} {
		if sec, nanos, ok := secondStamp([]byte(c.text)); ok != c.ok || ok && (sec != c.sec || nanos != c.nanos) {
			t.Errorf("%s: %d, %d, %v", c.text, sec, nanos, ok)
		}
	}
}
