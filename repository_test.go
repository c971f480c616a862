package main

import (
	"bytes"
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"path/filepath"
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
