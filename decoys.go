package main

import (
	"context"
	"errors"
	"fmt"
	"os/user"
	"strconv"

	"github.com/cenkalti/backoff/v7"

	"frontfoot/detect/decoy"
	"frontfoot/ingest/bus"
	"frontfoot/query"
)

// DecoyConfig is what nobody at a site uses.
type DecoyConfig struct {
	// Site is the council whose decoys they are, [a-z0-9-]{3,40}.
	Site string `yaml:"site"`
	// Addresses that no machine has.
	Addresses []string `yaml:"addresses,omitempty"`
	// Hosts that are not there: names, or their first labels, which are found in any domain.
	Hosts []string `yaml:"hosts,omitempty"`
	// Accounts that nobody logs in with, without their domain.
	Accounts []string `yaml:"accounts,omitempty"`
	// URLs that nothing links to: paths from / on, or host/path. What is below is meant too.
	URLs []string `yaml:"urls,omitempty"`
	// Shares that nobody opens, as //host/share, or folders. What is below is meant too.
	Shares []string `yaml:"shares,omitempty"`
}

// decoys returns them as the detector takes them.
func (c *DecoyConfig) decoys() decoy.Decoys {
	return decoy.Decoys{Addresses: c.Addresses, Hosts: c.Hosts, Accounts: c.Accounts, URLs: c.URLs, Shares: c.Shares}
}

// validateDecoys reports what cannot be decoys, and sites that are named twice.
func (c *Config) validateDecoys(report func(path, text string)) {
	seen := map[string]bool{}
	for i := range c.Decoys {
		d := &c.Decoys[i]
		path := "decoys." + strconv.Itoa(i)
		if err := bus.ValidSite(d.Site); err != nil {
			report(path+".site", "must be 3 to 40 of a-z, 0-9 and -, is "+strconv.Quote(d.Site))
		} else if seen[d.Site] {
			report(path+".site", "has decoys already: put them together")
		}
		seen[d.Site] = true
		decoys := d.decoys()
		if all, ok := decoys.Validate().(interface{ Unwrap() []error }); ok {
			for _, problem := range all.Unwrap() {
				report(path, problem.Error())
			}
		}
	}
}

// Decoys returns the configuration's decoys by site.
func (c *connector) Decoys() (map[string]decoy.Decoys, error) {
	cfg, err := c.globals.load()
	if err != nil {
		return nil, err
	}
	return cfg.decoysBySite(), nil
}

func (c *Config) decoysBySite() map[string]decoy.Decoys {
	out := map[string]decoy.Decoys{}
	for i := range c.Decoys {
		out[c.Decoys[i].Site] = c.Decoys[i].decoys()
	}
	return out
}

// tellDecoys tells the detector the configuration's decoys of its sites, where they are others than those it was told last.
func (i *instance) tellDecoys(ctx context.Context) error {
	author := "frontfoot up"
	if u, err := user.Current(); err == nil {
		author += " of " + u.Username
	}
	decoys := i.cfg.decoysBySite()
	for _, site := range i.cfg.sites() {
		changed := false
		err := i.outlast(ctx, "Kafka", func() (err error) {
			if changed, err = query.TellDecoys(ctx, i.bus, site, author, decoys[site]); err != nil && !errors.Is(err, bus.ErrUnavailable) {
				return backoff.Permanent(err)
			}
			return err
		})
		switch {
		case errors.Is(err, bus.ErrForbidden):
			i.logger.WarnContext(ctx, "decoys cannot be told: no right to write to the site's control topic; 'frontfoot decoys tell' can", "site", site, "err", err)
		case err != nil:
			return fmt.Errorf("telling the decoys of site %s: %w", site, err)
		case changed:
			d := decoys[site]
			i.logger.InfoContext(ctx, "decoys told", "site", site, "decoys", d.Len())
		}
	}
	return nil
}
