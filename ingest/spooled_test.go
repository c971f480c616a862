package ingest

import (
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"frontfoot/ingest/line"
)

// Positions of the version before the spool are taken over once: no line is read twice.
func TestOldPositionsAreTakenOver(t *testing.T) {
	dir := t.TempDir()
	path := filepath.Join(dir, "a.log")
	write(t, path, numbered(0, 5))
	info, err := os.Stat(path)
	if err != nil {
		t.Fatal(err)
	}
	stat, _ := info.Sys().(*syscall.Stat_t)
	old := filepath.Join(dir, "positions", "positions.json")
	text, err := json.Marshal(map[string]any{"version": 1, "files": []any{
		map[string]any{"scope": "leeds/", "path": path, "dev": stat.Dev, "ino": stat.Ino, "offset": len(numbered(0, 3)), "print": map[string]any{"len": 0}},
		map[string]any{"scope": "york/", "path": path, "dev": stat.Dev, "ino": stat.Ino, "offset": 1, "print": map[string]any{"len": 0}},
	}})
	if err != nil {
		t.Fatal(err)
	}
	write(t, old, string(text))
	in := fileInput(path)
	in.Once = true
	for round, want := range [][]string{{"line 3", "line 4"}, nil} {
		k := &fakeKafka{}
		if err := collector(t, k, dir, Config{Inputs: []Input{in}}).Run(t.Context()); err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(want, raws(k.wait(t, "leeds", 0))); diff != "" {
			t.Errorf("round %d: lines (-want +got):\n%s", round, diff)
		}
	}
	if _, err := os.Stat(old); err == nil {
		t.Error("the old file is still there")
	}

	write(t, old, "{")
	_, err = New(Config{Inputs: []Input{in}}, all(&fakeKafka{}), dir, quiet(), nil)
	var hinted interface{ HintText() string }
	if !errors.As(err, &hinted) || !strings.Contains(hinted.HintText(), "remove it") {
		t.Errorf("damaged positions: error is %v", err)
	}
}

// More positions than the spool takes before something is durable are taken over all the same.
func TestManyOldPositionsAreTakenOver(t *testing.T) {
	dir := t.TempDir()
	files := make([]any, 50_000)
	for i := range files {
		files[i] = map[string]any{
			"scope": "leeds/", "path": strings.Repeat("x", 100), "dev": 1, "ino": i, "offset": 1,
			"print": map[string]any{"len": 1, "sha256": strings.Repeat("0", 64)},
		}
	}
	text, err := json.Marshal(map[string]any{"version": 1, "files": files})
	if err != nil {
		t.Fatal(err)
	}
	write(t, filepath.Join(dir, "positions", "positions.json"), string(text))
	c, err := New(Config{Inputs: []Input{fileInput(filepath.Join(dir, "none"))}}, all(&fakeKafka{}), dir, quiet(), nil)
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	if n := len(c.pipe("leeds").spool.Positions()); n != len(files) {
		t.Errorf("%d positions were taken over", n)
	}
}

// An input that is taken out and put back goes on where it stopped; what is kept of those that are not there is bounded, also after the next start.
func TestPositionsOfRemovedInputsAreKeptAndBounded(t *testing.T) {
	dir := t.TempDir()
	path := filepath.Join(dir, "a.log")
	write(t, path, numbered(0, 3))
	in := fileInput(path)
	in.Once = true
	k := &fakeKafka{}
	if err := collector(t, k, dir, Config{Inputs: []Input{in}}).Run(t.Context()); err != nil {
		t.Fatal(err)
	}
	without := Config{Inputs: []Input{{Name: "net", Type: TypeSyslog, Site: "leeds", Listen: "127.0.0.1:0", Transport: "tcp"}}}
	c := collector(t, k, dir, without)
	for i := range maxRemoved + 5 { // older than the one that was read
		value := fmt.Sprintf(`{"input":"gone","scope":"leeds/","path":"/none","dev":0,"ino":%d,"offset":1,"print":{"len":0}}`, i)
		if err := c.pipe("leeds").write([]line.Position{{Key: fmt.Sprintf("file leeds/ 0 %d", i), Value: []byte(value)}}); err != nil {
			t.Fatal(err)
		}
	}
	for _, want := range []int{maxRemoved + 6, maxRemoved, maxRemoved} {
		if n := len(c.pipe("leeds").spool.Positions()); n != want {
			t.Errorf("%d positions are kept, want %d", n, want)
		}
		if err := c.Close(); err != nil {
			t.Fatal(err)
		}
		c = collector(t, k, dir, without)
	}
	if c.follows("leeds/", "f", path) {
		t.Error("a file that nobody reads is followed")
	}
	if err := c.Close(); err != nil {
		t.Fatal(err)
	}
	write(t, path, numbered(3, 5))
	k, in.Name = &fakeKafka{}, "renamed"
	if err := collector(t, k, dir, Config{Inputs: []Input{in}}).Run(t.Context()); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff([]string{"line 3", "line 4"}, raws(k.wait(t, "leeds", 0))); diff != "" {
		t.Errorf("lines (-want +got):\n%s", diff)
	}
}

