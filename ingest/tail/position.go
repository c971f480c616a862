package tail

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"sync"
	"time"

	"github.com/prometheus/client_golang/prometheus"
)

// saveEvery is how often positions that moved are written: after a crash at most this much is read twice.
const saveEvery = 500 * time.Millisecond

// A position is how far a file was read and is durable in Kafka.
type position struct {
	Scope  string      `json:"scope"` // whose lines these are; two sites may read one file
	Path   string      `json:"path"`  // where it was seen last
	Dev    uint64      `json:"dev"`
	Ino    uint64      `json:"ino"`
	Offset int64       `json:"offset"` // where the next line begins
	Print  fingerprint `json:"print"`
}

func (p *position) key() positionKey { return positionKey{p.Scope, fileID{p.Dev, p.Ino}} }

// fileID names a file while it exists; afterwards another one may get it.
type fileID struct{ dev, ino uint64 }

type positionKey struct {
	scope string
	id    fileID
}

// Positions remembers for all inputs how far their files were read, in one small JSON file that is replaced as a whole:
//
//	{"version":1,"files":[{"scope":…,"path":…,"dev":…,"ino":…,"offset":…,"print":{"len":…,"sha256":…}}]}
//
// Its methods may be called concurrently.
type Positions struct {
	path   string
	logger *slog.Logger
	failed prometheus.Counter

	mu      sync.Mutex
	files   map[positionKey]position
	changed bool

	saving sync.Mutex // one writer at a time
}

const positionsVersion = 1

type positionsFile struct {
	Version int        `json:"version"`
	Files   []position `json:"files"`
}

// OpenPositions reads the positions at path; a file that does not exist is empty. Saves that fail are counted in failed.
func OpenPositions(path string, logger *slog.Logger, failed prometheus.Counter) (*Positions, error) {
	p := &Positions{path: path, logger: logger, failed: failed, files: map[positionKey]position{}}
	data, err := os.ReadFile(path)
	if errors.Is(err, fs.ErrNotExist) {
		return p, nil
	}
	if err != nil {
		return nil, fmt.Errorf("reading positions: %w", err)
	}
	var file positionsFile
	if err := json.Unmarshal(data, &file); err != nil {
		return nil, damaged(path, err)
	}
	if file.Version != positionsVersion {
		return nil, damaged(path, fmt.Errorf("version %d is not %d", file.Version, positionsVersion))
	}
	for _, f := range file.Files {
		p.files[f.key()] = f
	}
	return p, nil
}

func damaged(path string, err error) error {
	return &Error{
		Err:  fmt.Errorf("reading positions %s: %w", path, err),
		Hint: "put back a copy of it, or remove it: then every file is read from where its input's `start` says",
	}
}

// Run saves what moved until ctx ends, and once more then. A save that fails is tried again: nothing is lost by it, but
// after a crash more is read twice.
func (p *Positions) Run(ctx context.Context) {
	tick := time.NewTicker(saveEvery)
	defer tick.Stop()
	failing := false
	for ended := false; !ended; {
		select {
		case <-ctx.Done():
			ended = true
		case <-tick.C:
		}
		err := p.Save()
		switch {
		case err != nil:
			p.failed.Inc()
			if !failing {
				p.logger.ErrorContext(ctx, "file positions cannot be saved, trying on", "err", err)
			}
		case failing:
			p.logger.InfoContext(ctx, "file positions are saved again")
		}
		failing = err != nil
	}
}

// Save makes the positions durable. It does nothing when none moved.
func (p *Positions) Save() error {
	p.saving.Lock()
	defer p.saving.Unlock()
	p.mu.Lock()
	if !p.changed {
		p.mu.Unlock()
		return nil
	}
	p.changed = false
	file := positionsFile{Version: positionsVersion, Files: slices.Collect(maps.Values(p.files))}
	p.mu.Unlock()
	slices.SortFunc(file.Files, func(a, b position) int {
		return cmpPositions(&a, &b)
	})
	data, err := json.MarshalIndent(file, "", "\t")
	if err == nil {
		err = replaceFile(p.path, append(data, '\n'))
	}
	if err != nil {
		p.mu.Lock()
		p.changed = true
		p.mu.Unlock()
		return fmt.Errorf("saving positions: %w", err)
	}
	return nil
}

// replaceFile writes a file so that after any crash either the old or the new content is there.
func replaceFile(path string, data []byte) error {
	next := path + ".next"
	f, err := os.OpenFile(next, os.O_CREATE|os.O_WRONLY|os.O_TRUNC, 0o600)
	if err != nil {
		return err
	}
	_, err = f.Write(data)
	if err == nil {
		err = f.Sync()
	}
	if err := errors.Join(err, f.Close()); err != nil {
		return err
	}
	if err := os.Rename(next, path); err != nil {
		return err
	}
	dir, err := os.Open(filepath.Dir(path))
	if err != nil {
		return err
	}
	return errors.Join(dir.Sync(), dir.Close())
}

func (p *Positions) set(pos position) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.files[pos.key()] = pos
	p.changed = true
}

func (p *Positions) get(scope string, id fileID) (position, bool) {
	p.mu.Lock()
	defer p.mu.Unlock()
	pos, ok := p.files[positionKey{scope, id}]
	return pos, ok
}

func (p *Positions) forget(scope string, id fileID) {
	p.mu.Lock()
	defer p.mu.Unlock()
	delete(p.files, positionKey{scope, id})
	p.changed = true
}

// of returns the positions of a scope.
func (p *Positions) of(scope string) []position {
	p.mu.Lock()
	defer p.mu.Unlock()
	var all []position
	for _, pos := range p.files {
		if pos.Scope == scope {
			all = append(all, pos)
		}
	}
	slices.SortFunc(all, func(a, b position) int { return cmpPositions(&a, &b) })
	return all
}
