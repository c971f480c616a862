package tail

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"maps"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"go.uber.org/goleak"

	"frontfoot/ingest/hint"
	"frontfoot/ingest/line"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// limit bounds what a machine that is busy with other tests may take.
const limit = 2 * time.Minute

func quiet() *slog.Logger { return slog.New(slog.DiscardHandler) }

// reading is a Files that runs until the test ends, and what it has handed over.
type reading struct {
	lines chan string // flags are written behind the text
	stop  func()
	done  chan error

	mu      sync.Mutex
	refuse  bool                     // the sink takes nothing more
	durable map[string]line.Position // what a spool would know after a crash now
}

// follow reads paths with a poll so frequent that tests need not wait for it.
func follow(t *testing.T, p *Positions, change func(*Config), paths ...string) *reading {
	t.Helper()
	cfg := Config{Scope: "leeds/", Paths: paths, MaxLine: 1 << 10, Poll: 5 * time.Millisecond}
	if change != nil {
		change(&cfg)
	}
	r := &reading{lines: make(chan string, 100_000), done: make(chan error, 1), durable: map[string]line.Position{}}
	ctx, cancel := context.WithCancel(context.Background())
	go func() { r.done <- New(cfg, p, quiet()).Run(ctx, r.sink) }()
	r.stop = sync.OnceFunc(func() {
		cancel()
		if err := <-r.done; err != nil && !errors.Is(err, errRefused) {
			t.Errorf("reading ended with: %v", err)
		}
	})
	t.Cleanup(r.stop)
	return r
}

var errRefused = errors.New("nothing more is taken")

func (r *reading) sink(c line.Chunk) error {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.refuse {
		return errRefused
	}
	if p := c.Position; len(p.Value) > 0 {
		r.durable[p.Key] = p
	} else {
		delete(r.durable, p.Key)
	}
	for _, l := range c.Lines {
		text := string(l.Raw)
		if l.Flags != 0 {
			text += fmt.Sprintf(" %b", l.Flags)
		}
		r.lines <- text
	}
	return nil
}

// positions are those that another run begins with.
func (r *reading) positions() *Positions {
	r.mu.Lock()
	defer r.mu.Unlock()
	return NewPositions(slices.Collect(maps.Values(r.durable)))
}

// want takes as many lines as there are and compares them.
func (r *reading) want(t *testing.T, want ...string) {
	t.Helper()
	var got []string
	for range want {
		select {
		case l := <-r.lines:
			got = append(got, l)
		case <-time.After(limit):
			t.Fatalf("got lines %q, want %q", got, want)
		}
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("lines (-want +got):\n%s", diff)
	}
}

// wantNoMore stops reading and checks that nothing was left to take.
func (r *reading) wantNoMore(t *testing.T) {
	t.Helper()
	r.stop()
	select {
	case l := <-r.lines:
		t.Errorf("got one line more: %q", l)
	default:
	}
}

func appendTo(t *testing.T, path, text string) {
	t.Helper()
	f, err := os.OpenFile(path, os.O_CREATE|os.O_APPEND|os.O_WRONLY, 0o644)
	check(t, err)
	_, err = f.WriteString(text)
	check(t, errors.Join(err, f.Close()))
}

