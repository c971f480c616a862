package main

import (
	"strings"
	"testing"

	"frontfoot/query"
)

// Who says something while nothing runs is told when it takes effect: never, in a demo that has ended.
func TestUnreadLog(t *testing.T) {
	for _, c := range []struct {
		demo       bool
		what, hint string
	}{
		{false, "takes effect when frontfoot runs on this data", "ff --data d up"},
		{true, "the demo has ended", "ff --data d demo --stay"},
	} {
		var log query.UnreadLog = unreadLog{command: "ff --data d", demo: c.demo}
		if what, hint := log.Unread(); !strings.Contains(what, c.what) || !strings.Contains(hint, c.hint) {
			t.Errorf("demo %t: got %q, %q", c.demo, what, hint)
		}
	}
}
