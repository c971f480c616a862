package sequence

import (
	"frontfoot/detect/feature"
	"frontfoot/ingest/event"
)

// Handshake is the most bytes that come back, headers included, where nothing but a connection was made or refused.
const Handshake = 256

// Refused reports whether what the row tells of was not let happen.
func (r *Row) Refused() bool {
	return r.Values[feature.Outcome].Text == "failure" || r.Values[feature.EventType].Text == "denied" || r.Values[feature.HTTPStatus].Number >= 400
}

// Admitted reports whether it is the account's owner, as far as its password tells: the world guesses at names all the time. What happens inside is by
// those who were let in.
func (r *Row) Admitted() bool {
	switch r.Values[feature.Outcome].Text {
	case "success":
		return true
	case "failure":
		return false
	}
	status := r.Values[feature.HTTPStatus].Number
	return r.Values[feature.SourceInside].Hash != 0 && r.Values[feature.EventType].Text != "denied" || status > 0 && status < 400
}

// opened is what a row opens.
type opened struct {
	name        string
	page, asked bool
}

// Opened is what the row opens: a page or a file, else what an application that names an account calls the record. It is "" where there is none. Several models ask.
func (r *Row) Opened() (name string, page bool) {
	o := &r.opened
	if !o.asked {
		o.asked = true
		if o.name = r.Text(event.URLPath); o.name == "" {
			o.name = r.Text(event.FilePath)
		}
		if o.page = o.name != ""; !o.page && r.Values[feature.User].Hash != 0 {
			o.name = r.record()
		}
	}
	return o.name, o.page
}

// record is what an application calls the record that the row is about, "" where it names none.
func (r *Row) record() (name string) {
	r.Batch.Labels(r.Index, func(label, value string) bool {
		if isRecord(label) {
			name = value
		}
		return name == ""
	})
	return name
}

// isRecord reports whether a label has one of the names in general use for which record a line is about.
func isRecord(label string) bool {
	switch label {
	case "ref", "reference", "record", "record_id", "recordid", "RecordId", "document", "document_id", "documentid", "DocumentId", "case", "case_id", "caseid", "CaseId",
		"object", "object_id", "objectid", "ObjectId", "ObjectName":
		return true
	}
	return false
}
