package faults

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"sync"
	"testing"
	"time"
)

// A trial is one run of a fault: with all protections, or without one of them, where the oracle must notice.
type trial struct {
	*testing.T

	fault string
	off   string // the protection that is switched off, "" for none

	problems []string
	noticed  []string // problems that count without a protection too
	figures  []string
	began    time.Time
}

// try runs a fault as the mode wants it: once with all protections, or once for each negative control without the named one.
func try(t *testing.T, fault string, without []string, run func(x *trial) *verdict) {
	t.Helper()
	need(t, quick, full, controls)
	if mode() == controls {
		t.Parallel() // mostly they wait, and nothing is promised of their times
	}
	if mode() != controls {
		x := &trial{T: t, fault: fault, began: time.Now()}
		x.end(run(x))
		return
	}
	if len(without) == 0 {
		t.Skip("its negative control is another fault's")
	}
	for _, off := range without {
		t.Run("without-"+off, func(t *testing.T) {
			x := &trial{T: t, fault: fault, off: off, began: time.Now()}
			x.end(run(x))
		})
	}
}

// besideOthers lets a fault of the quick form, in which no time is measured that others would lengthen, run beside others.
func besideOthers(t *testing.T) {
	t.Helper()
	if mode() == quick {
		t.Parallel()
	}
}

// long runs a scenario that has a mode of its own.
func long(t *testing.T, mode, name string, run func(x *trial) *verdict) {
	t.Helper()
	need(t, mode)
	x := &trial{T: t, fault: name, began: time.Now()}
	x.end(run(x))
}

// check notes a problem unless ok. A run without a protection is there to have problems.
func (x *trial) check(ok bool, format string, args ...any) {
	x.Helper()
	if !ok {
		x.problems = append(x.problems, fmt.Sprintf(format, args...))
	}
}

// notice notes a problem unless ok, and counts it as noticed where a protection is switched off that does not keep rows but times.
func (x *trial) notice(ok bool, format string, args ...any) {
	x.Helper()
	if !ok {
		x.noticed = append(x.noticed, fmt.Sprintf(format, args...))
	}
}

// timely notes a problem unless ok, in the full form. Times and rates are promised on a machine that does nothing else, which the one that runs the quick
// form may not be: there the table says what was late.
func (x *trial) timely(ok bool, format string, args ...any) {
	x.Helper()
	if mode() == quick && !ok {
		x.figure("LATE: "+format, args...)
		return
	}
	x.check(ok, format, args...)
}

// figure notes what was measured.
func (x *trial) figure(format string, args ...any) {
	x.figures = append(x.figures, fmt.Sprintf(format, args...))
}

// end judges the run.
func (x *trial) end(v *verdict) {
	x.Helper()
	x.Logf("%s", v)
	for _, f := range x.figures {
		x.Logf("%s", f)
	}
	if x.off != "" {
		if v.clean() && len(x.noticed) == 0 {
			x.Errorf("without %s nothing was lost, doubled or changed: the test proves nothing", x.off)
		}
	} else {
		if !v.clean() {
			x.Errorf("not clean: %s", v)
		}
		if v.attacks < 50 || v.findings == 0 || v.incidents == 0 {
			x.Errorf("%d attacks, %d findings, %d incident versions: too little to compare", v.attacks, v.findings, v.incidents)
		}
		for _, p := range append(x.problems, x.noticed...) {
			x.Error(p)
		}
	}
	suite.add(&row{fault: x.fault, off: x.off, v: v, figures: x.figures, noticed: x.noticed, took: time.Since(x.began), failed: x.Failed()})
}

// A row is a line of the table of results.
type row struct {
	fault, off string
	v          *verdict
	figures    []string
	noticed    []string
	took       time.Duration
	failed     bool
}

// A table is what came out of all runs.
type table struct {
	mu   sync.Mutex
	rows []*row
}

func (b *table) add(r *row) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.rows = append(b.rows, r)
}

// write prints the table and, where FRONTFOOT_RESULTS names a file, writes it there.
func (b *table) write(mode string) error {
	if len(b.rows) == 0 {
		return nil
	}
	var s strings.Builder
	fmt.Fprintf(&s, "# Faults: %s\n\n", mode)
	fmt.Fprintf(&s, "- date: %s\n- machine: %s\n- commit: %s\n- command: make %s\n\n", time.Now().UTC().Format("2006-01-02 15:04 MST"), machine(), suite.commit,
		strings.TrimSuffix("faults-"+mode, "-"+quick))
	if mode == controls {
		s.WriteString("| fault | protection removed | what the oracle saw | |\n|---|---|---|---|\n")
		for _, r := range b.rows {
			fmt.Fprintf(&s, "| %s | %s | %s | %s |\n", r.fault, r.off, strings.Join(append(r.noticed, r.v.String()), "; "), map[bool]string{true: "not noticed", false: "noticed"}[r.failed])
		}
	} else {
		s.WriteString("| fault | lines | missing | doubled | extra | figures | seconds | |\n|---|---|---|---|---|---|---|---|\n")
		for _, r := range b.rows {
			fmt.Fprintf(&s, "| %s | %d | %d | %d | %d | %s | %.0f | %s |\n", r.fault, r.v.sent, r.v.missing, r.v.doubled, r.v.extra,
				strings.Join(append(r.figures, fmt.Sprintf("%d attacks, %d findings, %d incident versions%s", r.v.attacks, r.v.findings, r.v.incidents, map[bool]string{false: " as undisturbed"}[r.v.alone])), "; "),
				r.took.Seconds(), map[bool]string{true: "FAILED", false: "passed"}[r.failed])
		}
	}
	path := os.Getenv("FRONTFOOT_RESULTS")
	if path == "" {
		_, err := fmt.Fprint(os.Stdout, s.String())
		return err
	}
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		return err
	}
	return os.WriteFile(path, []byte(s.String()), 0o644)
}

func machine() string {
	name := "unknown processor"
	if text, err := os.ReadFile("/proc/cpuinfo"); err == nil {
		if _, rest, ok := strings.Cut(string(text), "model name\t: "); ok {
			name, _, _ = strings.Cut(rest, "\n")
		}
	}
	return fmt.Sprintf("%s, %d cores, %s/%s", name, runtime.NumCPU(), runtime.GOOS, runtime.GOARCH)
}

func commit() string {
	text, err := exec.Command("git", "describe", "--always", "--dirty").Output()
	if err != nil {
		return "unknown"
	}
	return strings.TrimSpace(string(text))
}
