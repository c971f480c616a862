//go:build !race

package detect

import (
	"slices"
	"strings"
	"testing"

	"frontfoot/benchmarks/gen"
	"frontfoot/detect/incident"
	"frontfoot/detect/verdict"
)

// TestModelsOverRowsTell plays days with an attack on the last but one and checks that the model that is for it tells of it in its own words, as
// part of an incident, and not of the days without one.
func TestModelsOverRowsTell(t *testing.T) {
	quiet := map[int][]incident.Finding{12: findingsOf(t, gen.Quiet, 12), 14: findingsOf(t, gen.Quiet, 14)}
	for _, x := range []struct {
		attack       gen.Scenario
		model, words string
		days         int
	}{
		{"beacon-jitter", "rhythm", "times, about every ", 3},
		{gen.DNSTunnel, "spelling", "different names under ", 3},
		{"dga", "spelling", "names that look made up, such as ", 3},
		{"web-scan", "refusal", " pages (one in ten of the others comes to ", 4},
		{"exfil-ftp", "excess", " to places outside within ", 6},
		{"lateral-smb", "meeting", " machines inside for the first time within an hour (", 9},
		{"kerberoasting", "excess", " came to ", 6},
		{"record-snooping", "stride", " records whose numbers lie close together (", 9},
		{"log-tampering", "silence", " has sent no logs for ", 14},
	} {
		tells := func(f incident.Finding) bool {
			return f.Model == x.model && f.Incident != "" && strings.Contains(f.Reason, x.words)
		}
		before := slices.ContainsFunc(quiet[max(x.days, 12)], tells)
		if before || !slices.ContainsFunc(findingsOf(t, x.attack, x.days), tells) {
			t.Errorf("%s: %s told of the quiet days: %v, or not of the attack", x.attack, x.model, before)
		}
	}
}

// TestWholeLinesTell plays days with lines of which much is unusual at once, though no single thing of them is enough, and checks that they become an incident
// for that, and none where people want to hear nothing of the lines of who sends them as a whole.
func TestWholeLinesTell(t *testing.T) {
	log := councilWeek(t, 9, 8_000, "rogue-dhcp")
	play := func(said *Verdict) (told *incident.Version) {
		s, seq, out := NewSite("testham", ScoreKey(), DefaultConfig()), uint64(0), Output{}
		if said != nil {
			s.Control(Control{Verdict: said}, 0, 0, &out)
		}
		for _, batch := range log {
			s.Process(Message{Epoch: "e", Seq0: seq, Events: batch}, &out)
			seq += uint64(batch.Rows())
		}
		for i := range out.Incidents {
			if v := &out.Incidents[i]; strings.HasPrefix(v.Title, "destination port 68 of ") && strings.Contains(v.Reasons[0], ", in a line that is unusual as a whole (so is one in ") {
				told = v
			}
		}
		return told
	}
	told := play(nil)
	if told == nil {
		t.Fatal("no incident of the answers of a server that is none")
	}
	whole := incident.Reason{Field: told.Scope.Reasons[0].Field, Any: true}
	said := &Verdict{
		Incident: told.ID, Verdict: verdict.Suppressed, Until: told.Last + 1<<50,
		Scope: incident.Scope{Entities: told.Scope.Entities, Reasons: []incident.Reason{whole}},
	}
	if again := play(said); again != nil {
		t.Errorf("told though %s is suppressed: %s", whole.Field, again.Reasons[0])
	}
}

// findingsOf returns all that is found in some days of a council.
func findingsOf(t *testing.T, attack gen.Scenario, days int) (all []incident.Finding) {
	s, seq := NewSite("testham", ScoreKey(), DefaultConfig()), uint64(0)
	for _, batch := range councilWeek(t, days, 8_000, attack) {
		var out Output
		s.Process(Message{Epoch: "e", Seq0: seq, Events: batch}, &out)
		seq += uint64(batch.Rows())
		all = append(all, out.Findings...)
	}
	return all
}
