package engine

import (
	"fmt"
	"reflect"
	"strings"
	"testing"

	"github.com/ClickHouse/clickhouse-go/v2"
	"github.com/ClickHouse/clickhouse-go/v2/lib/driver"
	"github.com/google/go-cmp/cmp"
)

// typed is an expression for each type that ClickHouse has a Native layout for, with the text of its value.
var typed = [][2]string{
	{"toUInt8(200)", "200"},
	{"toInt16(-3)", "-3"},
	{"toInt128('-170141183460469231731687303715884105728')", "-170141183460469231731687303715884105728"},
	{"toUInt256(7)", "7"},
	{"true", "true"},
	{"toFloat32(1.5)", "1.5"},
	{"toDecimal32('1.25', 2)", "1.25"},
	{"toDecimal128('-1.25', 2)", "-1.25"},
	{"toDecimal256('3.5', 1)", "3.5"},
	{"'a\\'b'", "a'b"},
	{"toFixedString('ab', 2)", "ab"},
	{"toUUID('61f0c404-5cb3-11e7-907b-a6006ad3dba0')", "61f0c404-5cb3-11e7-907b-a6006ad3dba0"},
	{"toIPv4('1.2.3.4')", "1.2.3.4"},
	{"toIPv6('2001:db8::1')", "2001:db8::1"},
	{"toDateTime64('2026-01-02 03:04:05.123456789', 9, 'UTC')", "2026-01-02 03:04:05.123456789 +0000 UTC"},
	{"toDateTime('2026-01-02 03:04:05', 'UTC')", "2026-01-02 03:04:05 +0000 UTC"},
	{"toDate('2026-01-02')", "2026-01-02 00:00:00 +0000 UTC"},
	{"toDate32('1950-01-02')", "1950-01-02 00:00:00 +0000 UTC"},
	{"CAST('x', 'Enum8(\\'x\\' = 1, \\'y, (z\\' = 2)')", "x"},
	{"CAST('x', 'Enum16(\\'x\\' = 1000)')", "x"},
	{"toLowCardinality('lc')", "lc"},
	{"CAST('n', 'LowCardinality(Nullable(String))')", "n"},
	{"CAST(NULL, 'Nullable(UInt16)')", "<nil>"},
	{"[1, 2, 3]::Array(UInt16)", "[1 2 3]"},
	{"[]::Array(String)", "[]"},
	{"[]::Array(LowCardinality(String))", "[]"},
	{"[['a'], []]::Array(Array(LowCardinality(String)))", "[[a] []]"},
	{"map('k', 'v')::Map(LowCardinality(String), String)", "map[k:v]"},
	{"map('k', [1, 2])::Map(String, Array(UInt8))", "map[k:[1 2]]"},
	{"map()::Map(LowCardinality(String), String)", "map[]"},
	{"(1, 'b')::Tuple(UInt8, String)", "[1 b]"},
	{"(1, 'b')::Tuple(`ab` UInt8, c LowCardinality(String))", "map[ab:1 c:b]"},
	{"[(1, 'b')]::Array(Tuple(a UInt8, b String))", "[map[a:1 b:b]]"},
	{"(1.5, 2.5)::Point", "[1.5 2.5]"},
	{"toIntervalDay(3)", "3 Days"},
	{"'s'::Variant(UInt8, String, Array(String))", "{s String}"},
	{"['s']::Variant(UInt8, String, Array(String))", "{[s] Array(String)}"},
	{"NULL::Variant(UInt8, String)", "{<nil> }"},
	{"[1, 2]::Array(UInt16)::Dynamic", "{[1 2] Array(UInt16)}"},
	{"NULL::Dynamic", "{<nil> }"},
	{`'{"a": 1, "b": {"c": "x"}}'::JSON`, `{"a":1,"b":{"c":"x"}}`},
	{"toBFloat16(0.5)", "0.5"},
}

func TestTypes(t *testing.T) {
	for _, method := range []clickhouse.CompressionMethod{clickhouse.CompressionNone, clickhouse.CompressionLZ4, clickhouse.CompressionZSTD, clickhouse.CompressionGZIP} {
		t.Run(method.String(), func(t *testing.T) {
			conn := dial(t, func(o *clickhouse.Options) { o.Compression = &clickhouse.Compression{Method: method, Level: 1} })
			for _, tt := range typed {
				// A column before and after: one that is walked wrongly spoils its neighbours.
				got := fetch(t, conn, "SELECT 'before', "+tt[0]+" AS v, 'after' FROM numbers(3)")
				line := "before " + tt[1] + " after"
				if diff := cmp.Diff([]string{line, line, line}, got); diff != "" {
					t.Errorf("%s: (-want +got)\n%s", tt[0], diff)
				}
			}
		})
	}
}

// fetch returns a query's rows as text.
func fetch(t *testing.T, conn driver.Conn, sql string) []string {
	t.Helper()
	rows, err := conn.Query(t.Context(), sql)
	if err != nil {
		t.Errorf("%s: %v", sql, err)
		return nil
	}
	defer rows.Close()
	var lines []string
	for rows.Next() {
		var dest []any
		for _, c := range rows.ColumnTypes() {
			if strings.HasPrefix(c.DatabaseTypeName(), "JSON") {
				dest = append(dest, new(string))
			} else {
				dest = append(dest, reflect.New(c.ScanType()).Interface())
			}
		}
		if err := rows.Scan(dest...); err != nil {
			t.Errorf("%s: %v", sql, err)
			return nil
		}
		var line []string
		for _, d := range dest {
			line = append(line, render(d))
		}
		lines = append(lines, strings.Join(line, " "))
	}
	if err := rows.Err(); err != nil {
		t.Errorf("%s: %v", sql, err)
	}
	return lines
}

// render is the text of what a pointer points to, through pointers and drivers' own wrappers.
func render(v any) string {
	for {
		if s, ok := v.(fmt.Stringer); ok && !reflect.ValueOf(s).IsZero() {
			return s.String()
		}
		r := reflect.ValueOf(v)
		if r.Kind() == reflect.Pointer && !r.IsNil() {
			v = r.Elem().Interface()
			continue
		}
		if v == nil || r.Kind() == reflect.Pointer {
			return "<nil>"
		}
		return fmt.Sprint(v)
	}
}
