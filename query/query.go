// Package query answers people's questions on the command line: SQL, the incidents, the sites. It holds the commands, for kong to run, and
// how their answers look. What the answers are is package store's business, and where the store is main's: it hands in a Connector.
package query

import (
	"context"
	"io"

	"frontfoot/store"
)

// Commands are the commands of this stage. Their Run methods need a context.Context, a Connector and an io.Writer for the answer bound.
type Commands struct {
	Query     SQL       `cmd:"" help:"Ask a question in ClickHouse's SQL."`
	Incidents Incidents `cmd:"" help:"List incidents, or show one with its evidence."`
	Sites     Sites     `cmd:"" help:"List the sites: what comes in, and what frontfoot makes of it."`
}

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
	// Sites lists the sites by name.
	Sites(ctx context.Context) ([]store.Site, error)
}

var _ Store = (*store.Store)(nil)