func TestTwoCollectorsDoNotShareASpool(t *testing.T) {
	dir := t.TempDir()
	cfg := Config{Inputs: []Input{{Name: "net", Type: TypeSyslog, Site: "leeds", Listen: "127.0.0.1:0", Transport: "tcp"}}}
	first := collector(t, &fakeKafka{}, dir, cfg)
	_, err := New(cfg, all(&fakeKafka{}), dir, quiet(), nil)
	var hinted interface{ HintText() string }
	if !errors.As(err, &hinted) || !strings.Contains(err.Error(), "in use") {
		t.Errorf("error is %v", err)
	}
	if err := first.Close(); err != nil {
		t.Fatal(err)
	}
	if err := collector(t, &fakeKafka{}, dir, cfg).Close(); err != nil {
		t.Fatal(err)
	}
}

// Lines are read as they were taken, whatever the configuration says when they are sent, and each site has its own producer.
func TestSpooledLinesKeepTheirConfiguration(t *testing.T) {
	dir := t.TempDir()
	path := filepath.Join(dir, "a.log")
	write(t, path, "<13>Jan  1 00:00:00 host app: text\n")
	in := fileInput(path)
	in.Once, in.Premises, in.TZ, in.Clock = true, "corner-shop", "+10:00", ClockReplay
	away := &fakeKafka{gate: make(chan struct{})}
	if err := collector(t, away, dir, Config{Inputs: []Input{in}, DrainTimeout: time.Millisecond}).Run(canceled(t, away)); err != nil {
		t.Fatal(err)
	}
	in.Premises, in.TZ, in.Clock = "town-hall", "UTC", ClockLive
	leeds, york := &fakeKafka{}, &fakeKafka{}
	other := in
	other.Name, other.Site = "g", "york"
	cfg := Config{Inputs: []Input{in, other}}
	c, err := New(cfg, func(site string) Producer { return map[string]Producer{"leeds": leeds, "york": york}[site] }, dir, quiet(), nil)
	if err != nil {
		t.Fatal(err)
	}
	if err := c.Run(t.Context()); err != nil {
		t.Fatal(err)
	}
	got := leeds.wait(t, "leeds", 2) // another premises reads the file for itself
	if len(got) != 2 || got[1].Premises != "town-hall" || got[0].Premises != "corner-shop" || got[0].Time%86400e9 != 14*3600e9 {
		t.Errorf("leeds has %s", fmt.Sprintf("%+v", got))
	}
	if got := york.wait(t, "york", 1); len(got) != 1 || got[0].Premises != "town-hall" || len(york.wait(t, "leeds", 0)) != 0 {
		t.Errorf("york has %+v", got)
	}
}

// Two inputs of one site follow their own files, also after a restart: neither takes the other's for one that was renamed.
func TestInputsOfASiteKeepToTheirFiles(t *testing.T) {
	dir := t.TempDir()
	var inputs []Input
	for _, name := range []string{"a", "b"} {
		path := filepath.Join(dir, name, "x.log")
		write(t, path, name+" 0\n")
		in := fileInput(path)
		in.Name, in.Once = name, true
		inputs = append(inputs, in)
	}
	for round, want := range [][]string{{"a 0", "b 0"}, {"a 1", "b 1"}} {
		k := &fakeKafka{}
		if err := collector(t, k, dir, Config{Inputs: inputs}).Run(t.Context()); err != nil {
			t.Fatal(err)
		}
		got := raws(k.wait(t, "leeds", 0))
		slices.Sort(got)
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("round %d: lines (-want +got):\n%s", round, diff)
		}
		for _, in := range inputs {
			write(t, in.Paths[0], in.Name+" 1\n")
		}
	}
}
