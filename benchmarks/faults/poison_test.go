package faults

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"math/rand/v2"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"frontfoot/detect"
	"frontfoot/ingest/bus"
	"frontfoot/ingest/event"
	"frontfoot/ingest/parse"
)

// Marks of lines that do harm.
const (
	panics  = "ff-panics"  // detection does not survive it
	refused = "ff-refused" // the store will not have its message
)

// F13: somebody who may write to a site's topic writes what nobody can read, and events that detection, the store and the truth do not bear.
func TestF13Poison(t *testing.T) {
	besideOthers(t)
	try(t, "F13 poisoned messages", []string{"guard"}, func(x *trial) *verdict {
		r := newRegion(x.T, "")
		sources := fileSources(x.T, 4, x.TempDir(), eventful())
		env := append(off(x.off), "FF_POISON="+panics)
		w := r.workers(x.T, 1, slices.Concat(env, []string{"FF_FAILPOINT=before_rejected:3"})...)[0] // in the second round, with a lane's batch half told
		r.refuse(x.T)
		c := r.collector(x.T, "collector", collecting{inputs: inputsOf(sources)})
		c.start(x.T)
		begin(x.T, 2000, sources)
		r.awaitRows(x.T, 4000)
		poisons, slowest, rounds := []*poison{newPoison(sources[0].site, sources[1].site), newPoison(sources[1].site, sources[3].site)}, 0.0, pick(3, 30)
		killed := false
		for round := range rounds {
			for _, p := range poisons {
				p.send(x.T, r.bus)
			}
			if round == 1 && !killed {
				err := wait(x.Context(), patience, w.ended)
				x.check(err == nil, "no message was refused in the second round")
			}
			if !killed && (round == 1 || w.ended()) { // a batch that was run again in the first round has ended it already
				w.kill()
				w.env, killed = env, true
				w.launch(x.T)
			}
			at := time.Now()
			if err := r.awaitSent(x.Context(), sources, patience); err != nil {
				x.check(false, "a lane stands still after round %d: %v\n%s", round, err, w.log.tail())
				break
			}
			if round != 1 { // then it waits for the session of the worker that died
				slowest = max(slowest, since(at))
			}
			pause(x.T, pick(time.Second, 5*time.Second))
		}
		v := r.judge(x.T, sources, c)
		r.checkPoison(x, w, poisons)
		x.figure("%d rounds of %d poisoned messages; the next good line stored after %.1f s at most; worker %d MiB", rounds, poisons[0].sent/rounds*len(poisons), slowest, peak([]*process{w}))
		x.timely(slowest <= 10, "the next good line was stored after %.1f s", slowest)
		x.check(peak([]*process{w}) <= 512+4*6, "the worker took %d MiB", peak([]*process{w}))
		return v
	})
}

// refuse makes the database refuse messages with a marked line.
func (r *region) refuse(t *testing.T) {
	t.Helper()
	// A value that cannot be computed says so of the whole insert, and no other try helps.
	if _, err := r.query(t.Context(), "ALTER TABLE events ADD COLUMN refused UInt8 MATERIALIZED toUInt8(if(position(raw, '"+refused+"') > 0, 'no number', '1'))"); err != nil {
		t.Fatal(err)
	}
}

// awaitSent waits until the database has what the sources have sent by now.
func (r *region) awaitSent(ctx context.Context, sources []*source, limit time.Duration) error {
	want := map[*source]uint64{}
	for _, s := range sources {
		want[s] = s.total()
	}
	return wait(ctx, limit, func() bool {
		have := r.newest(ctx, sources)
		for s, n := range want {
			if have[s.site] < n {
				return false
			}
		}
		return true
	})
}

