package engine

import (
	"fmt"
	"os"
	"strings"
	"testing"
	"time"

	"golang.org/x/sys/unix"
)

func TestExp2(t *testing.T) {
	lib, err := loadLibrary(os.Getenv("FRONTFOOT_LIBCHDB"))
	if err != nil {
		t.Fatal(err)
	}
	fmt.Println("load", rss())
	dir := t.TempDir()
	args := append([]string{"--path=" + dir}, strings.Fields(os.Getenv("EXP_ARGS"))...)
	s, err := lib.connect(args...)
	if err != nil {
		t.Fatal(err)
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
	q(s, "SELECT name,value FROM system.settings WHERE changed", "TSV")
	q(s, "SELECT name,value FROM system.server_settings WHERE changed", "TSV")
	q(s, "CREATE DATABASE ff", "TSV")
	q(s, "CREATE TABLE ff.e (a UInt64, s LowCardinality(String), m Map(String,String), t DateTime64(9)) ENGINE=MergeTree ORDER BY a", "TSV")
	fd, _ := unix.MemfdCreate("ins", 0)
	f := os.NewFile(uintptr(fd), "ins")
	for i := range 100000 {
		fmt.Fprintf(f, "%d\tsite%d\t{'a':'b'}\t2026-01-01 00:00:00\n", i, i%10)
	}
	q(s, fmt.Sprintf("INSERT INTO ff.e FROM INFILE '/proc/self/fd/%d' FORMAT TSV", fd), "TSV")
	q(s, fmt.Sprintf("INSERT INTO ff.e FROM INFILE '/proc/self/fd/%d' SETTINGS max_insert_threads=2 FORMAT TSV", fd), "TSV")
	q(s, fmt.Sprintf("INSERT INTO ff.e SETTINGS max_insert_threads=2 FROM INFILE '/proc/self/fd/%d' FORMAT TSV", fd), "TSV")
	q(s, "INSERT INTO ff.e VALUES (1,'a',{'x':'y'},now64())", "TSV")
	q(s, "INSERT INTO ff.e FORMAT TSV\n1\ta\t{}\t2026-01-01 00:00:00\n", "TSV")
	q(s, "INSERT INTO ff.e (a,s) SELECT number, 'x' FROM numbers(10)", "TSV")
	q(s, "SELECT count() FROM ff.e", "TSV")
	q(s, "SELECT query, is_cancelled FROM system.processes", "TSV")
	for _, sql := range []string{"SELECT number, toString(number) FROM numbers(1000000)", "SELECT 1 WHERE 0", "SHOW TABLES", "WITH 1 AS x SELECT x", "EXPLAIN SELECT 1", "DESCRIBE ff.e", "(SELECT 1)", "SELECT count() FROM ff.e; ", "SELECT throwIf(number=500000) FROM numbers(1000000)", "SELECT 5 FORMAT JSON", "SELECT number FROM numbers(200000) FORMAT JSON", "SELECT 1 INTO OUTFILE '/tmp/ff-engine/x.out'"} {
		for _, form := range []string{"Native", "JSON"} {
			st, err := s.stream([]byte(sql), form, nil)
			if err != nil {
				fmt.Println("STREAM", sql, form, "ERR", err)
				continue
			}
			var ns []int
			var last string
			for {
				r, err := st.next()
				if err != nil {
					fmt.Println("NEXT", err)
				}
				if r == nil {
					break
				}
				ns = append(ns, len(r.bytes()))
				last = string(r.bytes())
				r.free()
			}
			if len(last) > 100 {
				last = last[:50] + " ... " + last[len(last)-50:]
			}
			if len(ns) > 30 {
				ns = ns[:30]
			}
			fmt.Printf("STREAM %s %s %v last %q\n", sql, form, ns, last)
			st.close()
		}
	}
	fmt.Println(rss())
	// kill
	s2, err := lib.connect(args...)
	if err != nil {
		t.Fatal(err)
	}
	q(s, "SET log_comment='c1'", "TSV")
	done := make(chan bool)
	go func() {
		q(s, "SELECT max(sipHash64(number)) FROM numbers(20000000000)", "TSV")
		close(done)
	}()
	time.Sleep(300 * time.Millisecond)
	q(s2, "SELECT query, Settings['log_comment'] FROM system.processes", "TSV")
	q(s2, "KILL QUERY WHERE Settings['log_comment']='c1' ASYNC", "TSV")
	t0 := time.Now()
	<-done
	fmt.Println("killed after", time.Since(t0))
	q(s, "SELECT 1", "TSV")
	s.close()
	t0 = time.Now()
	s2.close()
	fmt.Println("closed", time.Since(t0), rss())
	t0 = time.Now()
	s, err = lib.connect(args...)
	if err != nil {
		t.Fatal(err)
	}
	fmt.Println("reopened", time.Since(t0))
	q(s, "SELECT count() FROM ff.e", "TSV")
	q(s, "SELECT 1", "TSV")
	s.close()
	fmt.Println("shutdown", lib.shutdownC())
	unix.Flock(0, 0)
	out, _ := os.ReadDir(dir)
	for _, e := range out {
		fmt.Print(e.Name(), " ")
	}
	fmt.Println(rss())
}
