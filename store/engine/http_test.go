package engine

import (
	"bytes"
	"compress/gzip"
	"io"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestHTTPAuthentication(t *testing.T) {
	s := serve(t)
	type answer struct {
		Status int
		Code   string
	}
	refused := answer{http.StatusForbidden, "516"}
	good := answer{Status: http.StatusOK}
	tests := map[string]struct {
		query  string
		header []string
		want   answer
	}{
		"none":                  {"", nil, answer{http.StatusUnauthorized, "516"}},
		"headers":               {"", []string{"X-ClickHouse-User", "default", "X-ClickHouse-Key", password}, good},
		"headers, wrong":        {"", []string{"X-ClickHouse-User", "default", "X-ClickHouse-Key", "s3cre"}, refused},
		"key alone":             {"", []string{"X-ClickHouse-Key", password}, good},
		"URL":                   {"&user=frontfoot&password=" + password, nil, good},
		"URL, wrong user":       {"&user=root&password=" + password, nil, refused},
		"URL, no password":      {"&user=default", nil, refused},
		"basic":                 {"", []string{"Authorization", "Basic ZGVmYXVsdDpzM2NyZXQ="}, good},
		"basic, wrong":          {"", []string{"Authorization", "Basic ZGVmYXVsdDp4"}, refused},
		"headers win over URL":  {"&user=default&password=" + password, []string{"X-ClickHouse-Key", "x"}, refused},
		"empty user is default": {"&password=" + password, nil, good},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			req, err := http.NewRequestWithContext(t.Context(), http.MethodGet, s.URL+"/?query=SELECT+1"+tt.query, nil)
			if err != nil {
				t.Fatal(err)
			}
			for i := 0; i < len(tt.header); i += 2 {
				req.Header.Set(tt.header[i], tt.header[i+1])
			}
			resp, err := http.DefaultClient.Do(req)
			if err != nil {
				t.Fatal(err)
			}
			resp.Body.Close()
			if diff := cmp.Diff(tt.want, answer{resp.StatusCode, resp.Header.Get("X-ClickHouse-Exception-Code")}); diff != "" {
				t.Errorf("(-want +got)\n%s", diff)
			}
		})
	}
}

