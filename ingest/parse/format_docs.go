package parse

import (
	"fmt"
	"io"
	"strings"

	"frontfoot/ingest/parse/format"
)

// WriteFormats writes docs/formats-list.md: what is read, in Markdown.
func (f *Formats) WriteFormats(w io.Writer) error {
	var out strings.Builder
	fmt.Fprintf(&out, "# The %d log formats that are read\n\nGenerated from `ingest/parse/builtin`; `go test ./ingest/parse -update` writes it anew. `frontfoot format show NAME` tells the same of one.\n\n", len(f.specs))
	out.WriteString("| format | what | versions | samples | log types that are read | not read |\n|---|---|---|---|---|---|\n")
	for _, s := range f.specs {
		read, not := typesOf(s)
		fmt.Fprintf(&out, "| `%s` | %s | %s | %d | %s | %s |\n", s.Name, cellText(s.Title), cellText(s.Versions), len(s.Samples), cellText(read), cellText(not))
	}
	for _, s := range f.specs {
		fmt.Fprintf(&out, "\n## %s (`%s`)\n\n", s.Title, s.Name)
		if s.Setup != "" {
			fmt.Fprintf(&out, "Set up: %s\n\n", s.Setup)
		}
		for _, page := range s.Reference {
			fmt.Fprintf(&out, "- %s\n", page)
		}
	}
	if _, err := io.WriteString(w, out.String()); err != nil {
		return fmt.Errorf("writing the list of formats: %w", err)
	}
	return nil
}

func typesOf(s *format.Spec) (read, not string) {
	var yes, no []string
	for _, t := range s.Types {
		if t.Read {
			yes = append(yes, t.Name)
		} else {
			no = append(no, t.Name+" ("+t.Note+")")
		}
	}
	return strings.Join(yes, ", "), strings.Join(no, "; ")
}

// cellText keeps a text within its cell.
func cellText(s string) string {
	return strings.NewReplacer("|", `\|`, "\n", " ").Replace(s)
}
