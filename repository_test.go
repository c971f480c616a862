package main

import (
	"bytes"
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

const maxFileLines = 400

// TestPackageComments sees that each package says once, in the file that bears its name, what it is for.
func TestPackageComments(t *testing.T) {
	comments := map[string][]string{} // by folder, the files that hold one
	for _, file := range goFiles(t) {
		dir := filepath.Dir(file)
		comments[dir] = append(comments[dir], nil...) // a folder without a comment is seen too
		if strings.HasSuffix(file, "_test.go") {
			continue
		}
		tree, err := parser.ParseFile(token.NewFileSet(), file, nil, parser.ParseComments|parser.PackageClauseOnly)
		if err != nil {
			t.Fatal(err)
		}
		if tree.Doc == nil || isDirective(tree.Doc) {
			continue
		}
		comments[dir] = append(comments[dir], file)
		want := filepath.Join(dir, tree.Name.Name+".go")
		if file != want {
			t.Errorf("%s holds the package comment, not %s", file, want)
		}
	}
	for dir, files := range comments {
		if len(files) != 1 && hasCode(t, dir) {
			t.Errorf("package in %s has %d package comments %v, want one", dir, len(files), files)
		}
	}
}

// hasCode reports whether dir holds Go files that are not tests.
func hasCode(t *testing.T, dir string) bool {
	t.Helper()
	files, err := filepath.Glob(filepath.Join(dir, "*.go"))
	if err != nil {
		t.Fatal(err)
	}
	for _, file := range files {
		if !strings.HasSuffix(file, "_test.go") {
			return true
		}
	}
	return false
}

func isDirective(doc *ast.CommentGroup) bool { return strings.TrimSpace(doc.Text()) == "" }

// TestFileSizes keeps files small enough to be read in one sitting.
func TestFileSizes(t *testing.T) {
	for _, file := range goFiles(t) {
		src := readFile(t, file)
		if lines := bytes.Count(src, []byte("\n")); lines > maxFileLines && !isGenerated(src) {
			t.Errorf("%s has %d lines, want at most %d: split it by what changes together", file, lines, maxFileLines)
		}
	}
}

// TestUnfinished sees that nothing is left for later in the code: what is left is an issue.
func TestUnfinished(t *testing.T) {
	words := []string{"TO" + "DO", "FIX" + "ME", "XX" + "X:", "HA" + "CK:"}
	for _, file := range goFiles(t) {
		for i, line := range bytes.Split(readFile(t, file), []byte("\n")) {
			for _, word := range words {
				if bytes.Contains(line, []byte(word)) {
					t.Errorf("%s:%d: %s", file, i+1, word)
				}
			}
		}
	}
}

// TestDocs sees that what the documents link to is there, and that they name metrics in full, as they are found on /metrics.
func TestDocs(t *testing.T) {
	link, metric := regexp.MustCompile(`\]\(([^)#:]+)(#[^)]*)?\)`), regexp.MustCompile("`([a-z_]+_total)`")
	files := []string{}
	for _, pattern := range []string{"*.md", "docs/*.md", "deployments/*/*.md", "benchmarks/*.md"} {
		found, err := filepath.Glob(pattern)
		if err != nil {
			t.Fatal(err)
		}
		files = append(files, found...)
	}
	if len(files) == 0 {
		t.Fatal("no documents found")
	}
	for _, file := range files {
		text := readFile(t, file)
		for _, m := range link.FindAllSubmatch(text, -1) {
			if _, err := os.Stat(filepath.Join(filepath.Dir(file), string(m[1]))); err != nil {
				t.Errorf("%s links to what is not there: %v", file, err)
			}
		}
		for _, m := range metric.FindAllSubmatch(text, -1) {
			if !bytes.HasPrefix(m[1], []byte("frontfoot_")) {
				t.Errorf("%s names a metric %s, want it in full", file, m[1])
			}
		}
	}
}

func isGenerated(src []byte) bool {
	return bytes.HasPrefix(src, []byte("// Code generated ")) && bytes.Contains(src, []byte("DO NOT EDIT."))
}

// goFiles returns the module's Go files; folders that the go command skips are skipped.
func goFiles(t *testing.T) []string {
	t.Helper()
	var files []string
	err := filepath.WalkDir(".", func(path string, entry fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		name := entry.Name()
		if entry.IsDir() && path != "." && (name == "testdata" || name == "data" || name[0] == '.' || name[0] == '_') {
			return filepath.SkipDir
		}
		if !entry.IsDir() && strings.HasSuffix(name, ".go") {
			files = append(files, path)
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	if len(files) == 0 {
		t.Fatal("no Go files found")
	}
	return files
}

func readFile(t testing.TB, path string) []byte {
	t.Helper()
	src, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return src
}
