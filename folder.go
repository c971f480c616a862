package main

import (
	"crypto/rand"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"golang.org/x/sys/unix"

	"frontfoot/ingest/hint"
)

// A folder is the data folder of one instance:
//
//	lock               held (flock) by the process that owns the folder
//	runtime.json       where the running instance listens; loopback addresses
//	secrets/password   of the database endpoint, made on first start, mode 0600
//	secrets/site/NAME  the key of a site's sketches, 16 bytes in hex, mode 0600
//	broker/ database/  of the embedded broker and engine
//	spool/NAME/        lines of a site that Kafka does not have yet, and how far its files have been read
//	demo               present where the demo filled the folder
type folder struct{ path string }

// runtimeInfo is what other frontfoot commands need to speak to a running instance.
type runtimeInfo struct {
	PID      int    `json:"pid"`
	Database string `json:"database"` // URL of the endpoint
	Broker   string `json:"broker"`   // host:port
	Admin    string `json:"admin"`    // host:port
}

// errInUse says that another process owns the folder.
var errInUse = errors.New("data folder is in use")

func (f folder) join(parts ...string) string {
	return filepath.Join(append([]string{f.path}, parts...)...)
}

// lock makes the folder this process's own until release is called. The error wraps errInUse where another process has it.
func (f folder) lock() (release func() error, err error) {
	if err := os.MkdirAll(f.path, 0o700); err != nil {
		return nil, unwritable(fmt.Errorf("making the data folder: %w", err))
	}
	file, err := os.OpenFile(f.join("lock"), os.O_CREATE|os.O_RDWR, 0o600)
	if err != nil {
		return nil, unwritable(fmt.Errorf("opening the data folder: %w", err))
	}
	if err := unix.Flock(int(file.Fd()), unix.LOCK_EX|unix.LOCK_NB); err != nil {
		file.Close()
		if errors.Is(err, unix.EWOULDBLOCK) {
			return nil, &hint.Error{Err: fmt.Errorf("opening %s: %w", f.path, errInUse), Hint: "another frontfoot runs on this folder; stop it, or choose another folder with --data"}
		}
		return nil, fmt.Errorf("locking the data folder: %w", err)
	}
	f.clearRuntime() // of an owner that was killed
	return file.Close, nil
}

// unwritable says what to do about a data folder that cannot be written.
func unwritable(err error) error {
	return &hint.Error{Err: err, Hint: "frontfoot must be able to write there: correct the folder's owner or mode, or name another with --data"}
}

// password returns the endpoint's password, made where there is none yet.
func (f folder) password() (string, error) {
	password, err := f.secret("password", 16)
	if err == nil && password == "" { // it would let everybody in
		return "", &hint.Error{Err: errors.New("reading the password of the database endpoint: the file is empty"), Hint: "remove " + f.join("secrets", "password") + ": a new one is made"}
	}
	return password, err
}

func (f folder) siteKeyPath(site string) string { return f.join("secrets", "site", site) }

// siteKey returns the secret key of a site's sketches, made where there is none yet.
func (f folder) siteKey(site string) (key [16]byte, err error) {
	text, err := f.secret(filepath.Join("site", site), len(key))
	if err != nil {
		return key, err
	}
	secret, err := hex.DecodeString(text)
	if copy(key[:], secret); err != nil || len(secret) != len(key) {
		return key, &hint.Error{Err: fmt.Errorf("reading the key of site %s: not %d bytes in hex", site, len(key)), Hint: "restore " + f.siteKeyPath(site) + " from a backup; with another key the site learns anew"}
	}
	return key, nil
}

// secret returns the text of a secret file, made of n random bytes in hex where there is none yet.
func (f folder) secret(name string, n int) (string, error) {
	path := f.join("secrets", name)
	text, err := os.ReadFile(path)
	if err == nil {
		return strings.TrimSpace(string(text)), nil
	}
	if !errors.Is(err, fs.ErrNotExist) {
		return "", fmt.Errorf("reading a secret: %w", err)
	}
	random := make([]byte, n)
	rand.Read(random)
	fresh := hex.EncodeToString(random)
	if err := f.write(path, []byte(fresh+"\n")); err != nil {
		return "", fmt.Errorf("making a secret: %w", err)
	}
	return fresh, nil
}

// setRuntime publishes where this process listens.
func (f folder) setRuntime(info runtimeInfo) error {
	text, err := json.Marshal(info)
	if err != nil {
		return fmt.Errorf("encoding the runtime file: %w", err)
	}
	if err := f.write(f.join("runtime.json"), append(text, '\n')); err != nil {
		return fmt.Errorf("writing the runtime file: %w", err)
	}
	return nil
}

// runtime returns where the instance that owns the folder listens.
func (f folder) runtime() (runtimeInfo, error) {
	var info runtimeInfo
	text, err := os.ReadFile(f.join("runtime.json"))
	if err != nil {
		return info, fmt.Errorf("reading the runtime file: %w", err)
	}
	if err := json.Unmarshal(text, &info); err != nil {
		return info, fmt.Errorf("decoding %s: %w", f.join("runtime.json"), err)
	}
	return info, nil
}

func (f folder) clearRuntime() { os.Remove(f.join("runtime.json")) }

// write puts a file in place at once and for good: a crash leaves the old one or the new one.
func (f folder) write(path string, data []byte) error {
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		return err
	}
	tmp, err := os.CreateTemp(filepath.Dir(path), ".new-*") // mode 0600
	if err != nil {
		return err
	}
	defer os.Remove(tmp.Name())
	if _, err = tmp.Write(data); err == nil {
		err = tmp.Sync()
	}
	if err := errors.Join(err, tmp.Close()); err != nil {
		return err
	}
	if err := os.Rename(tmp.Name(), path); err != nil {
		return err
	}
	dir, err := os.Open(filepath.Dir(path))
	if err != nil {
		return err
	}
	return errors.Join(dir.Sync(), dir.Close())
}

// isDemo reports whether the demo filled the folder.
func (f folder) isDemo() bool {
	_, err := os.Stat(f.join("demo"))
	return err == nil
}

// lacks reports whether there is none of these parts in the folder.
func (f folder) lacks(parts ...string) bool {
	return !slices.ContainsFunc(parts, func(part string) bool {
		_, err := os.Stat(f.join(part))
		return !errors.Is(err, fs.ErrNotExist)
	})
}
