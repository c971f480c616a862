package faults

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"frontfoot/benchmarks/gen"
	"frontfoot/detect"
	"frontfoot/ingest/event"
	"frontfoot/ingest/parse"
	"frontfoot/store"
)

// F9: the clocks of the collector and of the worker are a day slow, three days fast, and right again.
func TestF9Clocks(t *testing.T) {
	besideOthers(t)
	try(t, "F9 wrong clocks", []string{"clock"}, func(x *trial) *verdict {
		r := newRegion(x.T, "")
		files := fileSources(x.T, 4, x.TempDir(), eventful())
		live := liveSource(x.T, 9, "council-live")
		c := r.collector(x.T, "collector", collecting{inputs: append(inputsOf(files), live.input)})
		w := r.worker(x.T, "worker")
		begin(x.T, 2000, files)
		var sent [4]int // lines over the live input, under each pair of clocks
		for i, clock := range []struct{ collector, worker string }{{"0s", "0s"}, {"-24h", "72h"}, {"72h", "-24h"}, {"0s", "0s"}} {
			c.env, w.env = []string{"FF_CLOCK=" + clock.collector}, append(off(x.off), "FF_CLOCK="+clock.worker)
			c.launch(x.T)
			w.launch(x.T)
			c.ready(x.T)
			w.ready(x.T)
			before := live.total()
			live.begin(x.T, 200)
			pause(x.T, pick(4*time.Second, 40*time.Second))
			live.end() // the collector has taken it all
			sent[i] = int(live.total() - before)
			if i < len(sent)-1 {
				c.stop(x.T)
				w.stop(x.T)
			}
		}
		v := r.judge(x.T, append(files, live), c)
		r.checkSkew(x, w, live.site, sent[1], sent[2])
		if err := r.rightRun(x.T, files); err != nil {
			x.Fatal(err)
		}
		for table, columns := range contents() {
			got := r.contents(x, store.DefaultDatabase, table, columns, live.site)
			want := r.contents(x, right, table, columns, live.site)
			x.check(got == want, "%s depend on a clock: rows and sum are %s, should be %s", table, got, want)
		}
		x.check(r.count(x.Context(), "SELECT count() FROM incident_versions WHERE last < first") == 0, "an incident ends before it begins")
		x.figure("clocks a day slow and three days fast; %d live lines marked as skewed, %d a day off and kept; what files told is as with clocks that are right; worker %d MiB", sent[2], sent[1], w.memory())
		return v
	})
}

// liveSource prepares a sender of syslog whose lines are of now.
func liveSource(t *testing.T, number int, site string) *source {
	t.Helper()
	s := syslogSource(t, number, site, "tcp")
	s.input = strings.Replace(s.input, "clock: replay", "clock: live", 1)
	n := 0
	s.feed = &feed{source: number, next: func() (gen.Line, bool) {
		n++
		now := time.Now().UTC()
		text := fmt.Appendf(nil, "1 %s gateway sshd %d - - Accepted password for user%d from 192.0.2.%d port %d ssh2", now.Format("2006-01-02T15:04:05.000000Z"), n, n%20, n%20, 40_000+n%20_000)
		return gen.Line{Time: now, Text: text}, true
	}}
	return s
}

// checkSkew looks whether each line of a device whose clock and the collector's are too far from each other is counted and shown, and no other.
func (r *region) checkSkew(x *trial, w *process, site string, slow, fast int) {
	x.Helper()
	ctx := x.Context()
	told := 0
	_ = wait(ctx, patience/4, func() bool { // the last note may come after the last line
		told = r.count(ctx, "SELECT sum(rows) FROM ingest_ledger WHERE kind = 'skewed'")
		return told >= fast
	})
	x.check(told == fast, "the ledger tells of %d skewed lines, should be %d", told, fast)
	marked := r.count(ctx, "SELECT count() FROM events WHERE mapContains(labels, 'clock')")
	x.check(marked == fast, "%d lines are marked as skewed, should be %d", marked, fast)
	kept := r.count(ctx, "SELECT count() FROM events WHERE site = '"+site+"' AND time > received + INTERVAL 23 HOUR")
	x.check(kept == slow, "%d lines have kept their time against a slow clock, should be %d", kept, slow)
	var shown struct{ Skewed int }
	text := r.ask(x, w, "sites", "--site", site, "--json")
	x.check(json.Unmarshal([]byte(text), &shown) == nil && shown.Skewed == fast, "frontfoot sites shows %d skewed lines, should be %d: %s", shown.Skewed, fast, text)
	x.check(strings.Contains(r.ask(x, w, "sites", "--site", site, "--ledger"), "clock not believed"), "frontfoot sites --ledger does not tell of skewed lines")
}

// right is the database of what clocks that are right would have led to.
const right = "right"

// rightRun reads files as a collector and a worker with the right time would have, without Kafka, and writes what detection says into a database of its own.
func (r *region) rightRun(t *testing.T, files []*source) (err error) {
	t.Helper()
	s, err := r.openStore(t.Context(), right)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, s.Close()) }()
	if err := s.Migrate(t.Context()); err != nil {
		return err
	}
	for _, file := range files {
		if err := r.rightSite(t.Context(), s, file, newFeed(t, file.feed.source, eventful())); err != nil {
			return fmt.Errorf("undisturbed reading of %s: %w", file.path, err)
		}
	}
	return nil
}

func (r *region) rightSite(ctx context.Context, s *store.Store, file *source, again *feed) error {
	key, err := r.siteKey(file.site)
	if err != nil {
		return err
	}
	state, parser, b := detect.NewSite(file.site, key, settings()), parse.New(parse.Config{Replay: true}), event.NewBuilder()
	for again.made < file.total() {
		first := again.made
		b.Reset()
		for again.made < min(file.total(), first+5000) {
			parser.Line(b, again.line(), time.Now().UnixNano())
			b.SetString(event.LogFilePath, file.path)
			b.End()
		}
		out := detect.Output{Site: file.site}
		state.Process(detect.Message{Seq0: first, Offset: int64(first), Events: b.Batch()}, &out)
		if _, err := s.Write(ctx, &detect.Batch{Token: fmt.Sprintf("right/%s/%d", file.site, first), Sites: []detect.Output{out}}); err != nil {
			return err
		}
	}
	return nil
}

// contents are the tables in which the sites of files are compared, with all columns but those that tell when and in which message an event came.
func contents() map[string]string {
	return map[string]string{
		"events":            "* EXCEPT (received, epoch, seq, kafka_offset, kafka_row, expires)",
		"findings":          "* EXCEPT (id, received, epoch, seq, kafka_offset, kafka_row, incident, inserted, expires)",
		"incident_versions": "* EXCEPT (id, evidence, inserted, expires)",
	}
}

// contents is how many rows a table has of other sites than one, and a sum of their hashes.
func (r *region) contents(x *trial, database, table, columns, without string) string {
	x.Helper()
	text, err := r.query(x.Context(), fmt.Sprintf("SELECT count(), sum(cityHash64(formatRow('TSV', %s))) FROM %s.%s WHERE site != '%s'", columns, database, table, without))
	if err != nil {
		x.Fatal(err)
	}
	return text
}
