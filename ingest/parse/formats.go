package parse

import (
	"embed"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"sync"

	"frontfoot/ingest/parse/format"
	"frontfoot/ingest/parse/literal"
)

//go:embed builtin/*.yaml
var builtIn embed.FS

// Formats are compiled formats and what recognises them. They are read-only once made and may serve many Parsers.
type Formats struct {
	specs    []*format.Spec
	compiled map[*format.Spec]*dataFormat
	texts    *literal.Set
	seldom   []literal.Text // texts that are looked for only where a candidate asks for them
	anchored lists          // by text: the candidates that it may make
	always   []int32        // the candidates that are looked at for every line
	programs map[string][]int32
	prefixes []programPrefix
	begun    begun // by prefixes
	all      []candidate
}

// BuiltIn returns the formats that come with frontfoot, compiled once.
var BuiltIn = sync.OnceValue(func() *Formats {
	specs, err := readFormats(builtIn, "builtin", "")
	if err == nil {
		var f *Formats
		if f, err = newFormats(nil, &Formats{specs: specs}); err == nil {
			return f
		}
	}
	panic(err) // a test reads them all
})

// LoadFormats returns the built-in formats with those of a folder before them: files that end in .yaml. A format of the same name takes a built-in one's
// place. The error joins one *format.Error for each bad file.
func LoadFormats(folder string) (*Formats, error) {
	own, err := readFormats(os.DirFS(folder), ".", folder)
	var bad []error
	if err != nil {
		bad = append(bad, err)
	}
	f, err := newFormats(own, BuiltIn())
	if err != nil {
		bad = append(bad, err)
	}
	return f, errors.Join(bad...)
}

// WithFormats returns the built-in formats with some before them, which take the place of those of the same name.
func WithFormats(own []*format.Spec) (*Formats, error) { return newFormats(own, BuiltIn()) }

// readFormats reads the formats of a folder, which people know under another name.
func readFormats(files fs.FS, folder, known string) ([]*format.Spec, error) {
	names, err := fs.Glob(files, path.Join(folder, "*.yaml"))
	if err != nil {
		return nil, fmt.Errorf("reading formats: %w", err)
	}
	var specs []*format.Spec
	var bad []error
	for _, name := range names {
		src, err := fs.ReadFile(files, name)
		if err != nil {
			bad = append(bad, fmt.Errorf("reading formats: %w", err))
			continue
		}
		s, err := format.Read(filepath.Join(known, path.Base(name)), src)
		if err != nil {
			bad = append(bad, err)
			continue
		}
		specs = append(specs, s)
	}
	return specs, errors.Join(bad...)
}

// newFormats compiles formats; own ones go first, and what others have compiled is taken as it is. A file that does not compile is left out and told of.
func newFormats(own []*format.Spec, others *Formats) (*Formats, error) {
	f := &Formats{programs: map[string][]int32{}, compiled: map[*format.Spec]*dataFormat{}}
	taken := map[string]bool{}
	var bad []error
	add := func(specs []*format.Spec, own bool) {
		for _, s := range specs {
			if taken[s.Name] {
				continue
			}
			compiled, err := others.compiled[s], error(nil)
			if compiled == nil {
				compiled, err = compileFormat(s)
			}
			if err != nil {
				bad = append(bad, err)
				continue
			}
			f.compiled[s] = compiled
			taken[s.Name] = true
			f.specs = append(f.specs, s)
			for _, l := range compiled.lines {
				for i := range l.matches {
					f.all = append(f.all, newCandidate(l, i, own))
				}
			}
		}
	}
	add(own, true)
	add(others.specs, false)
	f.index()
	return f, errors.Join(bad...)
}

// Specs returns the formats in the order in which they were read, users' own first. Nobody may change them.
func (f *Formats) Specs() []*format.Spec { return f.specs }
