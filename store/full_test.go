package store

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/prometheus/client_golang/prometheus/testutil"
	"golang.org/x/sys/unix"

	"frontfoot/store/storetest"
)

// limit bounds what a machine that is busy with other tests may take.
const limit = 2 * time.Minute

// The database's disk is full for a while: nothing crashes, inserts are tried again, and go on when there is room.
func TestFullDisk(t *testing.T) {
	dir := t.TempDir()
	if err := unix.Mount("frontfoot-test", dir, "tmpfs", 0, "size=48m"); err != nil {
		t.Skip("a small disk cannot be made here: ", err)
	}
	t.Cleanup(func() {
		if err := unix.Unmount(dir, unix.MNT_DETACH); err != nil {
			t.Error(err)
		}
	})
	p := storetest.StartProcess(t, filepath.Join(dir, "database"))
	s := openWith(t, Config{URL: p.URL, User: p.User, Password: p.Password, RetentionDays: 10_000})
	if err := s.Migrate(t.Context()); err != nil {
		t.Fatal(err)
	}
	write(t, s, threeDays(0))
	ballast := filepath.Join(dir, "ballast")
	fill(t, ballast)
	ctx, cancel := context.WithTimeout(t.Context(), limit)
	defer cancel()
	done := make(chan error, 1)
	go func() {
		_, err := s.Write(ctx, threeDays(1))
		done <- err
	}()
	tick := time.NewTicker(10 * time.Millisecond)
	defer tick.Stop()
	for testutil.ToFloat64(s.metrics.retries.WithLabelValues("events")) < 3 {
		select {
		case err := <-done:
			t.Fatalf("the batch was written on a full disk, or given up: %v", err)
		case <-tick.C:
		}
	}
	if err := os.Remove(ballast); err != nil {
		t.Fatal(err)
	}
	if err := <-done; err != nil {
		t.Fatal(err)
	}
	checkSums(t, s, 2)
}

// fill writes a file until its disk is full.
func fill(t *testing.T, path string) {
	t.Helper()
	f, err := os.Create(path)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	for block := make([]byte, 4096); ; {
		if _, err := f.Write(block); errors.Is(err, unix.ENOSPC) {
			return
		} else if err != nil {
			t.Fatal(err)
		}
	}
}
