package query

import (
	"context"
	"errors"
	"fmt"
	"io"
	"maps"
	"reflect"
	"slices"
	"strconv"
	"time"

	"frontfoot/detect"
	"frontfoot/detect/decoy"
	"frontfoot/ingest/bus"
	"frontfoot/ingest/hint"
)

// Decoys are the commands on what nobody uses.
type Decoys struct {
	List    DecoyList    `cmd:"" default:"withargs" help:"List the decoys that detection knows, and how often each was met."`
	Suggest DecoySuggest `cmd:"" help:"Propose decoys for a site: what its traffic never touches, beside what it does."`
	Tell    DecoyTell    `cmd:"" help:"Tell detection the configuration's decoys; 'frontfoot up' does so when it starts."`
}

// Named knows the configuration's decoys.
type Named interface {
	// Decoys returns them by site.
	Decoys() (map[string]decoy.Decoys, error)
}

// DecoyList is the command decoys list.
type DecoyList struct {
	Site string `placeholder:"NAME" help:"Only this site."`
	JSON bool   `name:"json" help:"One JSON object a line."`
}

// Run lists decoys.
func (c *DecoyList) Run(ctx context.Context, conn Connector, out io.Writer) (err error) {
	s, done, err := conn.Connect(ctx)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, done()) }()
	list, err := s.Decoys(ctx, c.Site)
	if err != nil {
		return err
	}
	if len(list) == 0 {
		if err := checkSite(ctx, s, c.Site); err != nil {
			return err
		}
	}
	if c.JSON {
		return writeJSON(out, list)
	}
	if len(list) == 0 {
		_, err := fmt.Fprintln(out, "No decoys. 'frontfoot decoys suggest --site NAME' proposes some; name them in decoys of the configuration.")
		return err
	}
	t := table{columns: []column{{title: "SITE"}, {title: "KIND"}, {title: "MET", right: true}, {title: "LAST (UTC)"}, {title: "DECOY", fill: true}}}
	for i := range list {
		d, last := &list[i], ""
		if d.Met > 0 {
			last = d.Last.UTC().Format("2006-01-02 15:04")
		}
		t.add(cell{text: escape(d.Site), style: bold}, cell{text: escape(d.Kind)}, cell{text: Thousands(d.Met)}, cell{text: last}, cell{text: escape(d.Decoy)})
	}
	return t.write(out, terminalOf(out))
}

// DecoySuggest is the command decoys suggest.
type DecoySuggest struct {
	Site string `required:"" placeholder:"NAME" help:"The site."`
	JSON bool   `name:"json" help:"One JSON object a line."`
}

// Run proposes decoys, as they can stand in the configuration.
func (c *DecoySuggest) Run(ctx context.Context, conn Connector, out io.Writer) (err error) {
	s, done, err := conn.Connect(ctx)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, done()) }()
	list, err := s.SuggestDecoys(ctx, c.Site)
	if err != nil {
		return err
	}
	if len(list) == 0 {
		if err := checkSite(ctx, s, c.Site); err != nil {
			return err
		}
	}
	if c.JSON {
		return writeJSON(out, list)
	}
	if len(list) == 0 {
		_, err := fmt.Fprintln(out, "Nothing to propose: the site's events name no inside addresses, hosts, accounts or paths yet. 'frontfoot sites' shows what comes in.")
		return err
	}
	if _, err := fmt.Fprintf(out, "# The events of %s never name these. Ask before you use them: not all that is used is logged.\ndecoys:\n- site: %s\n", c.Site, c.Site); err != nil {
		return err
	}
	kind := ""
	for i := range list {
		d := &list[i]
		if d.Kind != kind {
			kind = d.Kind
			if _, err := fmt.Fprintf(out, "  %s:\n", kind); err != nil {
				return err
			}
		}
		if _, err := fmt.Fprintf(out, "  - %s # %s\n", strconv.Quote(d.Decoy), escape(d.Why)); err != nil {
			return err
		}
	}
	return nil
}

// DecoyTell is the command decoys tell.
type DecoyTell struct {
	Site   string `placeholder:"NAME" help:"Only this site (default: all that have decoys in the configuration)."`
	Author string `placeholder:"NAME" help:"Who says so (default: the user of this command)."`
}

var errNoDecoys = errors.New("the configuration names no decoys")

// Run tells detection the decoys.
func (c *DecoyTell) Run(ctx context.Context, named Named, conn LogConnector, out io.Writer) (err error) {
	decoys, err := named.Decoys()
	if err != nil {
		return err
	}
	author, err := (&Say{Author: c.Author}).author()
	if err != nil {
		return err
	}
	sites := slices.Sorted(maps.Keys(decoys))
	switch {
	case c.Site != "":
		sites = []string{c.Site} // without any, those that were told are taken back
	case len(sites) == 0:
		return &hint.Error{Err: errNoDecoys, Hint: "name some in decoys; 'frontfoot decoys suggest --site NAME' proposes them. --site NAME takes back those of a site"}
	}
	log, done, err := conn.ConnectLog(ctx)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, done()) }()
	news := false
	for _, site := range sites {
		d := decoys[site]
		changed, err := TellDecoys(ctx, log, site, author, d)
		if err != nil {
			return fmt.Errorf("telling the decoys of site %s: %w", site, err)
		}
		text := "told"
		if !changed {
			text = "are known already"
		}
		news = news || changed
		if _, err := fmt.Fprintf(out, "%s: %d decoys %s\n", site, d.Len(), text); err != nil {
			return err
		}
	}
	if news {
		_, err = io.WriteString(out, noticeOf(log).String())
	}
	return err
}

// TellDecoys sends a site's decoys to its control topic, unless those it was told last are the same. It reports whether it did.
func TellDecoys(ctx context.Context, log Log, site, author string, d decoy.Decoys) (changed bool, err error) {
	topic := bus.CtlTopic(site)
	last, err := lastDecoys(ctx, log, topic)
	if err != nil || same(last, d) {
		return false, err
	}
	record := detect.Decoys{Decoys: d, Author: author, Time: time.Now().UnixNano()}
	value, err := record.Encode()
	if err != nil {
		return false, err
	}
	_, err = log.Produce(ctx, topic, bus.Message{Value: value})
	return err == nil, err
}

func same(a, b decoy.Decoys) bool { return reflect.DeepEqual(a.Names(), b.Names()) }

// lastDecoys returns the decoys that a topic's last record about them names.
func lastDecoys(ctx context.Context, log Log, topic string) (last decoy.Decoys, err error) {
	err = controls(ctx, log, topic, func(c *detect.Control) {
		if c.Decoys != nil {
			last = c.Decoys.Decoys
		}
	})
	return last, err
}
