package template

import (
	"fmt"
	"testing"
)

// councilLines returns lines of firewalls, servers and applications in turn.
func councilLines() []string {
	var lines []string
	for i := range 500 {
		lines = append(lines,
			fmt.Sprintf("Failed password for invalid user admin from 198.51.100.%d port %d ssh2", i%250, 1024+i*7),
			fmt.Sprintf("pam_unix(sshd:session): session opened for user clerk%d(uid=%d) by (uid=0)", i%20, 1000+i%20),
			fmt.Sprintf("[%d.%06d] [UFW BLOCK] IN=eth0 OUT= MAC=52:54:00:%02x:5d:3a:52:54:00 SRC=203.0.113.%d DST=192.0.2.%d LEN=60 TOS=0x00 PREC=0x00 TTL=47 ID=%d DF PROTO=TCP SPT=%d DPT=%d WINDOW=29200 RES=0x00 SYN URGP=0",
				4000+i, i, i%256, i%250, i%30, i*17, 1024+i, i%1024),
			fmt.Sprintf("Started Session %d of user root.", i),
			fmt.Sprintf("type=traffic subtype=forward level=notice action=deny srcip=192.0.2.%d dstip=198.51.100.%d msg=\"no policy for it\" sentbyte=%d", i%30, i%250, i*3),
			"Reached target Timers.",
		)
	}
	return lines
}

// BenchmarkShape finds the shapes of lines of a council that has many shapes already.
func BenchmarkShape(b *testing.B) {
	m := miner()
	for i := range 300 {
		m.Shape(fmt.Sprintf("unit%s is %s in state %s", spell(i), spell(i*7), spell(i*31)))
	}
	lines := councilLines()
	bytes := 0
	for _, s := range lines {
		bytes += len(s)
	}
	b.SetBytes(int64(bytes / len(lines)))
	b.ReportAllocs()
	i := 0
	for b.Loop() {
		m.Shape(lines[i%len(lines)])
		i++
	}
	b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "lines/s")
}

// BenchmarkParameters asks for the parameters of each line as well.
func BenchmarkParameters(b *testing.B) {
	m := miner()
	lines := councilLines()
	b.ReportAllocs()
	i, found := 0, 0
	for b.Loop() {
		m.Shape(lines[i%len(lines)])
		found += len(m.Parameters())
		i++
	}
	b.ReportMetric(float64(found)/float64(b.N), "parameters/line")
}

// BenchmarkHostile gives the miner lines of as many words that never come again.
func BenchmarkHostile(b *testing.B) {
	m := miner()
	lines := make([]string, 100_000)
	for i := range lines {
		lines[i] = hostile(i)
	}
	b.ReportAllocs()
	i := 0
	for b.Loop() {
		m.Shape(lines[i%len(lines)])
		i++
	}
	b.ReportMetric(float64(m.Bytes()), "bytes")
}
