package broker

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"golang.org/x/sys/unix"
)

// openDir makes the folder when missing, locks it and checks that kfake will
// find in it what it left there. The lock ends with the file or the process.
func openDir(dir string) (*os.File, error) {
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return nil, &Error{Err: fmt.Errorf("making broker folder: %w", err), Hint: "choose a data folder that this user may write to"}
	}
	lock, err := os.OpenFile(filepath.Join(dir, "LOCK"), os.O_CREATE|os.O_RDWR, 0o600)
	if err != nil {
		return nil, &Error{Err: fmt.Errorf("opening broker lock: %w", err), Hint: "choose a data folder that this user may write to"}
	}
	if err := unix.Flock(int(lock.Fd()), unix.LOCK_EX|unix.LOCK_NB); err != nil {
		err = fmt.Errorf("locking broker folder %s: %w", dir, errors.Join(err, lock.Close()))
		return nil, &Error{Err: err, Hint: "another frontfoot uses this folder: stop it, or choose another data folder"}
	}
	if err := checkDir(dir); err != nil {
		return nil, errors.Join(err, lock.Close())
	}
	return lock, nil
}

// checkDir refuses a folder whose partitions kfake would not know any more and
// would write over, and forgets the group members of the last run: they are
// gone, and a group would wait for them until their sessions end.
func checkDir(dir string) error {
	if err := os.Remove(filepath.Join(dir, "session_state.json")); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return fmt.Errorf("removing old sessions: %w", err)
	}
	known, err := knownTopics(dir)
	if err != nil {
		return err
	}
	parts, err := os.ReadDir(filepath.Join(dir, "partitions"))
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err != nil {
		return fmt.Errorf("listing partitions: %w", err)
	}
	for _, p := range parts {
		if !known[topicOf(p.Name())] {
			return damaged(dir, fmt.Errorf("partition %s belongs to no known topic", p.Name()))
		}
	}
	return nil
}

// knownTopics reads the names in kfake's list of topics.
func knownTopics(dir string) (map[string]bool, error) {
	known := make(map[string]bool)
	raw, err := os.ReadFile(filepath.Join(dir, "topics.json"))
	if errors.Is(err, fs.ErrNotExist) {
		return known, nil
	}
	if err != nil {
		return nil, fmt.Errorf("reading topics: %w", err)
	}
	var list struct {
		Topics []struct {
			Name string `json:"name"`
		} `json:"topics"`
	}
	if err := json.Unmarshal(raw, &list); err != nil {
		return nil, damaged(dir, fmt.Errorf("reading topics.json: %w", err))
	}
	for _, t := range list.Topics {
		known[t.Name] = true
	}
	return known, nil
}

// damaged says what to do with a folder that cannot be read.
func damaged(dir string, err error) error {
	return &Error{
		Err:  fmt.Errorf("opening broker log in %s: %w", dir, err),
		Hint: "move the folder away to start with an empty log; events that were not yet stored are in it, so keep it",
	}
}

// topicOf returns the topic in the name of a partition's folder, "topic-0".
func topicOf(folder string) string {
	return folder[:max(0, strings.LastIndex(folder, "-"))]
}
