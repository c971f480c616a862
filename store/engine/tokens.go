package engine

import (
	"bytes"
	"cmp"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"

	"frontfoot/ingest/failpoint"
)

// A table without replicas notes an insert's tokens in its folder's deduplication_logs before it has the rows: MergeTreeSink adds the token, then
// renames the part (github.com/ClickHouse/ClickHouse/pull/110429 says so of all versions until now). An engine that dies in between takes the same
// insert for one that it has when it comes again, and the rows are lost. So before the engine starts, a token whose part is not there is taken back, in
// the engine's own words: a record in the last log that the part was dropped.
//
// A record is a line: 1 (added) or 2 (dropped), the part's name and the token, between tabs.
const (
	logFolder    = "deduplication_logs"
	logPrefix    = "deduplication_log_"
	logSuffix    = ".txt"
	tokenAdded   = "1"
	tokenDropped = "2"
)

// takeBackTokens takes back the tokens of all tables in the engine's folder that stand for nothing, and returns how many these were.
// No engine may have the folder open.
func takeBackTokens(dir string) (int, error) {
	if failpoint.Off("take_back") {
		return 0, nil
	}
	folders, err := filepath.Glob(filepath.Join(globQuoted(dir), "store", "*", "*", logFolder))
	if err != nil {
		return 0, fmt.Errorf("looking for the tables' tokens: %w", err)
	}
	n := 0
	for _, folder := range folders {
		of, err := takeBackTable(folder)
		if err != nil {
			return n, err
		}
		n += of
	}
	return n, nil
}

// takeBackTable does so for one table, whose logs are in folder.
func takeBackTable(folder string) (int, error) {
	logs, err := tokenLogs(folder)
	if err != nil || len(logs) == 0 {
		return 0, err
	}
	tokens := map[string]string{} // to the part that each stands for
	var whole int                 // bytes of the last log
	for _, log := range logs {
		text, err := os.ReadFile(log)
		if err != nil {
			return 0, fmt.Errorf("reading a table's tokens: %w", err)
		}
		whole = bytes.LastIndexByte(text, '\n') + 1
		readTokens(string(text[:whole]), tokens)
	}
	there, err := partsOf(filepath.Dir(folder))
	if err != nil {
		return 0, err
	}
	records := takenBack(tokens, there)
	return len(records), goOn(logs[len(logs)-1], int64(whole), strings.Join(records, ""))
}

// takenBack returns the records by which the tokens of parts that are not there are taken back.
func takenBack(tokens map[string]string, there parts) (records []string) {
	for token, name := range tokens {
		if p, ok := parsePart(name); ok && !there.cover(p) {
			records = append(records, tokenDropped+"\t"+name+"\t"+token+"\n")
		}
	}
	slices.Sort(records)
	return records
}

// tokenLogs are the logs in a folder, oldest first.
func tokenLogs(folder string) ([]string, error) {
	entries, err := os.ReadDir(folder)
	if err != nil {
		return nil, fmt.Errorf("looking for a table's tokens: %w", err)
	}
	numbers := map[string]int{}
	var logs []string
	for _, e := range entries {
		number, isLog := strings.CutPrefix(strings.TrimSuffix(e.Name(), logSuffix), logPrefix)
		n, err := strconv.Atoi(number)
		if !isLog || err != nil || !strings.HasSuffix(e.Name(), logSuffix) {
			continue
		}
		path := filepath.Join(folder, e.Name())
		numbers[path] = n
		logs = append(logs, path)
	}
	slices.SortFunc(logs, func(a, b string) int { return cmp.Compare(numbers[a], numbers[b]) })
	return logs, nil
}

// readTokens replays a log. A line that is none of its records says nothing.
func readTokens(text string, tokens map[string]string) {
	for line := range strings.Lines(text) {
		operation, rest, _ := strings.Cut(strings.TrimSuffix(line, "\n"), "\t")
		name, token, ok := strings.Cut(rest, "\t")
		switch {
		case !ok:
		case operation == tokenAdded:
			tokens[token] = name
		case operation == tokenDropped:
			delete(tokens, token)
		}
	}
}

// goOn writes text behind the first whole bytes of a log. What is behind them is a record that a power cut tore: the engine would write its next into
// the same line, and know neither of the two tokens after its next start.
func goOn(path string, whole int64, text string) (err error) {
	f, err := os.OpenFile(path, os.O_RDWR, 0o600)
	if err != nil {
		return fmt.Errorf("taking tokens back: %w", err)
	}
	defer func() { err = errors.Join(err, f.Close()) }()
	size, err := f.Seek(0, io.SeekEnd)
	if err != nil {
		return fmt.Errorf("taking tokens back: %w", err)
	}
	if size == whole && text == "" {
		return nil
	}
	if err := f.Truncate(whole); err != nil {
		return fmt.Errorf("taking tokens back: %w", err)
	}
	if _, err := f.WriteAt([]byte(text), whole); err != nil {
		return fmt.Errorf("taking tokens back: %w", err)
	}
	return f.Sync()
}

// A part is a folder of a table's rows: partition_first_last_level, and _mutation where it was changed; first and last are numbers of inserts.
type part struct {
	partition   string
	first, last int64
}

// parts are those of a table, by partition.
type parts map[string][]part

// cover reports whether one of the parts is p or was merged from it.
func (ps parts) cover(p part) bool {
	return slices.ContainsFunc(ps[p.partition], func(q part) bool { return q.first <= p.first && p.last <= q.last })
}

func partsOf(table string) (parts, error) {
	entries, err := os.ReadDir(table)
	if err != nil {
		return nil, fmt.Errorf("looking for a table's parts: %w", err)
	}
	there := parts{}
	for _, e := range entries {
		if p, ok := parsePart(e.Name()); ok {
			there[p.partition] = append(there[p.partition], p)
		}
	}
	return there, nil
}

// parsePart reads a part's name. A temporary part has another: tmp_insert_ before it.
func parsePart(name string) (part, bool) {
	fields := strings.Split(name, "_")
	if len(fields) != 4 && len(fields) != 5 {
		return part{}, false
	}
	numbers := make([]int64, 0, 4)
	for _, f := range fields[1:] {
		n, err := strconv.ParseInt(f, 10, 64)
		if err != nil {
			return part{}, false
		}
		numbers = append(numbers, n)
	}
	return part{fields[0], numbers[0], numbers[1]}, true
}

// globQuoted is a path as a pattern that it alone matches.
func globQuoted(path string) string {
	return strings.NewReplacer(`\`, `\\`, `*`, `\*`, `?`, `\?`, `[`, `\[`).Replace(path)
}
