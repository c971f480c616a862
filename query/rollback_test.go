package query

import (
	"context"
	"crypto/sha256"
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"frontfoot/detect"
	"frontfoot/store"
)

// States are three of exeter, of which the newest was learned by other models.
func (*fake) States(_ context.Context, site string) ([]store.State, error) {
	if site != "exeter" {
		return nil, nil
	}
	day := func(n int) time.Time { return time.Date(2026, 3, n, 4, 5, 6, 789, time.UTC) }
	return []store.State{
		{Site: site, Time: day(7), Offset: 70, Model: 999, Size: 12}, {Site: site, Time: day(6), Offset: 60, Model: 4, Size: 1_500_000}, {Site: site, Time: day(5), Offset: 50, Model: 4, Size: 1_400_000},
	}, nil
}

func (f *fake) State(ctx context.Context, name string, _, offset int64) ([]byte, error) {
	site, err := f.NewSite(ctx, name)
	if offset == 70 {
		return []byte("of the future"), err
	}
	return site.Snapshot(), err
}

func TestRollbackLists(t *testing.T) {
	if err := golden(t, example(), "rollback", "rollback", "--site", "exeter"); err != nil {
		t.Fatal(err)
	}
	if err := golden(t, example(), "rollback-json", "rollback", "--site", "exeter", "--json"); err != nil {
		t.Fatal(err)
	}
}

// TestRollback checks what is sent to the site's control topic. A day before is one before the site's own time.
func TestRollback(t *testing.T) {
	for _, to := range []string{"2026-03-06T12:00:00Z", "1d", "24h"} {
		t.Run(to, func(t *testing.T) { testRollback(t, to) })
	}
}

func testRollback(t *testing.T, to string) {
	t.Helper()
	f := example()
	out, err := runOnly(t, f, "rollback", "--site=exeter", "--to="+to, "--author=ann", "--note=chaff")
	if err != nil {
		t.Fatal(err)
	}
	if len(f.produced) != 1 || f.closed != 2 {
		t.Fatalf("%d records sent, %d of store and log closed", len(f.produced), f.closed)
	}
	got, err := detect.DecodeControl(f.produced[0].Value)
	if err != nil || got.Rollback == nil {
		t.Fatalf("%+v, %v", got, err)
	}
	state, _ := f.State(t.Context(), "exeter", 0, 60)
	want := detect.Rollback{
		To: time.Date(2026, 3, 6, 4, 5, 6, 789, time.UTC).UnixNano(), State: 60, SHA256: sha256.Sum256(state), Note: "chaff", Author: "ann", Time: got.Rollback.Time,
	}
	if diff := cmp.Diff(&want, got.Rollback); diff != "" {
		t.Error(diff)
	}
	if !strings.Contains(out, "2026-03-06 04:05:06") {
		t.Errorf("it says %q", out)
	}
}

func TestRollbackWrongly(t *testing.T) {
	for args, want := range map[string]error{
		"--site=exeter --to=2026-03-01":                                     errNoState,
		"--site=exeter --to=2026-03-08":                                     errState,
		"--site=exeter --to=7d":                                             errNoState,
		"--site=nowhere --to=2026-03-08":                                    errNoSite,
		"--site=exeter --to=2026-03-07 --note=" + strings.Repeat("x", 5000): detect.ErrControl,
	} {
		f := example()
		_, err := runOnly(t, f, append([]string{"rollback"}, strings.Fields(args)...)...)
		var hint interface{ HintText() string }
		if !errors.Is(err, want) || !errors.As(err, &hint) || len(f.produced) > 0 {
			t.Errorf("%.60s: got %v, %d records; want %v with a hint", args, err, len(f.produced), want)
		}
	}
}
