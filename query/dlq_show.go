package query

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strconv"
	"time"

	"frontfoot/ingest/event"
	"frontfoot/ingest/hint"
	"frontfoot/ingest/ledger"
)

// DLQShow is the command dlq show.
type DLQShow struct {
	Offset int64  `arg:"" help:"The letter's offset, as 'frontfoot dlq list' names it."`
	Site   string `required:"" placeholder:"NAME" help:"Its site."`
	Rows   int    `default:"20" help:"Show at most so many of its events; 0 is all."`
	JSON   bool   `name:"json" help:"One JSON object."`
}

// shownLetter is a letter with what can be read of it.
type shownLetter struct {
	letter
	Rows    []json.RawMessage `json:"rows,omitempty"`
	Entries []ledger.Entry    `json:"entries,omitempty"` // of a note
	Value   []byte            `json:"value,omitempty"`   // where nothing can be read, in base64
	Error   string            `json:"error,omitempty"`   // why
}

// Run shows a letter.
func (c *DLQShow) Run(ctx context.Context, conn LogConnector, out io.Writer) (err error) {
	log, done, err := conn.ConnectLog(ctx)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, done()) }()
	var found *letter
	err = eachLetter(ctx, log, c.Site, func(l *letter) error {
		if l.Offset == c.Offset {
			found = l
		}
		return nil
	})
	switch {
	case err != nil:
		return err
	case found == nil:
		return &hint.Error{Err: fmt.Errorf("%w: %d at site %s", errNoLetter, c.Offset, c.Site), Hint: "'frontfoot dlq list' shows the offsets; copies of a letter are shown by the first"}
	}
	s := open(found, c.Rows)
	if c.JSON {
		return writeJSON(out, []shownLetter{s})
	}
	return s.write(out)
}

// open reads a letter's value as far as it can be read, at most so many rows, 0 for all.
func open(l *letter, most int) shownLetter {
	s := shownLetter{letter: *l}
	var err error
	if l.Note {
		if s.Entries, err = ledger.Decode(l.value); err == nil {
			return s
		}
	}
	b, err := event.Decode(l.value)
	if err != nil {
		s.Error, s.Value = err.Error(), l.value
		return s
	}
	for row := range b.Rows() {
		if most > 0 && row == most {
			break
		}
		s.Rows = append(s.Rows, json.RawMessage(b.AppendJSON(nil, row)))
	}
	return s
}

// shownBytes is how much of an unreadable letter is shown.
const shownBytes = 1024

func (s *shownLetter) write(out io.Writer) error {
	p := &page{w: bufio.NewWriter(out), terminal: terminalOf(out)}
	p.line(p.paint(red, escape(s.Kind)), "  ", p.paint(bold, escape(s.Reason)))
	facts := [][2]string{
		{"Letter", strconv.FormatInt(s.Offset, 10) + " of site " + s.Site},
		{"Set aside", s.Time.UTC().Format(time.DateTime) + " UTC"},
		{"Message", s.origin()},
		{"Bytes", Thousands(uint64(s.Bytes))},
	}
	if s.envelope != nil {
		facts = append(facts, [2]string{"Epoch", s.Epoch}, [2]string{"First event", strconv.FormatUint(s.Seq, 10)}, [2]string{"Events", Thousands(uint64(s.Events))})
	} else {
		facts = append(facts, [2]string{"Envelope", "cannot be read"})
	}
	p.facts(append(facts, [2]string{"Not sent again", s.stays()}))
	switch {
	case len(s.Entries) > 0:
		p.heading("Ledger entries")
		for i := range s.Entries {
			e := &s.Entries[i]
			p.line("  ", kindName(e.Kind), "  ", Thousands(e.Rows), "  ", escape(e.Input), "  ", escape(e.Reason))
		}
	case s.Error != "":
		p.heading("Its bytes, which cannot be read: " + escape(s.Error))
		p.line("  ", escape(string(s.value[:min(len(s.value), shownBytes)])))
	default:
		p.heading(fmt.Sprintf("Events: %d of %d", len(s.Rows), max(int(s.Events), len(s.Rows))))
		for _, row := range s.Rows {
			p.line("  ", escape(string(bytes.TrimSpace(row))))
		}
	}
	return p.w.Flush()
}
