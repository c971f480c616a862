package spool

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"golang.org/x/sys/unix"

	"frontfoot/ingest/hint"
)

// unreadablePages makes reads of a page of the first segment fail.
func unreadablePages(err error, pages ...int64) func(*Settings) {
	return func(s *Settings) {
		s.readAt = func(f *os.File, p []byte, off int64) (int, error) {
			for _, page := range pages {
				at := page * 4096
				if strings.HasSuffix(f.Name(), segmentName(1)) && off < at+4096 && off+int64(len(p)) > at {
					return 0, err
				}
			}
			return f.ReadAt(p, off)
		}
	}
}

// What the disk cannot read is no damage: the start is refused, nothing is renamed or cut, and when the disk is well again everything is there.
func TestUnreadableDiskRefusesTheStart(t *testing.T) {
	tests := map[string]struct {
		err   error
		pages []int64
		opens bool
	}{
		"first head":       {unix.EIO, []int64{0}, true},
		"both heads":       {unix.EIO, []int64{0, 1}, false},
		"no right":         {unix.EACCES, []int64{0, 1}, false},
		"a frame":          {unix.EIO, []int64{2}, false},
		"the end":          {unix.EIO, []int64{3}, false},
		"beyond the bytes": {unix.EIO, []int64{9}, true},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			dir := t.TempDir()
			s := open(t, dir, nil)
			add(t, s, "1", strings.Repeat("x", 3900))
			add(t, s, "2", strings.Repeat("y", 3900))
			check(t, s.Close())
			s, err := tryOpen(dir, unreadablePages(tt.err, tt.pages...))
			var hinted *hint.Error
			switch {
			case tt.opens:
				check(t, err)
				check(t, s.Close())
			case !errors.As(err, &hinted) || !errors.Is(err, tt.err) || !strings.Contains(hinted.HintText(), "check the disk"):
				t.Errorf("opening answers %v", err)
			}
			if bad, _ := filepath.Glob(filepath.Join(dir, "*"+badSuffix+"*")); len(bad) > 0 {
				t.Errorf("set aside: %v", bad)
			}
			if got := read(t, open(t, dir, nil)); len(got.Events) != 2 {
				t.Errorf("%d events are there, entries %+v", len(got.Events), got.Entries)
			}
		})
	}
}

// What was set aside is evidence: nothing is removed, and nothing written over.
func TestBadFilesAreKept(t *testing.T) {
	dir := t.TempDir()
	for range 3 {
		for i := range 5 {
			check(t, os.WriteFile(filepath.Join(dir, segmentName(uint64(1000+i))), []byte("x"), 0o600))
		}
		check(t, open(t, dir, nil).Close())
	}
	if bad, _ := filepath.Glob(filepath.Join(dir, "*"+badSuffix+"*")); len(bad) != 15 {
		t.Errorf("%v are kept", bad)
	}
}
