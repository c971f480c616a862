package ingest

import (
	"context"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"sync/atomic"
	"time"

	"frontfoot/ingest/hint"
	"frontfoot/ingest/parse"
)

// formatsEvery is how often the folder of a user's formats is looked at.
const formatsEvery = 2 * time.Second

// formats are the log formats in use: those that come with frontfoot, and those of a folder, which are read again when it changes. It may be used
// concurrently.
type formats struct {
	folder string // empty: none
	logger *slog.Logger
	inUse  atomic.Pointer[parse.Formats]
	seen   string // what the folder looked like when it was read
}

// newFormats reads a folder's formats. One that is wrong is an error: at the start somebody is there to mend it.
func newFormats(folder string, logger *slog.Logger) (*formats, error) {
	f := &formats{folder: folder, logger: logger}
	f.inUse.Store(parse.BuiltIn())
	if folder == "" {
		return f, nil
	}
	if info, err := os.Stat(folder); err != nil || !info.IsDir() {
		return nil, &hint.Error{Err: fmt.Errorf("ingest.formats: %s is no folder that can be read", folder), Hint: "make the folder, or correct 'ingest.formats' in the configuration"}
	}
	f.seen = look(folder)
	all, err := parse.LoadFormats(folder)
	if err != nil { // each problem begins a line: there editors look for its place
		return nil, &hint.Error{Err: fmt.Errorf("ingest.formats: what is wrong in %s:\n%w", folder, err), Hint: "'frontfoot format test FILE' checks one; docs/writing-formats.md tells how they are written"}
	}
	f.inUse.Store(all)
	return f, nil
}

func (f *formats) current() *parse.Formats { return f.inUse.Load() }

// watch reads the folder again when it has changed, until ctx ends. Where a file is wrong, what was in use stays.
func (f *formats) watch(ctx context.Context) {
	if f.folder == "" {
		return
	}
	ticker := time.NewTicker(formatsEvery)
	defer ticker.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-ticker.C:
			f.refresh(ctx)
		}
	}
}

func (f *formats) refresh(ctx context.Context) {
	now := look(f.folder)
	if now == f.seen {
		return
	}
	f.seen = now
	all, err := parse.LoadFormats(f.folder)
	if err != nil {
		f.logger.ErrorContext(ctx, "formats are wrong, going on with those before", "folder", f.folder, "err", err)
		return
	}
	f.inUse.Store(all)
	f.logger.InfoContext(ctx, "formats read again", "folder", f.folder, "formats", len(all.Specs()))
}

// look tells by names, sizes and times what a folder's formats look like.
func look(folder string) string {
	names, _ := filepath.Glob(filepath.Join(folder, "*.yaml")) // the pattern is right
	var out strings.Builder
	for _, name := range names {
		if info, err := os.Stat(name); err == nil {
			fmt.Fprintf(&out, "%s %d %d\n", name, info.Size(), info.ModTime().UnixNano())
		}
	}
	return out.String()
}
