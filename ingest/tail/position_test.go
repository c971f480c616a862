package tail

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"frontfoot/ingest/hint"
	"frontfoot/ingest/line"
)

func TestPositionsSurvive(t *testing.T) {
	a := position{Scope: "leeds/", Path: "/a", Dev: 1, Ino: 1<<64 - 1, Offset: 7, Print: fingerprint{Len: 3, Sum: "abc"}}
	b := position{Scope: "york/", Path: "/a", Dev: 1, Ino: 1<<64 - 1, Offset: 9}
	saved := []line.Position{b.line(), a.line(), {Key: "other", Value: []byte("{}")}, {Key: a.line().Key + "0", Value: a.line().Value}}
	q := NewPositions(saved)
	if diff := cmp.Diff([]position{a}, q.of("leeds/")); diff != "" {
		t.Errorf("positions (-want +got):\n%s", diff)
	}
	gone := q.forget("leeds/", fileID{1, 1<<64 - 1})
	if gone.Key != a.line().Key || gone.Value != nil {
		t.Errorf("forgetting gives %+v", gone)
	}
	if got := q.of("leeds/"); len(got) != 0 || len(q.of("york/")) != 1 {
		t.Errorf("after forgetting: %v and %v", got, q.of("york/"))
	}
}

func TestPositionsOfAnEarlierVersionAreRead(t *testing.T) {
	path := filepath.Join(t.TempDir(), "positions.json")
	got, err := ReadPositions(path)
	if err != nil || len(got) > 0 {
		t.Errorf("no file: %v, %v", got, err)
	}
	const text = `{"version":1,"files":[{"scope":"leeds/","path":"/a","dev":1,"ino":2,"offset":7,"print":{"len":3,"sha256":"abc"}}]}`
	check(t, os.WriteFile(path, []byte(text), 0o600))
	got, err = ReadPositions(path)
	check(t, err)
	want := []position{{Scope: "leeds/", Path: "/a", Dev: 1, Ino: 2, Offset: 7, Print: fingerprint{Len: 3, Sum: "abc"}}}
	if diff := cmp.Diff(want, NewPositions(got["leeds/"]).of("leeds/")); diff != "" || len(got) != 1 {
		t.Errorf("positions (-want +got):\n%s", diff)
	}
}

func TestDamagedPositionsSayWhatToDo(t *testing.T) {
	for name, text := range map[string]string{"empty": "", "cut": `{"version":1,"fi`, "of the future": `{"version":2}`} {
		t.Run(name, func(t *testing.T) {
			path := filepath.Join(t.TempDir(), "positions.json")
			check(t, os.WriteFile(path, []byte(text), 0o600))
			_, err := ReadPositions(path)
			var hinted *hint.Error
			if !errors.As(err, &hinted) || !strings.Contains(hinted.HintText(), "remove it") {
				t.Errorf("error is %v", err)
			}
		})
	}
}

// A position that people have spoilt is none: its file is read from where its input says.
func TestSpoiltPositionIsNone(t *testing.T) {
	for name, pos := range map[string]position{
		"offset": {Scope: "s", Ino: 1, Offset: -1},
		"print":  {Scope: "s", Ino: 1, Print: fingerprint{Len: -1}},
	} {
		if _, ok := NewPositions([]line.Position{pos.line()}).get("s", fileID{0, 1}); ok {
			t.Errorf("%s below 0: it is a position", name)
		}
	}
}
