package engine

import (
	"os/exec"
	"strings"
	"testing"
)

func TestCurl(t *testing.T) {
	if _, err := exec.LookPath("curl"); err != nil {
		t.Skip("curl absent")
	}
	s := serve(t)
	curl := func(args ...string) string {
		out, err := exec.CommandContext(t.Context(), "curl", append([]string{"-sS", "--max-time", "120", "--noproxy", "*"}, args...)...).CombinedOutput()
		if err != nil {
			t.Fatalf("curl %q: %v: %s", args, err, out)
		}
		return string(out)
	}
	withPassword := strings.Replace(s.URL, "http://", "http://default:"+password+"@", 1)
	for name, tt := range map[string]struct {
		args []string
		want string
	}{
		"create":        {[]string{withPassword, "-d", "CREATE TABLE curl (a UInt8, b String) ENGINE = Memory"}, ""},
		"query":         {[]string{withPassword, "-d", "SELECT 1 + 1 FORMAT JSONEachRow"}, `{"plus(1, 1)":2}` + "\n"},
		"GET":           {[]string{"-G", withPassword, "--data-urlencode", "query=SELECT {n:UInt8}", "-d", "param_n=7"}, "7\n"},
		"compressed":    {[]string{"--compressed", withPassword, "-d", "SELECT 'x'"}, "x\n"},
		"header":        {[]string{s.URL, "-H", "X-ClickHouse-Key: " + password, "-d", "SELECT 3"}, "3\n"},
		"none":          {[]string{s.URL, "-d", "SELECT 1", "-w", "%{http_code}"}, "Code: 516. DB::Exception: default: Authentication failed: password is incorrect, or there is no user with such name. (AUTHENTICATION_FAILED)\n401"},
		"wrong":         {[]string{s.URL, "-u", "default:x", "-d", "SELECT 1", "-o", "/dev/null", "-w", "%{http_code}"}, "403"},
		"bad statement": {[]string{withPassword, "-d", "SELECT nope", "-o", "/dev/null", "-w", "%{http_code}"}, "404"},
	} {
		if got := curl(tt.args...); got != tt.want {
			t.Errorf("%s: got %q, want %q", name, got, tt.want)
		}
	}
	curl(withPassword+"/?query=INSERT+INTO+curl+FORMAT+CSV", "--data-binary", "1,\"a;b\"\n2,c\n")
	curl(withPassword, "--data-binary", "INSERT INTO curl FORMAT TSV\n3\td\n")
	curl(withPassword, "-d", "INSERT INTO curl VALUES (4, 'it''s')")
	if got := curl(withPassword, "-d", "SELECT groupArray(b) FROM (SELECT b FROM curl ORDER BY a)"); got != "['a;b','c','d','it\\'s']\n" {
		t.Errorf("got %q", got)
	}
}
