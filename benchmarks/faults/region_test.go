package faults

import (
	"cmp"
	"context"
	"crypto/rand"
	"encoding/hex"
	"fmt"
	"hash/fnv"
	"io"
	"log/slog"
	rnd "math/rand/v2"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"

	"frontfoot/benchmarks/faults/proxy"
	"frontfoot/ingest/broker/apache"
	"frontfoot/ingest/bus"
	"frontfoot/store"
	"frontfoot/store/engine"
)

// A region is a whole installation of a test: Kafka, the database, and as many collectors and workers as the test starts.
type region struct {
	dir     string
	bin     string
	kafka   *apache.Broker
	engine  *process
	address string // of the database
	url     string // of it
	secret  string // its password
	key     string // path of the region's key
	bus     *bus.Client
	checks  int // MiB of log after which a lane makes a checkpoint

	kafkaFront, databaseFront string // what collectors and workers are told; "" for the real addresses

	processes []*process
}

// newRegion starts Kafka and the database. engineDir is the folder of the database process, "" for one of the test's.
func newRegion(t *testing.T, engineDir string) *region {
	t.Helper()
	library, err := engine.DefaultLibrary()
	if err == nil {
		_, err = os.Stat(library)
	}
	if err != nil {
		t.Skip("libchdb absent: run frontfoot engine install: ", err)
	}
	r := &region{dir: t.TempDir(), bin: program(t), checks: 16}
	r.kafka = apache.Start(t)
	if engineDir == "" {
		engineDir = filepath.Join(r.dir, "engine")
	}
	address := freeAddress(t)
	r.address, r.url = address, "http://"+address
	r.engine = r.process(t, "engine", engineDir, "engine: {library: "+library+"}\n", "engine", "serve", "--listen", address)
	r.startEngine(t)
	secret, err := os.ReadFile(filepath.Join(r.engine.data(), "secrets", "password"))
	if err != nil {
		t.Fatal(err)
	}
	r.secret = strings.TrimSpace(string(secret))
	key := make([]byte, 32)
	_, _ = rand.Read(key)
	r.key = filepath.Join(r.dir, "region.key")
	if err := os.WriteFile(r.key, []byte(hex.EncodeToString(key)+"\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	r.bus, err = bus.New(bus.Config{Brokers: []string{r.kafka.Addr()}}, slog.New(slog.DiscardHandler), nil)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = r.bus.Close() })
	return r
}

// frontKafka puts a proxy before Kafka, for all who are started from now on.
func (r *region) frontKafka(t *testing.T) *proxy.Proxy {
	t.Helper()
	front, err := proxy.StartKafka("127.0.0.1:0", r.kafka.Addr())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = front.Close() })
	r.kafkaFront = front.Addr()
	return front
}

// frontDatabase puts a proxy before the database, for all who are started from now on.
func (r *region) frontDatabase(t *testing.T) *proxy.Proxy {
	t.Helper()
	front, err := proxy.StartTCP("127.0.0.1:0", r.address)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = front.Close() })
	r.databaseFront = "http://" + front.Addr()
	return front
}

// process prepares a process with a folder, a configuration and a data folder of its own.
func (r *region) process(t *testing.T, name, dir, config string, command ...string) *process {
	t.Helper()
	if err := os.MkdirAll(dir, 0o700); err != nil {
		t.Fatal(err)
	}
	p := &process{name: name, dir: dir, bin: r.bin}
	path := filepath.Join(dir, "frontfoot.yaml")
	text := fmt.Sprintf("data: %s\nadmin: {listen: '127.0.0.1:0'}\n%s", p.data(), config)
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	p.args = slices.Concat(command, []string{"--config", path})
	r.processes = append(r.processes, p)
	return p
}

// startEngine starts the database and waits until it answers.
func (r *region) startEngine(t *testing.T) {
	t.Helper()
	r.engine.launch(t)
	r.engine.await(t, "it to answer", func() bool {
		resp, err := http.Get(r.url + "/ping")
		if err != nil {
			return false
		}
		resp.Body.Close()
		return resp.StatusCode == http.StatusOK
	})
}

// A collecting says what a collector does.
type collecting struct {
	dir    string   // its folder; "" for one of the test's
	spool  int      // MiB that the spool may take; 0 for the default
	inputs []string // YAML flow mappings
}

// collector prepares a collector.
func (r *region) collector(t *testing.T, name string, c collecting) *process {
	t.Helper()
	if c.dir == "" {
		c.dir = filepath.Join(r.dir, name)
	}
	text := fmt.Sprintf("kafka: {brokers: ['%s']}\ningest:\n", cmp.Or(r.kafkaFront, r.kafka.Addr()))
	if c.spool > 0 {
		text += fmt.Sprintf("  spool: {max_mib: %d}\n", c.spool)
	}
	return r.process(t, name, c.dir, text+"  inputs:\n    - "+strings.Join(c.inputs, "\n    - ")+"\n", "collect")
}

