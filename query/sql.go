package query

import (
	"context"
	"errors"
	"io"
)

// SQL is the command query.
type SQL struct {
	Statement string `arg:"" name:"sql" help:"The statement, such as \"SELECT site, count() FROM events GROUP BY site\"."`
	Format    string `short:"f" placeholder:"NAME" help:"Any output format of ClickHouse, such as CSVWithNames, Vertical or Parquet (default: a table with column names on a terminal, else TSV without them; TSVWithNames has both)."`
	JSON      bool   `name:"json" help:"One JSON object a line; the same as --format JSONEachRow."`
}

// Run runs the statement and writes its result as it comes.
func (c *SQL) Run(ctx context.Context, conn Connector, out io.Writer) (err error) {
	s, done, err := conn.Connect(ctx)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, done()) }()
	t := terminalOf(out)
	settings := map[string]any{"readonly": 2} // questions change nothing but settings
	if t.interactive {
		settings["output_format_pretty_color"] = 0
		shown := &visible{w: out} // log lines must not steer the terminal
		defer func() { err = errors.Join(err, shown.flush()) }()
		out = shown
	}
	return s.Stream(ctx, out, c.format(t), c.Statement, settings)
}

// format names the format of the answer. What a person sees has the names of the columns; what a program reads has them where it asks.
func (c *SQL) format(t terminal) string {
	switch {
	case c.Format != "":
		return c.Format
	case c.JSON:
		return "JSONEachRow"
	case t.interactive:
		return "PrettyCompact"
	default:
		return "TSV"
	}
}
