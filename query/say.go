package query

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os/user"
	"slices"
	"strconv"
	"strings"
	"time"

	"frontfoot/detect"
	"frontfoot/detect/incident"
	"frontfoot/detect/verdict"
	"frontfoot/ingest/bus"
	"frontfoot/ingest/hint"
	"frontfoot/store"
)

// Say is what all commands that say something of an incident take.
type Say struct {
	ID     string `arg:"" help:"The incident's id; its beginning is enough."`
	Note   string `placeholder:"TEXT" help:"Why: it stands with the incident."`
	Author string `placeholder:"NAME" help:"Who says so (default: the user of this command)."`
	JSON   bool   `name:"json" help:"One JSON object."`
}

// IncidentConfirm is the command incidents confirm.
type IncidentConfirm struct{ Say }

// IncidentBenign is the command incidents benign.
type IncidentBenign struct{ Say }

// IncidentUndo is the command incidents undo.
type IncidentUndo struct{ Say }

// IncidentSuppress is the command incidents suppress.
type IncidentSuppress struct {
	Say
	Entity []string `placeholder:"FIELD=VALUE" help:"Whose findings (default: those of all who acted in the incident)."`
	Reason []string `placeholder:"FIELD|N" help:"About which fields, by name or by the number of the reason that 'incidents show' prints (default: all of the incident)."`
	Until  string   `default:"7d" placeholder:"WHEN" help:"Until when, in the site's own time: 24h or 7d from its latest event, 2026-03-09 or 2026-03-09T15:04:05Z."`
}

// Run says that an incident was an attack.
func (c *IncidentConfirm) Run(ctx context.Context, conn Connector, log LogConnector, out io.Writer) error {
	return c.say(ctx, conn, log, out, verdict.Confirmed, nil)
}

// Run says that an incident is normal.
func (c *IncidentBenign) Run(ctx context.Context, conn Connector, log LogConnector, out io.Writer) error {
	return c.say(ctx, conn, log, out, verdict.Benign, nil)
}

// Run takes back what was said.
func (c *IncidentUndo) Run(ctx context.Context, conn Connector, log LogConnector, out io.Writer) error {
	return c.say(ctx, conn, log, out, verdict.Nothing, nil)
}

// Run says that an incident is not to be heard of for some time.
func (c *IncidentSuppress) Run(ctx context.Context, conn Connector, log LogConnector, out io.Writer) error {
	return c.say(ctx, conn, log, out, verdict.Suppressed, c)
}

// spoken is a verdict on its way.
type spoken struct {
	Site     string     `json:"site"`
	Incident string     `json:"incident"`
	Verdict  string     `json:"verdict"`
	Author   string     `json:"author"`
	Note     string     `json:"note"`
	Entities []string   `json:"entities"`
	Reasons  []string   `json:"reasons"`
	Until    *time.Time `json:"until,omitempty"`
	Offset   int64      `json:"offset"`           // on the site's control topic
	Unread   string     `json:"unread,omitempty"` // why it has no effect yet
}

// say sends a verdict to the site's control topic. The store is asked first and closed, because where no instance runs a command has one of
// store and log at a time.
func (c *Say) say(ctx context.Context, conn Connector, log LogConnector, out io.Writer, what string, narrow *IncidentSuppress) error {
	in, v, err := c.verdict(ctx, conn, what, narrow)
	if err != nil {
		return err
	}
	value, err := v.Encode()
	if err != nil {
		return &hint.Error{Err: err, Hint: "a note has at most 4,096 bytes, an author's name 256"}
	}
	l, done, err := log.ConnectLog(ctx)
	if err != nil {
		return err
	}
	var offset int64
	n := noticeOf(l)
	if what == verdict.Nothing && !stands(in.Verdicts) {
		err = heard(ctx, l, in.Site, in.ID)
	}
	if err == nil {
		offset, err = l.Produce(ctx, bus.CtlTopic(in.Site), bus.Message{Value: value})
	}
	if err = errors.Join(err, done()); err != nil {
		return fmt.Errorf("saying it to site %s: %w", in.Site, err)
	}
	s := spoken{
		Site: in.Site, Incident: v.Incident, Verdict: v.Verdict, Author: v.Author, Note: v.Note, Offset: offset, Unread: n.what,
		Entities: v.Scope.Entities, Reasons: []string{},
	}
	for i := range v.Scope.Reasons {
		s.Reasons = append(s.Reasons, v.Scope.Reasons[i].Field)
	}
	if v.Until != 0 {
		until := time.Unix(0, v.Until).UTC()
		s.Until = &until
	}
	if c.JSON {
		return writeJSON(out, []spoken{s})
	}
	return s.write(out, n)
}

