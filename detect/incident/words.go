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
	v.NextStep = nextStep(v.Tactics, s.subject(), site)
	return v
}

// who names the subject.
func (s *story) who() string { return s.subject().Text }

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
