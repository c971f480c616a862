package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"text/tabwriter"

	"frontfoot/ingest/hint"
	"frontfoot/ingest/parse"
	"frontfoot/ingest/parse/format"
	"frontfoot/query"
)

type formatCommand struct {
	List formatListCommand `cmd:"" help:"List the log formats that are understood."`
	Show formatShowCommand `cmd:"" help:"Tell of one format: what is read, from which reference, and where to point the device."`
	Test formatTestCommand `cmd:"" help:"Check formats: whether they load, and whether their samples give what they must."`
	New  formatNewCommand  `cmd:"" help:"Draft a format from lines on standard input that nobody understands yet."`
}

// draftBytes is how much of a log a draft is made from.
const draftBytes = 8 << 20

// formatsFolder is the flag of the commands that read a user's own formats.
type formatsFolder struct {
	Formats string `placeholder:"DIR" type:"existingdir" help:"Folder of formats of your own, which are tried first."`
}

func (f formatsFolder) load() (*parse.Formats, error) {
	if f.Formats == "" {
		return parse.BuiltIn(), nil
	}
	all, err := parse.LoadFormats(f.Formats)
	if err != nil {
		return nil, &hint.Error{Err: err, Hint: "docs/writing-formats.md tells how a format is written"}
	}
	return all, nil
}

type formatListCommand struct {
	formatsFolder
	JSON bool `name:"json" help:"One JSON object a line."`
}

// Run lists the formats.
func (c *formatListCommand) Run(t *terminal) error {
	all, err := c.load()
	if err != nil {
		return err
	}
	if c.JSON {
		out := json.NewEncoder(t.out)
		for _, s := range all.Specs() {
			if err := out.Encode(formatSummary(s)); err != nil {
				return fmt.Errorf("listing formats: %w", err)
			}
		}
		return nil
	}
	return query.WriteFormats(t.out, all.Specs())
}

// formatInfo is a format in JSON.
type formatInfo struct {
	Format    string            `json:"format"`
	Title     string            `json:"title"`
	Vendor    string            `json:"vendor,omitempty"`
	Product   string            `json:"product,omitempty"`
	Versions  string            `json:"versions,omitempty"`
	Setup     string            `json:"setup,omitempty"`
	Reference []string          `json:"reference,omitempty"`
	Types     map[string]string `json:"types,omitempty"`
	Samples   int               `json:"samples"`
}

func formatSummary(s *format.Spec) formatInfo {
	info := formatInfo{s.Name, s.Title, s.Vendor, s.Product, s.Versions, s.Setup, s.Reference, map[string]string{}, len(s.Samples)}
	for _, typ := range s.Types {
		info.Types[typ.Name] = typeNote(typ)
	}
	return info
}

func typeNote(t format.Type) string {
	if t.Read {
		return "read"
	}
	return "not read: " + t.Note
}

type formatShowCommand struct {
	formatsFolder
	Name string `arg:"" help:"The format, as format list names it."`
	JSON bool   `name:"json" help:"As JSON."`
}

// Run tells of one format.
func (c *formatShowCommand) Run(t *terminal) error {
	all, err := c.load()
	if err != nil {
		return err
	}
	s, err := find(all, c.Name)
	if err != nil {
		return err
	}
	if c.JSON {
		return json.NewEncoder(t.out).Encode(formatSummary(s))
	}
	w := tabwriter.NewWriter(t.out, 0, 0, 2, ' ', 0)
	row := func(name, value string) {
		if value != "" {
			fmt.Fprintf(w, "%s\t%s\n", name, value)
		}
	}
	row("format", s.Name)
	row("what", s.Title)
	row("vendor", strings.TrimSpace(s.Vendor+" "+s.Product))
	row("versions", s.Versions)
	row("set up", s.Setup)
	for _, page := range s.Reference {
		row("reference", page)
	}
	for _, typ := range s.Types {
		row("log type", typ.Name+": "+typeNote(typ))
	}
	row("samples", strconv.Itoa(len(s.Samples)))
	return w.Flush()
}

// mostAlike is how many formats are named to one who gave no whole name.
const mostAlike = 8

func find(all *parse.Formats, name string) (*format.Spec, error) {
	var alike []string
	for _, s := range all.Specs() {
		if s.Name == name {
			return s, nil
		}
		if strings.Contains(strings.ToLower(s.Name+" "+s.Title+" "+s.Vendor+" "+s.Product), strings.ToLower(name)) {
			alike = append(alike, s.Name)
		}
	}
	advice := "'frontfoot format list' has them all"
	if n := len(alike); n > 0 && n <= mostAlike {
		advice = "there is " + strings.Join(alike, ", ") + "; " + advice
	}
	return nil, &hint.Error{Err: fmt.Errorf("there is no format %q", name), Hint: advice}
}