// verdict makes the verdict of what the store knows of the incident.
func (c *Say) verdict(ctx context.Context, conn Connector, what string, narrow *IncidentSuppress) (in store.Incident, v *detect.Verdict, err error) {
	s, done, err := conn.Connect(ctx)
	if err != nil {
		return in, nil, err
	}
	defer func() { err = errors.Join(err, done()) }()
	if in, err = s.Incident(ctx, c.ID); err != nil {
		return in, nil, notFound(err)
	}
	author, err := c.author()
	if err != nil {
		return in, nil, err
	}
	v = &detect.Verdict{Incident: in.ID, Verdict: what, Note: c.Note, Author: author, Time: time.Now().UnixNano()}
	if what == verdict.Nothing {
		return in, v, nil
	}
	if v.Scope, err = s.Scope(ctx, in.Site, in.ID); err != nil {
		return in, nil, err
	}
	if narrow != nil {
		err = narrow.narrow(ctx, s, &in, v)
	}
	return in, v, err
}

var errUnsaid = errors.New("nothing was said of it")

// stands reports whether the last word on an incident says something.
func stands(said []store.Said) bool {
	return len(said) > 0 && said[len(said)-1].Verdict != verdict.Nothing
}

// heard is an error where nothing that the log holds stands for an incident either: the store may not have it yet.
func heard(ctx context.Context, log Log, site, id string) error {
	last := verdict.Nothing
	err := controls(ctx, log, bus.CtlTopic(site), func(c *detect.Control) {
		if c.Verdict != nil && c.Verdict.Incident == id {
			last = c.Verdict.Verdict
		}
	})
	if err == nil && last == verdict.Nothing {
		err = &hint.Error{Err: fmt.Errorf("incident %s: %w", id, errUnsaid), Hint: "'frontfoot incidents list' shows the verdict of each"}
	}
	return err
}

func notFound(err error) error {
	if errors.Is(err, store.ErrNotFound) {
		return &hint.Error{Err: err, Hint: "'frontfoot incidents' lists them"}
	}
	return err
}

func (c *Say) author() (string, error) {
	if c.Author != "" {
		return c.Author, nil
	}
	u, err := user.Current()
	if err != nil {
		return "", &hint.Error{Err: fmt.Errorf("finding out who speaks: %w", err), Hint: "name yourself with --author"}
	}
	return u.Username, nil
}

var (
	errEntity = errors.New("no entity of the incident")
	errReason = errors.New("no reason of the incident")
	errUntil  = errors.New("no time to come")
)

// narrow makes of the incident's scope what the flags ask for. A suppression is about fields, whatever their values.
func (c *IncidentSuppress) narrow(ctx context.Context, s Store, in *store.Incident, v *detect.Verdict) error {
	known := slices.Compact(slices.Sorted(slices.Values(slices.Concat(in.Entities, v.Scope.Entities))))
	for _, e := range c.Entity {
		if !slices.Contains(known, e) {
			return &hint.Error{Err: fmt.Errorf("%w: %q", errEntity, e), Hint: "it has " + escape(strings.Join(known, ", ")) + "; write one such as --entity source.ip=10.0.0.5"}
		}
	}
	if len(c.Entity) > 0 {
		v.Scope.Entities = c.Entity
	}
	var picked []incident.Reason
	for _, r := range c.Reason {
		i := slices.IndexFunc(v.Scope.Reasons, func(x incident.Reason) bool { return x.Field == r })
		if n, err := strconv.Atoi(r); err == nil && n >= 1 && n <= len(v.Scope.Reasons) {
			i = n - 1
		}
		if i < 0 {
			return &hint.Error{Err: fmt.Errorf("%w: %q", errReason, r), Hint: "it has " + strings.Join(reasonsOf(v), ", ") + "; 'frontfoot incidents show' numbers them"}
		}
		picked = append(picked, v.Scope.Reasons[i])
	}
	if len(picked) > 0 {
		v.Scope.Reasons = picked
	}
	for i := range v.Scope.Reasons {
		v.Scope.Reasons[i].Values, v.Scope.Reasons[i].Any = nil, true
	}
	now, err := s.Now(ctx, in.Site)
	if err != nil {
		return err
	}
	until, err := until(c.Until, now)
	if err != nil {
		return err
	}
	v.Until = until.UnixNano()
	return nil
}

