package query

import (
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"io"
	"strconv"
	"strings"
	"time"

	"frontfoot/detect"
	"frontfoot/ingest/bus"
	"frontfoot/ingest/hint"
	"frontfoot/store"
)

// Rollback is the command rollback.
type Rollback struct {
	Site   string `required:"" placeholder:"NAME" help:"The site."`
	To     string `placeholder:"WHEN" help:"To what was known then, in the site's own time: 2026-03-02, 2026-03-02T15:04:05Z, or 7d before its latest event; without it the states that are kept are listed."`
	Note   string `placeholder:"TEXT" help:"Why: it stands in the table verdicts."`
	Author string `placeholder:"NAME" help:"Who says so (default: the user of this command)."`
	JSON   bool   `name:"json" help:"One JSON object a line."`
}

var (
	errNoState = errors.New("no state of so long ago is kept")
	errState   = errors.New("the state cannot be used")
)

// rolledBack is a rollback on its way.
type rolledBack struct {
	Site   string    `json:"site"`
	To     time.Time `json:"to"` // of the state, the site's own
	Author string    `json:"author"`
	Note   string    `json:"note"`
	Offset int64     `json:"offset"`           // on the site's control topic
	Unread string    `json:"unread,omitempty"` // why it has no effect yet
}

// Run lists the states that are kept of a site, or has its models put back to one. The store is closed before the log is asked for: where no instance
// runs a command has one of them at a time.
func (c *Rollback) Run(ctx context.Context, conn Connector, log LogConnector, models Models, self Command, out io.Writer) error {
	states, snapshot, err := c.find(ctx, conn)
	if err != nil {
		return err
	}
	if c.To == "" {
		return c.list(out, states, self)
	}
	site, err := models.NewSite(ctx, c.Site)
	if err != nil {
		return err
	}
	if err := site.Check(snapshot); err != nil {
		return &hint.Error{Err: fmt.Errorf("%w: %w", errState, err), Hint: "an update of frontfoot may have changed the models: choose a later one of '" + string(self) + " rollback --site " + c.Site + "'"}
	}
	return c.send(ctx, log, &states[0], snapshot, out)
}

// find returns the states of a site, or the newest that is not after the time asked for, with its bytes.
func (c *Rollback) find(ctx context.Context, conn Connector) (states []store.State, snapshot []byte, err error) {
	s, done, err := conn.Connect(ctx)
	if err != nil {
		return nil, nil, err
	}
	defer func() { err = errors.Join(err, done()) }()
	if err := checkSite(ctx, s, c.Site); err != nil {
		return nil, nil, err
	}
	if states, err = s.States(ctx, c.Site); err != nil || c.To == "" {
		return states, nil, err
	}
	now, err := s.Now(ctx, c.Site)
	if err != nil {
		return nil, nil, err
	}
	to, err := since(c.To, now)
	if err != nil {
		return nil, nil, fmt.Errorf("--to: %w", err)
	}
	for len(states) > 0 && states[0].Time.After(to) {
		states = states[1:]
	}
	if len(states) == 0 {
		return nil, nil, &hint.Error{Err: fmt.Errorf("site %s: %w: %s", c.Site, errNoState, to.UTC().Format(time.DateTime)), Hint: "without --to those that are kept are listed"}
	}
	snapshot, err = s.State(ctx, c.Site, states[0].Time.UnixNano(), states[0].Offset)
	return states[:1], snapshot, err
}

func (c *Rollback) list(out io.Writer, states []store.State, self Command) error {
	if c.JSON {
		return writeJSON(out, states)
	}
	if len(states) == 0 {
		_, err := fmt.Fprintf(out, "No state of %s is kept yet: one is each day.\n", escape(c.Site))
		return err
	}
	t := table{columns: []column{{title: "KNOWN BY (UTC)"}, {title: "MODELS", right: true}, {title: "BYTES", right: true}}}
	for i := range states {
		s := &states[i]
		t.add(cell{text: s.Time.UTC().Format(time.DateTime)}, cell{text: strconv.FormatUint(s.Model, 10)}, cell{text: Thousands(s.Size)})
	}
	if err := t.write(out, terminalOf(out)); err != nil {
		return err
	}
	_, err := fmt.Fprintf(out, "\nPut the models back to the last that was known before a time:\n  %s rollback --site %s --to WHEN\n", self, escape(c.Site))
	return err
}

// send says on the site's control topic which state it is put back to.
func (c *Rollback) send(ctx context.Context, log LogConnector, state *store.State, snapshot []byte, out io.Writer) error {
	author, err := (&Say{Author: c.Author}).author()
	if err != nil {
		return err
	}
	r := rolledBack{Site: c.Site, To: state.Time, Author: author, Note: c.Note}
	record := detect.Rollback{To: state.Time.UnixNano(), State: state.Offset, SHA256: sha256.Sum256(snapshot), Note: c.Note, Author: author, Time: time.Now().UnixNano()}
	value, err := record.Encode()
	if err != nil {
		return &hint.Error{Err: err, Hint: "a note has at most 4,096 bytes, an author's name 256"}
	}
	l, done, err := log.ConnectLog(ctx)
	if err != nil {
		return err
	}
	n := noticeOf(l)
	r.Unread = n.what
	r.Offset, err = l.Produce(ctx, bus.CtlTopic(c.Site), bus.Message{Value: value})
	if err = errors.Join(err, done()); err != nil {
		return fmt.Errorf("putting site %s back: %w", c.Site, err)
	}
	if c.JSON {
		return writeJSON(out, []rolledBack{r})
	}
	var b strings.Builder
	fmt.Fprintf(&b, "From the next event on the models of %s know what they knew by %s UTC, says %s.\n", escape(c.Site), r.To.UTC().Format(time.DateTime), escape(author))
	fmt.Fprint(&b, "Events, incidents and verdicts stay. What was usual only since then is new again: expect incidents of it.\n")
	_, err = io.WriteString(out, b.String()+n.String())
	return err
}
