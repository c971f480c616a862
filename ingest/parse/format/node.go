package format

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"slices"
	"strconv"
	"strings"

	"go.yaml.in/yaml/v4"
)

// A reader collects the problems of one file while it is read.
type reader struct {
	problems []Problem
}

func (r *reader) report(line int, path, text string) {
	r.problems = append(r.problems, Problem{line, path, text})
}

// A node is a YAML node with its path.
type node struct {
	*yaml.Node
	path string
	r    *reader
}

func (n node) fail(format string, args ...any) {
	n.r.report(n.Line, n.path, fmt.Sprintf(format, args...))
}

// root returns the top of the one document in src.
func (r *reader) root(src []byte) (node, bool) {
	loader, err := yaml.NewLoader(bytes.NewReader(src))
	if err != nil {
		r.report(1, "", err.Error())
		return node{}, false
	}
	var doc, more yaml.Node
	if err := loader.Load(&doc); err != nil || len(doc.Content) == 0 {
		text, line := "is empty", 1
		if err != nil && !errors.Is(err, io.EOF) {
			text = "is not YAML: " + err.Error()
			if e, ok := errors.AsType[*yaml.LoadError](err); ok {
				text, line = "is not YAML: "+e.Message, e.Mark.Line
			}
		}
		r.report(line, "", text)
		return node{}, false
	}
	if err := loader.Load(&more); !errors.Is(err, io.EOF) {
		r.report(max(more.Line, 1), "", "has more than one document")
		return node{}, false
	}
	if aliased(doc.Content[0], 0) {
		r.report(1, "", "uses YAML anchors or nests too deep: write it out")
		return node{}, false
	}
	return node{doc.Content[0], "", r}, true
}

// aliased reports whether n has an alias, which could make a small file a huge one, or nests deeper than any format does.
func aliased(n *yaml.Node, depth int) bool {
	return n.Kind == yaml.AliasNode || depth > 32 || slices.ContainsFunc(n.Content, func(c *yaml.Node) bool { return aliased(c, depth+1) })
}

func (n node) child(c *yaml.Node, key string) node {
	if n.path != "" {
		key = n.path + "." + key
	}
	return node{c, key, n.r}
}

// keys calls take for each key of a mapping; take returns false for keys that it does not know.
func (n node) keys(known string, take func(key string, value node) bool) {
	if n.Kind != yaml.MappingNode {
		n.fail("must be a section of its own, with keys: %s", known)
		return
	}
	seen := map[string]bool{}
	for i := 0; i+1 < len(n.Content); i += 2 {
		key := n.Content[i]
		value := n.child(n.Content[i+1], key.Value)
		switch {
		case seen[key.Value]:
			n.r.report(key.Line, value.path, "is there twice")
		case !take(key.Value, value):
			n.r.report(key.Line, value.path, "is not a known key; known here: "+known)
		}
		seen[key.Value] = true
	}
}

// pairs calls take for each key of a mapping whose keys are names.
func (n node) pairs(take func(name string, value node)) {
	n.keys("", func(key string, value node) bool { take(key, value); return true })
}

func (n node) isMap() bool { return n.Kind == yaml.MappingNode }

// items calls take for each element of a list; anything else counts as a list of one.
func (n node) items(take func(item node)) {
	if n.Kind != yaml.SequenceNode {
		take(n)
		return
	}
	for i, item := range n.Content {
		take(n.child(item, strconv.Itoa(i)))
	}
}

// text returns a scalar as it is written.
func (n node) text() string {
	if n.Kind != yaml.ScalarNode || n.Tag == "!!null" && n.Value != "" {
		n.fail("must be a text")
		return ""
	}
	return n.Value
}

func (n node) texts() []string {
	var out []string
	n.items(func(item node) { out = append(out, item.text()) })
	return out
}

func (n node) yes() bool {
	switch strings.ToLower(n.text()) {
	case "true":
		return true
	case "false":
		return false
	}
	n.fail("must be true or false")
	return false
}

// char returns a text of one byte, or the name of one that cannot be seen.
func (n node) char() byte {
	switch v := n.text(); {
	case len(v) == 1:
		return v[0]
	case v == "tab":
		return '\t'
	default:
		n.fail("must be one character")
		return 0
	}
}
