package engine

import (
	"fmt"
	"os"
)

func loadError(path string, err error) error    { return fmt.Errorf("loading %s: %w", path, err) }
func wrongLibrary(path string, err error) error { return fmt.Errorf("loading %s: %w", path, err) }

func checkLibrary(path string) error {
	_, err := os.Stat(path)
	return err
}

// DefaultLibrary is where Install puts the library when it is told nothing else.
func DefaultLibrary() (string, error) {
	d, err := os.UserCacheDir()
	return d + "/frontfoot/engine/26.7.3-stable.1/libchdb.so", err
}
