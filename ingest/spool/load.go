package spool

import (
	"cmp"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"slices"
	"strconv"
	"strings"

	"frontfoot/ingest/hint"
)

// load finds the segments of the folder, whatever their files are called.
func (s *Spool) load() error {
	entries, err := os.ReadDir(s.set.Dir)
	if err != nil {
		return unreadable(s.set.Dir, err)
	}
	bad := 0
	for _, e := range entries {
		switch {
		case strings.Contains(e.Name(), suffix+badSuffix):
			bad++
			continue
		case !strings.HasSuffix(e.Name(), suffix) || !e.Type().IsRegular():
			continue
		}
		path := s.path(e.Name())
		seg, err := s.openSegment(path)
		if err == nil && slices.ContainsFunc(s.segments, func(o *segment) bool { return o.number == seg.number }) {
			err = fmt.Errorf("%w of its own: it is a copy", errNoHead)
		}
		switch {
		case errors.Is(err, errNoHead):
			if err := s.putAside(path, err); err != nil {
				return err
			}
			bad++
			continue
		case err != nil:
			return unreadable(path, err)
		}
		s.segments = append(s.segments, seg)
		s.bytes += seg.size
		s.number = max(s.number, seg.number)
	}
	if bad > 0 {
		s.logger.Warn("the spool's folder has files that could not be read, kept for people to look at: remove them when nobody needs them",
			"dir", s.set.Dir, "files", bad)
	}
	s.rename()
	return nil
}

// rename brings the segments into their order and gives those their names back that had another.
func (s *Spool) rename() {
	slices.SortFunc(s.segments, func(a, b *segment) int { return cmp.Compare(a.number, b.number) })
	for _, seg := range s.segments {
		if right := s.path(segmentName(seg.number)); seg.path != right {
			s.logger.Warn("segment of the spool had another name, giving it its own back", "path", seg.path)
			if _, err := os.Lstat(right); errors.Is(err, fs.ErrNotExist) && os.Rename(seg.path, right) == nil {
				seg.path = right
			}
		}
	}
}

// putAside renames a file that is no segment, under a name that none has: what was set aside earlier is evidence too.
func (s *Spool) putAside(path string, why error) error {
	to := path + badSuffix
	for i := 1; ; i++ {
		if _, err := os.Lstat(to); errors.Is(err, fs.ErrNotExist) {
			break
		} else if err != nil {
			return unreadable(to, err)
		}
		to = path + badSuffix + "." + strconv.Itoa(i)
	}
	s.logger.Warn("file in the spool is not a segment, setting it aside", "path", path, "to", to, "err", why)
	s.metrics.Damaged.Inc()
	if err := os.Rename(path, to); err != nil {
		return &hint.Error{Err: fmt.Errorf("setting aside a file that is no segment: %w", err), Hint: "let this user write to " + s.set.Dir}
	}
	return nil
}

// openSegment reads the head of a segment; the error is errNoHead where the file is none.
func (s *Spool) openSegment(path string) (*segment, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	info, err := f.Stat()
	if err != nil {
		return nil, err
	}
	h, err := readHead(s.reader(f))
	if err != nil {
		return nil, err
	}
	return &segment{head: h, path: path, size: info.Size(), sealed: true, end: headBlock}, nil
}

// reader reads a file as the kernel does, or what stands in for it.
func (s *Spool) reader(f *os.File) io.ReaderAt { return kernel{f, s.set.readAt} }

type kernel struct {
	f      *os.File
	readAt func(*os.File, []byte, int64) (int, error)
}

// ReadAt implements io.ReaderAt.
func (k kernel) ReadAt(p []byte, off int64) (int, error) { return k.readAt(k.f, p, off) }

// unreadable is why a spool is not opened though nothing says that it is damaged: the next try may read what this one could not.
func unreadable(path string, err error) error {
	return &hint.Error{
		Err: fmt.Errorf("reading %s: %w", path, err),
		Hint: "check the disk and the rights of this user; where a disk cannot be mended, put a copy of the file in its place, made with" +
			" 'dd conv=noerror,sync bs=4096': what is missing in it will be written down as damaged",
	}
}
