package broker_test

import (
	"bufio"
	"context"
	"fmt"
	"os"
	"os/exec"
	"strings"
	"sync"
	"testing"

	"frontfoot/ingest/broker"
	"frontfoot/ingest/bus"
)

// childEnv makes this test binary a broker on the folder it names.
const childEnv = "FF_TEST_BROKER_DIR"

// runChild says where it listens and serves until it is killed.
func runChild(dir string) {
	b, err := broker.Start(broker.Config{Dir: dir, SegmentBytes: 32 << 10}, quiet())
	if err != nil {
		_, _ = fmt.Fprintln(os.Stdout, "error:", err)
		return
	}
	_, _ = fmt.Fprintln(os.Stdout, b.Addr())
	select {}
}

func startChild(t *testing.T, dir string) (addr string, kill func()) {
	t.Helper()
	cmd := exec.Command(os.Args[0])
	cmd.Env = append(os.Environ(), childEnv+"="+dir)
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	kill = sync.OnceFunc(func() {
		_ = cmd.Process.Kill()
		_ = cmd.Wait()
	})
	t.Cleanup(kill)
	line, err := bufio.NewReader(out).ReadString('\n')
	if err != nil || strings.HasPrefix(line, "error:") {
		t.Fatalf("child says %q, %v", line, err)
	}
	return strings.TrimSpace(line), kill
}

// ledger is what was acknowledged: offsets by value, and the last commit.
type ledger struct {
	mu     sync.Mutex
	acked  map[string]int64
	commit int64
	kill   func()
	left   int // acknowledgements until the kill, which also waits for a commit
}

func (l *ledger) ack(value string, off int64) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.acked[value] = off
	if l.left--; l.left <= 0 && l.commit > 0 {
		l.kill()
	}
}

func (l *ledger) committed(n int64) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.commit = n
}

// Every acknowledged message and the metadata of every acknowledged commit is
// there after each of several kills, wherever in the work they fall.
func TestKill(t *testing.T) {
	dir := t.TempDir()
	led := &ledger{acked: make(map[string]int64)}
	sites := []string{"kent", "york", "bath"}
	for round := range 6 {
		addr, kill := startChild(t, dir)
		c := client(t, addr, sites...)
		verify(t, c, led, sites)
		ctx, cancel := context.WithCancel(t.Context())
		led.left = 20 + 17*round
		led.kill = func() {
			kill()
			cancel()
		}
		var wg sync.WaitGroup
		for _, site := range sites {
			wg.Go(func() { pour(ctx, t, c, led, site, round) })
		}
		wg.Go(func() { commitOn(ctx, c, led) })
		wg.Wait()
		cancel()
		if err := c.Close(); err != nil {
			t.Error(err)
		}
		kill()
	}
	addr, _ := startChild(t, dir)
	verify(t, client(t, addr, sites...), led, sites)
	if len(led.acked) < 6*20 || led.commit == 0 {
		t.Errorf("only %d messages and %d commits: the test tests nothing", len(led.acked), led.commit)
	}
}

// pour produces until the broker is gone.
func pour(ctx context.Context, t *testing.T, c *bus.Client, led *ledger, site string, round int) {
	for i := 0; ctx.Err() == nil; i++ {
		value := fmt.Sprintf("%s %d %d %s", site, round, i, noise(i, 3_000))
		off, err := c.Produce(ctx, bus.RawTopic(site), bus.Message{Value: []byte(value)})
		if err != nil {
			if ctx.Err() == nil {
				t.Error(err)
			}
			return
		}
		led.ack(value, off)
	}
}

func commitOn(ctx context.Context, c *bus.Client, led *ledger) {
	_ = c.RunGroup(ctx, "g", func(ctx context.Context, l *bus.Lease) error {
		for ctx.Err() == nil {
			n := led.commit + 1
			if err := l.Commit(ctx, 1, n, intent(n)); err != nil {
				return err
			}
			led.committed(n)
		}
		return ctx.Err()
	})
}

func intent(n int64) string { return fmt.Sprintf("%d %s", n, strings.Repeat("i", 500)) }

func verify(t *testing.T, c *bus.Client, led *ledger, sites []string) {
	t.Helper()
	have := make(map[string]int64)
	for _, site := range sites {
		_, end, err := c.Offsets(within(t), bus.RawTopic(site))
		if err != nil {
			t.Fatal(err)
		}
		for next := int64(0); next < end; {
			res, err := c.Fetch(within(t), bus.RawTopic(site), next, bus.FetchOptions{})
			if err != nil || len(res.Messages) == 0 {
				t.Fatalf("%s at %d: %v", site, next, err)
			}
			for _, m := range res.Messages {
				have[string(m.Value)] = m.Offset
				next = m.Offset + 1
			}
		}
	}
	for value, off := range led.acked {
		if got, ok := have[value]; !ok || got < off {
			t.Errorf("acknowledged message %.12q of offset %d: found %v at %d", value, off, ok, got)
		}
	}
	off, md, err := c.Committed(within(t), "g", 1)
	if err != nil {
		t.Fatal(err)
	}
	// The last commit may have been written without its answer reaching us.
	if led.commit > 0 && (off < led.commit || off > led.commit+1 || md != intent(off)) {
		t.Errorf("committed %d %.10q, acknowledged was %d", off, md, led.commit)
	}
	led.commit = max(led.commit, off, 0)
}
