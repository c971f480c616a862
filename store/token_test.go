package store

import (
	"os"
	"testing"

	"frontfoot/store/storetest"
)

// The engine dies after it has noted an insert's token and before it has the rows, or the power fails in the middle of the note: the same
// insert is taken when it comes again.
func TestTokenOfNothing(t *testing.T) {
	dir := t.TempDir()
	p := storetest.StartProcess(t, dir)
	s := openWith(t, Config{URL: p.URL, User: p.User, Password: p.Password, RetentionDays: 10_000})
	if err := s.Migrate(t.Context()); err != nil {
		t.Fatal(err)
	}
	for n := range 4 {
		write(t, s, threeDays(n))
		p.Kill()
		for _, table := range []string{"events", "events_by_hour", "findings"} {
			log, err := storetest.TakeBack(dir, s.cfg.Database, table)
			if err != nil {
				t.Fatal(err)
			}
			if n%2 == 1 {
				tear(t, log)
			}
		}
		if err := p.Start(); err != nil {
			t.Fatal(err)
		}
		write(t, s, threeDays(n))
		write(t, s, threeDays(n))
		checkSums(t, s, n+1)
	}
}

// tear cuts a file's last line in the middle.
func tear(t *testing.T, path string) {
	t.Helper()
	text, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if err := os.Truncate(path, int64(len(text)-30)); err != nil {
		t.Fatal(err)
	}
}
