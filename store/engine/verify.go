package engine

import (
	"context"
	"crypto/sha256"
	"debug/elf"
	"encoding/hex"
	"errors"
	"fmt"
	"os"
	"strings"
)

const installHint = "run: frontfoot engine install"

// checkLibrary says whether the file at path is the library that this program is built for. The checksum of half a
// gigabyte is taken once: a stamp beside the file remembers it for the file's size and time.
func checkLibrary(path string) error {
	info, err := os.Stat(path)
	if path == "" || errors.Is(err, os.ErrNotExist) {
		return &Error{Err: fmt.Errorf("the embedded engine is not installed: no file %q", path), Hint: installHint}
	}
	if err != nil {
		return fmt.Errorf("looking at the library: %w", err)
	}
	if b, err := os.ReadFile(stampPath(path)); err == nil && string(b) == stamp(info) {
		return nil
	}
	if err := checkMachine(path); err != nil {
		return err
	}
	sum, err := hashFile(context.Background(), path, newProgress(nil))
	if err != nil {
		return fmt.Errorf("checking the library: %w", err)
	}
	if sum != LibrarySHA256 {
		return wrongSum(path, "file "+path, sum)
	}
	_ = writeStamp(path) // a folder that is not ours to write costs the check at every start
	return nil
}

// checkMachine tells a library of another processor from a damaged one.
func checkMachine(path string) error {
	f, err := elf.Open(path)
	if err != nil {
		return &Error{Err: fmt.Errorf("%s is no shared library: %w", path, err), Hint: installHint}
	}
	defer f.Close()
	if f.Machine != elf.EM_X86_64 {
		return &Error{
			Err:  fmt.Errorf("%s is built for %s, this machine is x86-64", path, strings.TrimPrefix(f.Machine.String(), "EM_")),
			Hint: "give the package " + Package + " " + PackageVersion,
		}
	}
	return nil
}

func wrongSum(path, about, sum string) error {
	if err := checkMachine(path); err != nil {
		return err
	}
	return &Error{
		Err:  fmt.Errorf("%s does not hold the engine's library of %s %s: its SHA-256 is %s, not %s", about, Package, PackageVersion, sum, LibrarySHA256),
		Hint: "it is of another version, or damaged: " + installHint,
	}
}

func hashFile(ctx context.Context, path string, p *progress) (string, error) {
	f, err := os.Open(path)
	if err != nil {
		return "", err
	}
	defer f.Close()
	sum := sha256.New()
	if err := copyAll(ctx, sum, f, p); err != nil {
		return "", err
	}
	return hex.EncodeToString(sum.Sum(nil)), nil
}

func stampPath(path string) string { return path + ".sha256" }

// stamp is what the stamp file of a checked library holds.
func stamp(info os.FileInfo) string {
	return fmt.Sprintf("%s  %d %d\n", LibrarySHA256, info.Size(), info.ModTime().UnixNano())
}

func writeStamp(path string) error {
	info, err := os.Stat(path)
	if err != nil {
		return err
	}
	return os.WriteFile(stampPath(path), []byte(stamp(info)), 0o644)
}

// loadError explains why the system's loader refused a library that has the right checksum.
func loadError(path string, err error) error {
	hint := "see that it can be read and mapped: the file system may be mounted noexec"
	if text := err.Error(); strings.Contains(text, "GLIBC") || strings.Contains(text, "libc.so") || strings.Contains(text, "ld-linux") {
		hint = "the library needs glibc: on Alpine and other musl systems use a ClickHouse server instead"
	}
	return &Error{Err: fmt.Errorf("loading %s: %w", path, err), Hint: hint}
}

func wrongLibrary(path string, err error) error {
	return &Error{Err: fmt.Errorf("%s is not the engine's library: %w", path, err), Hint: installHint}
}