func TestHTTPQueries(t *testing.T) {
	s := serve(t)
	ask(t, "CREATE DATABASE IF NOT EXISTS web")
	ask(t, "CREATE TABLE IF NOT EXISTS web.t (a UInt8) ENGINE = Memory")
	tests := map[string]struct {
		method, query, body string
		status              int
		want                string
	}{
		"ping is in the URL":       {"GET", "query=SELECT+1", "", 200, "1\n"},
		"in the body":              {"POST", "", "SELECT 2", 200, "2\n"},
		"in both":                  {"POST", "query=SELECT", "3", 200, "3\n"},
		"no query":                 {"GET", "", "", 200, "Ok.\n"},
		"default format":           {"POST", "default_format=JSONEachRow", "SELECT 1 AS a", 200, `{"a":1}` + "\n"},
		"FORMAT wins":              {"POST", "default_format=JSONEachRow", "SELECT 1 AS a FORMAT CSVWithNames", 200, "\"a\"\n1\n"},
		"database":                 {"POST", "database=web", "SELECT currentDatabase(), count() FROM t", 200, "web\t0\n"},
		"no such database":         {"POST", "database=nope", "SELECT 1", 404, "Code: 81. DB::Exception: Database nope does not exist"},
		"settings":                 {"POST", "max_block_size=1234", "SELECT getSetting('max_block_size')", 200, "1234\n"},
		"settings end":             {"POST", "", "SELECT getSetting('max_block_size')", 200, "65409\n"},
		"unknown setting":          {"POST", "no_such_setting=1", "SELECT 1", 404, "Code: 115. DB::Exception"},
		"setting with a quote":     {"POST", "format_csv_null_representation=" + url.QueryEscape(`a'b\c`), "SELECT NULL FORMAT CSV", 200, `a'b\c` + "\n"},
		"setting with a bad name":  {"POST", url.QueryEscape("max_threads = 1, x") + "=1", "SELECT 1", 404, "Code: 115."},
		"parameter":                {"POST", "param_x=5&param_s=" + url.QueryEscape("a'b"), "SELECT {x:UInt8} + 1, {s:String}", 200, "6\ta\\'b\n"},
		"parameter as identifier":  {"POST", "param_t=t&database=web", "SELECT count() FROM {t:Identifier}", 200, "0\n"},
		"parameter escaped":        {"POST", "param_s=" + url.QueryEscape(`a\tb`), "SELECT length({s:String})", 200, "3\n"},
		"missing parameter":        {"POST", "", "SELECT {x:UInt8}", 500, "Code: 456."},
		"syntax error":             {"POST", "", "SELECT 1 FROM", 400, "Code: 62. DB::Exception: Syntax error: failed at position 14 (end of query)"},
		"unknown table":            {"POST", "", "SELECT * FROM nope", 404, "Code: 60."},
		"unknown format":           {"POST", "", "SELECT 1 FORMAT Nope", 404, "Code: 73."},
		"two statements":           {"POST", "", "SELECT 1; SELECT 2", 400, "Code: 62. DB::Exception: Multi-statements are not allowed"},
		"semicolon at the end":     {"POST", "", "SELECT 1 ;\n-- done\n", 200, "1\n"},
		"empty":                    {"POST", "", "", 400, "Code: 62. DB::Exception: Empty query"},
		"GET only reads":           {"GET", "query=" + url.QueryEscape("CREATE TABLE web.no (a UInt8) ENGINE = Memory"), "", 500, "Code: 164."},
		"GET does not insert":      {"GET", "query=" + url.QueryEscape("INSERT INTO web.t VALUES (1)"), "", 500, "Code: 164."},
		"readonly":                 {"POST", "readonly=1", "DROP TABLE web.t", 500, "Code: 164."},
		"GET, syntax error":        {"GET", "query=SELEC+1+FROM", "", 400, "Code: 62. DB::Exception: Syntax error: failed at position"},
		"statements in an INSERT":  {"POST", "", "INSERT INTO web.t; DROP TABLE web.t FORMAT CSV\n1", 400, "Code: 62."},
		"statements in VALUES":     {"POST", "", "INSERT INTO FUNCTION null('a UInt8') VALUES (1); DROP TABLE web.t", 200, ""},
		"readonly reads":           {"POST", "readonly=2", "SELECT 7", 200, "7\n"},
		"SET ends with its query":  {"POST", "", "SET max_block_size = 77", 200, ""},
		"after SET":                {"POST", "", "SELECT getSetting('max_block_size')", 200, "65409\n"},
		"error behind the start":   {"POST", "", "SELECT throwIf(number = 300000, 'late') FROM numbers(400000) SETTINGS max_block_size = 10000", 200, "Code: 395. DB::Exception: late"},
		"no error behind the end":  {"POST", "wait_end_of_query=1", "SELECT throwIf(number = 300000, 'late') FROM numbers(400000)", 500, "Code: 395. DB::Exception: late"},
		"unknown Content-Encoding": {"POST", "", "SELECT 1", 200, "1\n"},
		"JSON is one document":     {"POST", "", "SELECT count() AS c, sum(number) AS s FROM (SELECT number FROM numbers(300000)) FORMAT JSONCompactColumns", 200, "[\n\t[300000],\n\t[44999850000]\n]\n"},
		"totals":                   {"POST", "", "SELECT number % 2 AS k, count() FROM numbers(4) GROUP BY k WITH TOTALS ORDER BY k", 200, "0\t2\n1\t2\n\n0\t4\n"},
		"show":                     {"POST", "", "SHOW TABLES FROM web", 200, "t\n"},
		"describe":                 {"POST", "default_format=TSVRaw", "DESCRIBE TABLE web.t", 200, "a\tUInt8\t\t\t\t\t\n"},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			resp, got := do(t, tt.method, s.URL+"/?"+tt.query, strings.NewReader(tt.body))
			if resp.StatusCode != tt.status {
				t.Errorf("got status %d, want %d", resp.StatusCode, tt.status)
			}
			if strings.HasPrefix(tt.want, "Code: ") {
				if !strings.Contains(got, tt.want) {
					t.Errorf("got %.300q, want %q in it", got, tt.want)
				}
			} else if got != tt.want {
				t.Errorf("got %.300q, want %q", got, tt.want)
			}
		})
	}
}

