package spool

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"time"

	"golang.org/x/sys/unix"

	"frontfoot/ingest/failpoint"
)

// Names in the folder, besides lock and acked.
const (
	suffix      = ".seg"
	badSuffix   = ".bad"
	newName     = "new"     // a segment that is being made
	reserveName = "reserve" // room for notes when there is none for lines
)

// A segment is one file. Its fields are guarded by the spool's lock.
type segment struct {
	head
	path    string
	f       *os.File // nil until it is read
	size    int64    // of the file
	written int64    // frames end here
	end     int64    // and those that are durable here: nothing above is read
	sealed  bool     // nothing more is written
	notes   bool     // made of the reserve: takes no lines
	lines   uint64   // in frames written, for the backlog after a start
}

func (seg *segment) file() (*os.File, error) {
	if seg.f == nil {
		f, err := os.OpenFile(seg.path, os.O_RDWR, 0o600)
		if err != nil {
			return nil, err
		}
		seg.f = f
	}
	return seg.f, nil
}

func (seg *segment) close() error {
	if seg.f == nil {
		return nil
	}
	err := seg.f.Close()
	seg.f = nil
	return err
}

func (s *Spool) path(name string) string { return filepath.Join(s.set.Dir, name) }

func segmentName(number uint64) string { return fmt.Sprintf("%020d%s", number, suffix) }

// active is the segment that takes frames, nil where there is none.
func (s *Spool) active() *segment {
	if n := len(s.segments); n > 0 && !s.segments[n-1].sealed {
		return s.segments[n-1]
	}
	return nil
}

// make makes a file of a size that begins with first, durable but for its name. A disk that is full is ErrFull, and nothing is left behind.
func (s *Spool) make(name string, size int64, first []byte) error {
	f, err := os.OpenFile(s.path(name), os.O_CREATE|os.O_TRUNC|os.O_RDWR, 0o600)
	if err == nil {
		if err = s.set.allocate(f, size); errors.Is(err, unix.EOPNOTSUPP) {
			err = f.Truncate(size)
		}
		if err == nil && len(first) > 0 {
			_, err = s.set.writeAt(f, first, 0)
		}
		if err == nil {
			err = s.set.sync(f)
		}
		err = errors.Join(err, f.Close())
	}
	if err == nil {
		return nil
	}
	_ = os.Remove(s.path(name))
	if noSpace(err) {
		s.retryAt = time.Now().Add(retryFull)
		return ErrFull
	}
	return s.fail(fmt.Errorf("making a segment of the spool: %w", err))
}

// begin gives a file that make has made its name, and writes to it from now on. It is ErrFull where the folder has no room for the name; the file is
// removed then.
func (s *Spool) begin(name string, seg *segment) error {
	seg.path = s.path(segmentName(seg.number))
	if old := s.active(); old != nil {
		// The new segment begins with positions: the lines that they come after must not be gone after a power failure.
		if err := s.set.sync(old.f); err != nil {
			return s.fail(fmt.Errorf("making the spool durable: %w", err))
		}
		if err := s.seal(old); err != nil {
			return s.fail(err)
		}
	}
	err := os.Rename(s.path(name), seg.path)
	if err == nil {
		err = s.syncDir()
	}
	if noSpace(err) {
		s.retryAt = time.Now().Add(retryFull)
		if err := errors.Join(remove(s.path(name)), remove(seg.path)); err != nil {
			return s.fail(fmt.Errorf("removing a segment that has no name: %w", err))
		}
		return ErrFull
	}
	if err == nil {
		_, err = seg.file()
	}
	if err != nil {
		return s.fail(fmt.Errorf("beginning a segment of the spool: %w", err))
	}
	seg.end = seg.written
	s.number++
	s.segments = append(s.segments, seg)
	s.bytes += seg.size
	s.metrics.Bytes.Set(float64(s.bytes))
	return nil
}

// seal ends a segment and gives back what it did not use, unless the disk is so full that even this needs room.
func (s *Spool) seal(seg *segment) error {
	seg.sealed = true
	err := seg.f.Truncate(seg.written)
	if noSpace(err) {
		return nil
	}
	if err != nil {
		return fmt.Errorf("ending a segment of the spool: %w", err)
	}
	s.bytes -= seg.size - seg.written
	seg.size = seg.written
	s.metrics.Bytes.Set(float64(s.bytes))
	return nil
}

// write puts a frame at the end of the active segment.
func (s *Spool) write(frame []byte) error {
	seg := s.active()
	half := len(frame) / 2
	_, err := s.set.writeAt(seg.f, frame[:half], seg.written)
	failpoint.Hit("spool_mid_write")
	if err == nil {
		_, err = s.set.writeAt(seg.f, frame[half:], seg.written+int64(half))
	}
	switch {
	case noSpace(err): // a file system that cannot set room aside; what was written is written over
		s.retryAt = time.Now().Add(retryFull)
		return ErrFull
	case err != nil:
		return s.fail(fmt.Errorf("writing to the spool: %w", err))
	}
	seg.written += int64(len(frame))
	s.unsynced += int64(len(frame))
	if n := len(s.dirty); n == 0 || s.dirty[n-1] != seg {
		s.dirty = append(s.dirty, seg)
	}
	s.metrics.Frames.Inc()
	s.wakeUp()
	return nil
}

// makeFolders makes a folder and those above it, and makes the name of each durable in the one above: a folder whose name a power cut forgets takes
// along what was acknowledged in it.
func (s *Spool) makeFolders(dir string) error {
	if _, err := os.Stat(dir); err == nil {
		return nil
	}
	above := filepath.Dir(dir)
	if err := s.makeFolders(above); err != nil {
		return err
	}
	if err := os.Mkdir(dir, 0o700); err != nil && !errors.Is(err, fs.ErrExist) {
		return err
	}
	return s.syncFolder(above)
}

// syncDir makes names durable.
func (s *Spool) syncDir() error { return s.syncFolder(s.set.Dir) }

func (s *Spool) syncFolder(dir string) error {
	f, err := os.Open(dir)
	if err != nil {
		return err
	}
	return errors.Join(s.set.sync(f), f.Close())
}

// remove deletes a file that may be gone already.
func remove(path string) error {
	if err := os.Remove(path); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	return nil
}

// noSpace reports whether there is no room on the disk, or none for this user.
func noSpace(err error) bool { return errors.Is(err, unix.ENOSPC) || errors.Is(err, unix.EDQUOT) }
