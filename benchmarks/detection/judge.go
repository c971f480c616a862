package detection

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"os/exec"
)

// A Result is what the evaluator says of one detector on one stream. What a stream does not have is nil.
type Result struct {
	Stream    string     `json:"stream"`
	Family    string     `json:"family"` // streams of a family differ in their seeds or their sites
	Rows      int        `json:"rows"`
	AUC       *float64   `json:"auc"`
	AP        *float64   `json:"ap"`
	Alert     Recall     `json:"alert"`   // where the detector itself raised its hand
	AtOne     Recall     `json:"at_1pct"` // above the threshold that one in a hundred normal rows passes
	Types     []Type     `json:"per_type"`
	Incidents *Incidents `json:"incidents"`
	Run       Cost       `json:"run"`
}

// A Recall says how much of the attacks is above a threshold, and how many of the normal rows are.
type Recall struct {
	All    Share    `json:"all"`
	Seen   Share    `json:"seen"`
	Unseen Share    `json:"unseen"`
	FPR    *float64 `json:"fpr"`
}

// A Share is the recall of rows, and the mean of that of each type of attack.
type Share struct {
	Types  int      `json:"types"`
	Recall *float64 `json:"recall"`
	Macro  *float64 `json:"macro"`
}

// A Type is one type of attack.
type Type struct {
	Name   string  `json:"type"`
	Group  string  `json:"group"` // seen or unseen
	Rows   int     `json:"n"`
	Recall float64 `json:"recall_1pct"`
}

// Incidents says what became of the steps of an attack.
type Incidents struct {
	Steps  int      `json:"steps"`
	Found  int      `json:"found"`
	Pure   int      `json:"found_pure"` // by incidents most of whose evidence are steps
	Raised float64  `json:"raised_per_day"`
	False  float64  `json:"fp_per_day"`
	Delay  *float64 `json:"delay_median"` // seconds from a step's first row to the incident that found it
	Missed []string `json:"missed"`
}

// A Cost is what a run took.
type Cost struct {
	CPU float64 `json:"cpu_s"`
	MB  float64 `json:"peak_mb"`
}

// Judge runs the command of a detector on a stream.
func (k Known) Judge(ctx context.Context, command, stream string) (*Result, error) {
	text, err := k.evaluate(ctx, "--cmd", command, "--stream", k.stream(stream), "--json")
	if err != nil {
		return nil, fmt.Errorf("judging %s: %w", stream, err)
	}
	return decodeOne(text)
}

// judgeFiles judges what a detector has written.
func (k Known) judgeFiles(ctx context.Context, stream, scores, incidents string) (*Result, error) {
	args := []string{"--stream", k.stream(stream), "--scores", scores, "--json"}
	if incidents != "" {
		args = append(args, "--incidents", incidents)
	}
	text, err := k.evaluate(ctx, args...)
	if err != nil {
		return nil, fmt.Errorf("judging %s: %w", stream, err)
	}
	return decodeOne(text)
}

// decodeOne reads one result; the evaluator writes one alone or as a list of one.
func decodeOne(text []byte) (*Result, error) {
	var r Result
	text = bytes.TrimSpace(text)
	if inner, listed := bytes.CutPrefix(text, []byte("[")); listed {
		text = bytes.TrimSuffix(inner, []byte("]"))
	}
	if err := json.Unmarshal(text, &r); err != nil {
		return nil, fmt.Errorf("reading a result: %w", err)
	}
	return &r, nil
}

func (k Known) evaluate(ctx context.Context, args ...string) ([]byte, error) {
	cmd := exec.CommandContext(ctx, "python3", append([]string{k.evaluator()}, args...)...)
	var said bytes.Buffer
	cmd.Stderr = &said
	out, err := cmd.Output()
	if err != nil {
		return nil, fmt.Errorf("%w: %s", err, bytes.TrimSpace(said.Bytes()))
	}
	return out, nil
}
