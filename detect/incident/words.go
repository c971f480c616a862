package incident

import (
	"fmt"
	"slices"
	"strconv"
	"time"
)

// version is the story as it stands.
func (s *story) version(site string, rank float32) Version {
	v := Version{
		ID: s.id, Site: site, Premises: s.premises, Number: s.number, First: s.first, Last: s.last, Raised: s.raised,
		Severity: severity(rank - s.need), Score: rank, Findings: s.findings, Evidence: slices.Clone(s.evidence.rows),
		Tactics: s.tactics(), Title: s.title(), Scope: s.scope(),
	}
	for i := range s.entities {
		v.Entities = append(v.Entities, s.entities[i].String())
	}
	for i := range s.kinds {
		if !s.kinds[i].Quiet {
			v.Reasons = append(v.Reasons, s.kinds[i].reason())
		}
	}
	v.NextStep = nextStep(v.Tactics, s.who(), site)
	return v
}

// who is the entity that the story is told about: the first that acts, else the first.
func (s *story) who() string {
	for i := range s.entities {
		if s.entities[i].Actor {
			return s.entities[i].Text
		}
	}
	if len(s.entities) > 0 {
		return s.entities[0].Text
	}
	return "this site"
}

// title is the strongest reason, and how much more there is: new here, or seldom, or too much of it.
func (s *story) title() string {
	first, n := -1, -1
	for i := range s.kinds {
		if s.kinds[i].Quiet {
			continue
		}
		if n++; first < 0 {
			first = i
		}
	}
	if first < 0 {
		return "unusual events of " + s.who()
	}
	title := s.kinds[first].What
	if n == 1 {
		title += ", and one more unusual thing"
	} else if n > 1 {
		title += ", and " + strconv.Itoa(n) + " more unusual things"
	}
	return title
}

// reason says what was expected and what was seen.
func (k *kind) reason() string {
	seen := "seen once now"
	if k.count > 1 {
		seen = "seen " + Times(float32(k.count))
		if n := min(k.different(), float32(k.count)); n >= 2 { // an estimate may be above the count
			seen += " with about " + Count(n) + " different values"
		}
		seen += " in " + Span(time.Duration(k.last-k.first))
	}
	if k.Expected == "" {
		return k.What + "; " + seen
	}
	return k.What + " " + k.Expected + "; " + seen
}

// tactics returns the tactics that the kinds hint at, strongest first.
func (s *story) tactics() []string {
	var names []string
	sum := map[string]float32{}
	for i := range s.kinds {
		k := &s.kinds[i]
		if k.Tactic == "" || k.Quiet {
			continue
		}
		if _, ok := sum[k.Tactic]; !ok {
			names = append(names, k.Tactic)
		}
		sum[k.Tactic] += k.weight()
	}
	slices.SortStableFunc(names, func(a, b string) int { // ties keep the order of the kinds
		switch {
		case sum[a] > sum[b]:
			return -1
		case sum[a] < sum[b]:
			return 1
		}
		return 0
	})
	return names
}

// nextStep says what to do first, by the strongest tactic.
func nextStep(tactics []string, who, site string) string {
	first := ""
	if len(tactics) > 0 {
		first = tactics[0]
	}
	switch first {
	case "TA0043", "TA0007":
		return "Ask whether " + who + " is a scanner of your own; if not, isolate or block it and see which of the addresses it tried gave an answer."
	case "TA0001":
		return "Check with its owner that " + who + " was really in use at that time; if not, end its sessions and change its password."
	case "TA0002", "TA0003":
		return "Look at what was run on " + who + " and by whom; keep a copy of the program before you stop it."
	case "TA0004":
		return "Ask who needed these rights on " + who + "; if nobody did, take them away and look at what was done with them."
	case "TA0005":
		return "If " + who + " fell silent, see on the machine itself what stopped its logs, and who was on it just before. If something grew, " + `see which weeks differ: frontfoot query "SELECT toMonday(time) AS week, dataset, event_action, destination_port, process_name, count() FROM events WHERE site = '` + site +
			`' GROUP BY ALL ORDER BY week, count() DESC". If nobody can explain ` + who + `, stop it, and put the models back to a day before with frontfoot rollback.`
	case "TA0006":
		return "See whether any of the tries of " + who + " succeeded; lock the accounts that did and block the source."
	case "TA0008":
		return "Take " + who + " off the network if nobody can explain it, and look at every host that it reached."
	case "TA0009":
		return "See what " + who + " drew and whether it was meant for it; limit how much one may ask for until that is known."
	case "TA0010":
		return "Find out what " + who + " sent and to whom; block the destination until that is known."
	case "TA0011":
		return "Find the program on " + who + " that calls out; block the destination until it is known to be harmless."
	}
	return "Look at the evidence, ask the owner of " + who + " whether this was meant, and close the incident as benign if it was."
}

// Count writes a number as people do, with commas, without its fraction; what is beyond 10^18 as that.
func Count(n float32) string {
	digits := strconv.FormatInt(int64(min(n, 1e18)+0.5), 10)
	out := make([]byte, 0, len(digits)+4)
	for i := range len(digits) {
		if i > 0 && (len(digits)-i)%3 == 0 {
			out = append(out, ',')
		}
		out = append(out, digits[i])
	}
	return string(out)
}

// Times writes how often something was: "once", "2 times", "1,024 times".
func Times(n float32) string {
	if n < 1.5 {
		return "once"
	}
	return Count(n) + " times"
}

// Span writes a length of time as people do: in the largest unit that it has, rounded.
func Span(d time.Duration) string {
	unit := func(size time.Duration, name string) string {
		if n := int64(d.Round(size) / size); n > 1 {
			return fmt.Sprintf("%d %ss", n, name)
		}
		return "1 " + name
	}
	switch {
	case d.Round(time.Second) < time.Minute:
		return unit(time.Second, "second")
	case d.Round(time.Minute) < time.Hour:
		return unit(time.Minute, "minute")
	case d.Round(time.Hour) < 24*time.Hour:
		return unit(time.Hour, "hour")
	}
	return unit(24*time.Hour, "day")
}
