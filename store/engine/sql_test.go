package engine

import (
	"bytes"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestParseStatement(t *testing.T) {
	type parts struct {
		Insert, Selects    bool
		Format, Bare, Data string
	}
	insert := func(bare, format, data string) parts {
		return parts{Insert: true, Format: format, Bare: bare, Data: data}
	}
	query := func(bare, format string) parts { return parts{Selects: true, Format: format, Bare: bare} }
	tests := map[string]parts{
		"INSERT INTO t FORMAT CSV\n1,2\n":                                 insert("INSERT INTO t ", "CSV", "1,2\n"),
		"insert into t format csv\r\n1,2":                                 insert("insert into t ", "csv", "1,2"),
		"INSERT INTO t FORMAT JSONEachRow {\"a\":1}":                      insert("INSERT INTO t ", "JSONEachRow", `{"a":1}`),
		"INSERT INTO t FORMAT TSV \n\n1":                                  insert("INSERT INTO t ", "TSV", "\n1"),
		"INSERT INTO t FORMAT Native":                                     insert("INSERT INTO t ", "Native", ""),
		"INSERT INTO t (a, b) VALUES (1, 'FORMAT x')":                     insert("INSERT INTO t (a, b) ", "Values", " (1, 'FORMAT x')"),
		"INSERT INTO t FORMAT Values (1)":                                 insert("INSERT INTO t ", "Values", "(1)"),
		"/* INSERT */ INSERT INTO t -- FORMAT CSV\nFORMAT /* x */ TSV\n1": insert("/* INSERT */ INSERT INTO t -- FORMAT CSV\n", "TSV", "1"),
		"INSERT INTO t SETTINGS format_csv_delimiter = ';' FORMAT CSV\n1": insert("INSERT INTO t SETTINGS format_csv_delimiter = ';' ", "CSV", "1"),
		"INSERT INTO t SETTINGS a = 1, b = 'VALUES' VALUES (1)":           insert("INSERT INTO t SETTINGS a = 1, b = 'VALUES' ", "Values", " (1)"),
		"INSERT INTO t FORMAT CSV SETTINGS a = 1":                         insert("INSERT INTO t ", "CSV", "SETTINGS a = 1"), // as in ClickHouse: rows
		"INSERT INTO t":                                               insert("INSERT INTO t", "", ""),
		"INSERT INTO t (a) ; ":                                        insert("INSERT INTO t (a)", "", ""),
		"INSERT INTO values VALUES (1)":                               insert("INSERT INTO values ", "Values", " (1)"),
		"INSERT INTO d.format FORMAT CSV\n":                           insert("INSERT INTO d.format ", "CSV", ""),
		"INSERT INTO `a FORMAT b`.\"VALUES\" VALUES(1)":               insert("INSERT INTO `a FORMAT b`.\"VALUES\" ", "Values", "(1)"),
		"INSERT INTO t (select, format) VALUES (1)":                   insert("INSERT INTO t (select, format) ", "Values", " (1)"),
		"INSERT INTO FUNCTION file('x', 'CSV', 'a UInt8') VALUES (1)": insert("INSERT INTO FUNCTION file('x', 'CSV', 'a UInt8') ", "Values", " (1)"),
		"INSERT INTO TABLE FUNCTION null('a UInt8') FORMAT CSV\n1":    insert("INSERT INTO TABLE FUNCTION null('a UInt8') ", "CSV", "1"),
		"INSERT INTO t SELECT 1 FORMAT CSV":                           {Format: "CSV", Bare: "INSERT INTO t SELECT 1 "},
		"INSERT INTO t (a) SELECT * FROM u":                           {Bare: "INSERT INTO t (a) SELECT * FROM u"},
		"INSERT INTO t (SELECT 1)":                                    {Bare: "INSERT INTO t (SELECT 1)"},
		"INSERT INTO t WITH x AS (SELECT 1) SELECT * FROM x":          {Bare: "INSERT INTO t WITH x AS (SELECT 1) SELECT * FROM x"},
		"INSERT INTO t FROM INFILE 'f' FORMAT CSV":                    {Bare: "INSERT INTO t FROM INFILE 'f' FORMAT CSV"},
		"SELECT 1":                                                       query("SELECT 1", ""),
		"SELECT 1 FORMAT JSON":                                           query("SELECT 1 ", "JSON"),
		"select 1 format json settings a=1":                              query("select 1 ", "json"),
		"SELECT 1 SETTINGS a = 1 FORMAT CSV;":                            query("SELECT 1 SETTINGS a = 1 ", "CSV"),
		"SELECT format FROM t":                                           query("SELECT format FROM t", ""),
		"SELECT a AS format, 'x FORMAT y' FROM t -- FORMAT CSV":          query("SELECT a AS format, 'x FORMAT y' FROM t", ""),
		"SELECT (SELECT 1 FORMAT CSV) FORMAT TSV":                        query("SELECT (SELECT 1 FORMAT CSV) ", "TSV"),
		"SELECT 'it''s \\' FORMAT CSV', $x$ ' FORMAT CSV $x$ FORMAT XML": query("SELECT 'it''s \\' FORMAT CSV', $x$ ' FORMAT CSV $x$ ", "XML"),
		"WITH 1 AS x SELECT x":                                           query("WITH 1 AS x SELECT x", ""),
		"(SELECT 1) UNION ALL (SELECT 2) FORMAT CSV":                     query("(SELECT 1) UNION ALL (SELECT 2) ", "CSV"),
		"SELECT 1; SELECT 2":                                             query("SELECT 1", ""),
		"SHOW TABLES FORMAT CSV":                                         {Format: "CSV", Bare: "SHOW TABLES "},
		"CREATE TABLE t (format String) ENGINE = Memory":                 {Bare: "CREATE TABLE t (format String) ENGINE = Memory"},
		"":             {},
		"'unclosed":    {Bare: "'unclosed"},
		"/* unclosed ": {Bare: ""},
	}
	for text, want := range tests {
		st := parseStatement([]byte(text))
		got := parts{st.insert, st.selects, st.format, string(st.bare), string(st.data)}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("%q: (-want +got)\n%s", text, diff)
		}
	}
}

func FuzzParseStatement(f *testing.F) {
	for _, seed := range []string{
		"INSERT INTO t (a) FORMAT CSV\n1", "INSERT INTO t VALUES (1)", "SELECT 1 FORMAT JSON SETTINGS a=1", "INSERT INTO f('x') SELECT $a$ $a$",
		"-- x\n# y\n/* z */SELECT `a``b`, \"c\\\"d\"", "INSERT INTO \x00 FORMAT", "insert", "((((", "SELECT 1;;", "$", "$a", "'\\",
	} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, text []byte) {
		st := parseStatement(text)
		if !bytes.HasPrefix(text, st.bare) || !bytes.HasSuffix(text, st.data) || len(st.bare)+len(st.data)+len(st.format) > len(text)+len("Values") {
			t.Errorf("got %q and %q of %q", st.bare, st.data, text)
		}
		if st.insert && !strings.Contains(strings.ToUpper(string(st.bare)), "INSERT") {
			t.Errorf("an INSERT without the word: %q", st.bare)
		}
	})
}
