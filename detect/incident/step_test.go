package incident

import (
	"strings"
	"testing"
)

// TestNextStep checks that advice fits whom it is about: an account is locked, a machine is taken off the network, one to which it was done is no culprit, and a kind of log is neither.
func TestNextStep(t *testing.T) {
	account := &Entity{Name: "user.name", Text: "jparker", Actor: true}
	machine := &Entity{Name: "source.ip", Text: "10.1.2.3", Actor: true}
	server := &Entity{Name: "destination.ip", Text: "10.1.2.80"}
	log := &Entity{Name: "event.dataset", Text: "linux.sshd"}
	for _, x := range []struct {
		tactic string
		about  *Entity
		words  string
	}{
		{"TA0008", account, "Lock jparker "},
		{"TA0008", machine, "Take 10.1.2.3 off the network "},
		{"TA0002", account, "Ask the owner of jparker what was run in its name"},
		{"TA0002", machine, "Look at what was run on 10.1.2.3 "},
		{"TA0001", account, "change its password"},
		{"TA0001", machine, "block it"},
		{"TA0001", server, "See who came to 10.1.2.80 "},
		{"TA0002", server, "Ask whether 10.1.2.80 was started anew "},
		{"TA0006", server, "tries at 10.1.2.80 "},
		{"TA0006", account, "logged in as jparker "},
		{"TA0009", server, "who asked so much of 10.1.2.80 "},
		{"TA0009", account, "what jparker opened or fetched"},
		{"TA0006", log, "See in the log linux.sshd "},
		{"TA0005", log, "frontfoot rollback"},
		{"TA0010", server, "what 10.1.2.80 sent"},
		{"", machine, "ask the owner of 10.1.2.3 "},
	} {
		var tactics []string
		if x.tactic != "" {
			tactics = []string{x.tactic, "TA0043"}
		}
		if got := nextStep(tactics, x.about, "testham"); !strings.Contains(got, x.words) {
			t.Errorf("%s of %s: %q, want %q", x.tactic, x.about.Text, got, x.words)
		}
	}
}
