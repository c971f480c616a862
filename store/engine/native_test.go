package engine

import (
	"encoding/binary"
	"errors"
	"net/http/httptest"
	"strings"
	"testing"
)

func TestTranscodeRefuses(t *testing.T) {
	column := func(kind, data string) string {
		return "\x01\x01\x01a" + string(binary.AppendUvarint(nil, uint64(len(kind)))) + kind + data
	}
	for name, b := range map[string]string{
		"no data":             column("UInt64", "\x01"),
		"aggregate state":     column("AggregateFunction(uniq, UInt8)", "\x01"),
		"unknown type":        column("Nope", "\x01"),
		"deep type":           column(strings.Repeat("Array(", 70)+"UInt8"+strings.Repeat(")", 70), ""),
		"no argument":         column("Array()", "\x01"),
		"huge string":         column("String", "\xff\xff\xff\xff\xff\xff\xff\xff\x7f"),
		"huge array":          column("Array(UInt64)", "\xff\xff\xff\xff\xff\xff\xff\xff"),
		"shared dictionary":   column("LowCardinality(String)", "\x01\x00\x00\x00\x00\x00\x00\x00\x00\x01\x00\x00\x00\x00\x00\x00"),
		"JSON of other kind":  column("JSON", "\x00\x00\x00\x00\x00\x00\x00\x00"),
		"Dynamic, other kind": column("Dynamic", "\x01\x00\x00\x00\x00\x00\x00\x00"),
		"half a header":       "\x01",
	} {
		if out, err := transcodeNative(nil, []byte(b), revisionSerialization); err == nil {
			t.Errorf("%s: got %q", name, out)
		}
	}
	_, err := transcodeNative(nil, []byte(column("AggregateFunction(uniq, UInt8)", "")), revisionSerialization)
	var e *Exception
	if !errors.As(err, &e) || e.Code != 48 {
		t.Errorf("got %v, want exception 48", err)
	}
}

func FuzzTranscodeNative(f *testing.F) {
	f.Add([]byte("\x01\x01\x01a\x05UInt8\x07"))
	f.Add([]byte("\x01\x01\x01a\x06String\x01x"))
	f.Add([]byte("\x01\x01\x01a\x16LowCardinality(String)\x01\x00\x00\x00\x00\x00\x00\x00\x00\x06\x00\x00\x00\x00\x00\x00\x01\x00\x00\x00\x00\x00\x00\x00\x01x\x01\x00\x00\x00\x00\x00\x00\x00\x00"))
	f.Add([]byte("\x01\x01\x01d\x07Dynamic\x03\x00\x00\x00\x00\x00\x00\x00\x01\x06String\x00\x01x"))
	f.Add([]byte("\x01\x02\x01a\x13Map(String, UInt8)\x00"))
	f.Add([]byte("\x01\x01\x01v\x16Variant(String, UInt8)\x00\x00\x00\x00\x00\x00\x00\x00\x01\x01"))
	f.Fuzz(func(t *testing.T, b []byte) {
		out, err := transcodeNative(nil, b, revisionSerialization)
		if err != nil {
			return
		}
		plain, err := transcodeNative(nil, b, 0)
		if err != nil || len(plain) > len(out) {
			t.Errorf("%q: %d bytes at revision 0, %d at %d, %v", b, len(plain), len(out), revisionSerialization, err)
		}
	})
}

func FuzzReadCall(f *testing.F) {
	f.Add("query=SELECT+1&param_x=1&max_threads=2", "", "", "")
	f.Add("query=INSERT+INTO+t+FORMAT+CSV&decompress=1", "gzip", "", "\x1f\x8b\x08")
	f.Add("", "zstd", "", "\x28\xb5\x2f\xfd")
	f.Add("", "", "multipart/form-data; boundary=B", "--B\r\nContent-Disposition: form-data; name=\"query\"\r\n\r\nSELECT 1\r\n--B--\r\n")
	f.Add("%zz", "lz4", "a/b", "SELECT 1")
	f.Add("compress=1", "br", "", "INSERT INTO t VALUES (1)")
	f.Fuzz(func(t *testing.T, query, encoding, kind, body string) {
		r := httptest.NewRequest("POST", "/", strings.NewReader(body))
		r.URL.RawQuery = query
		r.Header.Set("Content-Encoding", encoding)
		r.Header.Set("Content-Type", kind)
		c, err := readCall(httptest.NewRecorder(), r)
		if err != nil {
			return
		}
		for name := range c.request.Settings {
			if ownParameters[name] || strings.HasPrefix(name, "param_") {
				t.Errorf("%q became a setting", name)
			}
		}
		if len(c.request.SQL) > maxQuery+len(query)+1 {
			t.Errorf("the query has %d bytes", len(c.request.SQL))
		}
	})
}
