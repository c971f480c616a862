package detection

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
)

// Peers runs other detectors on streams, as the tools beside the streams adapt them. The environment says where they are installed, as it does there:
// PEERS_PYTHON, and RCF_HOME and CAPYMOA_PYTHON for those of that name.
type Peers struct {
	Known   Known
	Names   []string
	Seconds int    // how long one may take on a stream
	Dir     string // where results go; what is there already is kept
}

// Installed reports whether there is what a peer needs, and what is missing.
func Installed(peer string) (missing string, ok bool) {
	need := []string{"PEERS_PYTHON"}
	switch {
	case strings.HasPrefix(peer, "rcf"), strings.HasPrefix(peer, "trcf"):
		need = append(need, "RCF_HOME")
	case strings.HasPrefix(peer, "capymoa"):
		need = append(need, "CAPYMOA_PYTHON")
	}
	for _, name := range need {
		if _, err := os.Stat(os.Getenv(name)); err != nil {
			return name, false
		}
	}
	return "", true
}

// Run runs a peer on streams, one after the other. A stream on which it did not come to an end in time has no result.
func (p *Peers) Run(ctx context.Context, peer string, streams []string) ([]*Result, error) {
	args := []string{
		filepath.Join(string(p.Known), "tools", "peers", "measure.py"), "run", "--data", p.Known.stream(""), "--out", p.Dir,
		"--limit", strconv.Itoa(p.Seconds), "--peer", peer, "--stream",
	}
	if said, err := exec.CommandContext(ctx, "python3", append(args, streams...)...).CombinedOutput(); err != nil {
		return nil, fmt.Errorf("running %s: %w: %s", peer, err, said)
	}
	var results []*Result
	for _, stream := range streams {
		text, err := os.ReadFile(filepath.Join(p.Dir, peer, stream+".json"))
		if errors.Is(err, os.ErrNotExist) {
			continue
		}
		if err != nil {
			return nil, fmt.Errorf("reading what %s said: %w", peer, err)
		}
		r, err := decodeOne(text)
		if err != nil {
			return nil, err
		}
		results = append(results, r)
	}
	return results, nil
}
