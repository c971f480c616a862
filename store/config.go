package store

import (
	"crypto/tls"
	"errors"
	"fmt"
	"net/url"
	"regexp"
	"time"

	"github.com/ClickHouse/clickhouse-go/v2"
)

// Config says where the store is and how long it keeps what. Only URL is required.
type Config struct {
	URL      string // of the HTTP interface, such as http://127.0.0.1:8123 or https://clickhouse.example:8443
	User     string // default "default"
	Password string
	Database string // that holds the tables, default "ff"

	// RetentionDays is how many days events are kept after they were received, 0 the default; SiteRetentionDays says otherwise for some sites.
	RetentionDays     int
	SiteRetentionDays map[string]int
	// FindingRetentionDays is how many days findings, incidents and ledger entries are kept, 0 the default.
	FindingRetentionDays int
}

// What holds where a Config is silent.
const (
	DefaultDatabase             = "ff" // the name of the database that holds the tables
	DefaultRetentionDays        = 90
	DefaultFindingRetentionDays = 400 // a year, and the month in which it is reported
)

var errDatabase = errors.New("the database's name may hold letters, digits and _ alone")

// identifier is what may stand in SQL without quotes.
var identifier = regexp.MustCompile(`^[A-Za-z_][A-Za-z0-9_]*$`)

func (c Config) withDefaults() Config {
	if c.User == "" {
		c.User = "default"
	}
	if c.Database == "" {
		c.Database = DefaultDatabase
	}
	if c.RetentionDays <= 0 {
		c.RetentionDays = DefaultRetentionDays
	}
	if c.FindingRetentionDays <= 0 {
		c.FindingRetentionDays = DefaultFindingRetentionDays
	}
	return c
}

// days is how long the events of a site are kept.
func (c *Config) days(site string) int {
	if d, ok := c.SiteRetentionDays[site]; ok && d > 0 {
		return d
	}
	return c.RetentionDays
}

// options are clickhouse-go's for a database of the store.
func (c *Config) options(database string) (*clickhouse.Options, error) {
	if !identifier.MatchString(c.Database) {
		return nil, fmt.Errorf("%q: %w", c.Database, errDatabase)
	}
	u, err := url.Parse(c.URL)
	if err != nil {
		return nil, fmt.Errorf("reading the database's address: %w", err)
	}
	o := &clickhouse.Options{
		Protocol:     clickhouse.HTTP,
		Addr:         []string{u.Host},
		Auth:         clickhouse.Auth{Database: database, Username: c.User, Password: c.Password},
		ClientInfo:   clickhouse.ClientInfo{Products: []struct{ Name, Version string }{{"frontfoot", "1"}}},
		HttpUrlPath:  u.Path,
		DialTimeout:  30 * time.Second, // bounds a new connection's first answer too: a busy database takes its time
		ReadTimeout:  24 * time.Hour,   // a query takes as long as its caller lets it
		MaxOpenConns: 32,
		MaxIdleConns: 8,
	}
	switch u.Scheme {
	case "http":
	case "https":
		o.TLS = &tls.Config{MinVersion: tls.VersionTLS12}
	default:
		return nil, fmt.Errorf("reading the database's address: %q is neither http nor https", c.URL)
	}
	return o, nil
}
