package main

import (
	"bytes"
	"flag"
	"go/ast"
	"go/parser"
	"go/token"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

const referenceFile = "docs/config.yaml"

// TestConfigReference keeps the committed reference true to the fields, their defaults and their doc comments.
func TestConfigReference(t *testing.T) {
	docs := map[string]string{}
	fieldDocs(t, reflect.TypeFor[Config](), "", docs)
	cfg := defaultConfig()
	var want bytes.Buffer
	err := writeAnnotated(&want, &cfg, func(path string) string { return docs[path] })
	if err != nil {
		t.Fatal(err)
	}
	if *update {
		if err := os.WriteFile(referenceFile, want.Bytes(), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	got, err := os.ReadFile(referenceFile)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(want.String(), string(got)); diff != "" {
		t.Errorf("%s is out of date; run `go test -run TestConfigReference . -update`\n%s", referenceFile, diff)
	}
}

var update = flag.Bool("update", false, "write the files that tests compare with")

// fieldDocs stores the doc comment of each field that a file can set, by its path. A field without one fails the test.
func fieldDocs(t *testing.T, typ reflect.Type, path string, into map[string]string) {
	t.Helper()
	comments := structComments(t, typ)
	keys := goNames(typ)
	for field := range typ.Fields() {
		name := keyOf(field)
		if name == "" {
			continue
		}
		at := join(path, name)
		text := comments[field.Name]
		if text == "" {
			t.Errorf("field %s.%s (%s) has no doc comment", typ, field.Name, at)
		}
		// Go's comments begin with the Go name, a file's with its key.
		if rest, ok := strings.CutPrefix(text, field.Name+" "); ok {
			text = name + " " + rest
		}
		into[at] = keys.Replace(text)
		switch inner := field.Type; {
		case inner.Kind() == reflect.Struct:
			fieldDocs(t, inner, at, into)
		case inner.Kind() == reflect.Slice && inner.Elem().Kind() == reflect.Struct:
			into[at] += elementDocs(t, inner.Elem())
		}
	}
}

// goNames replaces the Go names of fields, where no word of a text can be meant, by their keys.
func goNames(typ reflect.Type) *strings.Replacer {
	var pairs []string
	for field := range typ.Fields() {
		if name := keyOf(field); strings.Contains(name, "_") {
			pairs = append(pairs, field.Name, name)
		}
	}
	return strings.NewReplacer(pairs...)
}

// elementDocs returns the keys of a list's elements and their doc comments: an element sets only those that its type needs, so they
// stand above the list.
func elementDocs(t *testing.T, typ reflect.Type) string {
	t.Helper()
	docs := map[string]string{}
	fieldDocs(t, typ, "", docs)
	var text strings.Builder
	text.WriteString("\nThe keys of each:")
	for field := range typ.Fields() {
		if name := keyOf(field); name != "" {
			text.WriteString("\n  " + strings.ReplaceAll(docs[name], "\n", "\n    "))
		}
	}
	return text.String()
}

// structComments returns the doc comments of the fields of a struct of this module, by field name, one line each.
func structComments(t *testing.T, typ reflect.Type) map[string]string {
	t.Helper()
	dir := strings.TrimPrefix(strings.TrimPrefix(typ.PkgPath(), "frontfoot"), "/")
	files, err := filepath.Glob(filepath.Join(dir, "*.go"))
	if err != nil {
		t.Fatal(err)
	}
	comments := map[string]string{}
	for _, file := range files {
		tree, err := parser.ParseFile(token.NewFileSet(), file, nil, parser.ParseComments|parser.SkipObjectResolution)
		if err != nil {
			t.Fatal(err)
		}
		ast.Inspect(tree, func(n ast.Node) bool {
			spec, ok := n.(*ast.TypeSpec)
			if !ok || spec.Name.Name != typ.Name() {
				return true
			}
			if fields, ok := spec.Type.(*ast.StructType); ok {
				for _, field := range fields.Fields.List {
					for _, name := range field.Names {
						comments[name.Name] = strings.TrimSpace(field.Doc.Text() + field.Comment.Text())
					}
				}
			}
			return false
		})
	}
	return comments
}
