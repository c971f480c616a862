//go:build !race

package template

import (
	"compress/gzip"
	"encoding/csv"
	"errors"
	"io/fs"
	"os"
	"testing"
)

// TestKnownTemplates holds the groups of lines of real logs against those that people made of them: which share of the lines is in a group
// that has exactly the lines of their template. One setting serves all; none may be below Drain's with one setting for all.
func TestKnownTemplates(t *testing.T) {
	sum, logs := 0.0, []struct {
		name  string
		drain float64
	}{
		{"Apache", 1}, {"BGL", .9650}, {"HDFS", .9975}, {"HPC", .7410}, {"Hadoop", .9475}, {"HealthApp", .5755}, {"Linux", .2320}, {"OpenSSH", .7195},
	}
	for _, log := range logs {
		lines, truth := knownLog(t, log.name)
		got := accuracy(lines, truth)
		t.Logf("%s: %.4f", log.name, got)
		if got < log.drain {
			t.Errorf("%s: grouping accuracy %.4f, Drain's is %.4f", log.name, got, log.drain)
		}
		sum += got
	}
	mean := sum / float64(len(logs))
	t.Logf("mean: %.4f", mean)
	if mean < .92 {
		t.Errorf("mean grouping accuracy %.4f, want at least .92", mean)
	}
}

// accuracy returns the share of lines whose group has exactly the lines of their template.
func accuracy(lines, truth []string) float64 {
	type pair struct {
		id       uint64
		template string
	}
	m := miner()
	ids, templates, pairs := map[uint64]int{}, map[string]int{}, map[pair]int{}
	for i, line := range lines {
		id := m.Shape(line)
		ids[id]++
		templates[truth[i]]++
		pairs[pair{id, truth[i]}]++
	}
	right := 0
	for p, n := range pairs {
		if ids[p.id] == n && templates[p.template] == n {
			right += n
		}
	}
	return float64(right) / float64(len(lines))
}

// knownLog returns a log and the template of each line, and skips the test where there is none.
func knownLog(t *testing.T, name string) (lines, templates []string) {
	t.Helper()
	file, err := os.Open("../../../shared/data/templates/" + name + ".csv.gz")
	if errors.Is(err, fs.ErrNotExist) {
		t.Skip("data absent: ../shared/data/templates/", name, ".csv.gz")
	}
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	in, err := gzip.NewReader(file)
	if err != nil {
		t.Fatal(err)
	}
	rows, err := csv.NewReader(in).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	for _, row := range rows[1:] {
		lines, templates = append(lines, row[1]), append(templates, row[2])
	}
	return lines, templates
}
