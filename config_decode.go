package main

import (
	"bytes"
	"cmp"
	"encoding"
	"errors"
	"fmt"
	"io"
	"os"
	"reflect"
	"slices"
	"strconv"
	"strings"
	"time"

	"go.yaml.in/yaml/v4"

	"frontfoot/ingest/hint"
)

// configError is every problem of one configuration file, a line each: "file:line: path: message".
type configError struct {
	file     string
	problems []configProblem
}

// configProblem is one wrong value. Its path is dotted, a list's elements by number; it is empty where the file is not YAML.
type configProblem struct {
	line       int
	path, text string
}

func (e *configError) Error() string {
	lines := make([]string, len(e.problems))
	for i, p := range e.problems {
		text := p.text
		if p.path != "" {
			text = p.path + ": " + text
		}
		lines[i] = fmt.Sprintf("%s:%d: %s", e.file, p.line, text)
	}
	return strings.Join(lines, "\n")
}

// HintText returns what to do about it.
func (e *configError) HintText() string {
	return "'frontfoot config show' prints every key with its default and what it is for"
}

// loadConfig reads a configuration file over the defaults; no file is the defaults. The error is that of readConfig.
func loadConfig(path string) (*Config, error) {
	if path == "" {
		cfg := defaultConfig()
		return &cfg, nil
	}
	cfg, _, err := readConfig(path)
	return cfg, err
}

// readConfig reads a configuration file over the defaults, and tells where in it each path stands. The error wraps a *configError with
// every problem of the file, or says why it cannot be read.
func readConfig(path string) (*Config, *configDecoder, error) {
	src, err := os.ReadFile(path)
	if err != nil {
		return nil, nil, &hint.Error{Err: fmt.Errorf("reading the configuration: %w", err), Hint: "'frontfoot config show' prints a file to begin with"}
	}
	cfg, where, err := parseConfig(path, src)
	if err != nil {
		return nil, nil, fmt.Errorf("reading the configuration:\n%w", err) // each problem begins a line: there editors look for its place
	}
	return cfg, where, nil
}

// parseConfig reads src, which messages call file, over the defaults. An empty text is the defaults.
func parseConfig(file string, src []byte) (*Config, *configDecoder, error) {
	cfg := defaultConfig()
	d := &configDecoder{lines: map[string]int{"": 1}}
	if root := d.parse(src); root != nil {
		d.decode(root, reflect.ValueOf(&cfg).Elem(), "")
		cfg.Ingest.SetDefaults() // of each input that the file lists
	}
	undecoded := slices.Clone(d.problems)
	cfg.validate(func(path, text string) {
		// A value that could not be read is still the default: nothing more can be said of it.
		if !slices.ContainsFunc(undecoded, func(p configProblem) bool { return p.path == path }) {
			d.report(d.line(path), path, text)
		}
	})
	if len(d.problems) > 0 {
		slices.SortStableFunc(d.problems, func(a, b configProblem) int { return cmp.Compare(a.line, b.line) })
		return nil, nil, &configError{file: file, problems: d.problems}
	}
	return &cfg, d, nil
}

// configDecoder fills structs from YAML nodes. yaml's own decoder knows lines but not paths, and takes a key twice.
type configDecoder struct {
	lines    map[string]int // where each path stands that the file spells out
	problems []configProblem
}

func (d *configDecoder) report(line int, path, text string) {
	d.problems = append(d.problems, configProblem{max(line, 1), path, text})
}

// line returns where path stands; a value left to its default is blamed on the nearest thing around it.
func (d *configDecoder) line(path string) int {
	for {
		if line, ok := d.lines[path]; ok {
			return line
		}
		path = path[:max(strings.LastIndexByte(path, '.'), 0)]
	}
}

// parse returns the root of the one document in src, nil where there is none or it is broken.
func (d *configDecoder) parse(src []byte) *yaml.Node {
	loader, err := yaml.NewLoader(bytes.NewReader(src))
	if err != nil {
		d.report(1, "", err.Error())
		return nil
	}
	var doc, more yaml.Node
	if err := loader.Load(&doc); err != nil || len(doc.Content) == 0 {
		if err != nil && !errors.Is(err, io.EOF) {
			d.report(errorLine(err), "", "is not YAML: "+errorText(err))
		}
		return nil
	}
	if err := loader.Load(&more); !errors.Is(err, io.EOF) {
		d.report(max(more.Line, errorLine(err)), "", "has more than one document")
		return nil
	}
	return doc.Content[0]
}

