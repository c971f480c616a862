package variety

import (
	"cmp"
	"strings"

	"frontfoot/detect/feature"
	"frontfoot/detect/sequence"
	"frontfoot/detect/sketch"
	"frontfoot/ingest/event"
)

// A relation says what is counted with what. To add one takes an entry in relations, last, and a function that reads it off a row: 0 where the row has none.
type relation struct {
	of     func(*Model, *sequence.Row) (key, thing uint64)
	name   func(*Model, *sequence.Row) string // of the key, in a sentence
	does   string                             // what it does: "opened"
	things string                             // with what: "records"
	about  []int                              // fields of whom a finding is about, the key first
	tactic feature.Hint
	side   feature.Side
	apart  bool // whether each sort of log is a kind of its own
}

// relations returns all relations. Their order is part of what stories mean.
func relations() []relation {
	who := []int{feature.User, feature.SourceInside, feature.SourceOutside}
	return []relation{
		{accountRecords, account, "opened", "records", who, feature.Collection, feature.Volume, true},
		{nameAddresses, asked, "had", "answers", []int{feature.DNSName, feature.DestinationInside}, feature.CommandControl, feature.Peer, false},
		{deedHosts, deed, "was seen on", "machines", []int{feature.User, feature.Host}, feature.Execution, feature.Deed, true},
		{pageVisitors, page, "was opened by", "visitors", []int{feature.DestinationInside, feature.Host, feature.Dataset}, feature.InitialAccess, feature.Volume, true},
		{accountSources, account, "came from", "addresses", who, feature.CredentialAccess, feature.Origin, false},
		{accountHosts, account, "was on", "machines", who, feature.LateralMovement, feature.Peer, false},
	}
}

// Begin does nothing: what the model asks of a batch is there or not row by row.
func (m *Model) Begin(*event.Batch) {}

// A sight is what several relations ask of a row.
type sight struct {
	refused bool   // what the row tells of was not let happen
	page    uint64 // the page or file that was opened, 0 where there is none
}

// source is the hash of the address that asks.
func source(r *sequence.Row) uint64 {
	return r.Values[feature.SourceInside].Hash | r.Values[feature.SourceOutside].Hash
}

// accountRecords is an account, or an inside address where none is named, and the page, file or record that it opens here.
func accountRecords(m *Model, r *sequence.Row) (key, thing uint64) {
	if key = cmp.Or(r.Values[feature.User].Hash, r.Values[feature.SourceInside].Hash); key == 0 || m.sight.refused {
		return 0, 0
	}
	thing = m.sight.page
	if name, page := r.Opened(); name != "" && !page {
		thing = m.key.Hash(records, name)
	}
	return key, thing
}

// nameAddresses is a name, and the address that it is said to have.
func nameAddresses(m *Model, r *sequence.Row) (key, thing uint64) {
	if r.Values[feature.DNSName].Hash == 0 {
		return 0, 0
	}
	r.Batch.Labels(r.Index, func(label, value string) bool {
		if label == "dns.answers" {
			thing = m.key.Hash(answers, value)
		}
		return thing == 0
	})
	if thing == 0 {
		return 0, 0
	}
	return m.key.Hash(names, r.Text(event.DNSQuestionName)), thing
}

// deedHosts is what a machine says that was done on it, in words that are the same on each, and the machine: a command, or a line that names no account, for where an account is has a relation of its own.
// What a device says of others, such as who was given an address, is nothing that was done there.
func deedHosts(m *Model, r *sequence.Row) (key, thing uint64) {
	if thing = r.Values[feature.Host].Hash; thing == 0 || source(r) != 0 || r.Text(event.ObserverHostname) != "" {
		return 0, 0
	}
	command := r.Text(event.ProcessCommandLine)
	switch {
	case command != "":
		return m.key.Hash(deeds, command), thing
	case r.Message == "" || r.Values[feature.User].Hash != 0:
		return 0, 0
	case strings.ContainsAny(r.Message, "0123456789"): // each has other numbers
		return r.Values[m.layout.Shape].Hash, thing
	}
	return m.key.Hash(deeds, r.Message), thing
}

// pageVisitors is a page or file of a machine here, and who opens it.
func pageVisitors(m *Model, r *sequence.Row) (key, thing uint64) {
	if key = m.sight.page; key == 0 || m.sight.refused || r.Class == 0 { // else there may be nobody to name
		return 0, 0
	}
	if thing = source(r); thing == 0 {
		thing = r.Values[feature.User].Hash
	}
	return key, thing
}

// accountSources is an account, and the address that it comes from and is let in.
func accountSources(_ *Model, r *sequence.Row) (key, thing uint64) {
	if !r.Admitted() {
		return 0, 0
	}
	return r.Values[feature.User].Hash, source(r)
}

// accountHosts is an account, and the machine on which it does something.
func accountHosts(m *Model, r *sequence.Row) (key, thing uint64) {
	if m.sight.refused {
		return 0, 0
	}
	return r.Values[feature.User].Hash, r.Values[feature.Host].Hash
}

// Domains of hashes.
const (
	pages = 1<<32 + iota
	records
	answers
	names
	deeds
)

// page is the hash of a page or file with the machine that has it, 0 where there is none or it is of a machine outside.
func (m *Model) page(r *sequence.Row) uint64 {
	name, page := r.Opened()
	if !page || r.Values[feature.DestinationOutside].Hash != 0 {
		return 0
	}
	return sketch.Mix(m.key.Hash(pages, name), r.Values[feature.DestinationInside].Hash^r.Values[feature.Host].Hash)
}

func account(m *Model, r *sequence.Row) string {
	for _, field := range [...]int{feature.User, feature.SourceInside, feature.SourceOutside} {
		if r.Values[field].Hash != 0 {
			return m.layout.Fields[field].Format(r.Values[field])
		}
	}
	return ""
}

func asked(_ *Model, r *sequence.Row) string { return feature.Clip(r.Text(event.DNSQuestionName)) }

func deed(_ *Model, r *sequence.Row) string {
	return `"` + feature.Clip(cmp.Or(r.Text(event.ProcessCommandLine), r.Message)) + `"`
}

func page(_ *Model, r *sequence.Row) string {
	name, _ := r.Opened()
	return feature.Clip(name)
}
