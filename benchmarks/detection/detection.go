// Package detection judges `frontfoot score` on labelled streams beside a count of rarities and other detectors, and writes what came out as a page.
// The streams, the evaluator and the detectors are no part of this repository: what is absent is skipped, and the page says so. It plays no
// generated councils; the tests of package benchmarks do, and run this.
package detection

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
)

// Known is the folder that holds streams with known answers and the tools that judge by them.
type Known string

// ErrAbsent is wrapped by errors about what is not on this machine.
var ErrAbsent = errors.New("absent")

// Streams returns the names of the streams, sorted.
func (k Known) Streams() ([]string, error) {
	found, err := filepath.Glob(k.stream("*", "meta.json"))
	if err != nil {
		return nil, fmt.Errorf("looking for streams: %w", err)
	}
	if k == "" || len(found) == 0 {
		return nil, fmt.Errorf("labelled streams: %w", ErrAbsent)
	}
	if _, err := os.Stat(k.evaluator()); err != nil {
		return nil, fmt.Errorf("the evaluator of labelled streams: %w", ErrAbsent)
	}
	var names []string
	for _, path := range found {
		names = append(names, filepath.Base(filepath.Dir(path)))
	}
	slices.Sort(names)
	return names, nil
}

func (k Known) stream(name string, file ...string) string {
	return filepath.Join(append([]string{string(k), "data", "detection", name}, file...)...)
}

func (k Known) evaluator() string { return filepath.Join(string(k), "tools", "eval_detect.py") }

// Rarity is the command of the baseline: a count of values, column by column.
func (k Known) Rarity() string {
	return "python3 " + filepath.Join(string(k), "tools", "rarity.py") + " score --format csv"
}
