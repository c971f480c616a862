package benchmarks

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"strconv"
	"strings"
	"testing"
)

// A database is an endpoint of ClickHouse's HTTP interface.
type database struct{ url, user, password string }

// ask runs a statement and returns its answer as tab-separated text.
func (d *database) ask(ctx context.Context, statement string) (string, error) {
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, d.url, strings.NewReader(statement))
	if err != nil {
		return "", fmt.Errorf("asking the database: %w", err)
	}
	req.SetBasicAuth(d.user, d.password)
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		return "", fmt.Errorf("asking the database: %w", err)
	}
	defer resp.Body.Close()
	body, err := io.ReadAll(resp.Body)
	if err != nil {
		return "", fmt.Errorf("reading the database's answer: %w", err)
	}
	if resp.StatusCode != http.StatusOK {
		return "", fmt.Errorf("asking the database: %s: %s", resp.Status, body)
	}
	return strings.TrimSuffix(string(body), "\n"), nil
}

// number runs a statement that answers one number.
func (d *database) number(tb testing.TB, statement string) float64 {
	tb.Helper()
	text, err := d.ask(context.WithoutCancel(tb.Context()), statement)
	if err != nil {
		tb.Fatal(err)
	}
	n, err := strconv.ParseFloat(text, 64)
	if err != nil {
		tb.Fatalf("%s: %v", statement, err)
	}
	return n
}

// diskOf is how many bytes the parts of a table take on disk.
func diskOf(database, table string) string {
	return "SELECT sum(bytes_on_disk) FROM system.parts WHERE active AND database = '" + database + "' AND table = '" + table + "'"
}
