package engine

import "fmt"

func loadError(path string, err error) error { return fmt.Errorf("loading %s: %w", path, err) }
func wrongLibrary(path string, err error) error { return fmt.Errorf("loading %s: %w", path, err) }
