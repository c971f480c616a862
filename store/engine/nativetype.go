package engine

import (
	"fmt"
	"strconv"
	"strings"
)

// nativeKind is how values of a type lie in the Native format.
type nativeKind int

const (
	kindFixed nativeKind = iota
	kindString
	kindNullable
	kindArray // and Map, which is an array of two columns
	kindTuple
	kindLowCardinality
	kindVariant
	kindDynamic
	kindJSON
)

// nativeType is a ClickHouse type as far as its data's layout goes.
type nativeType struct {
	kind  nativeKind
	width uint64 // of kindFixed, in bytes
	elems []*nativeType
}

// maxTypeDepth bounds how deep types nest.
const maxTypeDepth = 64

func parseType(name string) (*nativeType, error) { return parseTypeAt(name, 0) }

func parseTypeAt(name string, depth int) (*nativeType, error) {
	if depth > maxTypeDepth {
		return nil, fmt.Errorf("type %.40s nests too deep", name)
	}
	name = strings.TrimSpace(name)
	head, inner, args := strings.Cut(name, "(")
	if args {
		inner = strings.TrimSuffix(inner, ")")
	}
	if width, ok := fixedWidth(head, inner); ok {
		return &nativeType{kind: kindFixed, width: width}, nil
	}
	switch head {
	case "String":
		return &nativeType{kind: kindString}, nil
	case "JSON", "Object":
		return &nativeType{kind: kindJSON}, nil
	case "Dynamic":
		return &nativeType{kind: kindDynamic}, nil
	case "Ring", "LineString":
		return parseTypeAt("Array(Point)", depth+1)
	case "Polygon", "MultiLineString":
		return parseTypeAt("Array(Ring)", depth+1)
	case "MultiPolygon":
		return parseTypeAt("Array(Polygon)", depth+1)
	}
	kind, ok := map[string]nativeKind{
		"Nullable": kindNullable, "Array": kindArray, "Map": kindArray, "Nested": kindArray, "Tuple": kindTuple,
		"LowCardinality": kindLowCardinality, "Variant": kindVariant, "SimpleAggregateFunction": kindTuple,
	}[head]
	if !ok || !args || inner == "" {
		return nil, exception(48, "NOT_IMPLEMENTED", fmt.Sprintf("Type %.80s cannot be sent in the Native format: use toString(), finalizeAggregation() or another format", name))
	}
	return parseCompound(kind, head, inner, depth)
}

func parseCompound(kind nativeKind, head, inner string, depth int) (*nativeType, error) {
	parts := splitArguments(inner)
	switch head {
	case "Nullable", "Array":
		parts = parts[:1]
	case "LowCardinality": // the dictionary of LowCardinality(Nullable(T)) holds plain T
		parts = []string{strings.TrimSuffix(strings.TrimPrefix(inner, "Nullable("), ")")}
		if !strings.HasPrefix(inner, "Nullable(") {
			parts[0] = inner
		}
	case "SimpleAggregateFunction":
		parts = parts[len(parts)-1:]
	case "Tuple", "Nested":
		for i, p := range parts {
			parts[i] = withoutName(p)
		}
	}
	t := &nativeType{kind: kind}
	for _, p := range parts {
		e, err := parseTypeAt(p, depth+1)
		if err != nil {
			return nil, err
		}
		t.elems = append(t.elems, e)
	}
	return t, nil
}

// fixedWidth is the width of a type whose values all take the same number of bytes.
func fixedWidth(head, inner string) (uint64, bool) {
	switch head {
	case "UInt8", "Int8", "Bool", "Enum8", "Nothing":
		return 1, true
	case "UInt16", "Int16", "Enum16", "Date", "BFloat16":
		return 2, true
	case "UInt32", "Int32", "Float32", "DateTime", "Date32", "IPv4", "Time":
		return 4, true
	case "UInt64", "Int64", "Float64", "DateTime64", "Time64":
		return 8, true
	case "UInt128", "Int128", "UUID", "IPv6", "Point":
		return 16, true
	case "UInt256", "Int256":
		return 32, true
	case "FixedString":
		n, err := strconv.ParseUint(inner, 10, 32)
		return n, err == nil
	case "Decimal":
		precision, _, _ := strings.Cut(inner, ",")
		return decimalWidth(strings.TrimSpace(precision))
	}
	return 8, strings.HasPrefix(head, "Interval")
}

func decimalWidth(precision string) (uint64, bool) {
	p, err := strconv.Atoi(precision)
	switch {
	case err != nil || p > 76:
		return 0, false
	case p > 38:
		return 32, true
	case p > 18:
		return 16, true
	case p > 9:
		return 8, true
	}
	return 4, true
}

// splitArguments splits at the commas outside parentheses and quotes.
func splitArguments(s string) []string {
	var parts []string
	sc := scanner{text: []byte(s)}
	start, depth := 0, 0
	for t := sc.next(); t.kind != end; t = sc.next() {
		switch {
		case t.kind == open:
			depth++
		case t.kind == closing:
			depth--
		case depth == 0 && t.kind == other && string(t.text) == ",":
			parts = append(parts, s[start:t.start])
			start = t.stop
		}
	}
	return append(parts, s[start:])
}

// withoutName turns "name Type" into "Type"; the name may be quoted.
func withoutName(s string) string {
	sc := scanner{text: []byte(s)}
	first := sc.next()
	second := sc.next()
	if (first.kind == word || first.kind == quoted) && second.kind == word {
		return s[second.start:]
	}
	return s
}
