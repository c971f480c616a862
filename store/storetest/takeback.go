package storetest

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
)

// TakeBack leaves the newest part of a table in an engine's folder as an engine leaves it that dies between the note of an insert's token and its rows:
// under a temporary name. No engine may have the folder open. It returns the file that has the note, as its last line.
func TakeBack(folder, database, table string) (log string, err error) {
	logs, err := filepath.Glob(filepath.Join(folder, "data", database, table, "deduplication_logs", "deduplication_log_*.txt"))
	if err != nil {
		return "", fmt.Errorf("looking for the tokens of %s: %w", table, err)
	}
	if len(logs) != 1 {
		return "", fmt.Errorf("the tokens of %s are in %d files, want one", table, len(logs))
	}
	text, err := os.ReadFile(logs[0])
	if err != nil {
		return "", fmt.Errorf("reading the tokens of %s: %w", table, err)
	}
	lines := strings.Split(strings.TrimSuffix(string(text), "\n"), "\n")
	fields := strings.Split(lines[len(lines)-1], "\t")
	if len(fields) != 3 || fields[0] != "1" { // which is of a part that was added
		return "", fmt.Errorf("the tokens of %s end in %q", table, lines[len(lines)-1])
	}
	parts := filepath.Join(folder, "data", database, table)
	if err := os.Rename(filepath.Join(parts, fields[1]), filepath.Join(parts, "tmp_insert_"+fields[1])); err != nil {
		return "", fmt.Errorf("taking back a part of %s: %w", table, err)
	}
	return logs[0], nil
}
