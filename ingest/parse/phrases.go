package parse

import (
	"bytes"
	"slices"

	"frontfoot/ingest/event"
)

// maxPhrases is how long a line may be to be searched for phrases; what is longer is no sentence.
const maxPhrases = 1024

// signIn are words of lines about somebody who comes in, who is then whoever stands behind "from".
var signIn = [...]string{"login", "log in", "logged in", "logon", "sign in", "sign-in", "signed in", "authenticat", "password", "credential", "2fa", "mfa"}

// doneTo are words of lines in which the user named is the one to whom something is done.
var doneTo = [...]string{"created", "deleted", "added", "removed", "changed", "reset", "updated"}

// addressWords are the words that may stand before the address of whoever signs in. Each ends the text before the address.
var addressWords = [...]string{
	"from ", "from ip ", "from ip: ", "from ip address ", "from ip address: ", "from address ", "from host ", "from client ",
	"client ", "client: ", "client ip: ", "client address: ", "remote address ", "remote address: ", "remote ip: ",
	"ip: ", "ip=", "rhost=", "client=", "client_ip=", "remote_ip=", "remote_addr=",
}

// userWords are the words that may stand before a user's name in quotes.
var userWords = [...]string{"user ", "user: ", "user=", "username ", "username: ", "username="}

// phrases takes from a line that no format understands who signed in, and from where, if that is certain: the line speaks of signing in, one address alone
// stands in it, at its end, not in quotes, behind one of the phrases above, and behind no name without quotes, which might hold it. A user's name is taken in quotes alone, and only beside such an address: what
// a stranger has typed ends with the quote, and where a third quote stands nobody knows which one ends it.
func (p *Parser) phrases(text []byte) {
	text = bytes.TrimRight(text, " .")
	if n := len(text); n > 0 && text[n-1] == ')' && bytes.Count(text, []byte{'('}) == 1 { // (remote address: 192.0.2.1)
		text = text[:n-1]
	}
	if len(text) > maxPhrases || !endsLikeAddress(text) || quotesOpen(text) {
		return
	}
	low := p.lowered(text)
	at := bytes.LastIndexAny(low, " =") + 1
	client, port := splitPort(bytes.TrimLeft(text[at:], "("))
	if a, ok := parseAddr(client); !ok || a.IsUnspecified() || !holdsAny(low, signIn[:]) || addresses(text) != 1 {
		return
	}
	if !endsWithAny(low[:at], addressWords[:]) || namedFreely(low[:at]) {
		return
	}
	p.addr(event.SourceIP, client)
	if n, ok := number(port); ok {
		p.number(event.SourcePort, n)
	}
	if name := quotedUser(text, low); name != nil && !holdsAny(low, doneTo[:]) {
		p.text(event.UserName, name)
	}
}

// endsLikeAddress reports whether the last byte can be an address's or a port's, which spares most lines the rest.
func endsLikeAddress(v []byte) bool {
	if len(v) == 0 {
		return false
	}
	c := v[len(v)-1]
	return c-'0' <= 9 || c|0x20-'a' <= 'f'-'a' || c == ':' || c == ']'
}

// quotesOpen reports whether a quote stands in the text that nothing closes: a name may have been cut off in it.
func quotesOpen(text []byte) bool {
	for _, quote := range []byte{'\'', '"', '`'} {
		if bytes.Count(text, []byte{quote})%2 != 0 {
			return true
		}
	}
	return bytes.IndexByte(text, '<') >= 0
}

// namedFreely reports whether a name without quotes stands in the text: it may hold any phrase, and any address.
func namedFreely(low []byte) bool {
	for _, word := range nameWords {
		for rest := low; ; {
			i := bytes.Index(rest, []byte(word))
			if i < 0 {
				break
			}
			begins := i == 0 || !alnum(rest[i-1])
			if rest = rest[i+len(word):]; begins && !beginsName(rest) {
				return true
			}
		}
	}
	return false
}

// beginsName reports whether what stands behind one of the words for a name says where the name ends, or is another of them.
func beginsName(low []byte) bool {
	return len(low) == 0 || bytes.IndexByte([]byte("'\"`"), low[0]) >= 0 ||
		slices.ContainsFunc(nameWords, func(word string) bool { return bytes.HasPrefix(low, []byte(word)) })
}

// addresses counts what looks like an address, wherever it stands, up to 2.
func addresses(text []byte) int {
	n := 0
	for i := 0; i < len(text) && n < 2; {
		from := i
		for i < len(text) && addressByte(text[i]) {
			i++
		}
		if w, _ := splitPort(bytes.Trim(text[from:i], ":.")); len(w) > 2 && isAddr(w) {
			n++
		}
		i++
	}
	return n
}

func addressByte(c byte) bool { return c-'0' <= 9 || c|0x20-'a' <= 'f'-'a' || c == ':' || c == '.' }

// splitPort takes a port off an address: 192.0.2.1:22, [2001:db8::1]:22.
func splitPort(v []byte) (addr, port []byte) {
	if len(v) > 0 && v[0] == '[' {
		if addr, port, ok := bytes.Cut(v[1:], []byte{']'}); ok {
			return addr, bytes.TrimPrefix(port, []byte{':'})
		}
		return v[1:], nil
	}
	if i := bytes.IndexByte(v, ':'); i > 0 && i == bytes.LastIndexByte(v, ':') {
		return v[:i], v[i+1:]
	}
	return v, nil
}

// quotedUser returns the name in quotes behind one of the words for it, nil where there is none or where the quotes do not say where it ends.
func quotedUser(text, low []byte) []byte {
	for _, word := range userWords {
		i := bytes.Index(low, []byte(word))
		if i < 0 || i+len(word) >= len(text) || i > 0 && alnum(low[i-1]) {
			continue
		}
		name := text[i+len(word):]
		quote := name[:1]
		if bytes.IndexByte([]byte("'\"`"), quote[0]) < 0 || bytes.Count(text, quote) != 2 {
			continue
		}
		if name, _, ok := bytes.Cut(name[1:], quote); ok && len(name) > 0 {
			return name
		}
	}
	return nil
}

// nameWords are the words behind which a name may stand.
var nameWords = append([]string{"for ", "account "}, userWords[:]...)

func holdsAny(v []byte, words []string) bool {
	for _, w := range words {
		if bytes.Contains(v, []byte(w)) {
			return true
		}
	}
	return false
}

// endsWithAny reports whether v ends with one of the words, and not with a longer word that ends like it.
func endsWithAny(v []byte, words []string) bool {
	for _, w := range words {
		if i := len(v) - len(w); bytes.HasSuffix(v, []byte(w)) && (i == 0 || !alnum(v[i-1])) {
			return true
		}
	}
	return false
}
