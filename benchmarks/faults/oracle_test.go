package faults

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"frontfoot/store"
)

// A verdict is what the oracle found once everything had come to rest.
type verdict struct {
	sent, stored                int
	missing, doubled, extra     int      // lines that the senders know of and the store does not; rows too many; rows that nobody sent
	unknown                     int      // lines at the end of broken connections, which nobody acknowledged, and datagrams that are declared dropped
	where                       []string // which lines of which source are missing
	declared                    int      // of the missing, what the loss ledger speaks of
	disordered                  int      // lines that come before an earlier one of the same file or connection
	findings, incidents         int
	alone                       bool // there is no undisturbed run to compare with
	attacks                     int
	differs                     []string // tables that are not as an undisturbed run over the same log leaves them
	rollUp                      int      // events that the roll-up counts too many or too few
	unverified, unverifiedSites int      // what `frontfoot verify` finds
	epochs                      int      // rows of one (epoch, seq) too many
}

// clean reports whether nothing was lost, doubled, moved or changed.
func (v *verdict) clean() bool {
	return v.missing+v.doubled+v.extra+v.disordered+v.epochs+v.unverified == 0 && v.rollUp == 0 && len(v.differs) == 0
}

func (v *verdict) String() string {
	s := fmt.Sprintf("sent %d, stored %d: missing %d (declared %d), doubled %d, extra %d, out of order %d, unacknowledged %d; %d attacks, %d findings, %d incident versions",
		v.sent, v.stored, v.missing, v.declared, v.doubled, v.extra, v.disordered, v.unknown, v.attacks, v.findings, v.incidents)
	if len(v.where) > 0 {
		s += "; missing: " + strings.Join(v.where, ", ")
	}
	if v.epochs > 0 {
		s += fmt.Sprintf("; %d rows of an (epoch, seq) too many", v.epochs)
	}
	if v.rollUp != 0 {
		s += fmt.Sprintf("; the roll-up is off by %d", v.rollUp)
	}
	if v.unverified > 0 {
		s += fmt.Sprintf("; verify finds %d faults at %d sites", v.unverified, v.unverifiedSites)
	}
	if len(v.differs) > 0 {
		s += "; not as the undisturbed run: " + strings.Join(v.differs, ", ")
	}
	return s
}

// judge stops the senders and the collectors, waits until the workers have written everything that the log holds, and compares the database with what the
// senders know and with an undisturbed run over the same log.
func (r *region) judge(t *testing.T, sources []*source, collectors ...*process) *verdict {
	t.Helper()
	ctx := t.Context()
	awaitEnough(ctx, sources)
	end(sources)
	r.settle(t, sources, collectors...)
	for _, c := range collectors {
		c.stop(t)
	}
	sites := sitesOf(sources)
	if err := r.goldenRun(ctx, sites); err != nil {
		t.Fatal(err)
	}
	v := &verdict{}
	r.awaitGolden(t)
	for table := range tables() {
		want, err := r.print(ctx, golden, table)
		if err != nil {
			t.Fatal(err)
		}
		got, err := r.print(ctx, store.DefaultDatabase, table)
		if err != nil {
			t.Fatal(err)
		}
		if got != want {
			v.differs = append(v.differs, fmt.Sprintf("%s (rows and sum are %s, should be %s)", table, strings.ReplaceAll(got, "\t", " "), strings.ReplaceAll(want, "\t", " ")))
		}
	}
	v.findings = r.count(ctx, "SELECT count() FROM findings")
	v.incidents = r.count(ctx, "SELECT count() FROM incident_versions")
	v.epochs = r.count(ctx, "SELECT count() - uniqExact(site, epoch, seq) FROM events")
	v.rollUp = r.count(ctx, "SELECT (SELECT toInt64(sum(events)) FROM events_by_hour) - (SELECT toInt64(count()) FROM events)")
	v.declared = r.count(ctx, "SELECT sum(rows) FROM ingest_ledger WHERE kind IN ('kernel_drop', 'spool_full', 'damaged', 'gap', 'dead_letter')")
	r.compare(t, sources, v)
	r.verify(t, sites, v)
	return v
}

// enoughLines hold attacks enough to compare, on a machine that is soon through with a fault, too.
const enoughLines = 45_000

// awaitEnough lets those sources that still send do so until there is enough to compare.
func awaitEnough(ctx context.Context, sources []*source) {
	_ = wait(ctx, patience, func() bool {
		return sentBy(sources) >= enoughLines || !slices.ContainsFunc(sources, func(s *source) bool { return s.cancel != nil })
	})
}

func sitesOf(sources []*source) []string {
	var sites []string
	seen := map[string]bool{}
	for _, s := range sources {
		if !seen[s.site] {
			seen[s.site] = true
			sites = append(sites, s.site)
		}
	}
	return sites
}

// stall is how long nothing may move before the oracle takes it for the end: longer than a collector waits before it tries again.
const stall = time.Minute

// settle waits until the collectors have taken each line of each file and have nothing left to send, or nothing moves any more.
func (r *region) settle(t *testing.T, sources []*source, collectors ...*process) {
	t.Helper()
	want := 0.0
	for _, s := range sources {
		if s.kind == "file" {
			want += float64(s.total())
		}
	}
	r.awaitStill(t, func() (int, bool) {
		backlog := 0.0
		for _, c := range collectors {
			backlog += c.metric("frontfoot_ingest_backlog_lines")
		}
		fromFiles := r.count(t.Context(), "SELECT countIf(log_file_path != '') FROM events") // the lines of others must not stand in for them
		return r.rows(t) - int(backlog), backlog == 0 && float64(fromFiles) >= want
	})
}

