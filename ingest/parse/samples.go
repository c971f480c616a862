package parse

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"maps"
	"net/netip"
	"slices"
	"strings"
	"time"

	"frontfoot/ingest/parse/format"
)

// guarded are the fields that detection leans on most: a sample that does not name them says that the line has none.
func guarded() []string {
	return []string{
		"source.ip", "source.port", "destination.ip", "destination.port", "network.transport", "user.name", "source.nat.ip", "destination.nat.ip",
		"source.mac", "url.domain", "dns.question.name", "event.outcome",
	}
}

// samplesNow is when samples are received.
func samplesNow() time.Time { return time.Date(2026, 11, 26, 12, 0, 0, 0, time.UTC) }

// A Mismatch is a sample that gives something else than it must.
type Mismatch struct {
	Line  int // of the format's file
	Field string
	Want  string // "" for none
	Got   string
}

// String returns the mismatch in words.
func (m Mismatch) String() string {
	switch {
	case m.Want == "":
		return fmt.Sprintf("%s must be absent and is %q", m.Field, m.Got)
	case m.Got == "":
		return fmt.Sprintf("%s must be %q and is absent", m.Field, m.Want)
	}
	return fmt.Sprintf("%s must be %q and is %q", m.Field, m.Want, m.Got)
}

// CheckSamples reads a format's samples with all formats and returns what differs. The error says that a sample cannot be read.
func (f *Formats) CheckSamples(ctx context.Context, s *format.Spec) ([]Mismatch, error) {
	var all []Mismatch
	for i := range s.Samples {
		sample := &s.Samples[i]
		got, err := f.flat(ctx, sample)
		if err != nil {
			return nil, fmt.Errorf("%s:%d: %w", s.File, sample.At, err)
		}
		all = append(all, compare(s, sample, got)...)
	}
	return all, nil
}

// flat reads a sample's line and returns its fields as text, labels as labels.NAME.
func (f *Formats) flat(ctx context.Context, sample *format.Sample) (map[string]string, error) {
	zone := time.UTC
	if sample.Zone != "" {
		var err error
		if zone, err = Zone(sample.Zone); err != nil {
			return nil, fmt.Errorf("zone of a sample: %w", err)
		}
	}
	var out bytes.Buffer
	line := strings.ReplaceAll(sample.Line, "\n", " ")
	if _, err := Stream(ctx, strings.NewReader(line+"\n"), &out, Config{Zone: zone, Replay: true, Formats: f}, samplesNow()); err != nil {
		return nil, err
	}
	var row map[string]any
	d := json.NewDecoder(&out)
	d.UseNumber()
	if err := d.Decode(&row); err != nil {
		return nil, fmt.Errorf("reading an event back: %w", err)
	}
	got := map[string]string{}
	for name, v := range row {
		if labels, ok := v.(map[string]any); ok && name == "labels" {
			for label, v := range labels {
				got["labels."+label] = fmt.Sprint(v)
			}
			continue
		}
		got[name] = fmt.Sprint(v)
	}
	return got, nil
}

// compare holds what a line gave against what its sample says.
func compare(s *format.Spec, sample *format.Sample, got map[string]string) []Mismatch {
	var out []Mismatch
	differ := func(field, want, got string) { out = append(out, Mismatch{sample.At, field, want, got}) }
	if _, named := sample.Gives["event.dataset"]; !named && got["event.dataset"] != s.Name {
		differ("event.dataset", s.Name, got["event.dataset"])
	}
	if why := got["labels.event.partial"]; (why != "") != sample.Partial {
		differ("labels.event.partial", map[bool]string{true: "(a reason)"}[sample.Partial], why)
	}
	for _, field := range slices.Sorted(maps.Keys(sample.Gives)) {
		if want := sample.Gives[field]; !sameValue(field, want, got[field]) {
			differ(field, want, got[field])
		}
	}
	for _, field := range guarded() {
		if _, named := sample.Gives[field]; !named && got[field] != "" {
			differ(field, "", got[field])
		}
	}
	return out
}

// sameValue compares texts; times as moments and addresses as addresses.
func sameValue(field, want, got string) bool {
	if want == got {
		return true
	}
	if field == "@timestamp" {
		a, err := time.Parse(time.RFC3339Nano, want)
		b, other := time.Parse(time.RFC3339Nano, got)
		return err == nil && other == nil && a.Equal(b)
	}
	a, err := netip.ParseAddr(want)
	b, other := netip.ParseAddr(got)
	return err == nil && other == nil && a == b
}
