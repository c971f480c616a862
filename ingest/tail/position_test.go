package tail

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/testutil"
)

func TestPositionsSurvive(t *testing.T) {
	dir := t.TempDir()
	p := openPositions(t, dir)
	a := position{Scope: "leeds/", Path: "/a", Dev: 1, Ino: 1<<64 - 1, Offset: 7, Print: fingerprint{Len: 3, Sum: "abc"}}
	b := position{Scope: "york/", Path: "/a", Dev: 1, Ino: 1<<64 - 1, Offset: 9}
	p.set(b)
	p.set(a)
	check(t, p.Save())
	q := openPositions(t, dir)
	if diff := cmp.Diff([]position{a}, q.of("leeds/")); diff != "" {
		t.Errorf("positions (-want +got):\n%s", diff)
	}
	q.forget("leeds/", fileID{1, 1<<64 - 1})
	check(t, q.Save())
	q = openPositions(t, dir)
	if got := q.of("leeds/"); len(got) != 0 || len(q.of("york/")) != 1 {
		t.Errorf("after forgetting: %v and %v", got, q.of("york/"))
	}
}

func TestDamagedPositionsSayWhatToDo(t *testing.T) {
	for name, text := range map[string]string{"empty": "", "cut": `{"version":1,"fi`, "of the future": `{"version":2}`} {
		t.Run(name, func(t *testing.T) {
			path := filepath.Join(t.TempDir(), "positions.json")
			check(t, os.WriteFile(path, []byte(text), 0o600))
			_, err := OpenPositions(path, quiet(), nil)
			var hinted *Error
			if !errors.As(err, &hinted) || !strings.Contains(hinted.HintText(), "remove it") {
				t.Errorf("error is %v", err)
			}
		})
	}
}

// A disk that is full is counted, and the positions are saved when there is room again.
func TestPositionsAreSavedWhenTheDiskTakesThemAgain(t *testing.T) {
	dir := t.TempDir()
	synctest.Test(t, func(t *testing.T) {
		failed := prometheus.NewCounter(prometheus.CounterOpts{Name: "c"})
		p, err := OpenPositions(filepath.Join(dir, "positions.json"), quiet(), failed)
		check(t, err)
		obstacle := p.path + ".next" // a folder there is as good as a full disk
		check(t, os.Mkdir(obstacle, 0o700))
		ctx, cancel := context.WithCancel(t.Context())
		go p.Run(ctx)
		p.set(position{Scope: "s", Path: "/a", Offset: 5})
		time.Sleep(2*saveEvery + saveEvery/2) // in the bubble's own time
		if n := testutil.ToFloat64(failed); n != 2 {
			t.Errorf("counted %v failures, want 2", n)
		}
		check(t, os.Remove(obstacle))
		cancel()
		synctest.Wait()
	})
	if got := openPositions(t, dir).of("s"); len(got) != 1 || got[0].Offset != 5 {
		t.Errorf("saved %v", got)
	}
}
