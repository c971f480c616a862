package parse

import (
	"bytes"
	"context"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"

	"frontfoot/ingest/event"
	"frontfoot/ingest/parse/format"
)

// write writes the format, with samples where there are any.
func (d *draft) write(samples []string) []byte {
	var out bytes.Buffer
	fmt.Fprintf(&out, "# A draft: correct what is wrong, say what the names mean, and check it with `frontfoot format test %s.yaml`.\n", d.name)
	fmt.Fprintf(&out, "format: %s\ntitle: %s\nvendor: \"\"\nproduct: \"\"\nreference: []   # the vendor's page that tells what the fields mean\n\n", d.name, d.name)
	fmt.Fprintf(&out, "lines:\n  - match: %s\n    %s\n", d.match(), d.way)
	var times []string
	fields := &strings.Builder{}
	for _, name := range d.names {
		target, comment := d.guess(name)
		switch {
		case target == "@timestamp":
			times = append(times, name)
		case target != "":
			fmt.Fprintf(fields, "  %s: %s\n", quoteYAML(name), target)
		case comment != "":
			fmt.Fprintf(fields, "  %s: label   # %s\n", quoteYAML(name), comment)
		}
	}
	if len(times) > 0 {
		out.WriteString("\ntime:\n")
		for _, name := range times {
			fmt.Fprintf(&out, "  - %s\n", quoteYAML(name))
		}
	}
	if fields.Len() > 0 {
		out.WriteString("\nfields:\n" + fields.String())
	}
	if len(samples) > 0 {
		out.WriteString("\n# What the draft makes of these lines: correct what they should give before you correct the fields.\nsamples:\n")
		for _, s := range samples {
			out.WriteString(s)
		}
	}
	return out.Bytes()
}

// match says what recognises the lines.
func (d *draft) match() string {
	var quoted []string
	for _, text := range d.texts {
		quoted = append(quoted, quoteYAML(text))
	}
	list := "[" + strings.Join(quoted, ", ") + "]"
	switch {
	case len(d.texts) > 0 && d.keys:
		return "{keys: " + list + "}"
	case len(d.texts) > 0:
		return "{has: " + list + "}"
	}
	for app, n := range d.apps {
		if app != "" && n == len(d.bodies) {
			return "{program: [" + quoteYAML(app) + "]}"
		}
	}
	return "{has: [" + quoteYAML(commonText(d.bodies)) + "]}"
}

// commonText returns the longest word that all bodies hold, the first body's own first word where there is none.
func commonText(bodies [][]byte) string {
	first, best := "", ""
	for w := range bytes.FieldsSeq(bodies[0]) {
		if first == "" {
			first = string(w)
		}
		if len(w) > len(best) && draftWord(w) != "*" && !slices.ContainsFunc(bodies, func(b []byte) bool { return !bytes.Contains(b, w) }) {
			best = string(w)
		}
	}
	if best == "" {
		return first
	}
	return best
}

// guess tells where a value of that name may go: by the names in general use, or what a look at it says.
func (d *draft) guess(name string) (target, comment string) {
	v := d.samples[name]
	last := name[strings.LastIndexByte(name, '.')+1:]
	f := commonFields.get([]byte(strings.ToLower(name)))
	if f == nil {
		f = commonFields.get([]byte(strings.ToLower(last)))
	}
	switch {
	case f == nil:
	case f.kind == kTime:
		return "@timestamp", ""
	case f.kind == kLevel:
		return "log.level", ""
	case f.kind == kProto:
		return "network.transport", ""
	case f.col != event.Time:
		return f.col.String(), ""
	}
	switch {
	case isAddr(v):
		return "", "an address: source.ip or destination.ip?"
	case f == nil && len(v) >= 16 && looksLikeTime(v):
		return "", "a time: under time, if it is the event's own"
	case strings.HasPrefix(name, "column_"), strings.HasPrefix(name, "word_"):
		return "", "such as " + strings.Map(func(r rune) rune {
			if r < ' ' || r == 0x7f || r == '\ufeff' || r >= 0x80 && r < 0xa0 {
				return -1
			}
			return r
		}, strings.ToValidUTF8(string(v[:min(len(v), 40)]), ""))
	}
	return "", ""
}

func looksLikeTime(v []byte) bool {
	_, _, iso := readISO(v)
	_, _, bsd := readBSD(v)
	return iso || bsd
}

// withSamples adds lines of different shapes, and what the draft makes of them.
func (d *draft) withSamples(ctx context.Context, text []byte, whole [][]byte) ([]byte, error) {
	spec, err := format.Read(d.name+".yaml", text)
	if err != nil {
		return nil, fmt.Errorf("drafting: %w", err)
	}
	all, err := WithFormats([]*format.Spec{spec})
	if err != nil {
		return nil, fmt.Errorf("drafting: %w", err)
	}
	step := max(len(whole)/draftSamples, 1)
	var samples []string
	for i := 0; i < len(whole) && len(samples) < draftSamples; i += step {
		line := string(whole[i])
		got, err := all.flat(ctx, &format.Sample{Line: line})
		if err != nil {
			return nil, fmt.Errorf("drafting: %w", err)
		}
		var out strings.Builder
		fmt.Fprintf(&out, "  - line: %s\n    from: a line of yours\n    gives:\n      \"@timestamp\": %q\n", quoteYAML(line), got["@timestamp"])
		for _, name := range slices.Sorted(maps.Keys(got)) {
			if slices.Contains(guarded(), name) {
				fmt.Fprintf(&out, "      %s: %s\n", name, quoteYAML(got[name]))
			}
		}
		if got["labels.event.partial"] != "" {
			out.WriteString("    partial: true\n")
		}
		samples = append(samples, out.String())
	}
	return d.write(samples), nil
}

// quoteYAML writes a text so that YAML reads it as it is.
func quoteYAML(s string) string {
	if strings.ContainsFunc(s, func(r rune) bool { return r < ' ' || !strconv.IsPrint(r) && r != ' ' }) {
		return strconv.QuoteToASCII(s)
	}
	return "'" + strings.ReplaceAll(s, "'", "''") + "'"
}