// newest returns how many lines of each source's site the database has if it has all up to its newest.
func (r *region) newest(ctx context.Context, sources []*source) map[string]uint64 {
	have := map[string]uint64{}
	text, err := r.query(ctx, `SELECT site, max(toUInt64OrZero(extract(raw, 'ffn"?[=:]"?\\d+-(\\d+)[";]')) + 1) FROM events WHERE site IN ('`+strings.Join(sitesOf(sources), "', '")+"') AND raw LIKE '%ffn%' GROUP BY site")
	if err != nil {
		return have
	}
	for line := range strings.Lines(text) {
		site, n, _ := strings.Cut(strings.TrimSpace(line), "\t")
		have[site], _ = strconv.ParseUint(n, 10, 64)
	}
	return have
}

// A poison is somebody who may write to a site's topic, as a collector of its own.
type poison struct {
	site, victim string // victim is the site that it claims to be of
	env          bus.Envelope
	random       *rand.Rand
	sent         int
	letters      []string // that there must be: kind, offset and row
	claims       int      // events of the victim that it claimed to have
}

func newPoison(site, victim string) *poison {
	p := &poison{site: site, victim: victim, random: rand.New(rand.NewPCG(13, uint64(len(site))))}
	copy(p.env.Epoch[:], "poison of "+site)
	return p
}

// send sends one of each kind.
func (p *poison) send(t *testing.T, log *bus.Client) {
	t.Helper()
	produce := func(value []byte, env *bus.Envelope) int64 {
		m := bus.Message{Value: value}
		if env != nil {
			env.Size = uint32(len(value))
			m.Headers = env.Headers()
			p.env.Seq0 += uint64(env.N)
		}
		p.sent++
		offset, err := log.Produce(t.Context(), bus.RawTopic(p.site), m)
		if err != nil {
			t.Fatal(err)
		}
		return offset
	}
	numbered := func(n int) *bus.Envelope {
		env := p.env
		env.N = uint32(n)
		return &env
	}
	letter := func(kind string, offset int64, row int) {
		p.letters = append(p.letters, fmt.Sprintf("%s %s %d %d", p.site, kind, offset, row))
	}
	good := p.events(t, "Accepted password for alice", "Failed password for root", "Accepted password for bob")

	letter("unreadable", produce(p.noise(2000), nil), -1)
	letter("unreadable", produce(p.noise(2000), numbered(3)), -1)
	letter("unreadable", produce(good[:len(good)/2], numbered(3)), -1)
	letter("unreadable", produce(good, numbered(8)), -1)
	note := numbered(0)
	note.IsNote = true
	letter("unreadable", produce(p.noise(200), note), -1)
	p.env.Note++

	produce(p.claiming(t), numbered(3))
	p.claims += 3
	letter("panicked", produce(p.events(t, "Accepted password for alice", "Failed password for "+panics, "Accepted password for bob"), numbered(3)), 1)
	letter("rejected", produce(p.events(t, "Accepted password for "+refused, "Accepted password for bob"), numbered(2)), 0)
}

func (p *poison) noise(n int) []byte {
	b := make([]byte, n)
	for i := range b {
		b[i] = byte(p.random.Uint32())
	}
	return b
}

// events returns a batch of lines of a gateway.
func (p *poison) events(t *testing.T, texts ...string) []byte {
	t.Helper()
	return p.encode(t, func(*event.Builder) {}, texts...)
}

// claiming returns a batch that says that it is of the victim.
func (p *poison) claiming(t *testing.T) []byte {
	t.Helper()
	return p.encode(t, func(b *event.Builder) { b.SetString(event.ClaimedSite, p.victim) }, "Accepted password for alice", "Accepted password for eve", "Accepted password for bob")
}

func (p *poison) encode(t *testing.T, also func(*event.Builder), texts ...string) []byte {
	t.Helper()
	b, parser := event.NewBuilder(), parse.New(parse.Config{Replay: true})
	for _, text := range texts {
		parser.Line(b, fmt.Appendf(nil, "<38>Mar  2 09:00:00 gateway sshd[%d]: %s from 203.0.113.9 port 4711 ssh2", p.env.Seq0, text), time.Now().UnixNano())
		also(b)
		b.End()
	}
	var value bytes.Buffer
	if err := event.Encode(&value, b.Batch()); err != nil {
		t.Fatal(err)
	}
	return value.Bytes()
}

