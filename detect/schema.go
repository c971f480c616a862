package detect

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"go.yaml.in/yaml/v4"

	"frontfoot/detect/feature"
)

// A Schema says what the columns of a table are.
type Schema struct {
	Name    string
	Site    string
	Time    string // name of the time column, "" for none: then the row number is the time
	Warmup  int    // the first so many rows are known to be clean
	Columns []SchemaColumn
}

// A SchemaColumn is one column. Kind is one of SchemaKinds.
type SchemaColumn struct{ Name, Kind string }

// kindTime is the kind of a column of times.
const kindTime = "time"

// SchemaKinds returns the kinds that a column may have.
func SchemaKinds() []string {
	return []string{kindTime, "categorical", "numeric", "ip", "port", "text"}
}

// kind returns the feature kind of a column that holds no time.
func (c SchemaColumn) kind() feature.Kind {
	switch c.Kind {
	case "numeric":
		return feature.Numeric
	case "ip":
		return feature.IP
	case "port":
		return feature.Port
	case "text":
		return feature.Text
	}
	return feature.Categorical
}

// ParseSchema reads a schema in YAML. Errors read "file:line: what is wrong", all of them joined.
func ParseSchema(file string, data []byte) (*Schema, error) {
	var doc yaml.Node
	if err := yaml.Unmarshal(data, &doc); err != nil {
		return nil, fmt.Errorf("%s: %w", file, err)
	}
	if len(doc.Content) == 0 || doc.Content[0].Kind != yaml.MappingNode {
		return nil, fmt.Errorf("%s:1: a schema is a map with the key columns", file)
	}
	r := schemaReader{file: file}
	root := doc.Content[0]
	for i := 0; i+1 < len(root.Content); i += 2 {
		r.entry(root.Content[i], root.Content[i+1])
	}
	if len(r.schema.Columns) == 0 {
		r.report(root, "columns: at least one column must be named")
	}
	if t := r.schema.Time; t != "" && !slices.Contains(r.schema.Columns, SchemaColumn{t, kindTime}) {
		r.report(root, fmt.Sprintf("time: %q is not among the columns of kind time", t))
	}
	if len(r.errs) > 0 {
		return nil, errors.Join(r.errs...)
	}
	return &r.schema, nil
}

type schemaReader struct {
	file   string
	schema Schema
	errs   []error
}

func (r *schemaReader) report(at *yaml.Node, message string) {
	r.errs = append(r.errs, fmt.Errorf("%s:%d: %s", r.file, at.Line, message))
}

func (r *schemaReader) entry(key, value *yaml.Node) {
	var err error
	switch key.Value {
	case "name":
		err = value.Decode(&r.schema.Name)
	case "site":
		err = value.Decode(&r.schema.Site)
	case "source", "licence": // said for people
	case "time":
		err = value.Decode(&r.schema.Time)
	case "warmup":
		if err = value.Decode(&r.schema.Warmup); err == nil && r.schema.Warmup < 0 {
			r.report(value, "warmup: must be 0 or a number of rows")
		}
	case "columns":
		r.columns(value)
	default:
		r.report(key, key.Value+": unknown key, known are name, site, source, licence, time, warmup and columns")
	}
	if err != nil {
		r.report(value, key.Value+": "+err.Error())
	}
}

func (r *schemaReader) columns(value *yaml.Node) {
	if value.Kind != yaml.MappingNode {
		r.report(value, "columns: must be a map of names to kinds")
		return
	}
	for i := 0; i+1 < len(value.Content); i += 2 {
		c := SchemaColumn{Name: value.Content[i].Value, Kind: value.Content[i+1].Value}
		if !slices.Contains(SchemaKinds(), c.Kind) {
			r.report(value.Content[i+1], fmt.Sprintf("columns.%s: %q is no kind, use one of %s", c.Name, c.Kind, strings.Join(SchemaKinds(), ", ")))
		}
		if slices.ContainsFunc(r.schema.Columns, func(x SchemaColumn) bool { return x.Name == c.Name }) {
			r.report(value.Content[i], fmt.Sprintf("columns.%s: named twice", c.Name))
		}
		r.schema.Columns = append(r.schema.Columns, c)
	}
}
