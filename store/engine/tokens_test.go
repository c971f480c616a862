package engine

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// tokensIn makes an engine's folder with one table, which has parts and logs, and returns the path of the last log.
func tokensIn(t *testing.T, dir string, parts []string, logs ...string) string {
	t.Helper()
	table := filepath.Join(dir, "store", "1a2", "1a2b3c")
	for _, p := range append(parts, logFolder) {
		if err := os.MkdirAll(filepath.Join(table, p), 0o700); err != nil {
			t.Fatal(err)
		}
	}
	var path string
	for i, text := range logs {
		path = filepath.Join(table, logFolder, logPrefix+string(rune('9'+i))+logSuffix)
		if i == 1 {
			path = filepath.Join(table, logFolder, logPrefix+"10"+logSuffix) // which a listing has before 9
		}
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	return path
}

func TestTakeBackTokens(t *testing.T) {
	for name, c := range map[string]struct {
		parts []string
		logs  []string
		want  string // the last log after it
	}{
		"all are there":           {[]string{"20261128_1_1_0", "20261128_2_2_0"}, []string{"1\t20261128_1_1_0\ta\n1\t20261128_2_2_0\tb\n"}, "1\t20261128_1_1_0\ta\n1\t20261128_2_2_0\tb\n"},
		"merged":                  {[]string{"20261128_1_5_1"}, []string{"1\t20261128_1_1_0\ta\n1\t20261128_5_5_0\tb\n"}, "1\t20261128_1_1_0\ta\n1\t20261128_5_5_0\tb\n"},
		"changed":                 {[]string{"20261128_1_1_0_7"}, []string{"1\t20261128_1_1_0\ta\n"}, "1\t20261128_1_1_0\ta\n"},
		"never came":              {[]string{"20261128_1_1_0", "tmp_insert_20261128_2_2_0"}, []string{"1\t20261128_2_2_0\tb\n"}, "1\t20261128_2_2_0\tb\n2\t20261128_2_2_0\tb\n"},
		"another day's":           {[]string{"20261127_1_9_1"}, []string{"1\t20261128_2_2_0\tb\n"}, "1\t20261128_2_2_0\tb\n2\t20261128_2_2_0\tb\n"},
		"dropped already":         {nil, []string{"1\t20261128_2_2_0\tb\n2\t20261128_2_2_0\tb\n"}, "1\t20261128_2_2_0\tb\n2\t20261128_2_2_0\tb\n"},
		"dropped, and came again": {[]string{"20261128_3_3_0"}, []string{"1\t20261128_2_2_0\tb\n", "2\t20261128_2_2_0\tb\n1\t20261128_3_3_0\tb\n"}, "2\t20261128_2_2_0\tb\n1\t20261128_3_3_0\tb\n"},
		"in the log before":       {nil, []string{"1\t20261128_2_2_0\tb\n", ""}, "2\t20261128_2_2_0\tb\n"},
		"torn":                    {[]string{"20261128_1_1_0"}, []string{"1\t20261128_1_1_0\ta\n1\t20261128_2_2"}, "1\t20261128_1_1_0\ta\n"},
		"another form":            {nil, []string{"format version: 2\n1\tall\ta\n"}, "format version: 2\n1\tall\ta\n"},
	} {
		t.Run(name, func(t *testing.T) {
			dir := filepath.Join(t.TempDir(), "a[1]*")
			last := tokensIn(t, dir, c.parts, c.logs...)
			for range 2 { // the second time there is nothing left to do
				if _, err := takeBackTokens(dir); err != nil {
					t.Fatal(err)
				}
				got, err := os.ReadFile(last)
				if err != nil {
					t.Fatal(err)
				}
				if string(got) != c.want {
					t.Errorf("the log is %q, want %q", got, c.want)
				}
			}
		})
	}
}

// A log that cannot be read is an error that names it.
func TestTakeBackTokensOfNoFile(t *testing.T) {
	dir := t.TempDir()
	folder := filepath.Join(dir, "store", "1a2", "1a2b3c", logFolder)
	path := filepath.Join(folder, logPrefix+"1"+logSuffix)
	if err := os.MkdirAll(path, 0o700); err != nil {
		t.Fatal(err)
	}
	if _, err := takeBackTokens(dir); err == nil || !strings.Contains(err.Error(), path) {
		t.Errorf("error is %v, want one that names %s", err, path)
	}
}

// FuzzTakenBack checks that whatever a log says, with the records that are written behind it no token is left of a part that is not there, and that those of parts that
// are there stay.
func FuzzTakenBack(f *testing.F) {
	f.Add("1\t20261128_2_2_0\tb\n2\t20261128_2_2_0\tb\n")
	f.Add("1\t20261128_2_2_0_4\tb\n\t\n1\n1\t20261128_3_3_0\tc\n")
	f.Fuzz(func(t *testing.T, text string) {
		tokens, after := map[string]string{}, map[string]string{}
		readTokens(text, tokens)
		there := parts{"20261128": {{"20261128", 2, 2}}}
		readTokens(text+"\n"+strings.Join(takenBack(tokens, there), ""), after)
		for token, name := range tokens {
			p, is := parsePart(name)
			if _, left := after[token]; left == (is && !there.cover(p)) {
				t.Errorf("token %q of %q is left: %v", token, name, left)
			}
		}
	})
}
