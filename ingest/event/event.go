// Package event is the schema of frontfoot: one table of columns (ECS name, Arrow and ClickHouse type, meaning), a Builder
// that parsers fill row by row, the Batch that detectors and the store read column by column, and the codec that turns
// a Batch into one Arrow IPC stream, which is the value of one Kafka message. It knows nothing of where lines come from.
package event

import (
	"fmt"
	"io"

	"github.com/apache/arrow/go/v15/arrow"
)

// A Kind is the shape of a column's values.
type Kind uint8

// The kinds. An absent value is null in Arrow whatever the kind.
const (
	Text    Kind = iota // valid UTF-8
	Bytes               // any bytes
	Uint16              // 0 to 65,535
	Uint32              // 0 to 2^32-1
	Uint64              // 0 to 2^64-1
	Float32             // IEEE 754 single
	Stamp               // nanoseconds since 1970 UTC
	Labels              // map of text to text
)

// Arrow returns the Arrow type of the kind.
func (k Kind) Arrow() arrow.DataType {
	switch k {
	case Bytes:
		return arrow.BinaryTypes.Binary
	case Uint16:
		return arrow.PrimitiveTypes.Uint16
	case Uint32:
		return arrow.PrimitiveTypes.Uint32
	case Uint64:
		return arrow.PrimitiveTypes.Uint64
	case Float32:
		return arrow.PrimitiveTypes.Float32
	case Stamp:
		return arrow.FixedWidthTypes.Timestamp_ns
	case Labels:
		return arrow.MapOf(arrow.BinaryTypes.String, arrow.BinaryTypes.String)
	default:
		return arrow.BinaryTypes.String
	}
}

// width is the size in bytes of a fixed-width kind, 0 for the others.
func (k Kind) width() int {
	switch k {
	case Uint16:
		return 2
	case Uint32, Float32:
		return 4
	case Uint64, Stamp:
		return 8
	default:
		return 0
	}
}

// An Origin says which stage fills a column.
type Origin uint8

const (
	// Collector columns travel in the Kafka message.
	Collector Origin = iota
	// Worker columns are added when the message has been read: identity from topic and headers, and what detection found.
	Worker
)

// A ColumnSpec describes one column of the schema.
type ColumnSpec struct {
	ECS        string // name in the Elastic Common Schema, or frontfoot.* where ECS has none
	Name       string // name in Arrow and in ClickHouse
	Kind       Kind
	ClickHouse string // type in ClickHouse
	From       Origin
	Doc        string // one sentence for people
}

// Spec returns the specification of c.
func (c Column) Spec() *ColumnSpec { return &table[c] }

// String returns the column's ECS name.
func (c Column) String() string { return table[c].ECS }

// ByName returns the column with that name in Arrow and ClickHouse.
func ByName(name string) (Column, bool) {
	for i := range table {
		if table[i].Name == name {
			return Column(i), true
		}
	}
	return 0, false
}

// WriteReference writes the field reference of the documentation, a Markdown table.
func WriteReference(w io.Writer) error {
	if _, err := fmt.Fprint(w, "| column | ECS field | ClickHouse type | filled by | meaning |\n|---|---|---|---|---|\n"); err != nil {
		return err
	}
	by := map[Origin]string{Collector: "collector", Worker: "worker"}
	for i := range table {
		s := &table[i]
		if _, err := fmt.Fprintf(w, "| `%s` | `%s` | `%s` | %s | %s |\n", s.Name, s.ECS, s.ClickHouse, by[s.From], s.Doc); err != nil {
			return err
		}
	}
	return nil
}
