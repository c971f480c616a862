package store

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"frontfoot/detect"
	"frontfoot/detect/influence"
)

// TestTeachers writes lessons twice, and adds up those of the last seven days of each site.
func TestTeachers(t *testing.T) {
	s := open(t)
	const last = 20_519
	lessons := func(site, token string, all ...influence.Lesson) {
		for range 2 {
			write(t, s, &detect.Batch{Token: token, Sites: []detect.Output{{Site: site, Lessons: all}}})
		}
	}
	lessons("exeter", "a", influence.Lesson{Day: last - 7, Source: "old", Events: 9, Taught: 9}, influence.Lesson{Day: last - 6, Source: "10.1.4.7", Events: 30, Taught: 30})
	lessons("exeter", "b", influence.Lesson{Day: last, Source: "10.1.4.7", Events: 1000, Taught: 10}, influence.Lesson{Day: last, Source: "dc'1", Events: 30, Taught: 30},
		influence.Lesson{Day: last, Events: 11, Taught: 10})
	lessons("york", "c", influence.Lesson{Day: last - 30, Source: "fw", Events: 5, Taught: 5})

	got, err := s.Teachers(t.Context(), "exeter")
	if err != nil {
		t.Fatal(err)
	}
	day := time.Unix(last*24*3600, 0).UTC()
	want := []Teacher{
		{Site: "exeter", Source: "10.1.4.7", Days: 2, Events: 1030, Taught: 40, HeldBack: 990, Share: 0.5, Last: day, LastShare: 0.2},
		{Site: "exeter", Source: "dc'1", Days: 1, Events: 30, Taught: 30, Share: 0.375, Last: day, LastShare: 0.6},
		{Site: "exeter", Days: 1, Events: 11, Taught: 10, HeldBack: 1, Share: 0.125, Last: day, LastShare: 0.2},
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
	if got, err := s.Teachers(t.Context(), ""); err != nil || len(got) != 4 || got[3].Site != "york" || got[3].Share != 1 {
		t.Errorf("of all sites: %+v, %v", got, err)
	}
}
