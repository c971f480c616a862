package parse

import (
	"fmt"
	"strings"
	"testing"

	"frontfoot/ingest/parse/format"
)

// ownFormats returns the built-in formats with some before them, given by what their lines must have and how they are cut.
func ownFormats(t *testing.T, lines map[string]string) *Formats {
	t.Helper()
	var specs []*format.Spec
	for name, line := range lines {
		spec, err := format.Read(name+".yaml", []byte("format: "+name+"\ntitle: x\nlines:\n  - "+line+"\n"))
		if err != nil {
			t.Fatal(err)
		}
		specs = append(specs, spec)
	}
	f, err := WithFormats(specs)
	if err != nil {
		t.Fatal(err)
	}
	return f
}

// Of more formats than are looked at for one line, those are left that ask for most, wherever their texts stand.
func TestManyCandidates(t *testing.T) {
	lines, all := map[string]string{}, ""
	for i := range 2 * maxCandidates {
		text := fmt.Sprintf("<own-%d>", i)
		lines[fmt.Sprintf("own.f%d", i)] = fmt.Sprintf("match: {has: [%q]}\n    patterns: ['fits nothing']", text)
		all += text
	}
	const most = "<this asks for most>"
	lines["own.most"] = fmt.Sprintf("match: {has: [%q]}\n    text: {}", most)
	f := ownFormats(t, lines)
	for _, line := range []string{most + all, all + most} {
		got, err := f.flat(t.Context(), &format.Sample{Line: line})
		if err != nil || got["event.dataset"] != "own.most" {
			t.Errorf("%.30s…: taken by %s (%v)", line, got["event.dataset"], err)
		}
	}
}

// Texts too short to be searched for with the others recognise lines all the same.
func TestShortTexts(t *testing.T) {
	f := ownFormats(t, map[string]string{
		"own.has":   `{match: {has: ["\u00a7+", "~"]}, text: {}}`,
		"own.any":   `{match: {any: ["\u00a7-", "a long text"]}, text: {}}`,
		"own.lacks": `{match: {has: ["§§§§§"], lacks: ["!"]}, text: {}}`,
	})
	for line, want := range map[string]string{
		"x §+ ~": "own.has", "x §+ x": Unknown, "x §- x": "own.any", "x a long text x": "own.any", "x §§§§§ x": "own.lacks", "x §§§§§ x!": Unknown,
	} {
		got, err := f.flat(t.Context(), &format.Sample{Line: strings.Repeat("x", 20) + line})
		if err != nil || got["event.dataset"] != want {
			t.Errorf("%s: taken by %s (%v), want %s", line, got["event.dataset"], err, want)
		}
	}
}