// decode stores n in v, field by field and element by element, so that every problem has its path. A null keeps the default.
func (d *configDecoder) decode(n *yaml.Node, v reflect.Value, path string) {
	if n.Kind == yaml.AliasNode {
		n = n.Alias
	}
	if n.Tag == "!!null" {
		return
	}
	switch {
	case isText(v):
		d.leaf(n, v, path)
	case v.Kind() == reflect.Struct:
		d.mapping(n, v, path)
	case v.Kind() == reflect.Slice:
		d.sequence(n, v, path)
	default:
		d.leaf(n, v, path)
	}
}

func (d *configDecoder) mapping(n *yaml.Node, v reflect.Value, path string) {
	if n.Kind != yaml.MappingNode {
		d.report(n.Line, path, "must be a section of its own, with keys")
		return
	}
	for i := 0; i+1 < len(n.Content); i += 2 {
		key, value := n.Content[i], n.Content[i+1]
		at := join(path, key.Value)
		if first, twice := d.lines[at]; twice {
			d.report(key.Line, at, fmt.Sprintf("is there twice, first on line %d", first))
			continue
		}
		d.lines[at] = key.Line
		field, ok := fieldOf(v, key.Value)
		if !ok {
			d.report(key.Line, at, unknownKey(v.Type()))
			continue
		}
		d.decode(value, field, at)
	}
}

func (d *configDecoder) sequence(n *yaml.Node, v reflect.Value, path string) {
	if n.Kind != yaml.SequenceNode {
		d.report(n.Line, path, "must be a list")
		return
	}
	list := reflect.MakeSlice(v.Type(), len(n.Content), len(n.Content))
	for i, item := range n.Content {
		at := join(path, strconv.Itoa(i))
		d.lines[at] = item.Line
		d.decode(item, list.Index(i), at)
	}
	v.Set(list)
}

func (d *configDecoder) leaf(n *yaml.Node, v reflect.Value, path string) {
	if n.Kind != yaml.ScalarNode {
		d.report(n.Line, path, "must be "+wanted(v.Type()))
		return
	}
	if err := n.Load(v.Addr().Interface()); err != nil {
		text := fmt.Sprintf("must be %s, not %q", wanted(v.Type()), n.Value)
		if isText(v) {
			text = errorText(err)
		}
		d.report(n.Line, path, text)
	}
}

// isText reports whether v reads itself from a text, and so says itself what is wrong with one.
func isText(v reflect.Value) bool {
	_, ok := reflect.TypeAssert[encoding.TextUnmarshaler](v.Addr())
	return ok
}

// wanted says in words what a value of type t is.
func wanted(t reflect.Type) string {
	switch {
	case t == reflect.TypeFor[time.Duration]():
		return "a duration with its unit, such as 500ms, 10s or 26h"
	case t.Kind() == reflect.Bool:
		return "true or false"
	case t.Kind() == reflect.String:
		return "a text"
	case t.Kind() == reflect.Float64:
		return "a number"
	default:
		return "a whole number"
	}
}

// fieldOf returns the field of struct v that the key names.
func fieldOf(v reflect.Value, key string) (reflect.Value, bool) {
	for field, value := range v.Fields() {
		if name := keyOf(field); name != "" && name == key {
			return value, true
		}
	}
	return reflect.Value{}, false
}

// keyOf returns the YAML key of a struct's field, empty where a file cannot set it.
func keyOf(field reflect.StructField) string {
	name, _, _ := strings.Cut(field.Tag.Get("yaml"), ",")
	return strings.Trim(name, "-")
}

func unknownKey(t reflect.Type) string {
	var known []string
	for field := range t.Fields() {
		if name := keyOf(field); name != "" {
			known = append(known, name)
		}
	}
	return "is not a known key; known here: " + strings.Join(known, ", ")
}

func join(path, key string) string {
	if path == "" {
		return key
	}
	return path + "." + key
}

// errorLine returns the line that an error of yaml is about, 1 where it does not tell.
func errorLine(err error) int {
	if e, ok := errors.AsType[*yaml.LoadError](err); ok {
		return max(e.Mark.Line, 1)
	}
	return 1
}

// errorText returns what an error of yaml says without the library's name and position.
func errorText(err error) string {
	if all, ok := errors.AsType[*yaml.LoadErrors](err); ok && len(all.Errors) > 0 {
		return all.Errors[0].Message
	}
	if e, ok := errors.AsType[*yaml.LoadError](err); ok {
		return e.Message
	}
	return err.Error()
}
