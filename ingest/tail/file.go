package tail

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"time"

	"frontfoot/ingest/failpoint"
	"frontfoot/ingest/line"
)

// A file is one that is open, wherever its path leads by now.
type file struct {
	id    fileID
	path  string
	f     *os.File
	print fingerprint
	next  int64 // where the next line begins
	at    int64 // how far was read, at or after next

	size  int64 // when it was read last
	mtime time.Time
	held  bool // the end was reached: nothing to do until size or mtime change
	seen  bool // a path led to it at the last scan
	quiet int  // polls since it grew, while no path leads to it
}

// Read reads on at f.at.
func (f *file) Read(p []byte) (int, error) {
	n, err := f.f.ReadAt(p, f.at)
	f.at += int64(n)
	return n, err
}

// read hands over the finished lines of one turn and reports whether there may be more.
func (s *Files) read(ctx context.Context, f *file, sink line.Sink) (bool, error) {
	changed, err := s.look(f)
	if err != nil && f.seen { // the handle of a network that was away: the next scan opens the file again, where it was left
		s.put(f)
	}
	if err != nil || !changed {
		return false, nil
	}
	f.quiet = 0
	s.take(f)
	for n, from := 0, f.next; n < turn || f.next == from; n++ { // a line longer than a turn is read to its end
		if ctx.Err() != nil {
			return false, nil
		}
		_, end := s.window.Fill(f)
		if err := s.hand(f, sink); err != nil {
			return false, err
		}
		switch {
		case end == nil:
			continue
		case errors.Is(end, io.EOF):
			f.held = true
		case !s.refused[f.path]:
			s.refused[f.path] = true
			s.logger.WarnContext(ctx, "file cannot be read, trying on", "path", f.path, "err", end)
		}
		return false, nil
	}
	return true, nil
}

// take gives the window to f: what it holds of f already is not read again.
func (s *Files) take(f *file) {
	if s.owner != f {
		s.owner = f
		s.window.Reset()
		f.at = f.next
	}
}

// hand gives the finished lines of the window to the sink.
func (s *Files) hand(f *file, sink line.Sink) error {
	for more := true; more; {
		s.lines = s.lines[:0]
		for len(s.lines) < chunkLines {
			c, ok := s.window.Line(false)
			if more = ok; !ok {
				break
			}
			s.lines = append(s.lines, line.Line{Raw: c.Raw, Flags: c.Flags})
			f.next += int64(c.Len)
		}
		if len(s.lines) > 0 {
			if err := s.give(f, sink); err != nil {
				return err
			}
		}
	}
	return nil
}

// readRest hands over the line that the end of the file left unfinished. What cannot be read has no end.
func (s *Files) readRest(f *file, sink line.Sink) error {
	s.take(f)
	for {
		_, end := s.window.Fill(f)
		if err := s.hand(f, sink); err != nil {
			return err
		}
		if end == nil {
			continue
		}
		c, ok := s.window.Rest()
		if !ok || !errors.Is(end, io.EOF) {
			return nil
		}
		f.next += int64(c.Len)
		s.lines = append(s.lines[:0], line.Line{Raw: c.Raw, Flags: c.Flags})
		return s.give(f, sink)
	}
}

// give hands over the lines, which end at f.next.
func (s *Files) give(f *file, sink line.Sink) error {
	pos := s.positionOf(f)
	if err := sink(line.Chunk{Lines: s.lines, Received: failpoint.Now(), Path: f.path, Position: pos.line()}); err != nil {
		return err
	}
	s.positions.set(pos)
	return nil
}

func (s *Files) positionOf(f *file) position {
	return position{
		Input: s.cfg.Input, Scope: s.cfg.Scope, Path: f.path, Dev: f.id.dev, Ino: f.id.ino, Offset: f.next, Print: f.print,
		Seen: failpoint.Now().Unix(),
	}
}

// tell hands over the positions that have changed without a line.
func (s *Files) tell(sink line.Sink) error {
	for len(s.moved) > 0 {
		if err := sink(line.Chunk{Received: failpoint.Now(), Position: s.moved[0]}); err != nil {
			return err
		}
		s.moved = s.moved[1:]
	}
	return nil
}

// look finds out whether f has changed since it was read last, and where to read on.
func (s *Files) look(f *file) (bool, error) {
	info, err := f.f.Stat()
	if err != nil {
		return false, err
	}
	size := info.Size()
	if f.held && size == f.size && info.ModTime().Equal(f.mtime) {
		return false, nil
	}
	f.size, f.mtime, f.held = size, info.ModTime(), false
	switch {
	case !f.print.matches(f.f, size):
		s.logger.Info("file was written anew, reading it from its beginning", "path", f.path)
		f.next, f.print, s.owner = 0, fingerprint{}, nil
	case size < f.next:
		s.logger.Warn("file became shorter and begins as before, reading on at its end", "path", f.path)
		f.next, s.owner = size, nil
	}
	if f.print.Len < printSize && size > int64(f.print.Len) {
		if f.print, err = printOf(f.f, size); err != nil {
			return false, fmt.Errorf("reading the beginning of %s: %w", f.path, err)
		}
	}
	return true, nil
}

// giveUp closes the files that no path leads to and that have not grown for a while. Those that are gone it forgets; where the folder is away,
// perhaps not for ever, the position is kept.
func (s *Files) giveUp(sink line.Sink) error {
	waits := false
	for _, f := range s.byAge() {
		if f.seen {
			f.quiet = 0
			continue
		}
		if f.quiet++; f.quiet <= orphanPolls {
			continue
		}
		if err := s.readRest(f, sink); err != nil {
			return err
		}
		if dev, away := f.away(); away {
			s.away[filepath.Dir(f.path)], waits = dev, true
			s.logger.Warn("folder of a file is away, waiting for it", "path", f.path, "offset", f.next)
		} else {
			s.moved = append(s.moved, s.positions.forget(s.cfg.Scope, f.id))
			s.logger.Info("file is gone and read to its end", "path", f.path)
		}
		s.put(f)
	}
	if waits {
		s.bound()
	}
	return s.tell(sink)
}

// put closes a file. Its position stays.
func (s *Files) put(f *file) {
	delete(s.open, f.id)
	if s.owner == f {
		s.owner = nil
	}
	_ = f.f.Close()
}
