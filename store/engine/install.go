package engine

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"runtime"
	"syscall"
	"time"

	"golang.org/x/sys/unix"
)

// The library that this frontfoot is built for. The npm version names chdb 26.7.3, which is ClickHouse 26.7.2.
const (
	Package        = "@chdb/lib-linux-x64-gnu"
	PackageVersion = "26.7.3-stable.1"
	LibrarySHA256  = "36ad4e999882821ef13cf2d0f52c93f48e6ee1b4498b35a201c23ce4b8d15bf5"
	librarySize    = 566330096
	archiveSize    = 178 << 20 // about, while it is fetched
	libraryFile    = "libchdb.so"
)

// InstallOptions say where from and where to; the zero value fetches into the user's cache.
type InstallOptions struct {
	Dir      string    // of the library; default: that of DefaultLibrary
	From     string    // a package (.tgz) or library file fetched elsewhere, for a machine without network
	Progress io.Writer // what is being done and for how long; a live line on a terminal; nil for nothing
	NPM      string    // the npm command; default npm
}

// DefaultLibrary is where Install puts the library by default: in the user's cache, in a folder of its version.
func DefaultLibrary() (string, error) {
	cache, err := os.UserCacheDir()
	if err != nil {
		return "", &Error{Err: fmt.Errorf("finding the cache folder: %w", err), Hint: "set HOME or XDG_CACHE_HOME, or name the library's place"}
	}
	return filepath.Join(cache, "frontfoot", "engine", PackageVersion, libraryFile), nil
}

// Install fetches the engine's library with npm, or takes it from a file, checks it against the checksum in this
// program, and puts it in its place, where it returns its path. A library that is there already is checked again and
// kept. What it can tell how to mend is an *Error.
func Install(ctx context.Context, opt InstallOptions) (path string, err error) {
	if err := checkPlatform(runtime.GOOS, runtime.GOARCH); err != nil {
		return "", err
	}
	path, err = DefaultLibrary()
	if opt.Dir != "" {
		path, err = filepath.Join(opt.Dir, libraryFile), nil
	}
	if err != nil {
		return "", err
	}
	p := newProgress(opt.Progress)
	defer p.done()
	if kept, err := keep(ctx, path, p); kept || err != nil {
		return path, err
	}
	return path, explain(install(ctx, opt, path, p), filepath.Dir(path))
}

func checkPlatform(system, arch string) error {
	if system == "linux" && arch == "amd64" {
		return nil
	}
	return &Error{
		Err:  fmt.Errorf("the embedded engine is published for linux/amd64 only, this is %s/%s", system, arch),
		Hint: "use a ClickHouse server: set store.url to its address",
	}
}

// keep checks a library that is there already.
func keep(ctx context.Context, path string, p *progress) (bool, error) {
	if _, err := os.Stat(path); errors.Is(err, os.ErrNotExist) {
		return false, nil
	}
	p.step("checking "+path, librarySize)
	sum, err := hashFile(ctx, path, p)
	if err != nil {
		return false, fmt.Errorf("checking the library: %w", err)
	}
	if sum != LibrarySHA256 {
		p.say("the library there is not the right one: installing it anew")
		return false, nil
	}
	p.say("the library is installed and right: " + path)
	return true, writeStamp(path)
}

func install(ctx context.Context, opt InstallOptions, path string, p *progress) error {
	dir := filepath.Dir(path)
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return fmt.Errorf("making the library's folder: %w", err)
	}
	removeStale(dir)
	if err := checkSpace(dir, opt.From == ""); err != nil {
		return err
	}
	tmp, err := os.MkdirTemp(dir, stalePrefix)
	if err != nil {
		return fmt.Errorf("making a temporary folder: %w", err)
	}
	defer os.RemoveAll(tmp)
	from := opt.From
	if from == "" {
		if from, err = npmPack(ctx, opt.NPM, tmp, p); err != nil {
			return err
		}
	}
	fresh := filepath.Join(tmp, libraryFile)
	if err := unpack(ctx, from, fresh, p); err != nil {
		return err
	}
	if err := os.Rename(fresh, path); err != nil {
		return fmt.Errorf("putting the library in its place: %w", err)
	}
	p.say("installed " + path)
	return writeStamp(path)
}

const (
	stalePrefix = ".install-"
	staleAfter  = 2 * time.Hour
)

// removeStale removes what an install left that was killed.
func removeStale(dir string) {
	old, _ := filepath.Glob(filepath.Join(dir, stalePrefix+"*"))
	for _, f := range old {
		if info, err := os.Stat(f); err == nil && time.Since(info.ModTime()) > staleAfter {
			_ = os.RemoveAll(f)
		}
	}
}

func checkSpace(dir string, fetch bool) error {
	var fs unix.Statfs_t
	if err := unix.Statfs(dir, &fs); err != nil {
		return fmt.Errorf("asking for free space: %w", err)
	}
	need := uint64(librarySize)
	if fetch {
		need += 2 * archiveSize // npm keeps a copy in its own cache
	}
	if free := fs.Bavail * uint64(fs.Bsize); free < need {
		return fmt.Errorf("%w: %s has %d MB free, the library needs %d MB", unix.ENOSPC, dir, free>>20, need>>20)
	}
	return nil
}

// explain adds a hint to errors of the system that have one.
func explain(err error, dir string) error {
	const elsewhere = "install it elsewhere with 'frontfoot engine install --dir DIR' and set engine.library to DIR/" + libraryFile
	var e *Error
	switch {
	case err == nil, errors.As(err, &e):
		return err
	case errors.Is(err, syscall.ENOSPC):
		return &Error{Err: err, Hint: "free some space, or " + elsewhere}
	case errors.Is(err, os.ErrPermission):
		return &Error{Err: err, Hint: "make " + dir + " writable, or " + elsewhere}
	}
	return err
}

// copyAll copies from r to w through p's count until the end, or until ctx ends.
func copyAll(ctx context.Context, w io.Writer, r io.Reader, p *progress) error {
	buf := make([]byte, 1<<20)
	r = bufio.NewReaderSize(r, len(buf))
	for {
		if err := ctx.Err(); err != nil {
			return err
		}
		n, err := r.Read(buf)
		p.add(n)
		if _, err := w.Write(buf[:n]); err != nil {
			return err
		}
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return err
		}
	}
}
