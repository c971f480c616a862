package main

import (
	"bufio"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"frontfoot/benchmarks/gen"
)

// inventory is a machine that looks around at three in the morning of every Monday but the first: other hosts, on other ports, each time.
const inventory = "10.21.99.7"

// A spoken log is a council's file, written week by week.
type spoken struct {
	*process
	file  *os.File
	weeks [][]byte // of lines
	rows  int
}

// newSpoken makes four weeks of a council.
func newSpoken(t *testing.T) *spoken {
	t.Helper()
	path := filepath.Join(t.TempDir(), "council.log")
	file, err := os.Create(path)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { file.Close() })
	s := &spoken{process: newProcess(t, fmt.Sprintf("{name: council, type: file, site: testham, clock: replay, paths: [%s]}", path)), file: file}
	text, err := os.ReadFile(s.config)
	if err == nil {
		err = os.WriteFile(s.config, append(text, "decoys: [{site: testham, addresses: [10.21.77.77]}]\n"...), 0o600)
	}
	if err != nil {
		t.Fatal(err)
	}
	begin := time.Date(2026, 3, 2, 0, 0, 0, 0, time.UTC)
	g, err := gen.New(gen.Config{Seed: 5, Sites: []string{"testham"}, Start: begin, Days: 28, EventsPerDay: 1500})
	if err != nil {
		t.Fatal(err)
	}
	looked := 0
	for line := range g.Site(0) {
		since := line.Time.Sub(begin)
		week := int(since / (7 * 24 * time.Hour))
		for len(s.weeks) <= week {
			s.weeks = append(s.weeks, nil)
		}
		w := &s.weeks[week]
		if week > looked && since%(7*24*time.Hour) > 3*time.Hour {
			looked = week
			for i := range 60 {
				*w = packet(*w, line.Time.Add(time.Duration(i)*time.Second), fmt.Sprintf("10.21.%d.%d", week, i%20+1), 7000+1000*week+i)
			}
		}
		*w = append(append(*w, line.Text...), '\n')
	}
	return s
}

// packet is a line of the gateway about the machine.
func packet(b []byte, at time.Time, to string, port int) []byte {
	return fmt.Appendf(b, "<4>1 %s gw1 kernel - - - [99.1] [UFW AUDIT] IN=eth1 OUT=eth0 SRC=%s DST=%s LEN=52 TTL=127 ID=1 PROTO=TCP SPT=50000 DPT=%d WINDOW=64240 SYN\n",
		at.Format(time.RFC3339), inventory, to, port)
}

// write puts lines into the file and waits until they are rows.
func (s *spoken) write(t *testing.T, lines []byte) {
	t.Helper()
	w := bufio.NewWriter(s.file)
	w.Write(lines)
	if err := w.Flush(); err != nil {
		t.Fatal(err)
	}
	s.rows += strings.Count(string(lines), "\n")
	s.awaitRows(t, s.rows)
}

// say runs a command and returns what it prints.
func (s *spoken) say(t *testing.T, args ...string) string {
	t.Helper()
	text, err := exec.CommandContext(t.Context(), "frontfoot", append(args, "--config", s.config)...).CombinedOutput()
	if err != nil {
		t.Fatalf("frontfoot %v: %v\n%s", args, err, text)
	}
	return string(text)
}

// about returns the incidents about the machine since the first, and how many others there are.
func (s *spoken) about(t *testing.T) (ids []string, others int) {
	t.Helper()
	about := "has(entities, 'source.ip=" + inventory + "')"
	return strings.Fields(s.query(t, "SELECT id FROM incidents WHERE "+about+" ORDER BY raised")), s.count(t, "SELECT count() FROM incidents WHERE NOT "+about)
}

// What people say is heard by the running instance, outlives its death, and is taken back: through the commands, the broker, the engine and back.
func TestVerdictsAreHeard(t *testing.T) {
	s := newSpoken(t)
	s.start(t)
	s.write(t, s.weeks[0])
	s.write(t, s.weeks[1])
	var first []string
	s.await(t, "something to speak of", func() bool {
		first, _ = s.about(t)
		return len(first) > 0
	})
	spoken := 0
	benign := func(id string) {
		s.say(t, "incidents", "benign", id[:6], "--author", "ann", "--note", "our own inventory")
		spoken++
		s.await(t, "the verdict", func() bool { return s.count(t, "SELECT count() FROM verdicts WHERE incident != ''") == spoken })
	}
	early := first[0]
	benign(early)
	first, _ = s.about(t) // all of the two weeks are there: the verdict came after them
	for _, id := range first {
		if id != early {
			benign(id)
		}
	}
	s.kill() // what was heard is not forgotten
	s.start(t)
	s.write(t, s.weeks[2])
	for i, id := range first {
		s.say(t, "incidents", "undo", id, "--author", "bob")
		s.await(t, "what is taken back", func() bool { return s.count(t, "SELECT count() FROM verdicts WHERE incident != ''") == len(first)+i+1 })
	}
	if ids, others := s.about(t); len(ids) > len(first) || others == 0 { // all of the week is there: what was taken back came after it
		t.Errorf("in the week after: incidents %v, before %v, and %d others", ids, first, others)
	}
	s.write(t, s.weeks[3])
	s.await(t, "it to speak again", func() bool {
		ids, _ := s.about(t)
		return len(ids) > len(first)
	})
	text := s.say(t, "incidents", "show", first[0])
	for _, want := range []string{"ann: benign, for source.ip=" + inventory, "our own inventory", "bob: taken back", "Verdict   open"} {
		if !strings.Contains(text, want) {
			t.Errorf("it does not show %q:\n%s", want, text)
		}
	}
	s.write(t, packet(nil, time.Date(2026, 3, 29, 23, 59, 59, 0, time.UTC), "10.21.77.77", 445))
	s.await(t, "the decoy's incident", func() bool {
		return s.count(t, "SELECT count() FROM incidents WHERE title LIKE '%met the decoy address 10.21.77.77%'") == 1
	})
	if text := s.say(t, "decoys"); !strings.Contains(text, "testham  address    1  2026-03-29 23:59  10.21.77.77") {
		t.Errorf("the decoy is listed so:\n%s", text)
	}
	s.stop(t)
	if text := s.say(t, "incidents", "confirm", first[0], "--json"); !strings.Contains(text, `"verdict":"confirmed"`) { // without an instance
		t.Errorf("said to a folder that nobody has: %s", text)
	}
}
