package tail

import (
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"slices"
	"strconv"
	"sync"

	"frontfoot/ingest/hint"
	"frontfoot/ingest/line"
)

// A position is how far a file was read.
type position struct {
	Input  string      `json:"input,omitempty"` // who reads it; "" where an earlier version did not tell
	Scope  string      `json:"scope"`           // whose lines these are; two sites may read one file
	Path   string      `json:"path"`            // where it was seen last
	Dev    uint64      `json:"dev"`
	Ino    uint64      `json:"ino"`
	Offset int64       `json:"offset"` // where the next line begins
	Print  fingerprint `json:"print"`
	Seen   int64       `json:"seen,omitempty"` // when it moved last, seconds since 1970: which one is forgotten first
}

func (p *position) key() positionKey { return positionKey{p.Scope, fileID{p.Dev, p.Ino}} }

// line is the position as it travels with the lines before it.
func (p *position) line() line.Position {
	value, _ := json.Marshal(p) // of these types it never fails
	return line.Position{Key: p.key().text(), Value: value}
}

// fileID names a file while it exists; afterwards another one may get it.
type fileID struct{ dev, ino uint64 }

type positionKey struct {
	scope string
	id    fileID
}

func (k positionKey) text() string {
	return "file " + k.scope + " " + strconv.FormatUint(k.id.dev, 10) + " " + strconv.FormatUint(k.id.ino, 10)
}

// Positions remembers how far the files of a site were read, for all of its inputs. It writes nothing down: each change goes to the Sink,
// with the lines that it comes after. Its methods may be called concurrently.
type Positions struct {
	mu    sync.Mutex
	files map[positionKey]position
}

// NewPositions returns the positions that were given to a Sink in an earlier run. What is no position of a file is left out.
func NewPositions(saved []line.Position) *Positions {
	p := &Positions{files: map[positionKey]position{}}
	for _, s := range saved {
		var pos position
		if err := json.Unmarshal(s.Value, &pos); err == nil && pos.key().text() == s.Key && pos.Offset >= 0 && pos.Print.Len >= 0 {
			p.files[pos.key()] = pos
		}
	}
	return p
}

// positionsVersion is the version of the file positions.json, in which positions stood before they were kept with the lines:
//
//	{"version":1,"files":[{"scope":…,"path":…,"dev":…,"ino":…,"offset":…,"print":{"len":…,"sha256":…}}]}
const positionsVersion = 1

type positionsFile struct {
	Version int        `json:"version"`
	Files   []position `json:"files"`
}

// ReadPositions reads the positions that an earlier version of the program left at path, by scope; where there is no file there are none.
func ReadPositions(path string) (map[string][]line.Position, error) {
	data, err := os.ReadFile(path)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
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
	all := map[string][]line.Position{}
	for i := range file.Files {
		f := &file.Files[i]
		all[f.Scope] = append(all[f.Scope], f.line())
	}
	return all, nil
}

func damaged(path string, err error) error {
	return &hint.Error{
		Err:  fmt.Errorf("reading positions %s: %w", path, err),
		Hint: "put back a copy of it, or remove it: then every file is read from where its input's 'start' says",
	}
}

func (p *Positions) set(pos position) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.files[pos.key()] = pos
}

func (p *Positions) get(scope string, id fileID) (position, bool) {
	p.mu.Lock()
	defer p.mu.Unlock()
	pos, ok := p.files[positionKey{scope, id}]
	return pos, ok
}

// forget drops a position and returns what tells the Sink so.
func (p *Positions) forget(scope string, id fileID) line.Position {
	p.mu.Lock()
	defer p.mu.Unlock()
	key := positionKey{scope, id}
	delete(p.files, key)
	return line.Position{Key: key.text()}
}

// Bound forgets positions of inputs that nobody reads any more, those that moved longest ago, until there are limit of them, and returns what tells the
// Sink so. Fewer are kept, so that an input that is taken out of the configuration and put back goes on where it stopped.
func (p *Positions) Bound(read func(scope, input, path string) bool, limit int) []line.Position {
	p.mu.Lock()
	defer p.mu.Unlock()
	var left []position
	for pos := range maps.Values(p.files) {
		if pos.Input != "" && !read(pos.Scope, pos.Input, pos.Path) { // "": by its path it may be of any input
			left = append(left, pos)
		}
	}
	return p.forgetOldest(left, limit)
}

// forgetOldest forgets all but the newest of some positions; p.mu must be held.
func (p *Positions) forgetOldest(some []position, limit int) (told []line.Position) {
	if len(some) <= limit {
		return nil
	}
	slices.SortFunc(some, func(a, b position) int { return cmp.Or(cmp.Compare(a.Seen, b.Seen), cmpPositions(&a, &b)) })
	for i := range some[:len(some)-limit] {
		key := some[i].key()
		delete(p.files, key)
		told = append(told, line.Position{Key: key.text()})
	}
	return told
}

// of returns the positions of a scope.
func (p *Positions) of(scope string) []position {
	p.mu.Lock()
	defer p.mu.Unlock()
	var all []position
	for pos := range maps.Values(p.files) {
		if pos.Scope == scope {
			all = append(all, pos)
		}
	}
	slices.SortFunc(all, func(a, b position) int { return cmpPositions(&a, &b) })
	return all
}