func check(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func TestFollowHoldsAnUnfinishedLine(t *testing.T) {
	dir := t.TempDir()
	path := filepath.Join(dir, "a.log")
	appendTo(t, path, "one\ntw")
	r := follow(t, NewPositions(nil), nil, path)
	r.want(t, "one")
	appendTo(t, path, "o\r\n")
	r.want(t, "two\r")
	appendTo(t, path, strings.Repeat("x", 1<<20))
	appendTo(t, path, "\nfour\n")
	r.want(t, strings.Repeat("x", 1<<10)+" 1", "four")
	r.wantNoMore(t)
}

func TestRotation(t *testing.T) {
	tests := map[string]struct {
		rotate func(t *testing.T, path string)
		want   []string
	}{
		"rename and create": {func(t *testing.T, path string) {
			check(t, os.Rename(path, path+".1"))
			appendTo(t, path, "new\n")
		}, []string{"new"}},
		"copy and truncate": {func(t *testing.T, path string) {
			check(t, os.Truncate(path, 0))
			appendTo(t, path, "new\n")
		}, []string{"new"}},
		"delete and create": {func(t *testing.T, path string) {
			check(t, os.Remove(path))
			appendTo(t, path, "new\n")
		}, []string{"new"}},
		"replaced by a rename": {func(t *testing.T, path string) {
			appendTo(t, path+".tmp", "new\n")
			check(t, os.Rename(path+".tmp", path))
		}, []string{"new"}},
		"unfinished line of a file that is gone": {func(t *testing.T, path string) {
			appendTo(t, path, "half")
			check(t, os.Remove(path))
		}, []string{"half 10"}},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			dir := t.TempDir()
			path := filepath.Join(dir, "a.log")
			appendTo(t, path, "old 1\nold 2\n")
			r := follow(t, NewPositions(nil), nil, path)
			r.want(t, "old 1", "old 2")
			tt.rotate(t, path)
			r.want(t, tt.want...)
			if _, err := os.Stat(path); err == nil {
				appendTo(t, path, "after\n")
				r.want(t, "after")
			}
			r.wantNoMore(t)
		})
	}
}

// A truncated file that has grown past where it was read is told by its beginning.
func TestTruncatedAndGrownFile(t *testing.T) {
	dir := t.TempDir()
	path := filepath.Join(dir, "a.log")
	appendTo(t, path, "old\n")
	p := NewPositions(nil)
	r := follow(t, p, nil, path)
	r.want(t, "old")
	r.stop()
	check(t, os.WriteFile(path, []byte("new 1\nnew 2\n"), 0o644))
	r = follow(t, p, nil, path)
	r.want(t, "new 1", "new 2")
	r.wantNoMore(t)
}

func TestGlobFollowsNewFilesAndReadsNoLineTwice(t *testing.T) {
	dir := t.TempDir()
	path := filepath.Join(dir, "a.log")
	appendTo(t, path, "a\n")
	appendTo(t, path+".2.gz", "compressed\n")
	r := follow(t, NewPositions(nil), nil, filepath.Join(dir, "*.log*"))
	r.want(t, "a")
	check(t, os.Rename(path, path+".1")) // the glob meets it again under its new name
	check(t, os.Link(path+".1", path+".link"))
	appendTo(t, path, "b\n")
	r.want(t, "b")
	appendTo(t, filepath.Join(dir, "c.log"), "c\n")
	r.want(t, "c")
	r.wantNoMore(t)
}

func TestRestartGoesOnAtTheLastLineThatWasTaken(t *testing.T) {
	dir := t.TempDir()
	path := filepath.Join(dir, "a.log")
	appendTo(t, path, "1\n2\n")
	r := follow(t, NewPositions(nil), nil, path)
	r.want(t, "1", "2")
	r.mu.Lock()
	r.refuse = true
	r.mu.Unlock()
	appendTo(t, path, "3\n4\n")
	r.wantNoMore(t)

	appendTo(t, path, "5\n")
	r = follow(t, r.positions(), nil, path)
	r.want(t, "3", "4", "5")
	r.stop()
	r = follow(t, r.positions(), nil, path)
	appendTo(t, path, "6\n")
	r.want(t, "6")
	r.wantNoMore(t)
}

// A file that is gone is forgotten, also where it went away while nobody looked.
func TestFileThatIsGoneIsForgotten(t *testing.T) {
	path := filepath.Join(t.TempDir(), "a.log")
	appendTo(t, path, "1\n")
	r := follow(t, NewPositions(nil), nil, path)
	r.want(t, "1")
	r.stop()
	check(t, os.Remove(path))
	before := r.positions()
	r = follow(t, before, nil, path)
	r.mu.Lock()
	r.durable["file"] = line.Position{Key: "file", Value: []byte("no position")} // of a source of another kind
	r.mu.Unlock()
	appendTo(t, path, "2\n")
	r.want(t, "2")
	r.stop()
	if n := len(before.of("leeds/")); n != 1 {
		t.Errorf("%d positions are known, want that of the new file", n)
	}
	if n := len(r.positions().of("leeds/")); n != 1 {
		t.Errorf("%d positions are durable, want 1", n)
	}
}

