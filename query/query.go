// Package query answers people's questions on the command line (SQL, the incidents, the sites, what is missing), and puts what they say of incidents
// and decoys into the log. It holds the commands, for kong to run, and how their answers look. What the answers are is package store's business, and
// where store and log are main's: it hands in a Connector and a LogConnector.
package query

import (
	"context"
	"io"
	"time"

	"frontfoot/detect"
	"frontfoot/detect/incident"
	"frontfoot/store"
)

// Commands are the commands of this stage. Their Run methods need a context.Context, a Connector, a LogConnector, Models, Named, a
// Command and an io.Writer for the answer bound.
type Commands struct {
	Query     SQL       `cmd:"" help:"Ask a question in ClickHouse's SQL."`
	Incidents Incidents `cmd:"" help:"List incidents, show one with its evidence, or say what it was."`
	Decoys    Decoys    `cmd:"" help:"List what nobody uses, propose some, or tell detection of it."`
	Sites     Sites     `cmd:"" help:"List the sites: what comes in, what is lost, and what frontfoot makes of it."`
	Verify    Verify    `cmd:"" help:"Hold the store against the loss ledger: each event there once, or the ledger says why not."`
	Replay    Replay    `cmd:"" help:"Find anew what stored events hold, with today's models, beside what was found live."`
	Rollback  Rollback  `cmd:"" help:"Put a site's models back to what they knew on a day, where they learned what they should not have."`
	DLQ       DLQ       `cmd:"" name:"dlq" help:"List, show and send again what was set aside: dead letters."`
}

// A Command is how the user calls frontfoot on the same data: what the commands begin with that an answer proposes.
type Command string

// A Connector finds the store: that of the running instance, of a data folder, or of a server.
type Connector interface {
	// Connect returns the store and what to call when it is no longer needed.
	Connect(ctx context.Context) (Store, func() error, error)
}

// A Store answers. It is *store.Store; calls may be concurrent.
type Store interface {
	// Stream copies the result of a statement to w, in a format of ClickHouse, and ends the statement when ctx ends.
	Stream(ctx context.Context, w io.Writer, format, statement string, settings map[string]any) error
	// Incidents lists incidents without their evidence.
	Incidents(ctx context.Context, f store.IncidentFilter) ([]store.Incident, error)
	// Incident returns one incident with its evidence; the beginning of its id is enough.
	Incident(ctx context.Context, id string) (store.Incident, error)
	// Scope returns what a verdict on an incident speaks of.
	Scope(ctx context.Context, site, id string) (incident.Scope, error)
	// Now returns a site's own time, zero where it has no events.
	Now(ctx context.Context, site string) (time.Time, error)
	// Decoys lists the decoys of a site, "" for all.
	Decoys(ctx context.Context, site string) ([]store.Decoy, error)
	// SuggestDecoys proposes decoys for a site.
	SuggestDecoys(ctx context.Context, site string) ([]store.Suggestion, error)
	// Sites lists the sites by name.
	Sites(ctx context.Context) ([]store.Site, error)
	// Ledger sums the loss ledger up by site, input and kind; the site "" is all.
	Ledger(ctx context.Context, site string) ([]store.LedgerTotal, error)
	// Teachers returns who taught the models of a site in its last seven days, the site "" is all.
	Teachers(ctx context.Context, site string) ([]store.Teacher, error)
	// Verify holds a site's events against the loss ledger.
	Verify(ctx context.Context, site string, opt store.VerifyOptions) (*store.Verification, error)
	// Replay calls fn with a site's events that were received from one time until another, in the order of the log.
	Replay(ctx context.Context, site string, from, to time.Time, fn func(*detect.Message) error) error
	// Told returns what people told detection of a site, in order.
	Told(ctx context.Context, site string) ([]store.Told, error)
	// States lists the states that are kept of a site, the newest first.
	States(ctx context.Context, site string) ([]store.State, error)
	// State returns the snapshot of a state.
	State(ctx context.Context, site string, at, offset int64) ([]byte, error)
	// WriteRun writes what a replay finds, beside what was found live.
	WriteRun(ctx context.Context, run, token string, out *detect.Output) error
	// RunRows returns how many rows a run has at a site.
	RunRows(ctx context.Context, site, run string) (uint64, error)
	// CompareRun compares a run with what was found live.
	CompareRun(ctx context.Context, site, run string, from, to time.Time) ([]store.Comparison, error)
}

var _ Store = (*store.Store)(nil)
