// Package decoy knows what at a site nobody uses, as people have named it, and sees when somebody does. It takes the events' own columns, as
// what is touched is known to the letter: nothing is learned, and nothing is a matter of chance.
package decoy

import (
	"errors"
	"fmt"
	"net/netip"
	"slices"
	"strings"

	"frontfoot/detect/feature"
	"frontfoot/ingest/event"
)

const (
	// Max is how many decoys a site may have.
	Max = 256
	// MaxText is the most bytes of one.
	MaxText = 128
)

// Decoys are what nobody at a site uses.
type Decoys struct {
	Addresses []string `json:"addresses,omitempty"`
	Hosts     []string `json:"hosts,omitempty"`    // names, or their first labels
	Accounts  []string `json:"accounts,omitempty"` // without their domain
	URLs      []string `json:"urls,omitempty"`     // paths from / on, or host/path; what is below is meant too
	Shares    []string `json:"shares,omitempty"`   // //host/share, or a folder; what is below is meant too
}

// A Kind is what a decoy is.
type Kind uint8

// The kinds.
const (
	Address Kind = iota
	Host
	Account
	URL
	Share
	kinds
)

// String is the kind as people write it.
func (k Kind) String() string {
	return [kinds]string{"address", "host", "account", "URL", "share"}[k]
}

// lists returns the lists by kind.
func (d *Decoys) lists() [kinds]*[]string {
	return [kinds]*[]string{&d.Addresses, &d.Hosts, &d.Accounts, &d.URLs, &d.Shares}
}

// Len returns how many there are.
func (d *Decoys) Len() (n int) {
	for _, list := range d.lists() {
		n += len(*list)
	}
	return n
}

// Names returns each as KIND=TEXT, in order.
func (d *Decoys) Names() []string {
	out := make([]string, 0, d.Len())
	for k, list := range d.lists() {
		for _, text := range *list {
			out = append(out, Kind(k).String()+"="+text)
		}
	}
	return out
}

// Named is the Decoys of which these are the Names. What is none is left out.
func Named(names []string) (d Decoys) {
	lists := d.lists()
	for _, name := range names {
		kind, text, _ := strings.Cut(name, "=")
		for k := range kinds {
			if k.String() == kind && text != "" {
				*lists[k] = append(*lists[k], text)
			}
		}
	}
	return d
}

var errDecoy = errors.New("no decoy")

// Validate returns everything that is wrong with them, joined.
func (d *Decoys) Validate() error {
	var errs []error
	if n := d.Len(); n > Max {
		errs = append(errs, fmt.Errorf("%w: %d of them, more than %d", errDecoy, n, Max))
	}
	for k, list := range d.lists() {
		for _, text := range *list {
			_, err := netip.ParseAddr(text)
			switch {
			case len(text) > MaxText || Kind(k).plain(text) == "":
				errs = append(errs, fmt.Errorf("%w: %s of %d bytes, not 1 to %d", errDecoy, Kind(k), len(text), MaxText))
			case Kind(k) == Address && err != nil:
				errs = append(errs, fmt.Errorf("%w: %q is not an address", errDecoy, text))
			}
		}
	}
	return errors.Join(errs...)
}

