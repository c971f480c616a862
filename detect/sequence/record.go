package sequence

import "frontfoot/detect/feature"

// Refused reports whether what the row tells of was not let happen.
func (r *Row) Refused() bool {
	return r.Values[feature.Outcome].Text == "failure" || r.Values[feature.EventType].Text == "denied" || r.Values[feature.HTTPStatus].Number >= 400
}

// Record is what an application calls the record that the row is about, "" where it names none. The batch has labels.
func (r *Row) Record() (name string) {
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
