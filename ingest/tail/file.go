package tail

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"time"

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
	if changed, err := s.look(f); err != nil || !changed {
		return false, nil // a file that cannot be read, on a network that is away, is looked at again at the next poll
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
			if err := sink(s.chunk(f)); err != nil {
				return err
			}
		}
	}
	return nil
}

// readRest hands over the line that the end of the file left unfinished.
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
		if !ok {
			return nil
		}
		f.next += int64(c.Len)
		s.lines = append(s.lines[:0], line.Line{Raw: c.Raw, Flags: c.Flags})
		return sink(s.chunk(f))
	}
}

// chunk makes a chunk of the lines, which end at f.next.
func (s *Files) chunk(f *file) line.Chunk {
	pos := position{Scope: s.cfg.Scope, Path: f.path, Dev: f.id.dev, Ino: f.id.ino, Offset: f.next, Print: f.print}
	return line.Chunk{
		Lines: s.lines, Received: time.Now(), Path: f.path,
		Ack: func() { s.positions.set(pos) },
	}
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

// giveUp closes the files that no path leads to and that have not grown for a while.
func (s *Files) giveUp(sink line.Sink) error {
	for _, f := range s.byAge() {
		if f.seen {
			continue
		}
		if f.quiet++; f.quiet <= orphanPolls {
			continue
		}
		if err := s.readRest(f, sink); err != nil {
			return err
		}
		// By its order this Ack comes after those of the file's lines.
		forget := line.Chunk{Received: time.Now(), Path: f.path, Ack: func() { s.positions.forget(s.cfg.Scope, f.id) }}
		if err := sink(forget); err != nil {
			return err
		}
		s.logger.Info("file is gone and read to its end", "path", f.path)
		delete(s.open, f.id)
		_ = f.f.Close()
	}
	return nil
}
