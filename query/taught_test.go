package query

import (
	"context"
	"errors"
	"testing"
	"time"

	"frontfoot/store"
)

func (f *fake) Teachers(_ context.Context, site string) (out []store.Teacher, _ error) {
	for _, x := range f.teachers {
		if site == "" || site == x.Site {
			out = append(out, x)
		}
	}
	return out, nil
}

func TestTaught(t *testing.T) {
	f := example()
	for name, args := range map[string][]string{"taught": nil, "taught-one": {"--site", "exeter"}, "taught-json": {"--json"}} {
		if err := golden(t, f, name, append([]string{"sites", "--taught"}, args...)...); err != nil {
			t.Error(err)
		}
	}
	if err := golden(t, &fake{}, "taught-none", "sites", "--taught"); err != nil {
		t.Error(err)
	}
	if _, err := runOnly(t, f, "sites", "--taught", "--site", "nowhere"); !errors.Is(err, errNoSite) {
		t.Errorf("of a site that is not there: %v", err)
	}
}

// exampleTeachers are a server, a flood, a source of a hostile name, and all others.
func exampleTeachers() []store.Teacher {
	day := time.Date(2026, 3, 6, 0, 0, 0, 0, time.UTC)
	return []store.Teacher{
		{Site: "exeter", Source: "10.1.0.9", Days: 7, Events: 210_000, Taught: 209_400, HeldBack: 600, Share: 0.62, Last: day, LastShare: 0.6},
		{Site: "exeter", Source: "10.1.4.7", Days: 1, Events: 1_000_000, Taught: 880, HeldBack: 999_120, Share: 0.0026, Last: day, LastShare: 0.018},
		{Site: "exeter", Source: hostile, Days: 1, Events: 12, Taught: 12, Share: 0.00003, Last: day},
		{Site: "exeter", Days: 7, Events: 127_000, Taught: 127_000, Share: 0.377, Last: day, LastShare: 0.382},
		{Site: "truro", Source: "fw1", Days: 2, Events: 90, Taught: 90, Share: 1, Last: day, LastShare: 1},
	}
}