// checkPoison looks whether each poisoned message is where it belongs.
func (r *region) checkPoison(x *trial, w *process, poisons []*poison) {
	x.Helper()
	var want, got []string
	for _, p := range poisons {
		want = append(want, p.letters...)
		entries := r.count(x.Context(), "SELECT count() FROM ingest_ledger WHERE kind = 'dead_letter' AND site = '"+p.site+"'")
		x.check(entries == len(p.letters), "the ledger of %s has %d dead letters, should be %d", p.site, entries, len(p.letters))
		stored := r.count(x.Context(), "SELECT count() FROM events WHERE site = '"+p.site+"' AND claimed_site = '"+p.victim+"'")
		x.check(stored == p.claims, "%d of %d events that claim to be of %s are stored at %s", stored, p.claims, p.victim, p.site)
		told := r.count(x.Context(), "SELECT sum(rows) FROM ingest_ledger WHERE kind = 'claimed' AND site = '"+p.site+"'")
		x.check(told == p.claims, "the ledger of %s has %d claims, should be %d", p.site, told, p.claims)
		for _, table := range []string{"findings WHERE model = 'identity' AND value = '" + p.victim + "' AND", "incident_versions WHERE title LIKE '%" + p.victim + "%' AND"} {
			x.check(r.count(x.Context(), "SELECT count() FROM "+table+" site = '"+p.site+"'") > 0, "nobody is told that %s claims to be %s: no row in %s", p.site, p.victim, table)
		}
	}
	x.check(r.count(x.Context(), "SELECT count() FROM events WHERE claimed_site != '' AND site = claimed_site") == 0, "an event is stored where it claims to be of")
	for line := range strings.Lines(r.ask(x, w, "dlq", "list", "--json", "--limit", "0")) {
		var l struct {
			Site, Kind   string
			Message, Row int64
		}
		if err := json.Unmarshal([]byte(line), &l); err != nil {
			x.check(false, "dlq list: %v: %s", err, line)
			return
		}
		got = append(got, fmt.Sprintf("%s %s %d %d", l.Site, l.Kind, l.Message, l.Row))
	}
	slices.Sort(want)
	slices.Sort(got)
	x.check(slices.Equal(got, want), "dlq list shows\n%s\nshould be\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
}

// ask runs a command of the program with a process's configuration and returns what it prints.
func (r *region) ask(x *trial, p *process, args ...string) string {
	x.Helper()
	text, err := exec.Command(r.bin, append(args, "--config", filepath.Join(p.dir, "frontfoot.yaml"))...).Output()
	if bad, ok := errors.AsType[*exec.ExitError](err); ok {
		x.check(false, "%s: %s", strings.Join(args, " "), bad.Stderr)
	}
	return string(text)
}

// takeEvents gives events to a state as a worker does that leaves out what it does not survive, and loses what the store refuses.
func takeEvents(s *detect.Site, m *detect.Message, out *detect.Output) {
	from, kept := 0, len(out.Messages)
	lost := false
	for row := range m.Events.Rows() {
		line := m.Events.Text(event.Raw, row)
		lost = lost || strings.Contains(line, refused)
		if !strings.Contains(line, panics) {
			continue
		}
		s.Process(stretchOf(m, from, row), out)
		out.Messages = append(out.Messages, detect.Scored{Message: stretchOf(m, row, row+1), Scores: make([]float32, 1), Models: make([]detect.Model, 1)})
		from = row + 1
	}
	s.Process(stretchOf(m, from, m.Events.Rows()), out)
	if lost {
		out.Messages = out.Messages[:kept]
	}
}

// stretchOf returns a stretch of a message.
func stretchOf(m *detect.Message, from, to int) detect.Message {
	part := *m
	part.Seq0, part.Row0, part.Events = m.Seq0+uint64(from), m.Row0+uint32(from), m.Events.Slice(from, to)
	return part
}
