package detection

import (
	"cmp"
	"compress/gzip"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"

	"frontfoot/detect"
)

// Score judges a detection of one's own configuration on a stream: in this process, because no flag of the program leaves out a part. Its files go
// to a folder.
func (k Known) Score(ctx context.Context, stream string, conf detect.Config, dir string) (_ *Result, err error) {
	var meta struct {
		Site      string
		Incidents bool
	}
	text, err := os.ReadFile(k.stream(stream, "meta.json"))
	if err == nil {
		err = json.Unmarshal(text, &meta)
	}
	if err != nil {
		return nil, fmt.Errorf("reading what %s is: %w", stream, err)
	}
	opt := detect.ScoreOptions{Format: detect.FormatCSV, Name: stream, Site: meta.Site, Key: detect.ScoreKey(), Config: conf}
	if text, err = os.ReadFile(k.stream(stream, "schema.yaml")); err != nil {
		return nil, fmt.Errorf("reading the schema of %s: %w", stream, err)
	}
	if opt.Schema, err = detect.ParseSchema("schema.yaml", text); err != nil {
		return nil, err
	}
	scores, incidents := filepath.Join(dir, "scores.ndjson"), ""
	if meta.Incidents {
		incidents = filepath.Join(dir, "incidents.ndjson")
	}
	if err := k.score(ctx, stream, scores, incidents, opt); err != nil {
		return nil, fmt.Errorf("scoring %s: %w", stream, err)
	}
	return k.judgeFiles(ctx, stream, scores, incidents)
}

// score writes the scores of a stream and, where a file is named for them, its incidents.
func (k Known) score(ctx context.Context, stream, scores, incidents string, opt detect.ScoreOptions) (err error) {
	packed, err := os.Open(k.stream(stream, "input.csv.gz"))
	if err != nil {
		return err
	}
	defer packed.Close()
	rows, err := gzip.NewReader(packed)
	if err != nil {
		return err
	}
	out, err := os.Create(scores)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, out.Close()) }()
	var found io.Writer
	if incidents != "" {
		file, err := os.Create(incidents)
		if err != nil {
			return err
		}
		defer func() { err = errors.Join(err, file.Close()) }()
		found = file
	}
	return detect.Score(ctx, rows, out, found, opt)
}

// AblationStreams returns those of the streams on which parts are left out: one of each sort, and the smaller of the sites.
func AblationStreams(names []string) []string {
	var few []string
	for _, name := range names {
		switch name {
		case "nsl-dev-s0", "nsl-memstream", "darpa-dev", "ait-russellmitchell", "ait-shaw", "ait-wardbeck":
			few = append(few, name)
		}
	}
	return few
}

// An Ablation is what detection finds without one of its parts at a time; its first row lacks nothing.
type Ablation []AblationRow

// An AblationRow is one detection, on streams and on invented councils.
type AblationRow struct {
	Without              string
	Results              []*Result
	Kinds, Found, Played int // kinds of attack found; attacks found and played
	FalseADay            float64
	Told, Days           int // days on which attacks that last came, and those on which they were told
}

// Section writes it in Markdown.
func (a Ablation) Section() string {
	var b strings.Builder
	b.WriteString(`## What each part adds

Without one part at a time. A cell is empty where the part has no say.

| without | nsl-dev-s0 M@1% | unseen | nsl-memstream AUC | darpa-dev AUC | M@1% | ait steps | false a day | councils: attacks found | kinds | false a site-day | lasting attacks: days told |
|---|---|---|---|---|---|---|---|---|---|---|---|
`)
	for _, row := range a {
		b.WriteString("| " + cmp.Or(row.Without, "*nothing*") + row.tables() + row.logs() + " |\n")
	}
	return b.String()
}

// tables writes what became of the streams.
func (r *AblationRow) tables() string {
	if len(r.Results) == 0 {
		return " | | | | | | | |"
	}
	nsl, clean, darpa := r.on("nsl-dev-s0"), r.on("nsl-memstream"), r.on("darpa-dev")
	found, steps, sites, wrong := 0, 0, 0, 0.0
	for _, x := range r.Results {
		if x.Incidents != nil {
			found, steps, sites, wrong = found+x.Incidents.Found, steps+x.Incidents.Steps, sites+1, wrong+x.Incidents.False
		}
	}
	return fmt.Sprintf(" | %s | %s | %s | %s | %s | %d of %d | %.2f |", number(nsl.AtOne.All.Macro), number(nsl.AtOne.Unseen.Macro), number(clean.AUC), number(darpa.AUC),
		number(darpa.AtOne.All.Macro), found, steps, wrong/float64(max(sites, 1)))
}

// logs writes what became of the councils.
func (r *AblationRow) logs() string {
	if r.Played == 0 {
		return " | | |"
	}
	return fmt.Sprintf(" %d of %d | %d | %.2f | %d of %d", r.Found, r.Played, r.Kinds, r.FalseADay, r.Told, r.Days)
}

// on returns the result on a stream, an empty one where there is none.
func (r *AblationRow) on(stream string) *Result {
	for _, x := range r.Results {
		if x.Stream == stream {
			return x
		}
	}
	return &Result{}
}
