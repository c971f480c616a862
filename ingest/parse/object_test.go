package parse

import (
	"testing"

	"frontfoot/ingest/event"
)

func TestURLParts(t *testing.T) {
	for _, c := range []struct{ url, domain, path, query string }{
		{"https://u:p@www.example.org:8443/a?b#c", "www.example.org", "/a", "b"},
		{"https://[2001:db8::1]/", "2001:db8::1", "/", ""},
		{"www.example.org/a?b=/", "www.example.org", "/a", "b=/"},
		{"www.example.org:443", "www.example.org", "", ""},
		{"192.0.2.1:8080/x", "192.0.2.1", "/x", ""},
		{"/a?b", "", "/a", "b"},
		{"index.php?x=1", "", "", ""},
		{"report.pdf", "", "", ""},
		{"localhost/a", "", "", ""},
		{"mailto:a@example.org", "", "", ""},
	} {
		p := New(Config{})
		b := event.NewBuilder()
		p.begin(b, 0)
		p.url([]byte(c.url))
		for col, want := range map[event.Column]string{event.URLOriginal: c.url, event.URLDomain: c.domain, event.URLPath: c.path, event.URLQuery: c.query} {
			if got := string(b.TextOf(col)); got != want {
				t.Errorf("%s: %s is %q, must be %q", c.url, col.Spec().ECS, got, want)
			}
		}
	}
}