// plain is a text in the form in which it is compared; "" where nothing is left.
func (k Kind) plain(text string) string {
	text = strings.ToLower(strings.TrimSpace(text))
	switch k {
	case Address:
		if a, err := netip.ParseAddr(text); err == nil {
			return a.Unmap().String()
		}
	case Host:
		return strings.TrimSuffix(text, ".")
	case Account:
		text = text[strings.LastIndexByte(text, '\\')+1:]
		text, _, _ = strings.Cut(text, "@")
	case URL, Share, kinds:
		if k == Share {
			text = strings.ReplaceAll(text, `\`, "/")
		}
		text, _, _ = strings.Cut(text, "?")
		return strings.TrimRight(text, "/")
	}
	return text
}

// places are the columns in which each kind is looked for.
func places() [kinds][]event.Column {
	return [kinds][]event.Column{
		Address: {event.DestinationIP, event.DestinationNATIP, event.SourceIP},
		Host:    {event.DestinationDomain, event.HostHostname, event.DNSQuestionName, event.URLDomain, event.TLSServerName},
		Account: {event.UserName, event.SourceUserName, event.DestinationUserName, event.UserEffectiveName},
		URL:     {event.URLPath, event.URLOriginal},
		Share:   {event.FilePath},
	}
}

// A Touch is where somebody met a decoy.
type Touch struct {
	Kind   Kind
	Column event.Column
	Decoy  string // as it was named
}

// A place is a column of the current batch to look at.
type place struct {
	kind   Kind
	column event.Column
}

// A Set looks for decoys. It is for one goroutine.
type Set struct {
	decoys Decoys
	known  [kinds]map[string]string // plain text to what it was named
	places [kinds][]event.Column
	use    []place // of the current batch
	recent []recent
}

// recent is a touch that was told.
type recent struct {
	what uint64
	at   int64
}

// NewSet returns a Set of no decoys.
func NewSet() *Set { return &Set{places: places()} }

// Put makes these the decoys. They must be valid.
func (s *Set) Put(d Decoys) {
	s.decoys, s.known = d, [kinds]map[string]string{}
	for k, list := range d.lists() {
		for _, text := range *list {
			if s.known[k] == nil {
				s.known[k] = map[string]string{}
			}
			s.known[k][Kind(k).plain(text)] = text
		}
	}
}

// Len returns how many there are.
func (s *Set) Len() int { return s.decoys.Len() }

// Begin makes the Set ready for the rows of b.
func (s *Set) Begin(b *event.Batch) {
	s.use = s.use[:0]
	for k := range kinds {
		for _, c := range s.places[k] {
			if s.known[k] != nil && b.Filled(c) {
				s.use = append(s.use, place{k, c})
			}
		}
	}
}

// Find looks for a decoy in a row of the batch.
func (s *Set) Find(b *event.Batch, row int) (t Touch, found bool) {
	for _, p := range s.use {
		text := b.Text(p.column, row)
		if text == "" {
			continue
		}
		if name, ok := s.match(p, b, row, text); ok {
			return Touch{p.kind, p.column, name}, true
		}
	}
	if s.known[Share] != nil && b.Filled(event.LabelsColumn) {
		b.Labels(row, func(key, text string) bool {
			if key = strings.ToLower(key); !strings.HasSuffix(key, "share") && !strings.HasSuffix(key, "sharename") {
				return true
			}
			var name string
			if name, found = within(s.known[Share], Share.plain(text)); found {
				t = Touch{Share, event.LabelsColumn, name}
			}
			return !found
		})
	}
	return t, found
}

func (s *Set) match(p place, b *event.Batch, row int, text string) (name string, ok bool) {
	known := s.known[p.kind]
	text = p.kind.plain(text)
	switch p.kind {
	case Host:
		if name, ok = known[text]; !ok {
			first, _, _ := strings.Cut(text, ".")
			name, ok = known[first]
		}
		return name, ok
	case URL:
		host, path := "", text
		if _, rest, absolute := strings.Cut(text, "://"); absolute {
			host, path = cutHost(rest)
		} else if !strings.HasPrefix(text, "/") {
			host, path = cutHost(text)
		}
		if host == "" {
			host = Host.plain(b.Text(event.URLDomain, row))
		}
		if name, ok = within(known, path); !ok && host != "" {
			name, ok = within(known, host+path)
		}
		return name, ok
	case Share:
		return within(known, text)
	case Address:
		if p.column == event.DestinationIP && feature.Mapped(b, row) {
			return "", false
		}
	case Account, kinds:
	}
	name, ok = known[text]
	return name, ok
}

func cutHost(text string) (host, path string) {
	i := strings.IndexByte(text, '/')
	if i < 0 {
		return text, ""
	}
	return text[:i], text[i:]
}

// within finds a path or one above it.
func within(known map[string]string, path string) (string, bool) {
	for path != "" {
		if name, ok := known[path]; ok {
			return name, true
		}
		path = path[:max(0, strings.LastIndexByte(path, '/'))]
	}
	return "", false
}

const (
	again   = int64(3600 * 1e9) // a touch by the same is told so long after the last one again
	maxTold = 64                // touches that are remembered
)

// Fresh reports whether a touch, by the hash of who and what, is to be told at a time of the site's own, and remembers it.
func (s *Set) Fresh(what uint64, now int64) bool {
	i := slices.IndexFunc(s.recent, func(r recent) bool { return r.what == what })
	switch {
	case i >= 0 && now-s.recent[i].at < again:
		return false
	case i >= 0:
		s.recent = slices.Delete(s.recent, i, i+1)
	case len(s.recent) == maxTold:
		s.recent = slices.Delete(s.recent, 0, 1)
	}
	s.recent = append(s.recent, recent{what, now})
	return true
}
