package main

import (
	_ "embed" // for the reference below
	"encoding/json"
	"fmt"
	"io"

	"go.yaml.in/yaml/v4"
)

// configReference is every default with its explanation. The fields' doc comments are its source, and a test keeps it true to them.
//
//go:embed docs/config.yaml
var configReference []byte

type configCommand struct {
	Show  configShow  `cmd:"" help:"Print the configuration with all defaults and what each key is for."`
	Check configCheck `cmd:"" help:"Check a configuration file and the formats that it names: every problem with its line."`
}

type configShow struct {
	JSON bool `help:"Print JSON, without the explanations."`
}

// Run prints what holds: the defaults, the file over them, the flags over both.
func (c configShow) Run(t *terminal, g *globals) error {
	cfg, err := g.load()
	if err != nil {
		return err
	}
	if c.JSON {
		return writeConfigJSON(t.out, cfg)
	}
	return writeConfig(t.out, cfg)
}

type configCheck struct {
	File string `arg:"" help:"Configuration file."`
}

// Run says that the file is right, or returns every problem of it. What may be meant so is warned of.
func (c configCheck) Run(t *terminal) error {
	cfg, where, err := readConfig(c.File)
	if err != nil {
		return err
	}
	if err := cfg.Ingest.Check(); err != nil {
		return fmt.Errorf("checking the configuration:\n%s:%d: %w", c.File, where.line("ingest.formats"), err)
	}
	warning := configError{file: c.File}
	for _, p := range cfg.Ingest.Waiting() {
		warning.problems = append(warning.problems, configProblem{where.line(p.Path), p.Path, p.Msg})
	}
	if len(warning.problems) > 0 {
		fmt.Fprintf(t.err, "warning:\n%v\nhint: correct the path, unless the file is still to come: it is read as soon as it is there\n", &warning)
	}
	_, err = fmt.Fprintf(t.out, "%s: no problems\n", c.File)
	return err
}

// writeConfig writes cfg as a configuration file, each key below its explanation.
func writeConfig(w io.Writer, cfg *Config) error {
	var reference yaml.Node
	if err := yaml.Load(configReference, &reference); err != nil {
		return fmt.Errorf("reading the configuration's reference: %w", err)
	}
	docs := map[string]string{}
	collectComments(reference.Content[0], "", docs)
	return writeAnnotated(w, cfg, func(path string) string { return docs[path] })
}

// writeAnnotated writes cfg with doc's text above each key.
func writeAnnotated(w io.Writer, cfg *Config, doc func(path string) string) error {
	var root yaml.Node
	if err := root.Dump(cfg); err != nil {
		return fmt.Errorf("encoding the configuration: %w", err)
	}
	annotate(&root, "", doc)
	text, err := yaml.Dump(&root, yaml.WithIndent(2), yaml.WithLineWidth(-1))
	if err != nil {
		return fmt.Errorf("encoding the configuration: %w", err)
	}
	_, err = w.Write(text)
	return err
}

func annotate(n *yaml.Node, path string, doc func(path string) string) {
	walk(n, path, func(key *yaml.Node, at string) { key.HeadComment = doc(at) })
}

func collectComments(n *yaml.Node, path string, into map[string]string) {
	walk(n, path, func(key *yaml.Node, at string) { into[at] = key.HeadComment })
}

// walk calls visit for every key of the mappings in n. It leaves out the elements of lists: their keys are explained above the list.
func walk(n *yaml.Node, path string, visit func(key *yaml.Node, at string)) {
	if n.Kind != yaml.MappingNode {
		return
	}
	for i := 0; i+1 < len(n.Content); i += 2 {
		at := join(path, n.Content[i].Value)
		visit(n.Content[i], at)
		walk(n.Content[i+1], at, visit)
	}
}

func writeConfigJSON(w io.Writer, cfg *Config) error {
	text, err := yaml.Dump(cfg)
	if err != nil {
		return fmt.Errorf("encoding the configuration: %w", err)
	}
	var values map[string]any
	if err := yaml.Load(text, &values); err != nil {
		return fmt.Errorf("encoding the configuration: %w", err)
	}
	return json.NewEncoder(w).Encode(values)
}
