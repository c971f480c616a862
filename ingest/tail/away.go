package tail

import (
	"os"
	"path/filepath"
	"slices"
	"syscall"

	"frontfoot/ingest/line"
)

// maxAway is how many positions an input keeps of files that are not there; beyond that the one that moved longest ago is forgotten.
const maxAway = 1000

// away reports whether a file that no path leads to any more may come back under its path: it was not removed, but its folder cannot be read or is
// another one, as an unmounted network share leaves it. It returns the device of the folder, 0 for none.
func (f *file) away() (uint64, bool) {
	dev := deviceOf(filepath.Dir(f.path))
	if info, err := f.f.Stat(); err == nil {
		if st, ok := info.Sys().(*syscall.Stat_t); ok && st.Nlink == 0 {
			return dev, false
		}
	}
	return dev, dev != f.id.dev
}

// deviceOf returns the device that a folder is on, 0 where it cannot be read.
func deviceOf(dir string) uint64 {
	info, err := os.Stat(dir)
	if err != nil || !info.IsDir() {
		return 0
	}
	return idOf(info).dev
}

// returned reports whether a folder that was away is another one by now.
func (s *Files) returned() bool {
	for dir, dev := range s.away {
		if deviceOf(dir) != dev {
			return true
		}
	}
	return false
}

// remounted returns the position of a file that was read on another device in the same folder: a network share gets a new one with each mount, and
// keeps its inode numbers.
func (s *Files) remounted(f *file) (position, bool) {
	for _, pos := range s.positions.elsewhere(s.cfg.Scope, f.id) {
		if s.owns(&pos) && s.open[fileID{pos.Dev, pos.Ino}] == nil &&
			filepath.Dir(pos.Path) == filepath.Dir(f.path) && pos.Print.Len > 0 && pos.Print.matches(f.f, f.size) {
			return pos, true
		}
	}
	return position{}, false
}

// adopt gives a file the position that it had on another device. The new one is told first: of both a restart takes this one.
func (s *Files) adopt(f *file, old *position) position {
	pos := *old
	pos.Dev, pos.Ino, pos.Path = f.id.dev, f.id.ino, f.path
	s.positions.set(pos)
	s.moved = append(s.moved, pos.line(), s.positions.forget(s.cfg.Scope, fileID{old.Dev, old.Ino}))
	return pos
}

// findRotated opens the files that were renamed while nobody looked, so that their last lines are read, and forgets those that are gone. Those whose
// folder is away it keeps.
func (s *Files) findRotated() {
	clear(s.away)
	names := map[string]map[uint64]string{} // of each folder by inode
	for _, pos := range s.positions.of(s.cfg.Scope) {
		if _, ok := s.open[fileID{pos.Dev, pos.Ino}]; ok || !s.owns(&pos) {
			continue
		}
		dir := filepath.Dir(pos.Path)
		if _, ok := names[dir]; !ok {
			names[dir] = inodes(dir)
		}
		if s.resume(filepath.Join(dir, names[dir][pos.Ino]), &pos) {
			continue
		}
		if dev := deviceOf(dir); dev != pos.Dev || names[dir] == nil {
			s.away[dir] = dev
			continue
		}
		s.logger.Info("file went away while nobody read it", "path", pos.Path, "offset", pos.Offset)
		s.moved = append(s.moved, s.positions.forget(s.cfg.Scope, fileID{pos.Dev, pos.Ino}))
	}
	s.bound()
}

// inodes returns the names of a folder's files by their inode, nil where it cannot be read.
func inodes(dir string) map[uint64]string {
	entries, err := os.ReadDir(dir)
	if err != nil {
		return nil
	}
	names := make(map[uint64]string, len(entries))
	for _, e := range entries {
		if info, err := e.Info(); err == nil && info.Mode().IsRegular() {
			names[idOf(info).ino] = e.Name()
		}
	}
	return names
}

// resume opens a file of a position under its present name, and reports whether it is the one, perhaps on another device.
func (s *Files) resume(path string, pos *position) bool {
	f, err := openFile(path)
	if err != nil {
		return false
	}
	same := f.id == fileID{pos.Dev, pos.Ino}
	ok := f.id.ino == pos.Ino && (same || pos.Print.Len > 0) && s.open[f.id] == nil && pos.Print.matches(f.f, f.size)
	if !ok {
		_ = f.f.Close()
		return false
	}
	if !same {
		*pos = s.adopt(f, pos)
	}
	f.next, f.print = min(pos.Offset, f.size), pos.Print
	s.open[f.id] = f
	s.logger.Info("reading renamed file to its end", "path", f.path, "offset", f.next)
	return true
}

// elsewhere returns the positions of files that have the same inode on another device.
func (p *Positions) elsewhere(scope string, id fileID) (all []position) {
	p.mu.Lock()
	defer p.mu.Unlock()
	for key, pos := range p.files {
		if key.scope == scope && key.id.ino == id.ino && key.id.dev != id.dev {
			all = append(all, pos)
		}
	}
	slices.SortFunc(all, func(a, b position) int { return cmpPositions(&a, &b) })
	return all
}

// bound forgets the oldest positions of files that are not there.
func (s *Files) bound() {
	s.moved = append(s.moved, s.positions.boundAway(s.cfg.Scope, func(pos *position) bool {
		return s.owns(pos) && s.open[fileID{pos.Dev, pos.Ino}] == nil
	})...)
}

// boundAway forgets the oldest positions of a scope that are away until there are maxAway of them.
func (p *Positions) boundAway(scope string, away func(*position) bool) []line.Position {
	some := slices.DeleteFunc(p.of(scope), func(pos position) bool { return !away(&pos) })
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.forgetOldest(some, maxAway)
}