func TestHTTPSettingsDoNotStay(t *testing.T) {
	s := serve(t)
	// As many requests as there are sessions, so that each has had the setting.
	for range cap(shared.free) {
		do(t, "POST", s.URL+"/?max_block_size=99&database=system", strings.NewReader("SELECT 1"))
	}
	for range cap(shared.free) {
		_, got := do(t, "POST", s.URL, strings.NewReader("SELECT getSetting('max_block_size'), currentDatabase()"))
		if got != "65409\tdefault\n" {
			t.Fatalf("got %q", got)
		}
	}
}

func TestHTTPHeaders(t *testing.T) {
	s := serve(t)
	resp, _ := do(t, "POST", s.URL+"/?query_id=q-1", strings.NewReader("SELECT 1 FORMAT JSON"))
	for name, want := range map[string]string{
		"X-ClickHouse-Format": "JSON", "X-ClickHouse-Query-Id": "q-1", "Content-Type": "application/json; charset=UTF-8",
	} {
		if got := resp.Header.Get(name); got != want {
			t.Errorf("%s: got %q, want %q", name, got, want)
		}
	}
	if got := resp.Header.Get("X-ClickHouse-Summary"); !strings.Contains(got, `"read_rows":"1"`) {
		t.Errorf("got summary %s", got)
	}
	if resp.Header.Get("X-ClickHouse-Timezone") == "" || len(resp.Header.Get("X-ClickHouse-Exception-Tag")) != 16 {
		t.Errorf("got headers %v", resp.Header)
	}
	resp, got := do(t, "HEAD", s.URL+"/?query=SELECT+1", nil)
	if resp.StatusCode != 200 || got != "" {
		t.Errorf("HEAD: got %d %q", resp.StatusCode, got)
	}
	if resp, _ = do(t, "GET", s.URL+"/nope", nil); resp.StatusCode != 404 {
		t.Errorf("unknown path: got %d", resp.StatusCode)
	}
	if resp, _ = do(t, "PUT", s.URL, nil); resp.StatusCode != 405 {
		t.Errorf("PUT: got %d", resp.StatusCode)
	}
	if resp, got = do(t, "GET", s.URL+"/ping", nil); resp.StatusCode != 200 || got != "Ok.\n" {
		t.Errorf("ping: got %d %q", resp.StatusCode, got)
	}
}

func TestHTTPEncodings(t *testing.T) {
	s := serve(t)
	ask(t, "CREATE TABLE IF NOT EXISTS enc (method String, line String) ENGINE = Memory")
	for name := range encoders {
		t.Run(name, func(t *testing.T) {
			var body bytes.Buffer
			z, err := encoders[name](&body)
			if err != nil {
				t.Fatal(err)
			}
			line := strings.Repeat("x", 100)
			for range 10000 {
				_, _ = io.WriteString(z, name+"\t"+line+"\n")
			}
			if err := z.Close(); err != nil {
				t.Fatal(err)
			}
			resp, got := do(t, "POST", s.URL+"/?query="+url.QueryEscape("INSERT INTO enc FORMAT TSV"), &body, "Content-Encoding", name)
			if resp.StatusCode != 200 {
				t.Fatalf("got %d %s", resp.StatusCode, got)
			}
			resp, got = do(t, "POST", s.URL+"/?param_m="+name, strings.NewReader("SELECT line FROM enc WHERE method = {m:String}"), "Accept-Encoding", name)
			if resp.Header.Get("Content-Encoding") != name {
				t.Errorf("got encoding %q", resp.Header.Get("Content-Encoding"))
			}
			plain, err := decode(strings.NewReader(got), name)
			if err != nil {
				t.Fatal(err)
			}
			b, err := io.ReadAll(plain)
			if err != nil || string(b) != strings.Repeat(line+"\n", 10000) {
				t.Errorf("got %d bytes, %v", len(b), err)
			}
		})
	}
	if resp, got := do(t, "POST", s.URL, strings.NewReader("x"), "Content-Encoding", "snappy"); resp.StatusCode == 200 {
		t.Errorf("unknown encoding: got %s", got)
	}
	if resp, got := do(t, "POST", s.URL, strings.NewReader("no gzip"), "Content-Encoding", "gzip"); !strings.Contains(got, "Code: 354.") {
		t.Errorf("broken gzip: got %d %s", resp.StatusCode, got)
	}
}