// distinct keeps the first of each name: two reasons may be about the same fields.
func distinct(names []string) []string {
	var kept []string
	for _, name := range names {
		if !slices.Contains(kept, name) {
			kept = append(kept, name)
		}
	}
	return kept
}

func reasonsOf(v *detect.Verdict) []string {
	names := make([]string, len(v.Scope.Reasons))
	for i := range v.Scope.Reasons {
		names[i] = strconv.Quote(v.Scope.Reasons[i].Field)
	}
	return names
}

// maxUntilDays is a hundred years: a verdict holds its time in nanoseconds since 1970, which end in 2262.
const maxUntilDays = 36_500

// until reads a time, or a length of time after now.
func until(text string, now time.Time) (time.Time, error) {
	if days, ok := strings.CutSuffix(text, "d"); ok {
		if n, err := strconv.Atoi(days); err == nil && n > 0 && n <= maxUntilDays {
			return now.AddDate(0, 0, n), nil
		}
	}
	if d, err := time.ParseDuration(text); err == nil && d > 0 && d <= maxUntilDays*24*time.Hour {
		return now.Add(d), nil
	}
	for _, layout := range []string{time.DateOnly, time.DateTime, time.RFC3339} {
		if t, err := time.Parse(layout, text); err == nil && t.After(now) && !t.After(now.AddDate(0, 0, maxUntilDays)) {
			return t, nil
		}
	}
	return time.Time{}, &hint.Error{
		Err:  fmt.Errorf("--until=%s: %w", text, errUntil),
		Hint: "write 24h, 7d, 2026-03-09 or 2026-03-09T15:04:05Z; it must be after the site's own time, " + now.UTC().Format(time.DateTime) + ", by a hundred years at most",
	}
}

// write says what follows, and what must be before it does.
func (s *spoken) write(out io.Writer, n notice) error {
	var b strings.Builder
	who, what := escape(strings.Join(s.Entities, ", ")), escape(strings.Join(distinct(s.Reasons), ", "))
	switch s.Verdict {
	case verdict.Confirmed:
		fmt.Fprintf(&b, "%s of %s is confirmed by %s. What it showed is never learned:\n", s.Incident, s.Site, escape(s.Author))
	case verdict.Benign:
		fmt.Fprintf(&b, "%s of %s is benign, says %s. From the next event on this is known, and nothing else:\n", s.Incident, s.Site, escape(s.Author))
	case verdict.Suppressed:
		fmt.Fprintf(&b, "%s of %s is suppressed by %s until %s UTC in the site's own time. Until then this raises no incident:\n",
			s.Incident, s.Site, escape(s.Author), s.Until.Format(time.DateTime))
	default:
		fmt.Fprintf(&b, "What was said of %s of %s is taken back by %s: it speaks again from the next event on.\n", s.Incident, s.Site, escape(s.Author))
	}
	if s.Verdict != verdict.Nothing {
		fmt.Fprintf(&b, "  who   %s\n  what  %s\n", who, what)
		fmt.Fprintf(&b, "'frontfoot incidents undo %s' takes it back.\n", s.Incident)
	}
	_, err := io.WriteString(out, b.String()+n.String())
	return err
}