func TestRestartFindsWhatRotatedMeanwhile(t *testing.T) {
	tests := map[string]struct {
		change func(t *testing.T, path string)
		want   []string
	}{
		"renamed": {func(t *testing.T, path string) {
			appendTo(t, path, "2\n")
			check(t, os.Rename(path, path+".1"))
			appendTo(t, path, "new\n")
		}, []string{"2", "new"}},
		"written anew": {func(t *testing.T, path string) {
			check(t, os.WriteFile(path, []byte("other\n"), 0o644))
		}, []string{"other"}},
		"replaced": {func(t *testing.T, path string) {
			check(t, os.Remove(path))
			appendTo(t, path, "new\n")
		}, []string{"new"}},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			dir := t.TempDir()
			path := filepath.Join(dir, "a.log")
			appendTo(t, path, "1\n")
			p := NewPositions(nil)
			atEnd := func(c *Config) { c.FromEnd = true } // it is no first sight, so this means nothing
			r := follow(t, p, nil, path)
			r.want(t, "1")
			r.stop()
			tt.change(t, path)
			r = follow(t, p, atEnd, path)
			r.want(t, tt.want...)
			r.wantNoMore(t)
		})
	}
}

func TestStartAtTheEnd(t *testing.T) {
	dir := t.TempDir()
	path := filepath.Join(dir, "a.log")
	appendTo(t, path, "before\n")
	p := NewPositions(nil)
	atEnd := func(c *Config) { c.FromEnd = true }
	r := follow(t, p, atEnd, filepath.Join(dir, "b.log"), path) // the first scan meets them in this order
	for len(p.of("leeds/")) == 0 {
		runtime.Gosched() // until the first scan is done
	}
	appendTo(t, filepath.Join(dir, "b.log"), "appeared later\n")
	r.want(t, "appeared later")
	r.stop()
	appendTo(t, path, "while away\n")
	r = follow(t, p, atEnd, path)
	r.want(t, "while away")
	r.wantNoMore(t)
}

func TestOnceReadsToTheEndOldestFirst(t *testing.T) {
	dir := t.TempDir()
	older, newer := filepath.Join(dir, "b.log"), filepath.Join(dir, "a.log")
	appendTo(t, older, "1\n2")
	appendTo(t, newer, "3\n")
	check(t, os.Chtimes(older, time.Unix(1, 0), time.Unix(1, 0)))
	p := NewPositions(nil)
	once := func(c *Config) { c.Once = true }
	r := follow(t, p, once, filepath.Join(dir, "*.log"))
	if err := <-r.done; err != nil {
		t.Fatal(err)
	}
	r.done <- nil
	r.want(t, "1", "2 10", "3")
	r = follow(t, p, once, filepath.Join(dir, "*.log"))
	if err := <-r.done; err != nil {
		t.Fatal(err)
	}
	r.done <- nil
	r.wantNoMore(t)

	err := New(Config{Paths: []string{filepath.Join(dir, "none")}, Once: true, MaxLine: 10}, p, quiet()).Run(t.Context(), r.sink)
	var hinted *hint.Error
	if !errors.As(err, &hinted) || !strings.Contains(hinted.HintText(), "'paths'") {
		t.Errorf("no file: error is %v", err)
	}
}

func TestStream(t *testing.T) {
	var got []string
	keep := func(c line.Chunk) error {
		for _, l := range c.Lines {
			got = append(got, fmt.Sprintf("%s %b", l.Raw, l.Flags))
		}
		return nil
	}
	check(t, NewStream(strings.NewReader("a\n"+strings.Repeat("x", 30)+"\nc"), 10).Run(t.Context(), keep))
	if diff := cmp.Diff([]string{"a 0", "xxxxxxxxxx 1", "c 10"}, got); diff != "" {
		t.Errorf("lines (-want +got):\n%s", diff)
	}
}

// A terminal cannot be broken off, but it must not keep the program from stopping.
func TestStreamEndsWhileItsReaderBlocks(t *testing.T) {
	r, w := io.Pipe()
	defer w.Close()
	ctx, cancel := context.WithCancel(t.Context())
	done := make(chan error, 1)
	go func() { done <- NewStream(r, 10).Run(ctx, func(line.Chunk) error { return nil }) }()
	cancel()
	select {
	case err := <-done:
		check(t, err)
	case <-time.After(limit):
		t.Error("still reading")
	}
}
