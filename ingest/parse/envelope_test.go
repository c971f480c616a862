package parse

import (
	"strings"
	"testing"

	"frontfoot/ingest/parse/format"
)

// A line in an object of another tool's is read as its source wrote it.
func TestEnvelope(t *testing.T) {
	const inner = `198.51.100.66 - - [26/Nov/2026:10:10:03 +0000] \"GET /a HTTP/1.1\" 403 199`
	for in, want := range map[string]map[string]string{
		`{"preview":false,"offset":0,"result":{"_raw":"` + inner + `","_time":"2026-11-26 11:00:00.000 UTC","host":"web1","source":"/var/log/access_log"}}`: {
			"source.ip": "198.51.100.66", "host.hostname": "web1", "labels.source": "/var/log/access_log", "@timestamp": "2026-11-26T10:10:03Z", "http.response.status_code": "403",
		},
		`<14>Nov 26 10:20:00 relay {"result":{"_raw":"<13>Nov 26 10:10:04 web2 httpd: ` + inner + `","host":"web1"}}`: {
			"source.ip": "198.51.100.66", "host.hostname": "web2", "process.name": "httpd",
		},
		`{"message":"` + inner + `"}`:                                     {"source.ip": "198.51.100.66"},
		`{"message":"` + inner + `","a":"b"}`:                             {"source.ip": "", "event.dataset": "json"},
		`{"preview":false,"result":{"_raw":"nobody's","host":"web1"}}`:    {"event.dataset": "json", "source.ip": ""},
		`{"preview":false,"result":{"_raw":"` + inner + `","host":"web1"`: {"source.ip": ""},
	} {
		got, err := BuiltIn().flat(t.Context(), &format.Sample{Line: in})
		if err != nil {
			t.Fatal(err)
		}
		for field, v := range want {
			if !strings.EqualFold(got[field], v) {
				t.Errorf("%s\n%s: got %q, want %q", in, field, got[field], v)
			}
		}
	}
}
