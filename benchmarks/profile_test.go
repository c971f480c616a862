package benchmarks

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strconv"
	"testing"
)

// stages says by what functions a stage's share of a profile is known: whatever they call is the stage's. Compression is a part of kafka.
var stages = []struct{ name, functions string }{
	{"parse", `frontfoot/ingest/parse\.`},
	{"encode", `frontfoot/ingest/event\.Encode`},
	{"kafka", `frontfoot/ingest/bus\.|segmentio/kafka-go`},
	{"compression", `klauspost/compress`},
	{"broker", `franz-go/pkg/kfake\.`},
	{"decode", `frontfoot/ingest/event\.Decode`},
	{"score", `frontfoot/detect\.\(\*Site\)`},
	{"store", `frontfoot/store\.`},
	{"endpoint", `frontfoot/store/engine\.`},
	{"engine-called", `libchdb`},
	{"gc", `runtime\.gcBgMarkWorker`},
}

// profile takes a processor profile of some seconds of the instance's Go code and writes it to a file.
func (i *instance) profile(ctx context.Context, path string, seconds int) error {
	url := "http://" + i.admin + "/debug/pprof/profile?seconds=" + strconv.Itoa(seconds)
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, url, nil)
	if err != nil {
		return fmt.Errorf("asking for a profile: %w", err)
	}
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		return fmt.Errorf("asking for a profile: %w", err)
	}
	defer resp.Body.Close()
	body, err := io.ReadAll(resp.Body)
	if err != nil {
		return fmt.Errorf("reading a profile: %w", err)
	}
	if resp.StatusCode != http.StatusOK {
		return fmt.Errorf("asking for a profile: %s: %s", resp.Status, body)
	}
	return os.WriteFile(path, body, 0o600)
}

// shares returns how much of a profile each stage has, 0 to 1.
func shares(tb testing.TB, profile string) map[string]float64 {
	tb.Helper()
	accounted := regexp.MustCompile(`Showing nodes accounting for [^,]+, ([0-9.]+)% of`)
	out := map[string]float64{}
	for _, s := range stages {
		cmd := exec.Command("go", "tool", "pprof", "-top", "-nodecount=100000", "-nodefraction=0", "-focus="+s.functions, profile)
		cmd.Env = append(os.Environ(), "PPROF_TMPDIR="+filepath.Dir(profile))
		text, err := cmd.Output()
		if err != nil {
			continue // no sample of that stage
		}
		if m := accounted.FindSubmatch(text); m != nil {
			percent, _ := strconv.ParseFloat(string(m[1]), 64)
			out[s.name] = percent / 100
		}
	}
	return out
}
