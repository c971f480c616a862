package ingest

import (
	"context"
	"fmt"
	"io"
	"net"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/testutil"

	"frontfoot/ingest/bus"
)

// discard takes every message and forgets it.
type discard struct{}

func (discard) Produce(context.Context, string, ...bus.Message) (int64, error) { return 0, nil }

var benchLines = []string{
	`<4>Mar  1 12:00:%02d gw kernel: [%d.1] [UFW BLOCK] IN=eth0 OUT= MAC=00:16:3e:5e:6c:00:00:16:3e:5e:6c:01:08:00 SRC=203.0.113.%d DST=10.1.0.7 LEN=60 TOS=0x00 PREC=0x00 TTL=51 ID=4711 DF PROTO=TCP SPT=%d DPT=22 WINDOW=64240 RES=0x00 SYN URGP=0`,
	`<189>date=2024-03-01 time=12:00:%02d devname="fw1" devid="FGT%d" logid="0000000013" type="traffic" subtype="forward" level="notice" vd="root" srcip=10.1.2.%d srcport=%d srcintf="lan" dstip=198.51.100.7 dstport=443 dstintf="wan1" policyid=7 proto=6 action="close" service="HTTPS" duration=61 sentbyte=4121 rcvdbyte=90210 sentpkt=31 rcvdpkt=77`,
	`<38>Mar  1 12:00:%02d web1 sshd[%d]: Failed password for invalid user admin from 203.0.113.%d port %d ssh2`,
}

// BenchmarkFileToProduce reads a file of three formats and sends it to nobody: parse, encode and what is around them.
func BenchmarkFileToProduce(b *testing.B) {
	const lines = 100_000
	var text strings.Builder
	for i := range lines {
		fmt.Fprintf(&text, benchLines[i%len(benchLines)]+"\n", i%60, i, i%250, 1024+i%60000)
	}
	path := filepath.Join(b.TempDir(), "bench.log")
	if err := os.WriteFile(path, []byte(text.String()), 0o600); err != nil {
		b.Fatal(err)
	}
	b.SetBytes(int64(text.Len()))
	for b.Loop() {
		in := fileInput(path)
		in.Once, in.Clock = true, ClockReplay
		c, err := New(Config{Inputs: []Input{in}}, all(discard{}), b.TempDir(), quiet(), nil)
		if err != nil {
			b.Fatal(err)
		}
		if err := c.Run(b.Context()); err != nil {
			b.Fatal(err)
		}
	}
	b.ReportMetric(float64(lines)*float64(b.N)/b.Elapsed().Seconds(), "lines/s")
}

// BenchmarkTCPToProduce sends over one connection, so that framing and the socket are measured too.
func BenchmarkTCPToProduce(b *testing.B) {
	const lines = 20_000
	var text strings.Builder
	for i := range lines {
		fmt.Fprintf(&text, "<13>"+benchLines[i%len(benchLines)][5:]+"\n", i%60, i, i%250, 1024+i%60000)
	}
	in := Input{Name: "net", Type: TypeSyslog, Site: "leeds", Listen: "127.0.0.1:0", Transport: "tcp", Clock: ClockReplay}
	reg := prometheus.NewRegistry()
	c, err := New(Config{Inputs: []Input{in}}, all(discard{}), b.TempDir(), quiet(), reg)
	if err != nil {
		b.Fatal(err)
	}
	conn, err := net.Dial("tcp", c.Addr("net").String())
	if err != nil {
		b.Fatal(err)
	}
	done := make(chan error, 1)
	ctx, cancel := context.WithCancel(b.Context())
	go func() { done <- c.Run(ctx) }()
	b.SetBytes(int64(text.Len()))
	sent, began := 0, time.Now()
	for b.Loop() { // the sender is held back when the collector is slower
		if _, err := io.WriteString(conn, text.String()); err != nil {
			b.Fatal(err)
		}
		sent += lines
	}
	_ = conn.Close()
	for testutil.ToFloat64(c.inputs[0].metrics.lines) < float64(sent) || gauge(b, reg, "frontfoot_ingest_backlog_lines") > 0 {
		runtime.Gosched()
	}
	b.ReportMetric(float64(sent)/time.Since(began).Seconds(), "lines/s") // the loop's time ends with what was sent, not with what came
	cancel()
	if err := <-done; err != nil {
		b.Fatal(err)
	}
}
