// Package tail reads lines from files and streams: Files follows files and globs through every kind of rotation, or reads
// them once to their end, and Stream reads what has no position, such as standard input. How far a file was read goes to the Sink
// together with the lines, which makes both durable at once. The package does not decompress, decode UTF-16 or look into lines.
package tail

import (
	"cmp"
	"context"
	"fmt"
	"io/fs"
	"log/slog"
	"time"

	"github.com/fsnotify/fsnotify"

	"frontfoot/ingest/hint"
	"frontfoot/ingest/line"
)

const (
	// DefaultBlock is how much is read of a file at a time, in bytes, where nothing else is asked for.
	DefaultBlock = 256 << 10
	// turn is how many blocks of a file are read before the others have theirs.
	turn = 16
	// chunkLines is how many lines a chunk has at most: positions move by chunks.
	chunkLines = 4096
	// orphanPolls is for how many polls a file that no path leads to any more must not have grown to be given up. Its
	// writer may not have opened the new one yet.
	orphanPolls = 10
)

// Config says which files to read. Paths, MaxLine and Poll must be set.
type Config struct {
	// Scope is whose lines these are; positions are kept for each scope by itself.
	Scope string
	// Input is whose reader this is: of a scope's positions each input follows its own alone.
	Input string
	// Paths are files or globs; compressed copies are left out.
	Paths []string
	// Once reads to the end and stops; an unfinished last line is a line then. Without it the files are followed.
	Once bool
	// FromEnd skips what files hold that are seen for the first time when Run begins.
	FromEnd bool
	// MaxLine is how many bytes of a line are kept.
	MaxLine int
	// Block is how much is read of a file at a time, in bytes; 0 means DefaultBlock.
	Block int
	// Poll is how often is looked for what the kernel did not tell.
	Poll time.Duration
}

// Files reads the files of one input. It is for one Run.
type Files struct {
	cfg       Config
	positions *Positions
	logger    *slog.Logger

	open    map[fileID]*file
	refused map[string]bool   // paths that could not be opened, so that each is logged once
	away    map[string]uint64 // folders of positions that cannot be read, or are on another device: that one, 0 for none
	window  *line.Window
	owner   *file // whose bytes the window holds
	lines   []line.Line
	moved   []line.Position   // that the sink has to hear of
	watcher *fsnotify.Watcher // nil where the kernel has none left: polling alone then
	started bool              // the first scan is done
}

// New returns a reader that keeps its positions in positions. It opens nothing yet.
func New(cfg Config, positions *Positions, logger *slog.Logger) *Files {
	return &Files{
		cfg: cfg, positions: positions, logger: logger,
		open: map[fileID]*file{}, refused: map[string]bool{}, away: map[string]uint64{}, window: line.NewWindow(cmp.Or(cfg.Block, DefaultBlock), cfg.MaxLine),
	}
}

// Run reads until ctx ends, or with Once until every file was read to its end, and returns nil then. It returns an error
// when the sink takes no more or, with Once, when there is no file.
func (s *Files) Run(ctx context.Context, sink line.Sink) error {
	defer s.closeAll()
	if s.cfg.Once {
		return s.once(ctx, sink)
	}
	events, lost := s.watch()
	poll := time.NewTicker(s.cfg.Poll)
	defer poll.Stop()
	s.scan()
	s.findRotated()
	if len(s.open) == 0 {
		s.logger.InfoContext(ctx, "no file there yet, waiting", "paths", s.cfg.Paths)
	}
	for {
		if err := s.tell(sink); err != nil {
			return err
		}
		more, err := s.readAll(ctx, sink)
		if err != nil || ctx.Err() != nil {
			return err
		}
		if more {
			continue
		}
		select {
		case <-ctx.Done():
			return nil
		case <-poll.C:
			s.scan()
			if s.returned() {
				s.findRotated()
			}
			err = s.giveUp(sink)
		case e := <-events:
			if !e.Has(fsnotify.Write) {
				s.scan()
			}
		case err := <-lost:
			s.logger.DebugContext(ctx, "kernel lost file events, looking at every file", "err", err)
			s.scan()
		}
		if err != nil {
			return err
		}
	}
}

// once reads every file to its end, the oldest first.
func (s *Files) once(ctx context.Context, sink line.Sink) error {
	s.scan()
	if len(s.open) == 0 {
		return &hint.Error{
			Err:  fmt.Errorf("reading %v: %w", s.cfg.Paths, fs.ErrNotExist),
			Hint: "set 'paths' of the input to files that exist and can be read",
		}
	}
	s.findRotated()
	if err := s.tell(sink); err != nil {
		return err
	}
	for _, f := range s.byAge() {
		more := true
		for more && ctx.Err() == nil {
			var err error
			if more, err = s.read(ctx, f, sink); err != nil {
				return err
			}
		}
		if ctx.Err() != nil {
			return nil
		}
		if err := s.readRest(f, sink); err != nil {
			return err
		}
	}
	return nil
}

// readAll gives each file its turn and reports whether one has more.
func (s *Files) readAll(ctx context.Context, sink line.Sink) (bool, error) {
	again := false
	for _, f := range s.byAge() {
		more, err := s.read(ctx, f, sink)
		if err != nil {
			return false, err
		}
		again = again || more
	}
	return again, nil
}

// watch asks the kernel to tell of changes; without it the channels are nil.
func (s *Files) watch() (<-chan fsnotify.Event, <-chan error) {
	w, err := fsnotify.NewWatcher()
	if err != nil {
		s.logger.Warn("kernel cannot watch files, polling instead", "err", err)
		return nil, nil
	}
	s.watcher = w
	return w.Events, w.Errors
}

func (s *Files) closeAll() {
	if s.watcher != nil {
		_ = s.watcher.Close()
	}
	for _, f := range s.open {
		_ = f.f.Close()
	}
}
