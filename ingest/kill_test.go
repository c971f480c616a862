package ingest

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"frontfoot/ingest/bus"
	"frontfoot/ingest/event"
	"frontfoot/ingest/ledger"
)

// childDir is set in the process that is killed.
const childDir = "FF_TEST_COLLECTOR"

func TestMain(m *testing.M) {
	if dir := os.Getenv(childDir); dir != "" {
		if err := collectInto(dir); err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
		return
	}
	verifyLeaks(m)
}

// logFile is a producer that appends to a file, which survives a kill like Kafka does, and is slow to say so.
type logFile struct{ f *os.File }

func (l logFile) Produce(ctx context.Context, _ string, msgs ...bus.Message) (int64, error) {
	for _, m := range msgs {
		line, err := json.Marshal(m)
		if err != nil {
			return 0, err
		}
		if _, err := l.f.Write(append(line, '\n')); err != nil {
			return 0, err
		}
	}
	select {
	case <-time.After(time.Duration(rand.IntN(4)) * time.Millisecond):
	case <-ctx.Done():
	}
	return 0, nil
}

// collectInto collects the file in.log of a folder and a TCP port into its file out until standard input is closed.
func collectInto(dir string) error {
	f, err := os.OpenFile(filepath.Join(dir, "out"), os.O_CREATE|os.O_APPEND|os.O_WRONLY, 0o600)
	if err != nil {
		return err
	}
	if _, err := f.WriteString("\n"); err != nil { // the last one may be half written
		return err
	}
	cfg := Config{
		Inputs: []Input{
			{Name: "f", Type: TypeFile, Site: "leeds", Paths: []string{filepath.Join(dir, "in.log*")}, PollInterval: 10 * time.Millisecond},
			{Name: "net", Type: TypeSyslog, Site: "leeds", Listen: "127.0.0.1:0", Transport: "tcp"},
		},
		BatchBytes: 20_000, Linger: 2 * time.Millisecond, Spool: Spool{SegmentBytes: 256 << 10}, DrainTimeout: time.Minute,
	}
	c, err := New(cfg, all(logFile{f}), filepath.Join(dir, "state"), quiet(), nil)
	if err != nil {
		return err
	}
	ctx, stop := context.WithCancel(context.Background())
	go func() {
		fmt.Println(c.Addr("net"))
		_, _ = io.Copy(io.Discard, os.Stdin)
		stop()
	}()
	return c.Run(ctx)
}

// A collector that is killed over and over gives every line of its files exactly once, by its number, and counts each of them once. The numbers
// of events and notes have no holes.
func TestKilledCollectorLosesAndRepeatsNothing(t *testing.T) {
	dir := t.TempDir()
	path := filepath.Join(dir, "in.log")
	rng := rand.New(rand.NewPCG(7, 8))
	lines, sent := 0, 0
	for round := range 25 {
		n := 1 + rng.IntN(6000)
		write(t, path, numbered(lines, lines+n))
		lines += n
		places := []string{"spool_mid_write", "spool_before_fsync", "spool_after_fsync", "after_produce"} // where built with the tag faults
		c := startChild(t, dir, fmt.Sprintf("FF_FAILPOINT=%s:%d", places[round%len(places)], 1+rng.IntN(30)))
		if round%3 == 0 && c.addr != nil { // what came over the network is there when it was spooled
			send(t, c.addr, fmt.Sprintf("<13>net %d\n", sent))
			sent++
		}
		if round%5 == 4 {
			if err := os.Rename(path, fmt.Sprintf("%s.%d", path, round)); err != nil {
				t.Fatal(err)
			}
		}
		time.Sleep(time.Duration(rng.IntN(120)) * time.Millisecond)
		c.kill(t)
	}
	last := startChild(t, dir)
	var got produced
	for deadline := time.Now().Add(limit); ; {
		got = readLog(t, filepath.Join(dir, "out"))
		if len(got.file) >= lines {
			break
		}
		if time.Now().After(deadline) {
			t.Fatalf("%d lines of %d came", len(got.file), lines)
		}
		time.Sleep(20 * time.Millisecond)
	}
	last.stop(t)
	got = readLog(t, filepath.Join(dir, "out"))
	if len(got.file) != lines {
		t.Errorf("%d lines came, want %d", len(got.file), lines)
	}
	for i := range lines {
		if n := got.file[fmt.Sprintf("line %d", i)]; n != 1 {
			t.Errorf("line %d came %d times", i, n)
		}
	}
	if got.taken != lines {
		t.Errorf("the ledger has %d lines, want %d", got.taken, lines)
	}
	if got.again == 0 {
		t.Error("no kill came between a message and its acknowledgement")
	}
	if got.kinds[ledger.EpochEnd] != 25 || got.kinds[ledger.Damaged] > 3 { // a frame may be half written
		t.Errorf("entries: %v", got.kinds)
	}
	t.Logf("%d messages, %d events twice in the log, %d lines from the network, entries %v", got.messages, got.again, got.net, got.kinds)
}

