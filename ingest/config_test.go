package ingest

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestDefaultConfigIsValid(t *testing.T) {
	c := DefaultConfig()
	if problems := c.Validate(); len(problems) > 0 {
		t.Errorf("problems: %v", problems)
	}
	if in := c.Inputs[0]; in.Listen != ":5514" || in.Site != "local" || in.Transport != "both" || in.Clock != ClockLive {
		t.Errorf("default input is %+v", in)
	}
}

func TestValidateNamesEachProblem(t *testing.T) {
	good := Input{Name: "n", Type: TypeSyslog, Site: "leeds"}
	tests := map[string]struct {
		change func(*Config)
		want   Problem
	}{
		"no inputs": {func(c *Config) { c.Inputs = nil }, Problem{"ingest.inputs", "must have at least one input"}},
		"batch":     {func(c *Config) { c.BatchBytes = 5 }, Problem{"ingest.batch_bytes", "must be from 10000 to 900000, is 5"}},
		"linger":    {func(c *Config) { c.Linger = -1 }, Problem{"ingest.linger", "must be from 1ms to 1m0s, is -1ns"}},
		"site":      {func(c *Config) { c.Inputs[0].Site = "Leeds" }, Problem{"ingest.inputs.0.site", `must be 3 to 40 of a-z, 0-9 and -, is "Leeds"`}},
		"premises":  {func(c *Config) { c.Inputs[0].Premises = "x" }, Problem{"ingest.inputs.0.premises", `must be empty or 3 to 40 of a-z, 0-9 and -, is "x"`}},
		"name":      {func(c *Config) { c.Inputs[0].Name = "A b" }, Problem{"ingest.inputs.0.name", `must be 1 to 40 of a-z, 0-9 and -, is "A b"`}},
		"clock":     {func(c *Config) { c.Inputs[0].Clock = "dead" }, Problem{"ingest.inputs.0.clock", `must be one of live, replay, is "dead"`}},
		"zone":      {func(c *Config) { c.Inputs[0].TZ = "Mars/Base" }, Problem{"ingest.inputs.0.tz", `must be an IANA name, Local, UTC, +HH:MM or -HH:MM, is "Mars/Base"`}},
		"max line":  {func(c *Config) { c.Inputs[0].MaxLine = 1 << 20 }, Problem{"ingest.inputs.0.max_line", "must be from 1024 to 262144, is 1048576"}},
		"no port":   {func(c *Config) { c.Inputs[0].Listen = "localhost" }, Problem{"ingest.inputs.0.listen", `must be host:port or :port, is "localhost"`}},
		"bad port":  {func(c *Config) { c.Inputs[0].Listen = ":70000" }, Problem{"ingest.inputs.0.listen", `must have a port from 0 to 65535, is ":70000"`}},
		"transport": {func(c *Config) { c.Inputs[0].Transport = "tls" }, Problem{"ingest.inputs.0.transport", `must be one of both, udp, tcp, is "tls"`}},
		"foreign":   {func(c *Config) { c.Inputs[0].Once = true }, Problem{"ingest.inputs.0.once", "means nothing for an input of type syslog"}},
		"same name": {func(c *Config) { c.Inputs = append(c.Inputs, good); c.Inputs[1].Listen = ":1" }, Problem{"ingest.inputs.1.name", `must differ from the other inputs' names, "n" is there already`}},
		"same port": {func(c *Config) { c.Inputs = append(c.Inputs, good); c.Inputs[1].Name = "m" }, Problem{"ingest.inputs.1.listen", "must differ from the other inputs' addresses: n listens on :5514 already"}},
		"same port everywhere": {func(c *Config) {
			c.Inputs = append(c.Inputs, Input{Name: "m", Type: TypeSyslog, Site: "leeds", Listen: "127.0.0.1:5514"}, Input{Name: "o", Type: TypeSyslog, Site: "leeds", Listen: "127.0.0.1:5515"})
		}, Problem{"ingest.inputs.1.listen", "must differ from the other inputs' addresses: n listens on :5514 already"}},
		"everywhere by another name": {func(c *Config) {
			c.Inputs = append(c.Inputs, Input{Name: "m", Type: TypeSyslog, Site: "leeds", Listen: "[::]:5514", Transport: "tcp"})
		}, Problem{"ingest.inputs.1.listen", "must differ from the other inputs' addresses: n listens on :5514 already"}},
		"no paths": {func(c *Config) { c.Inputs[0] = Input{Name: "n", Type: TypeFile, Site: "leeds"} }, Problem{"ingest.inputs.0.paths", "must name at least one file or glob"}},
		"bad glob": {func(c *Config) {
			c.Inputs[0] = Input{Name: "n", Type: TypeFile, Site: "leeds", Paths: []string{"/a", "[b"}}
		}, Problem{"ingest.inputs.0.paths.1", `must be a path or a glob, is "[b"`}},
		"type": {func(c *Config) { c.Inputs[0] = Input{Name: "n", Type: "http", Site: "leeds"} }, Problem{"ingest.inputs.0.type", `must be one of syslog, file, stdin, is "http"`}},
		"stdin twice": {func(c *Config) {
			c.Inputs = []Input{{Type: TypeStdin, Site: "leeds"}, {Type: TypeStdin, Site: "york"}}
		}, Problem{"ingest.inputs.1.type", "only one input can be stdin"}},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			c := Config{Inputs: []Input{good}}
			tt.change(&c)
			c.SetDefaults()
			if diff := cmp.Diff([]Problem{tt.want}, c.Validate()); diff != "" {
				t.Errorf("problems (-want +got):\n%s", diff)
			}
		})
	}
}

// What does not meet is no clash: another transport, another address, any free port.
func TestInputsSideBySide(t *testing.T) {
	input := func(name, listen, transport string) Input {
		return Input{Name: name, Type: TypeSyslog, Site: "leeds", Listen: listen, Transport: transport}
	}
	c := Config{Inputs: []Input{
		input("a", ":5514", "udp"), input("b", ":5514", "tcp"), input("c", "127.0.0.1:5515", ""), input("d", "127.0.0.2:5515", ""), input("e", ":0", ""), input("f", ":0", ""),
	}}
	c.SetDefaults()
	if problems := c.Validate(); len(problems) > 0 {
		t.Errorf("problems: %v", problems)
	}
}

// A path waits where nothing is there that can be read as lines.
func TestWaiting(t *testing.T) {
	folder := t.TempDir()
	for _, name := range []string{"a.log", "b.log.gz"} {
		if err := os.WriteFile(filepath.Join(folder, name), nil, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	in := func(name string) string { return filepath.Join(folder, name) }
	c := Config{Inputs: []Input{{Type: TypeSyslog}, {Type: TypeFile, Paths: []string{in("a.log"), in("*.gz"), in("*"), in("none"), folder}}}}
	want := []Problem{
		{"ingest.inputs.1.paths.1", "no file is there to be read: " + in("*.gz")},
		{"ingest.inputs.1.paths.3", "no file is there to be read: " + in("none")},
		{"ingest.inputs.1.paths.4", "no file is there to be read: " + folder},
	}
	if diff := cmp.Diff(want, c.Waiting()); diff != "" {
		t.Errorf("waiting (-want +got):\n%s", diff)
	}
}
