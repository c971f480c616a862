package faults

import (
	"strings"
	"testing"
	"time"

	"frontfoot/benchmarks/faults/proxy"
)

// F8: a fifth of the answers of Kafka and of the database never arrive, and some messages arrive long after they were given up and sent again.
func TestF8AnswersLost(t *testing.T) {
	besideOthers(t)
	try(t, "F8 lost answers, late and repeated messages", []string{"dedup", "token", "rejoin"}, func(x *trial) *verdict {
		r := newRegion(x.T, "")
		kafka, database := r.frontKafka(x.T), r.frontDatabase(x.T)
		sources := fileSources(x.T, 4, x.TempDir(), eventful())
		ws := r.workers(x.T, 2, off(x.off)...)
		c := r.collector(x.T, "collector", collecting{inputs: inputsOf(sources)})
		c.start(x.T)
		begin(x.T, 2000, sources)
		r.awaitRows(x.T, 4000)
		lost := proxy.Verdict{Reset: true}
		kafka.SetRule(proxy.First(
			proxy.Sometimes(1, 0.02, proxy.Verdict{Hold: 30 * time.Second}, proxy.Produce), // its client gives up after 20 s
			proxy.Sometimes(2, 0.05, proxy.Verdict{Hold: 8 * time.Second}, proxy.OffsetCommit),
			proxy.Sometimes(3, 0.2, lost, proxy.Produce, proxy.OffsetCommit),
		))
		database.SetRule(proxy.Sometimes(4, 0.2, lost))
		pause(x.T, pick(30*time.Second, 4*time.Minute))
		_ = wait(x.Context(), patience, func() bool {
			left, _ := membershipsOf(ws)
			return kafka.Count(proxy.OffsetCommit, proxy.Dropped) > 0 && database.Count(proxy.Turn, proxy.Dropped) > 0 && left > 0
		})
		kafka.SetRule(nil)
		database.SetRule(nil)
		end(sources)
		r.settle(x.T, sources, c) // what is held comes last
		late := kafka.Holding()
		if err := wait(x.Context(), patience, func() bool { return kafka.Holding() == 0 }); err != nil {
			x.Fatal(err)
		}
		left, same := membershipsOf(ws)
		r.commitLate(x, kafka, ws, sources, c)
		v := r.judge(x.T, sources, c)
		told := r.count(x.Context(), "SELECT sum(rows) FROM ingest_ledger WHERE kind = 'duplicate'")
		gaps := r.count(x.Context(), "SELECT sum(rows) FROM ingest_ledger WHERE kind = 'gap'") - r.count(x.Context(), "SELECT sum(rows) FROM ingest_ledger WHERE kind = 'gap_filled'")
		x.figure("answers lost: %d of produce requests, %d of commits, %d of the database; %d requests late, %d of them after all else; %d events came twice to Kafka and were left out; %d times a worker joined anew; worker %d MiB",
			kafka.Count(proxy.Produce, proxy.Dropped), kafka.Count(proxy.OffsetCommit, proxy.Dropped), database.Count(proxy.Turn, proxy.Dropped),
			kafka.Count(proxy.Produce, proxy.Held)+kafka.Count(proxy.OffsetCommit, proxy.Held), late, told, left, peak(ws))
		x.check(told > 0, "nothing came twice: the fault did not happen")
		x.check(gaps == 0, "the ledger tells of %d lines that never came", gaps)
		x.check(kafka.Count(proxy.OffsetCommit, proxy.Dropped) > 0 && database.Count(proxy.Turn, proxy.Dropped) > 0, "no commit and no insert lost its answer")
		x.check(left > 0 && same == 0, "of %d memberships that ended with an unknown commit %d went on as the same member", left, same)
		return v
	})
}

// commitLate lets a commit arrive long after its worker has given it up, when nothing newer follows, and kills the workers then: if it counted, the next owner
// of the lane would begin at a place that lies behind what is written.
func (r *region) commitLate(x *trial, kafka *proxy.Proxy, ws []*process, sources []*source, c *process) {
	x.Helper()
	begin(x.T, 2000, sources)
	kafka.SetRule(proxy.Once(1, proxy.Verdict{Hold: 20 * time.Second}, proxy.OffsetCommit))
	err := wait(x.Context(), patience, func() bool { return kafka.Holding() == 1 })
	if err != nil {
		x.Fatal("no commit is held back: ", err)
	}
	pause(x.T, 8*time.Second) // it is given up after 5
	end(sources)
	r.settle(x.T, sources, c)
	if err := wait(x.Context(), patience, func() bool { return kafka.Holding() == 0 }); err != nil {
		x.Fatal(err)
	}
	for _, w := range ws {
		w.kill()
		w.launch(x.T)
	}
	for _, w := range ws {
		w.ready(x.T)
	}
	begin(x.T, 2000, sources)
	pause(x.T, 2*time.Second)
}

// membershipsOf adds up the memberships of workers.
func membershipsOf(ws []*process) (left, same int) {
	for _, w := range ws {
		l, s := memberships(w.log.String())
		left, same = left+l, same+s
	}
	return left, same
}

// memberships counts in a worker's log how often it left its group because it did not know what became of a commit, and after how many of these it came back
// as the same member.
func memberships(log string) (left, same int) {
	member, before := "", ""
	for line := range strings.Lines(log) {
		switch {
		case strings.Contains(line, "lease on lanes lost"):
			left++
			before = member
		case strings.Contains(line, "lanes assigned"):
			_, rest, _ := strings.Cut(line, "member=")
			member, _, _ = strings.Cut(rest, " ")
			if before != "" && member == before {
				same++
			}
			before = ""
		}
	}
	return left, same
}
