package engine

import (
	"fmt"
	"os"
	"strings"
	"testing"
	"time"
)

func rss() string {
	b, _ := os.ReadFile("/proc/self/status")
	var out []string
	for _, l := range strings.Split(string(b), "\n") {
		if strings.HasPrefix(l, "VmRSS") || strings.HasPrefix(l, "Rss") || strings.HasPrefix(l, "Threads") || strings.HasPrefix(l, "SigCgt") {
			out = append(out, strings.Join(strings.Fields(l), " "))
		}
	}
	return strings.Join(out, "; ")
}

func TestExp(t *testing.T) {
	fmt.Println("start", rss())
	t0 := time.Now()
	lib, err := loadLibrary(os.Getenv("FRONTFOOT_LIBCHDB"))
	if err != nil {
		t.Fatal(err)
	}
	fmt.Println("load", time.Since(t0), lib.versionC(), rss())
	t0 = time.Now()
	args := append([]string{"--path=" + t.TempDir()}, strings.Fields(os.Getenv("EXP_ARGS"))...)
	s, err := lib.connect(args...)
	if err != nil {
		t.Fatal(err)
	}
	fmt.Println("connect", time.Since(t0), rss())
	var ss []*session
	for range 4 {
		t0 = time.Now()
		x, err := lib.connect(args...)
		if err != nil {
			t.Fatal(err)
		}
		fmt.Println("connect more", time.Since(t0))
		ss = append(ss, x)
	}
	q := func(s *session, sql, f string, ps ...param) string {
		t0 := time.Now()
		r, err := s.query([]byte(sql), f, ps)
		if err != nil {
			fmt.Println("Q", sql, "ERR", err, time.Since(t0))
			return ""
		}
		defer r.free()
		o := string(r.bytes())
		oo := o
		if len(oo) > 1500 {
			oo = oo[:1500]
		}
		fmt.Printf("Q %s -> %s (%v) rw %d sr %d\n", sql, oo, time.Since(t0), lib.rowsWritten(r.ptr), lib.storageRows(r.ptr))
		return o
	}
	q(s, "SELECT version(), revision(), timezone(), displayName()", "TSV")
	fmt.Println(rss())
	for range 3 {
		q(s, "SELECT 1", "TSV")
	}
	q(s, "SET max_threads='1', log_comment='abc'", "TSV")
	q(s, "SELECT getSetting('max_threads')", "TSV")
	q(s, "SET max_threads=DEFAULT", "TSV")
	q(s, "SELECT getSetting('max_threads')", "TSV")
	q(s, "SELECT {a:String}, {b:Nullable(String)}", "TSV", param{"a", "x\\ty"}, param{"b", "\\N"})
	q(s, "SELEC 1 FROM", "TSV")
	q(s, "SELECT 1; SELECT 2", "TSV")
	q(s, "SELECT 1 -- comment", "TSV")
	q(s, "SELECT query_id, query, user, Settings['log_comment'], client_name, http_user_agent FROM system.processes", "Vertical")
	q(s, "SHOW DATABASES", "TSV")
	q(s, "SELECT name,value,changed FROM system.server_settings WHERE changed OR name like '%cache_size' or name like '%pool_size%'", "TSV")
	q(s, "SELECT name,value FROM system.settings WHERE changed", "TSV")
	q(s, "SELECT database, name, total_bytes FROM system.tables WHERE database='system' and engine like '%MergeTree'", "TSV")
	q(s, "SELECT count() FROM system.tables", "TSV")
	q(ss[0], "SELECT getSetting('log_comment')", "TSV")
	fmt.Println(rss())
	_ = q
}
