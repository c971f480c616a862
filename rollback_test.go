package main

import (
	"strings"
	"testing"
)

// A site is put back to what it knew after its first week, through the commands, the store, the broker and back. What came stays whole, also when the
// instance is killed right after.
func TestRollbackIsHeard(t *testing.T) {
	s := newSpoken(t)
	s.start(t)
	for _, week := range s.weeks[:2] {
		before := s.count(t, "SELECT count() FROM states")
		s.write(t, week)
		s.await(t, "a state of the week", func() bool { return s.count(t, "SELECT count() FROM states WHERE site = 'testham'") > before })
	}
	if list := s.say(t, "rollback", "--site", "testham"); strings.Count(list, "2026-03-") < 2 {
		t.Errorf("the states that are kept:\n%s", list)
	}
	said := s.say(t, "rollback", "--site", "testham", "--to", "2026-03-09", "--author", "ann", "--note", "an inventory was learned")
	if !strings.Contains(said, "know what they knew by 2026-03-0") {
		t.Errorf("it says %s", said)
	}
	s.await(t, "the rollback", func() bool {
		return s.count(t, "SELECT count() FROM verdicts WHERE verdict = 'rollback' AND site = 'testham' AND author = 'ann'") == 1
	})
	s.kill()
	s.start(t)
	s.write(t, s.weeks[2])
	if n := s.count(t, "SELECT count() FROM verdicts WHERE verdict = 'rollback'"); n != 1 {
		t.Errorf("it was put back %d times", n)
	}
	if n := s.count(t, "SELECT count() FROM ingest_ledger WHERE kind IN ('state_lost', 'dead_letter', 'gap')"); n != 0 {
		t.Errorf("%d entries of losses", n)
	}
	if result := s.say(t, "verify"); !strings.Contains(result, "clean") {
		t.Errorf("verify says:\n%s", result)
	}
}
