package main

import (
	"bufio"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"testing"
)

// Twenty times a load of numbered lines is cut short by kill -9. Every line of the file must be in the database in the end, by its content,
// without anybody's help. Doubles may occur: they are counted and printed.
func TestKilledTwentyTimesLosesNoLine(t *testing.T) {
	const kills, step = 20, 3000
	path := filepath.Join(t.TempDir(), "app.log")
	file, err := os.Create(path)
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	p := newProcess(t, fmt.Sprintf("{name: app, type: file, site: local, clock: replay, paths: [%s]}", path))
	random := rand.New(rand.NewPCG(1, 2))
	written := 0
	write := func(n int) {
		w := bufio.NewWriter(file)
		for range n {
			fmt.Fprintf(w, "Mar  2 10:00:00 host app[%d]: line number %d of the load\n", written%30000, written)
			written++
		}
		if err := w.Flush(); err != nil {
			t.Fatal(err)
		}
	}
	for range kills {
		write(step)
		p.start(t)
		// Somewhere on the way: before the first new row, in the middle, or when all are in.
		enough := written - step + random.IntN(step+1)
		p.await(t, "a moment to kill", func() bool {
			write(10)
			return p.count(t, "SELECT uniqExact(raw) FROM events") >= enough
		})
		p.kill()
	}
	p.start(t)
	p.await(t, "every line", func() bool { return p.count(t, "SELECT uniqExact(raw) FROM events") >= written })
	p.stop(t)
	p.start(t)
	want := fmt.Sprintf("%d\t0\t%d", written, written-1)
	got := p.query(t, `SELECT uniqExact(n), min(n), max(n) FROM (SELECT toUInt32(extract(raw, 'line number (\\d+) of the load$')) AS n FROM events)`)
	if got != want {
		t.Errorf("lines in the database: got %s, want %s (different, first, last)", got, want)
	}
	t.Logf("%d lines, %d kills, %d rows written twice", written, kills, p.count(t, "SELECT count() - uniqExact(raw) FROM events"))
}
