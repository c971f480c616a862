package parse

import (
	"encoding/json"
	"strings"
	"testing"
)

// TestPhrases takes from lines of unknown programs who signs in, where it is certain, and nothing from anything else.
func TestPhrases(t *testing.T) {
	for _, c := range []struct{ line, ip, port, user string }{
		{"Nov 23 14:02:11 h app: Login failed from 192.0.2.1", "192.0.2.1", "", ""},
		{"Nov 23 14:02:11 h app[7]: login attempt from 192.0.2.1:1234", "192.0.2.1", "1234", ""},
		{"Nov 23 14:02:11 h app: Failed login attempt for user 'eve' from ip 192.0.2.1.", "192.0.2.1", "", "eve"},
		{`Nov 23 14:02:11 h app: Authentication failed for username "a b" (remote address: 2001:db8::7)`, "2001:db8::7", "", "a b"},
		{"Nov 23 14:02:11 h app: bad password, client [2001:db8::7]:4711", "2001:db8::7", "4711", ""},
		{"Nov 23 14:02:11 h app: authentication failure; rhost=192.0.2.1", "192.0.2.1", "", ""},
		{"Nov 23 14:02:11 h app: password of user 'eve' was changed after a login from 192.0.2.1", "192.0.2.1", "", ""},

		{"Nov 23 14:02:11 h app: the update was fetched from 192.0.2.1", "", "", ""},                    // nobody comes in
		{"Nov 23 14:02:11 h app: see how to login at 192.0.2.1", "", "", ""},                            // no phrase
		{"Nov 23 14:02:11 h app: login failed, route from 192.0.2.1 was lost", "", "", ""},              // not at the end
		{"Nov 23 14:02:11 h app: login of x from 192.0.2.9 proxied by client 192.0.2.1", "", "", ""},    // two
		{"Nov 23 14:02:11 h app: login from 192.0.2.9 as user 'x from 192.0.2.1'", "", "", ""},          // in quotes, and two
		{"Nov 23 14:02:11 h app: login failed for 'x from 192.0.2.1'", "", "", ""},                      // in quotes
		{"Nov 23 14:02:11 h app: login failed for user 'a' or 'b' from 192.0.2.1", "192.0.2.1", "", ""}, // which quote ends it
		{"Nov 23 14:02:11 h app: login failed for user input from 192.0.2.1", "", "", ""},               // no quotes: all of it may be the name
		{"Nov 23 14:02:11 h app: login failed for x from 192.0.2.1", "", "", ""},                        // nor here
		{"Nov 23 14:02:11 h app: login failed for user 'x from 192.0.2.1", "", "", ""},                  // cut off
		{"Nov 23 14:02:11 h app: login failed: user=<x from 192.0.2.1>", "", "", ""},                    // in brackets
		{"Nov 23 14:02:11 h app: login from /192.0.2.9:4711 refused, x from 192.0.2.1", "", "", ""},     // two
		{"Nov 23 14:02:11 h app: login failed from version 1.2.3", "", "", ""},                          // no address
		{"Nov 23 14:02:11 h app: the login page is a facade", "", "", ""},                               // prose that ends in hexadecimal digits
		{"Nov 23 14:02:11 h app: login failed, therefrom 192.0.2.1", "", "", ""},                        // another word
		{"Nov 23 14:02:11 h app: login refused, listening for client 0.0.0.0", "", "", ""},              // nobody's address
		{"Logins from version 4.2 on need the password of user 'admin'", "", "", ""},                    // prose
		{"Whoever signs in from an address that is not 192.0.2.1 needs a password", "", "", ""},         // prose
		{"The client asks for a login, the server answers from ::", "", "", ""},                         // no client has this address
	} {
		fields := map[string]string{"source.ip": c.ip, "source.port": c.port, "user.name": c.user}
		want(t, c.line, row(t, Config{Replay: true}, c.line, goldenNow), fields)
		entry := journalEntry(t, c.line)
		want(t, entry, row(t, Config{Replay: true}, entry, goldenNow), fields)
	}
}

// journalEntry is what journald makes of a syslog line.
func journalEntry(t *testing.T, line string) string {
	t.Helper()
	message := line
	if _, text, tagged := strings.Cut(line, ": "); tagged {
		message = text
	}
	entry, err := json.Marshal(map[string]string{"__REALTIME_TIMESTAMP": "1795687566127777", "SYSLOG_IDENTIFIER": "app", "MESSAGE": message})
	if err != nil {
		t.Fatal(err)
	}
	return string(entry)
}
