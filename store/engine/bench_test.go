package engine

import (
	"bytes"
	"errors"
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"
	"time"

	"github.com/apache/arrow/go/v15/arrow"
	"github.com/apache/arrow/go/v15/arrow/array"
	"github.com/apache/arrow/go/v15/arrow/ipc"
	"github.com/apache/arrow/go/v15/arrow/memory"
	"golang.org/x/sys/unix"
)

// wide is a table like events, with every column filled: 66 columns of the kinds that events has.
type wide struct {
	fields []arrow.Field
	types  []string
}

func newWide() *wide {
	w := &wide{}
	w.add(2, "time", "DateTime64(9, 'UTC') CODEC(DoubleDelta, ZSTD(1))", arrow.FixedWidthTypes.Timestamp_ns)
	w.add(2, "seq", "UInt64 CODEC(Delta, ZSTD(1))", arrow.PrimitiveTypes.Uint64)
	w.add(30, "name", "LowCardinality(String)", arrow.BinaryTypes.String)
	w.add(12, "text", "String", arrow.BinaryTypes.String)
	w.add(6, "port", "Nullable(UInt16)", arrow.PrimitiveTypes.Uint16)
	w.add(12, "count", "Nullable(UInt64)", arrow.PrimitiveTypes.Uint64)
	w.add(1, "raw", "String", arrow.BinaryTypes.String)
	w.add(1, "labels", "Map(LowCardinality(String), String)", arrow.MapOf(arrow.BinaryTypes.String, arrow.BinaryTypes.String))
	return w
}

func (w *wide) add(n int, name, kind string, t arrow.DataType) {
	for i := range n {
		w.fields = append(w.fields, arrow.Field{Name: fmt.Sprint(name, i), Type: t, Nullable: !arrow.IsNested(t.ID())})
		w.types = append(w.types, kind)
	}
}

func (w *wide) names() string {
	var names []string
	for _, f := range w.fields {
		names = append(names, f.Name)
	}
	return strings.Join(names, ", ")
}

func (w *wide) create(name string) string {
	var columns []string
	for i, f := range w.fields {
		columns = append(columns, f.Name+" "+w.types[i])
	}
	return "CREATE TABLE " + name + " (" + strings.Join(columns, ", ") + ") ENGINE = MergeTree PARTITION BY toDate(time1)" +
		" ORDER BY (name0, toStartOfHour(time0), name1, time0) SETTINGS default_compression_codec = 'ZSTD(1)', min_bytes_for_wide_part = 268435456"
}

// stream encodes rows as one Arrow stream in batches of 10,000.
func (w *wide) stream(rows int) []byte {
	schema := arrow.NewSchema(w.fields, nil)
	var out bytes.Buffer
	writer := ipc.NewWriter(&out, ipc.WithSchema(schema))
	builder := array.NewRecordBuilder(memory.DefaultAllocator, schema)
	random := rand.New(rand.NewPCG(1, 2))
	for i := range rows {
		for c, field := range builder.Fields() {
			fill(field, w.fields[c].Name, i, random)
		}
		if (i+1)%10000 == 0 || i+1 == rows {
			record := builder.NewRecord()
			if err := writer.Write(record); err != nil {
				panic(err)
			}
			record.Release()
		}
	}
	if err := writer.Close(); err != nil {
		panic(err)
	}
	return out.Bytes()
}

func fill(field array.Builder, name string, row int, random *rand.Rand) {
	switch b := field.(type) {
	case *array.TimestampBuilder:
		b.Append(arrow.Timestamp(1_750_000_000e9 + row*1e6))
	case *array.Uint64Builder:
		b.Append(random.Uint64N(1e5))
	case *array.Uint16Builder:
		b.Append(uint16(random.UintN(1 << 16)))
	case *array.MapBuilder:
		b.Append(true)
		b.KeyBuilder().(*array.StringBuilder).Append("fortinet.firewall.policytype")
		b.ItemBuilder().(*array.StringBuilder).Append("policy")
	case *array.StringBuilder:
		switch {
		case strings.HasPrefix(name, "name"):
			b.Append(fmt.Sprint("value-", random.IntN(20)))
		case name == "raw0":
			b.Append(fmt.Sprintf("<134>date=2026-01-01 devname=FG-%d type=traffic subtype=forward level=notice vd=root srcip=10.1.%d.%d dstip=192.168.%d.%d srcport=%d dstport=443 action=accept policyid=%d sentbyte=%d",
				random.IntN(10), random.IntN(255), random.IntN(255), random.IntN(255), random.IntN(255), random.IntN(1<<16), random.IntN(100), random.IntN(1e5)))
		default:
			b.Append(fmt.Sprint("some text ", random.IntN(1000)))
		}
	}
}

// cpuTime is what the whole process has used: the engine's threads are not Go's.
func cpuTime() time.Duration {
	var u unix.Rusage
	_ = unix.Getrusage(unix.RUSAGE_SELF, &u)
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}

func BenchmarkInsert(b *testing.B) {
	needEngine(b)
	w := newWide()
	for _, rows := range []int{1000, 100000} {
		data := w.stream(rows)
		b.Run(fmt.Sprintf("rows=%d/columns=%d", rows, len(w.fields)), func(b *testing.B) {
			conn := dial(b)
			ask(b, "DROP TABLE IF EXISTS wide SYNC")
			ask(b, w.create("wide"))
			b.SetBytes(int64(len(data)))
			cpu := cpuTime()
			for b.Loop() {
				if err := conn.InsertFormat(b.Context(), "ArrowStream", "INSERT INTO wide ("+w.names()+")", bytes.NewReader(data)); err != nil {
					b.Fatal(err)
				}
			}
			n := float64(rows) * float64(b.N)
			b.ReportMetric(float64(b.Elapsed().Microseconds())/n, "us/row")
			b.ReportMetric(float64((cpuTime()-cpu).Microseconds())/n, "cpu-us/row")
		})
	}
}

func BenchmarkQuery(b *testing.B) {
	conn := dial(b)
	for b.Loop() {
		var n uint64
		if err := conn.QueryRow(b.Context(), "SELECT count() FROM numbers(10)").Scan(&n); err != nil || n != 10 {
			b.Fatal(n, err)
		}
	}
}

// BenchmarkSelect reads a million rows in the Native format, which the endpoint has to frame anew.
func BenchmarkSelect(b *testing.B) {
	conn := dial(b)
	b.SetBytes(1e6 * 22)
	for b.Loop() {
		rows, err := conn.Query(b.Context(), "SELECT number, toString(number) AS s, toLowCardinality(toString(number % 10)) FROM numbers(1000000)")
		if err != nil {
			b.Fatal(err)
		}
		n := 0
		for rows.Next() {
			n++
		}
		if err := errors.Join(rows.Err(), rows.Close()); err != nil || n != 1e6 {
			b.Fatal(n, err)
		}
	}
}
