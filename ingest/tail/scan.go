package tail

import (
	"cmp"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
)

var errIrregular = errors.New("it is a folder, a device or a pipe, not a file")

// scan opens the files that the paths lead to and are not open yet, and marks those that none leads to any more.
func (s *Files) scan() {
	for _, f := range s.open {
		f.seen = false
	}
	for _, pattern := range s.cfg.Paths {
		s.watchDirs(filepath.Dir(pattern))
		paths, _ := filepath.Glob(pattern) // a bad pattern is refused by the configuration
		for _, path := range paths {
			if !compressed(path) {
				s.meet(path)
			}
		}
	}
	s.started = true
}

// compressed reports whether path is a rotated copy that holds no lines.
func compressed(path string) bool {
	return slices.Contains([]string{".gz", ".bz2", ".xz", ".zst", ".zip", ".lz4"}, strings.ToLower(filepath.Ext(path)))
}

// Leads reports whether a path or glob leads to a file that Files would read now.
func Leads(pattern string) bool {
	paths, _ := filepath.Glob(pattern)
	return slices.ContainsFunc(paths, func(path string) bool {
		info, err := os.Stat(path)
		return err == nil && info.Mode().IsRegular() && !compressed(path)
	})
}

func (s *Files) watchDirs(pattern string) {
	if s.watcher == nil {
		return
	}
	dirs, _ := filepath.Glob(pattern)
	for _, dir := range dirs {
		_ = s.watcher.Add(dir) // polling does where the kernel will not
	}
}

// meet marks the file at path as seen and opens it where it is new.
func (s *Files) meet(path string) {
	info, err := os.Stat(path)
	if err != nil {
		return
	}
	if !info.Mode().IsRegular() {
		if slices.Contains(s.cfg.Paths, path) { // a glob may meet folders
			s.refuse(path, errIrregular)
		}
		return
	}
	if f, ok := s.open[idOf(info)]; ok {
		if !f.seen { // of several paths to one file the first one names it
			f.path, f.seen = path, true
		}
		return
	}
	f, err := openFile(path)
	if err != nil {
		s.refuse(path, err)
		return
	}
	delete(s.refused, path)
	if old, ok := s.open[f.id]; ok { // the path was changed meanwhile
		old.seen = true
		_ = f.f.Close()
		return
	}
	s.begin(f)
}

// refuse says once why a file is not read.
func (s *Files) refuse(path string, err error) {
	if !s.refused[path] {
		s.logger.Warn("file cannot be opened, trying on", "path", path, "err", err)
	}
	s.refused[path] = true
}

// begin takes f in, to be read from where it was left or from where the configuration says.
func (s *Files) begin(f *file) {
	f.seen = true
	s.open[f.id] = f
	pos, known := s.positions.get(s.cfg.Scope, f.id)
	if !known {
		if pos, known = s.remounted(f); known {
			pos = s.adopt(f, &pos)
		}
	}
	switch {
	case known && pos.Print.matches(f.f, f.size):
		f.next, f.print = min(pos.Offset, f.size), pos.Print
		s.logger.Info("reading file on", "path", f.path, "offset", f.next)
	case known:
		s.logger.Info("reading file that took the place of another", "path", f.path)
	case s.cfg.FromEnd && !s.started && !s.knownPath(f.path):
		f.next = f.size
		f.print, _ = printOf(f.f, f.size)
		pos := s.positionOf(f)
		s.positions.set(pos) // so that a restart does not skip what comes now
		s.moved = append(s.moved, pos.line())
		s.logger.Info("reading file from its end", "path", f.path, "offset", f.next)
	default:
		s.logger.Info("reading file", "path", f.path)
	}
}

// knownPath reports whether a file at path was read before: what is there now took its place and is read from its beginning.
func (s *Files) knownPath(path string) bool {
	return slices.ContainsFunc(s.positions.of(s.cfg.Scope), func(p position) bool { return p.Path == path })
}

// owns reports whether a position is of a file of this input, and not of another's of the same scope.
func (s *Files) owns(pos *position) bool {
	if pos.Input != "" {
		return pos.Input == s.cfg.Input
	}
	return slices.ContainsFunc(s.cfg.Paths, func(pattern string) bool {
		match, err := filepath.Match(pattern, pos.Path)
		return match && err == nil
	})
}

func openFile(path string) (*file, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	info, err := f.Stat()
	if err == nil && !info.Mode().IsRegular() {
		err = fmt.Errorf("opening %s: %w", path, errIrregular)
	}
	if err != nil {
		_ = f.Close()
		return nil, err
	}
	return &file{id: idOf(info), path: path, f: f, size: info.Size(), mtime: info.ModTime()}, nil
}

func idOf(info fs.FileInfo) fileID {
	st, ok := info.Sys().(*syscall.Stat_t)
	if !ok {
		return fileID{}
	}
	return fileID{dev: st.Dev, ino: st.Ino}
}

// byAge returns the open files, the one written longest ago first: rotated copies come before their successors.
func (s *Files) byAge() []*file {
	return slices.SortedFunc(maps.Values(s.open), func(a, b *file) int {
		age := a.mtime.Compare(b.mtime)
		if age == 0 && a.seen != b.seen { // within one tick of the kernel's clock
			if b.seen {
				return -1
			}
			return 1
		}
		return cmp.Or(age, cmp.Compare(a.path, b.path))
	})
}