// awaitGolden waits until the workers have written as much as the undisturbed run, or nothing moves any more.
func (r *region) awaitGolden(t *testing.T) {
	t.Helper()
	var sums []string
	for table := range tables() {
		sums = append(sums, "(SELECT count() FROM %[1]s."+table+")")
	}
	sum := strings.Join(sums, " + ")
	want := r.count(t.Context(), "SELECT "+fmt.Sprintf(sum, golden))
	r.awaitStill(t, func() (int, bool) {
		n := r.count(t.Context(), "SELECT "+fmt.Sprintf(sum, store.DefaultDatabase))
		return n, n >= want
	})
}

// awaitStill waits until it is done, or what it counts has stood still.
func (r *region) awaitStill(t *testing.T, done func() (int, bool)) {
	t.Helper()
	last, since := -1, time.Now()
	err := wait(t.Context(), 10*time.Minute, func() bool {
		n, ok := done()
		if n != last {
			last, since = n, time.Now()
		}
		return ok || time.Since(since) > stall
	})
	if err != nil {
		t.Fatalf("waiting for rest: %v\n%s", err, r.logs())
	}
}

// compare looks for each line that a sender knows of, and for its order: the log must have the lines of a file, a connection or a socket in the order in which
// they were sent.
func (r *region) compare(t *testing.T, sources []*source, v *verdict) {
	t.Helper()
	byNumber := map[int]*source{}
	seen := map[int][]uint8{}
	for _, s := range sources {
		byNumber[s.feed.source] = s
		seen[s.feed.source] = make([]uint8, s.feed.made)
		v.sent += int(s.total())
		v.attacks += s.feed.days
	}
	for _, site := range sitesOf(sources) {
		r.compareSite(t, site, byNumber, seen, v)
	}
	for number, s := range byNumber {
		missing := map[uint64]bool{}
		for n, times := range seen[number] {
			if times == 0 {
				missing[uint64(n)] = true
			}
		}
		if s.kind == "udp" { // each one that is missing must be declared
			declared := r.count(t.Context(), "SELECT sum(rows) FROM ingest_ledger WHERE kind IN ('kernel_drop', 'spool_full') AND site = '"+s.site+"'")
			v.unknown += declared
			v.miss(s, missing, max(len(missing)-declared, declared-len(missing)))
			continue
		}
		lost, unknown := s.owed(missing)
		v.unknown += unknown
		v.miss(s, missing, lost)
	}
}

// miss counts n lines of a source as lost, and tells where in it lines are missing.
func (v *verdict) miss(s *source, missing map[uint64]bool, n int) {
	if n == 0 {
		return
	}
	v.missing += n
	lines := append(slices.Sorted(maps.Keys(missing)), s.total()) // at least one, where the ledger declares more than is missing
	v.where = append(v.where, fmt.Sprintf("%d of %s of %s, of which %d of %d lines are not there, from line %d to %d",
		n, s.kind, s.site, len(missing), s.total(), lines[0], lines[max(0, len(lines)-2)]))
}

// compareSite counts how often each line of a site is in the database.
func (r *region) compareSite(t *testing.T, site string, byNumber map[int]*source, seen map[int][]uint8, v *verdict) {
	t.Helper()
	text, err := r.query(t.Context(), `SELECT extract(raw, 'ffn"?[=:]"?(\\d+)-\\d+[";]') AS source, toUInt64OrZero(extract(raw, 'ffn"?[=:]"?\\d+-(\\d+)[";]')) AS n
		FROM events WHERE site = '`+site+`' AND source != '' ORDER BY kafka_offset, kafka_row`)
	if err != nil {
		t.Fatal(err)
	}
	last := map[[2]int]uint64{}
	for line := range strings.Lines(text) {
		f := strings.Split(strings.TrimSuffix(line, "\n"), "\t")
		number, _ := strconv.Atoi(f[0])
		n, _ := strconv.ParseUint(f[1], 10, 64)
		s := byNumber[number]
		v.stored++
		if s == nil || s.site != site || n >= uint64(len(seen[number])) {
			v.extra++
			continue
		}
		if seen[number][n]++; seen[number][n] > 1 {
			v.doubled++
			continue
		}
		way := [2]int{number, s.run(n)}
		if n+1 < last[way] {
			v.disordered++
		}
		last[way] = max(last[way], n+1)
	}
}

// verify does what `frontfoot verify` does.
func (r *region) verify(t *testing.T, sites []string, v *verdict) {
	t.Helper()
	s, err := r.openStore(context.WithoutCancel(t.Context()), store.DefaultDatabase)
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	for _, site := range sites {
		found, err := s.Verify(t.Context(), site, store.VerifyOptions{})
		if err != nil {
			t.Fatal(err)
		}
		if !found.Clean() {
			v.unverifiedSites++
			v.unverified += int(found.Missing + found.Doubled + found.Dangling)
			if found.RollUp != found.RollUpOf {
				v.unverified++
			}
		}
	}
}
