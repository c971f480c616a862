package tail

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"

	"frontfoot/ingest/line"
)

// stepped is a Files that is run poll by poll.
type stepped struct {
	t *testing.T
	s *Files
	r *reading
}

func step(t *testing.T, p *Positions, paths ...string) *stepped {
	t.Helper()
	cfg := Config{Scope: "leeds/", Input: "in", Paths: paths, MaxLine: 1 << 10}
	st := &stepped{t: t, s: New(cfg, p, quiet()), r: &reading{lines: make(chan string, 1000), durable: map[string]line.Position{}}}
	t.Cleanup(st.s.closeAll)
	st.s.scan()
	st.s.findRotated()
	return st
}

// poll does what Run does at each tick and returns the lines that came.
func (st *stepped) poll(times int) []string {
	st.t.Helper()
	var got []string
	for range times {
		check(st.t, st.s.tell(st.r.sink))
		_, err := st.s.readAll(st.t.Context(), st.r.sink)
		check(st.t, err)
		st.s.scan()
		if st.s.returned() {
			st.s.findRotated()
		}
		check(st.t, st.s.giveUp(st.r.sink))
		for len(st.r.lines) > 0 {
			got = append(got, <-st.r.lines)
		}
	}
	return got
}

// Who still writes to a file that was renamed is read, for as long as the file must be quiet to be given up.
func TestLateLinesToARenamedFileAreRead(t *testing.T) {
	path := filepath.Join(t.TempDir(), "a.log")
	appendTo(t, path, "old\n")
	st := step(t, NewPositions(nil), path)
	if diff := cmp.Diff([]string{"old"}, st.poll(1)); diff != "" {
		t.Errorf("lines (-want +got):\n%s", diff)
	}
	check(t, os.Rename(path, path+".1"))
	st.poll(orphanPolls)
	appendTo(t, path+".1", "late\n")
	if diff := cmp.Diff([]string{"late"}, st.poll(1)); diff != "" {
		t.Errorf("lines (-want +got):\n%s", diff)
	}
	if st.poll(2 * orphanPolls); len(st.s.open) > 0 {
		t.Errorf("%d files are open, long after the last line", len(st.s.open))
	}
}

// A folder that is away for long and comes back is read on, also what was renamed in it meanwhile. A file that is removed is forgotten.
func TestFolderThatIsAwayAndComesBackIsReadOn(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "share")
	check(t, os.Mkdir(dir, 0o700))
	path, other := filepath.Join(dir, "a.log"), filepath.Join(dir, "b.log")
	appendTo(t, path, "1\n")
	appendTo(t, other, "x\n")
	st := step(t, NewPositions(nil), filepath.Join(dir, "*.log"))
	if diff := cmp.Diff([]string{"1", "x"}, st.poll(2)); diff != "" {
		t.Errorf("lines (-want +got):\n%s", diff)
	}
	check(t, os.Rename(dir, dir+".away"))
	if got := st.poll(3 * orphanPolls); len(got) > 0 || len(st.s.open) > 0 {
		t.Errorf("lines %q came while the folder was away, %d files are open", got, len(st.s.open))
	}
	appendTo(t, filepath.Join(dir+".away", "a.log"), "2\n")
	appendTo(t, filepath.Join(dir+".away", "b.log"), "y\n")
	check(t, os.Rename(filepath.Join(dir+".away", "b.log"), filepath.Join(dir+".away", "b.old")))
	check(t, os.Rename(dir+".away", dir))
	got := st.poll(3)
	slices.Sort(got)
	if diff := cmp.Diff([]string{"2", "y"}, got); diff != "" {
		t.Errorf("lines (-want +got):\n%s", diff)
	}
	check(t, os.RemoveAll(dir)) // with what is in it: that is not away
	st.poll(3 * orphanPolls)
	if n := len(st.r.positions().of("leeds/")); n != 0 {
		t.Errorf("%d positions of files that are gone are kept", n)
	}
}

// A network share has another device after each mount; its files keep their inodes. While it is not there an empty folder is in its place.
func TestRemountedShareIsReadOn(t *testing.T) {
	for _, now := range []string{"a.log", "a.old", ""} {
		t.Run("now "+now, func(t *testing.T) {
			dir := t.TempDir()
			path := filepath.Join(dir, "a.log")
			appendTo(t, path, "1\n")
			st := step(t, NewPositions(nil), path)
			st.poll(1)
			before := st.r.positions().of("leeds/")[0]
			before.Dev++
			if now == "" {
				check(t, os.Remove(path))
			} else {
				appendTo(t, path, "2\n")
				check(t, os.Rename(path, filepath.Join(dir, now)))
			}
			st = step(t, NewPositions([]line.Position{before.line()}), path)
			st.r.durable[before.line().Key] = before.line()
			got, want := st.poll(2), []string{"2"}
			after := st.r.positions().of("leeds/")
			if now == "" {
				want = nil
				before.Dev++
			}
			if diff := cmp.Diff(want, got); diff != "" {
				t.Errorf("lines (-want +got):\n%s", diff)
			}
			if len(after) != 1 || after[0].Dev != before.Dev-1 {
				t.Errorf("positions are %+v", after)
			}
		})
	}
}

// A file of another share with the same inode is none of it.
func TestAnotherFileWithThatInodeIsReadFromItsBeginning(t *testing.T) {
	dir := t.TempDir()
	path := filepath.Join(dir, "a.log")
	appendTo(t, path, "1\n")
	st := step(t, NewPositions(nil), path)
	st.poll(1)
	before := st.r.positions().of("leeds/")[0]
	before.Dev++
	check(t, os.WriteFile(path, []byte("other\n"), 0o600))
	st = step(t, NewPositions([]line.Position{before.line()}), path)
	if diff := cmp.Diff([]string{"other"}, st.poll(1)); diff != "" {
		t.Errorf("lines (-want +got):\n%s", diff)
	}
}

// What is kept for files that are not there is bounded: the ones that moved longest ago go first.
func TestPositionsOfAbsentFilesAreBounded(t *testing.T) {
	var saved []line.Position
	for i := range maxAway + 10 {
		for _, input := range []string{"in", "removed", "other"} {
			pos := position{Input: input, Scope: "leeds/", Path: "/none/" + input, Dev: 1, Ino: uint64(i), Seen: int64(i)}
			pos.Dev += uint64(len(input))
			saved = append(saved, pos.line())
		}
	}
	p := NewPositions(saved)
	told := p.Bound(func(_, input, _ string) bool { return input != "removed" }, 50)
	if n := len(told); n != maxAway+10-50 {
		t.Errorf("%d positions of the removed input were forgotten", n)
	}
	st := step(t, p, "/none/*")
	st.poll(1)
	oldest, n := map[string]int64{}, map[string]int{}
	for _, pos := range p.of("leeds/") {
		if n[pos.Input]++; n[pos.Input] == 1 || pos.Seen < oldest[pos.Input] {
			oldest[pos.Input] = pos.Seen
		}
	}
	want := "map[in:1000 other:1010 removed:50] map[in:10 other:0 removed:960]"
	if got := fmt.Sprint(n, oldest); got != want {
		t.Errorf("positions and the oldest are %s, want %s", got, want)
	}
}
