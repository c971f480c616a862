// Package incident turns findings into stories that a person can act on: findings that share entities and lie close in time become one
// incident with evidence, reasons, severity and a next step. It decides nothing about what is unusual: the models do.
package incident

// A Finding is one event that a model found unusual beyond the site's threshold.
type Finding struct {
	ID       string  // 32 hex digits of the SHA-256 of site, model, epoch and seq
	Site     string  // council
	Premises string  // sheltered business, "" for the council itself
	Time     int64   // of the event, nanoseconds since 1970 UTC
	Received int64   // by the collector, nanoseconds since 1970 UTC
	Epoch    string  // with Seq: the event's row
	Seq      uint64  //
	Offset   int64   // Kafka offset of the message with which it was told: the event's, but for what is told later
	Row      uint32  // row in that message
	Model    string  // the model that spoke loudest
	Score    float32 // bits: 10 is once in a thousand events here
	Field    string  // ECS field or fields it is about, joined by " + "
	Value    string  // their values, joined the same way
	Expected string  // what is normal here, in words
	Seen     string  // what was seen, in words
	Reason   string  // one plain sentence
	Tactic   string  // ATT&CK tactic such as TA0043, "" where it cannot be told
	Incident string  // ID of its story, which is an incident once a Version has it; "" while the site learns
}

// A Version is an incident as it stood at one moment. Versions are appended, never changed: the highest number is the current one.
type Version struct {
	ID       string // short and stable: the site and the first finding decide it
	Site     string
	Premises string
	Number   uint32   // 1, 2, 3, …
	First    int64    // event time of the first evidence, nanoseconds since 1970 UTC
	Last     int64    // and of the last
	Raised   int64    // event time at which the incident was raised: when it was told, where that is later
	Title    string   // one plain line
	Severity string   // low, medium, high or critical
	Score    float32  // rank in bits: the higher, the earlier it deserves a look
	Entities []string // "source.ip=192.0.2.7", most telling first
	Reasons  []string // plain sentences, expected against seen, most telling first
	Tactics  []string // ATT&CK tactics
	NextStep string   // what to do first
	Findings uint32   // how many unusual events it has taken up; those below the finding rate have no finding of their own
	Evidence []Row    // events that show it, at most MaxEvidence
	Scope    Scope    // what a verdict on it speaks of
}

// A Row names an event.
type Row struct {
	Epoch string
	Seq   uint64
}

// MaxEvidence is the most evidence rows an incident keeps.
const MaxEvidence = 100
