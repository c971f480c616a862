package incident

import (
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// TestScope checks that a version says who acted and which values were new, and that many values are no matter of single ones.
func TestScope(t *testing.T) {
	tr := NewTracker(Config{Site: "s", PerDay: 10})
	var out []Version
	for i := range 12 {
		o := act("10.0.0.1", i, 30, 30, 30, 30)
		o.Kinds[0].Value, o.Kinds[0].Name = uint64(100+i), "destination.port"
		o.Kinds[1].Name = "destination.ip"
		tr.Observe(o, &out)
	}
	tr.Close(&out)
	got := out[len(out)-1].Scope
	if diff := cmp.Diff([]string{"source.ip=10.0.0.1"}, got.Entities); diff != "" {
		t.Error(diff)
	}
	for _, c := range []struct {
		field string
		value uint64
		want  bool
	}{
		{"destination.port", 100, true}, {"destination.port", 999, true}, // more than MaxValues came
		{"destination.ip", 1, true}, {"destination.ip", 2, false}, {"user.name", 1, false},
	} {
		if got := slices.ContainsFunc(got.Reasons, func(r Reason) bool { return r.Covers(c.field, c.value) }); got != c.want {
			t.Errorf("%s=%d is covered: %v, want %v", c.field, c.value, got, c.want)
		}
	}
}

// TestQuietLeavesOthersAlone plays the same day with and without what one machine does marked as quiet. What is told of the others is the same to
// the bit, and nothing is told of that one.
func TestQuietLeavesOthersAlone(t *testing.T) {
	play := func(quiet bool) (told []Version) {
		tr := NewTracker(Config{Site: "s", PerDay: 100})
		for i := range 900 {
			who := []string{"10.0.0.1", "10.0.0.2", "10.0.0.3"}[i%3]
			o := act(who+string(rune('a'+i%7)), i, float32(10+i*i%17), float32(6+i%5), float32(i*7%23))
			if i%31 < 2 {
				o = act("10.0.0.9", i, 30, 30, 30, 30)
				for k := range o.Kinds {
					o.Kinds[k].Quiet = quiet
				}
			}
			tr.Advance(o.Finding.Time, &told)
			tr.Observe(o, &told)
		}
		tr.Close(&told)
		return told
	}
	loud, silent := play(false), play(true)
	about := func(v Version) bool { return v.Entities[0] == "source.ip=10.0.0.9" }
	if !slices.ContainsFunc(loud, about) {
		t.Fatal("there is nothing to quieten")
	}
	if slices.ContainsFunc(silent, about) {
		t.Error("an incident of quiet findings alone")
	}
	if diff := cmp.Diff(slices.DeleteFunc(loud, about), silent); diff != "" || len(silent) == 0 {
		t.Errorf("others differ, or there are none (%d): %s", len(silent), diff)
	}
}

// TestQuietLeavesTheBudget checks that what nobody is told of takes no place of what is.
func TestQuietLeavesTheBudget(t *testing.T) {
	tr := NewTracker(Config{Site: "s", PerDay: 2})
	var out []Version
	for i := range 5 {
		o := act("10.0.1."+string(rune('a'+i)), i, 60, 60, 60, 60)
		for k := range o.Kinds {
			o.Kinds[k].Quiet = i < 2
		}
		tr.Observe(o, &out)
	}
	if got := len(ids(out)); got != 2 {
		t.Errorf("%d incidents, want the day's 2", got)
	}
}

// TestJudge checks that what is said of an open story keeps it from growing, that what else its machine does is another story, and that what
// is taken back grows again.
func TestJudge(t *testing.T) {
	tr := NewTracker(Config{Site: "s", PerDay: 10})
	var out []Version
	see := func(minute int, kind uint64, quiet bool) (grew bool, id string) {
		n := len(out)
		o := act("10.0.0.1", minute, 40, 40, 40)
		for i := range o.Kinds {
			o.Kinds[i].Feature, o.Kinds[i].Value, o.Kinds[i].Quiet = int(kind)+i, kind+uint64(i), quiet
			o.Kinds[i].Name = "field"
		}
		tr.Observe(o, &out)
		return len(out) > n, o.Finding.Incident
	}
	_, first := see(1, 10, false)
	tr.Judge(func([]string, string, uint64) bool { return true }, func(id string) bool { return id == first })
	for i := range 9 {
		if grew, id := see(2+i, 10, true); grew || id != "" {
			t.Fatalf("a quiet finding grew incident %q", id)
		}
	}
	if grew, id := see(20, 50, false); !grew || id == first {
		t.Errorf("what is new goes on as %q: %v", id, grew)
	}
	tr.Judge(func([]string, string, uint64) bool { return false }, func(string) bool { return false })
	grew := false
	for i := range 9 {
		again, _ := see(30+i, 10, false)
		grew = grew || again
	}
	if !grew {
		t.Error("what was taken back does not speak again")
	}
}