func TestHTTPFraming(t *testing.T) {
	s := serve(t)
	ask(t, "CREATE TABLE IF NOT EXISTS framed (line String) ENGINE = Memory")
	for _, method := range []string{"LZ4", "ZSTD"} {
		var body bytes.Buffer
		if _, err := newFramedWriter(&body, method).Write([]byte(strings.Repeat("text\n", 1<<19))); err != nil {
			t.Fatal(err)
		}
		whole := body.Len()
		target := s.URL + "/?decompress=1&query=" + url.QueryEscape("INSERT INTO framed FORMAT TSV")
		for _, cut := range []int{whole - 1, whole / 2, 10} {
			if resp, _ := do(t, "POST", target, bytes.NewReader(body.Bytes()[:cut])); resp.StatusCode == 200 {
				t.Errorf("%s cut at %d of %d was taken", method, cut, whole)
			}
		}
		if resp, got := do(t, "POST", target, &body); resp.StatusCode != 200 {
			t.Fatalf("%s: got %d %s", method, resp.StatusCode, got)
		}
		_, got := do(t, "POST", s.URL+"/?compress=1&network_compression_method="+method, strings.NewReader("SELECT line FROM framed"))
		b, err := io.ReadAll(newFramedReader(strings.NewReader(got)))
		if err != nil || string(b) != strings.Repeat("text\n", 1<<19) {
			t.Errorf("%s: got %d bytes, %v", method, len(b), err)
		}
		ask(t, "TRUNCATE TABLE framed")
	}
}

func TestHTTPMultipart(t *testing.T) {
	s := serve(t)
	form := func(fields ...string) string {
		var b strings.Builder
		for i := 0; i < len(fields); i += 2 {
			b.WriteString("--B\r\nContent-Disposition: form-data; " + fields[i] + "\r\n\r\n" + fields[i+1] + "\r\n")
		}
		return b.String() + "--B--\r\n"
	}
	const kind = "multipart/form-data; boundary=B"
	if _, got := do(t, "POST", s.URL, strings.NewReader(form(`name="query"`, "SELECT {x:UInt8}", `name="param_x"`, "4")), "Content-Type", kind); got != "4\n" {
		t.Errorf("got %q", got)
	}
	if _, got := do(t, "POST", s.URL, strings.NewReader(form(`name="ext"; filename="f"`, "1")), "Content-Type", kind); !strings.Contains(got, "Code: 48.") {
		t.Errorf("external table: got %q", got)
	}
}

func TestHTTPInsertCutShort(t *testing.T) {
	s := serve(t)
	ask(t, "CREATE TABLE IF NOT EXISTS cut (line String) ENGINE = Memory")
	var body bytes.Buffer
	z := gzip.NewWriter(&body)
	_, _ = io.WriteString(z, strings.Repeat("text\n", 10000))
	_ = z.Close()
	target := s.URL + "/?query=" + url.QueryEscape("INSERT INTO cut FORMAT TSV")
	resp, got := do(t, "POST", target, bytes.NewReader(body.Bytes()[:body.Len()-10]), "Content-Encoding", "gzip")
	if resp.StatusCode == 200 || !strings.Contains(got, "ends early") {
		t.Errorf("got %d %s", resp.StatusCode, got)
	}
	if n := ask(t, "SELECT count() FROM cut"); n != "0" {
		t.Errorf("got %s rows of an insert that was cut short", n)
	}
}