// worker prepares a worker with a password file of its own.
func (r *region) worker(t *testing.T, name string) *process {
	t.Helper()
	password := filepath.Join(r.dir, "password")
	if err := os.WriteFile(password, []byte(r.secret+"\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	return r.process(t, name, filepath.Join(r.dir, name), fmt.Sprintf(
		"kafka: {brokers: ['%s'], max_log_mib: %d}\nstore: {url: '%s', user: frontfoot, password_file: %s}\ndetect: {key_file: %s, learn_for: %s, learn_events: %d, finding_rate: %v}\n",
		cmp.Or(r.kafkaFront, r.kafka.Addr()), r.checks, cmp.Or(r.databaseFront, r.url), password, r.key, settings().LearnFor, settings().LearnEvents, settings().FindingRate), "work")
}

// workers prepares and starts some workers, all with an environment.
func (r *region) workers(t *testing.T, n int, env ...string) []*process {
	t.Helper()
	var all []*process
	for i := range n {
		w := r.worker(t, "worker-"+strconv.Itoa(i))
		w.env = env
		w.launch(t)
		all = append(all, w)
	}
	for _, w := range all {
		w.ready(t)
	}
	return all
}

// off is the environment of a process without protections; "" is one with all of them.
func off(protections string) []string {
	if protections == "" {
		return nil
	}
	return []string{"FF_UNPROTECTED=" + protections}
}

// file is a file input, as YAML.
func file(site, path string) string {
	return fmt.Sprintf("{name: %s, type: file, site: %s, clock: replay, paths: [%s]}", site+"-file", site, path)
}

// listening is a syslog input, as YAML.
func listening(name, site, transport, address string) string {
	return fmt.Sprintf("{name: %s, type: syslog, site: %s, transport: %s, clock: replay, listen: '%s'}", name, site, transport, address)
}

// siteNames returns names of sites such that each lane has as many as the next.
func siteNames(n int) []string {
	names, of := []string{}, map[int]int{}
	for i := 0; len(names) < n; i++ {
		name := fmt.Sprintf("council-%03d", i)
		if l := laneOf(name); of[l] <= len(names)/bus.Lanes {
			of[l]++
			names = append(names, name)
		}
	}
	return names
}

// laneOf is the lane of a site, as workers see it.
func laneOf(site string) int {
	best, at := uint64(0), 0
	for n := range bus.Lanes {
		h := fnv.New64a()
		fmt.Fprintf(h, "%d/%s", n, site)
		sum := h.Sum64()
		sum ^= sum >> 33
		sum *= 0xff51afd7ed558ccd
		sum ^= sum >> 33
		if sum >= best {
			best, at = sum, n
		}
	}
	return at
}

// query returns the answer to sql as tab-separated text.
func (r *region) query(ctx context.Context, sql string) (string, error) {
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, r.url+"/?database=ff", strings.NewReader(sql))
	if err != nil {
		return "", err
	}
	req.SetBasicAuth("frontfoot", r.secret)
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		return "", err
	}
	defer resp.Body.Close()
	text, err := io.ReadAll(resp.Body)
	if err != nil {
		return "", err
	}
	if resp.StatusCode != http.StatusOK {
		return "", fmt.Errorf("%s\n%s", sql, text)
	}
	return strings.TrimSuffix(string(text), "\n"), nil
}

// count returns the number that sql answers with; 0 where the database does not answer.
func (r *region) count(ctx context.Context, sql string) int {
	text, err := r.query(ctx, sql)
	if err != nil {
		return 0
	}
	n, _ := strconv.Atoi(text)
	return n
}

// rows returns how many events the database has.
func (r *region) rows(t *testing.T) int {
	t.Helper()
	return r.count(t.Context(), "SELECT count() FROM events")
}

// awaitRows waits until the database has so many events, as long as some are added now and then.
func (r *region) awaitRows(t *testing.T, n int) {
	t.Helper()
	for had := r.rows(t); had < n; had = r.rows(t) {
		if err := wait(t.Context(), patience, func() bool { return r.rows(t) > had }); err != nil {
			t.Fatalf("waiting for %d events: there are %d\n%s", n, had, r.logs())
		}
	}
}

// openStore opens a database of the region's engine.
func (r *region) openStore(ctx context.Context, database string) (*store.Store, error) {
	return store.Open(ctx, store.Config{URL: r.url, User: "frontfoot", Password: r.secret, Database: database}, slog.New(slog.DiscardHandler), nil)
}

// logs returns the end of each process's log.
func (r *region) logs() string {
	var b strings.Builder
	for _, p := range r.processes {
		if p.log != nil {
			fmt.Fprintf(&b, "--- %s\n%s\n", p.name, p.log.tail())
		}
	}
	return b.String()
}

// freeAddress returns a loopback address with a free port below those that the system gives away for outgoing connections, so that it is still free
// when a killed process comes back.
func freeAddress(t *testing.T) string {
	t.Helper()
	for range 100 {
		address := net.JoinHostPort("127.0.0.1", strconv.Itoa(10_000+rnd.IntN(10_000)))
		ln, err := net.Listen("tcp", address)
		if err != nil {
			continue
		}
		if err := ln.Close(); err != nil {
			continue
		}
		return address
	}
	t.Fatal("no free port")
	return ""
}
