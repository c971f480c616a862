package query

import (
	"fmt"
	"io"

	"frontfoot/ingest/parse/format"
)

// WriteFormats writes log formats as a table, with how many of their log types are read.
func WriteFormats(out io.Writer, specs []*format.Spec) error {
	t := formatsTable(specs)
	return t.write(out, terminalOf(out))
}

func formatsTable(specs []*format.Spec) table {
	t := table{columns: []column{{title: "FORMAT"}, {title: "WHAT", fill: true}, {title: "VERSIONS", spare: 1}, {title: "LOG TYPES READ"}}}
	for _, s := range specs {
		read := 0
		for _, typ := range s.Types {
			if typ.Read {
				read++
			}
		}
		t.add(cell{text: escape(s.Name), style: bold}, cell{text: escape(s.Title)}, cell{text: escape(s.Versions)}, cell{text: fmt.Sprintf("%d of %d", read, len(s.Types))})
	}
	return t
}