type child struct {
	cmd  *exec.Cmd
	in   io.WriteCloser
	addr net.Addr
}

func startChild(t *testing.T, dir string, env ...string) *child {
	t.Helper()
	cmd := exec.Command(os.Args[0])
	cmd.Env = append(append(os.Environ(), childDir+"="+dir), env...)
	cmd.Stderr = os.Stderr
	in, err := cmd.StdinPipe()
	if err != nil {
		t.Fatal(err)
	}
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	c := &child{cmd: cmd, in: in}
	t.Cleanup(func() { _ = cmd.Process.Kill() })
	text, err := bufio.NewReader(out).ReadString('\n')
	if err != nil {
		return c // it has died already
	}
	c.addr, err = net.ResolveTCPAddr("tcp", strings.TrimSpace(text))
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func (c *child) kill(t *testing.T) {
	t.Helper()
	if err := c.cmd.Process.Kill(); err != nil {
		t.Fatal(err)
	}
	var exit *exec.ExitError
	if err := c.cmd.Wait(); !errors.As(err, &exit) || exit.Exited() {
		t.Fatalf("the collector ended before it was killed: %v", err)
	}
}

func (c *child) stop(t *testing.T) {
	t.Helper()
	_ = c.in.Close()
	if err := c.cmd.Wait(); err != nil {
		t.Fatal(err)
	}
}

// produced is what a worker makes of a log: what has a number that it has seen is left out.
type produced struct {
	messages, again, net, taken int
	file                        map[string]int
	kinds                       map[ledger.Kind]int
}

func readLog(t *testing.T, path string) produced {
	t.Helper()
	data, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	out := produced{file: map[string]int{}, kinds: map[ledger.Kind]int{}}
	next, notes := map[[16]byte]uint64{}, map[[16]byte]uint64{}
	for record := range bytes.Lines(data) {
		var m bus.Message
		if json.Unmarshal(record, &m) != nil {
			continue // half written: nobody was told that it is there
		}
		out.messages++
		head, err := bus.ParseEnvelope(m.Headers)
		if err != nil {
			t.Fatal(err)
		}
		if head.IsNote {
			if head.Note > notes[head.Epoch] || head.Note == notes[head.Epoch] && head.Seq0 != next[head.Epoch] {
				t.Fatalf("note %d before event %d came where note %d and event %d are due", head.Note, head.Seq0, notes[head.Epoch], next[head.Epoch])
			}
			if head.Note == notes[head.Epoch] {
				notes[head.Epoch]++
				out.note(t, m.Value)
			}
			continue
		}
		if head.Seq0 > next[head.Epoch] {
			t.Fatalf("event %d came where %d is due", head.Seq0, next[head.Epoch])
		}
		rows, err := event.Decode(m.Value)
		if err != nil {
			t.Fatal(err)
		}
		for row := range rows.Rows() {
			if head.Seq0+uint64(row) < next[head.Epoch] {
				out.again++
				continue
			}
			next[head.Epoch]++
			if raw := rows.Text(event.Raw, row); strings.HasPrefix(raw, "<13>") {
				out.net++
			} else {
				out.file[raw]++
			}
		}
	}
	return out
}

func (p *produced) note(t *testing.T, value []byte) {
	t.Helper()
	entries, err := ledger.Decode(value)
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range entries {
		p.kinds[e.Kind]++
		if e.Kind == ledger.Taken && e.Input == "f" {
			p.taken += int(e.Rows)
		}
	}
}
