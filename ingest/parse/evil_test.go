package parse

import (
	"slices"
	"strings"
	"testing"
	"time"

	"frontfoot/ingest/event"
)

// TestNoLineIsSlow gives the parser lines of a megabyte that are made to be slow to read: one that costs the square of its length takes far longer than
// the minute that a busy machine is given.
func TestNoLineIsSlow(t *testing.T) {
	for name, line := range evilLines() {
		p, b := New(Config{}), event.NewBuilder()
		start := time.Now()
		p.Line(b, []byte(line), goldenNow.UnixNano())
		b.End()
		if d := time.Since(start); d > time.Minute {
			t.Errorf("%s: %v", name, d)
		}
		if b.Size() > 8*len(line) {
			t.Errorf("%s: a line of %d bytes became %d", name, len(line), b.Size())
		}
	}
}

// A search that looks far ahead again and again is given up, however few places it finds.
func TestFarSearchesTakeSteps(t *testing.T) {
	pat, err := compile("{first a} x {first b} y", func(string) field { return field{} })
	if err != nil {
		t.Fatal(err)
	}
	p := New(Config{})
	if text := strings.Repeat("a x ", 1<<18); p.fits(pat, []byte(text)) || p.steps >= 0 {
		t.Errorf("%d of %d steps are left", p.steps, maxSteps)
	}
	if text := strings.Repeat("a x ", 1<<18) + " y"; !p.fits(pat, []byte(text)) {
		t.Error("one far search is too much")
	}
}

// A capture that is long takes steps, so that it is not read again from place to place; once it may be as long as it likes.
func TestLongCapturesTakeSteps(t *testing.T) {
	for _, c := range []struct{ again, once, unit string }{
		{"{first a}:{ip b} y", "{ip b} y", ":1"},
		{"{first a}:{word b} y", "{word b} y", "1:"},
		{"{first a}1{int b} y", "{int b} y", "11"},
	} {
		p, text := New(Config{}), []byte(strings.Repeat(c.unit, 1<<18)+" y")
		for pattern, want := range map[string]bool{c.again + "!": false, c.once: true} {
			pat, err := compile(pattern, func(string) field { return field{} })
			if err != nil {
				t.Fatal(err)
			}
			if got := p.fits(pat, text); got != want || want != (p.steps >= 0) {
				t.Errorf("%s: got %v, want %v; %d of %d steps are left", pattern, got, want, p.steps, maxSteps)
			}
		}
	}
}

// BenchmarkEvil measures the same lines, each of which should take less than a second.
func BenchmarkEvil(b *testing.B) {
	for name, line := range evilLines() {
		b.Run(name, func(b *testing.B) {
			b.SetBytes(int64(len(line)))
			p, rows := New(Config{}), event.NewBuilder()
			for b.Loop() {
				p.Line(rows, []byte(line), goldenNow.UnixNano())
				rows.End()
				rows.Reset()
			}
		})
	}
}

// evilLines are lines of a megabyte that are made to be slow to read, by what they are made of.
func evilLines() map[string]string {
	fill := func(before, unit, after string) string {
		return before + strings.Repeat(unit, (1<<20)/len(unit)) + after
	}
	texts := formatTexts()
	const sshd = "Nov 23 14:02:11 h sshd[1]: "
	return map[string]string{
		"long name over many members": `{"` + strings.Repeat("K", 1<<19) + `":{` + strings.TrimSuffix(strings.Repeat(`"B":1,`, (1<<19)/6), ",") + "}}",
		"mixed arrays":                fill(`{"a":[`, "1,[2],", "1]}"),
		"deep":                        fill("", `{"a":`, ""),
		"escapes":                     fill(`{"a":"`, `\ud83d\ude00`, `"}`),
		"open strings":                fill("", `{"a`, ""),
		"open quotes":                 fill("a=1 ", `b="x `, ""),
		"quotes":                      fill(`a=1 b=`, `"`, ""),
		"backslashes":                 fill(`a=1 b="`, `\`, ""),
		"pairs":                       fill("", "Key=value ", ""),
		"FortiGate pairs":             fill(`date=2026-11-23 logid=1 type=x subtype=y `, `url="a\" `, ""),
		"from":                        fill(sshd+"Failed password for invalid user ", " from ", ""),
		"from with addresses":         fill(sshd+"Failed password for invalid user ", "x from 8.8.8.8 port 1 ssh2 ", ""),
		"addresses of an ASA":         fill("<164>%ASA-4-106023: Deny tcp src outside:", "10.1.2.3:", ""),
		"PAM":                         fill(sshd+"PAM: ", "x for illegal user y from ", ""),
		"pam_unix":                    fill(sshd+"pam_unix(sshd:auth): authentication failure; logname=", " ruser= rhost= user=", ""),
		"sudo":                        fill("Nov 23 14:02:11 h sudo: a : ", "x ; ", ""),
		"netfilter":                   fill("Nov 23 14:02:11 h kernel: ", "IN= OUT= [SRC=", ""),
		"CEF's equals signs":          fill("CEF:0|v|p|1|2|n|5|a=b", "=", ""),
		"CEF's labels":                fill("CEF:0|v|p|1|2|n|5|", "aLabel=b c=d ", ""),
		"structured data":             fill("<1>1 - - - - - [", `a="\]"`, ""),
		"structured elements":         fill("<1>1 - - - - - ", `[a b="c"]`, " x"),
		"long host":                   fill("<1>1 - ", "h", " a - - - x"),
		"spaces":                      fill("<1>", " ", ""),
		"digits":                      fill("", "1", ": x"),
		"colons":                      fill("Nov 23 14:02:11 ", ":", ""),
		"requests":                    fill("", `10.0.0.1 - - [26/Nov/2026:10:10:12 +0000] "GET / `, ""),
		"texts of formats":            fill("", texts, ""),
		"texts of formats at the end": fill("", "x ", texts),
		"texts of JSON formats":       fill("{", texts, ""),
	}
}

// formatTexts returns all texts by which formats recognise a line.
func formatTexts() string {
	var all []string
	for i := range BuiltIn().all {
		c := &BuiltIn().all[i]
		m := &c.line.matches[c.match]
		all = append(all, slices.Concat(m.Has, m.Any, m.Keys)...)
	}
	return strings.Join(all, `"`)
}