type formatTestCommand struct {
	Formats []string `arg:"" optional:"" placeholder:"FORMAT|FILE" help:"Formats by name, or files (default: all that come with frontfoot)."`
}

// Run checks formats.
func (c *formatTestCommand) Run(ctx context.Context, t *terminal) error {
	all, specs, err := c.chosen()
	if err != nil {
		return err
	}
	samples, bad := 0, 0
	for _, s := range specs {
		samples += len(s.Samples)
		wrong, err := all.CheckSamples(ctx, s)
		if err != nil {
			return fmt.Errorf("checking %s: %w", s.Name, err)
		}
		bad += len(wrong)
		for _, m := range wrong {
			fmt.Fprintf(t.out, "%s:%d: %s\n", s.File, m.Line, m)
		}
	}
	if bad > 0 {
		return fmt.Errorf("%s of %s not as they must be", count(bad, "field"), count(samples, "sample"))
	}
	_, err = fmt.Fprintf(t.out, "%s of %s: all as they must be\n", count(samples, "sample"), count(len(specs), "format"))
	return err
}

// count writes a number with what is counted.
func count(n int, what string) string {
	if n != 1 {
		what += "s"
	}
	return strconv.Itoa(n) + " " + what
}

// chosen returns the formats to check, and all among which their lines are recognised.
func (c *formatTestCommand) chosen() (*parse.Formats, []*format.Spec, error) {
	all := parse.BuiltIn()
	if len(c.Formats) == 0 {
		return all, all.Specs(), nil
	}
	var files []string
	var specs []*format.Spec
	for _, name := range c.Formats {
		if strings.HasSuffix(name, ".yaml") {
			files = append(files, name)
			continue
		}
		s, err := find(all, name)
		if _, absent := os.Stat(name); err != nil && absent == nil {
			err = &hint.Error{Err: fmt.Errorf("%s is no file of a format: its name does not end in .yaml", name), Hint: "docs/writing-formats.md tells how a format is written"}
		}
		if err != nil {
			return nil, nil, err
		}
		specs = append(specs, s)
	}
	if len(files) == 0 {
		return all, specs, nil
	}
	own, err := readFiles(files)
	if err != nil {
		return nil, nil, &hint.Error{Err: err, Hint: "docs/writing-formats.md tells how a format is written"}
	}
	all, err = parse.WithFormats(own)
	return all, append(specs, own...), err
}

func readFiles(files []string) ([]*format.Spec, error) {
	var specs []*format.Spec
	var bad []error
	for _, file := range files {
		src, err := os.ReadFile(filepath.Clean(file))
		if err != nil {
			bad = append(bad, fmt.Errorf("reading a format: %w", err))
			continue
		}
		s, err := format.Read(file, src)
		if err != nil {
			bad = append(bad, err)
			continue
		}
		specs = append(specs, s)
	}
	return specs, errors.Join(bad...)
}

type formatNewCommand struct {
	Name string `default:"own.device" help:"The format's name: vendor.product. It is also the file's, with .yaml behind it."`
}

// Run drafts a format.
func (c *formatNewCommand) Run(ctx context.Context, t *terminal) error {
	text, err := io.ReadAll(io.LimitReader(t.in, draftBytes))
	if err != nil {
		return fmt.Errorf("reading lines: %w", err)
	}
	out, left, err := parse.Draft(ctx, c.Name, bytes.Split(text, []byte{'\n'}))
	tellLeftOut(t.err, left)
	switch {
	case errors.Is(err, parse.ErrAllUnderstood):
		return &hint.Error{Err: err, Hint: "'frontfoot parse --explain' shows what is read out of each"}
	case err != nil:
		return &hint.Error{Err: err, Hint: "give it a few lines of the log: frontfoot format new < sample.log > own.device.yaml"}
	}
	_, err = t.out.Write(out)
	return err
}

// tellLeftOut warns of lines that a draft is not made from: of each reason the first line, and how many there are.
func tellLeftOut(w io.Writer, left []parse.LeftOut) {
	lines := map[string]int{}
	var firsts []parse.LeftOut
	for _, l := range left {
		if lines[l.Why]++; lines[l.Why] == 1 {
			firsts = append(firsts, l)
		}
	}
	if len(firsts) > 0 {
		fmt.Fprintln(w, "warning: left out of the draft:")
	}
	for _, l := range firsts {
		fmt.Fprintf(w, "stdin:%d: %s", l.Line, l.Why)
		if more := lines[l.Why] - 1; more > 0 {
			fmt.Fprintf(w, " (%d lines in all)", more+1)
		}
		fmt.Fprintln(w)
	}
}
