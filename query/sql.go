package query

import (
	"context"
	"errors"
	"io"
)

// SQL is the command query.
type SQL struct {
	Statement string `arg:"" name:"sql" help:"The statement, such as \"SELECT site, count() FROM events GROUP BY site\"."`
	Format    string `short:"f" placeholder:"NAME" help:"Any output format of ClickHouse, such as CSVWithNames, Vertical or Parquet (default: a table on a terminal, else TSV)."`
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
	format, settings := "TSV", map[string]any{"readonly": 2} // questions change nothing but settings
	if t.interactive {
		format, settings["output_format_pretty_color"] = "PrettyCompact", 0
		shown := &visible{w: out} // log lines must not steer the terminal
		defer func() { err = errors.Join(err, shown.flush()) }()
		out = shown
	}
	switch {
	case c.Format != "":
		format = c.Format
	case c.JSON:
		format = "JSONEachRow"
	}
	return s.Stream(ctx, out, format, c.Statement, settings)
}
