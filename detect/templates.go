package detect

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"

	"frontfoot/detect/sketch"
	"frontfoot/detect/template"
)

// A templateLine is what Templates writes of a line where more than the id is asked for.
type templateLine struct {
	Row      uint64 `json:"i"`
	ID       string `json:"id"`
	Template string `json:"template"` // the line, with <*> for its parameters as far as they are known by then
	Count    uint64 `json:"count"`    // lines of this template up to here
}

// Templates groups log lines as a site does: it writes the id of each line's template, 16 hexadecimal digits, a line each, before it reads
// on. With details it writes an object a line, {"i":0,"id":"…","template":"session closed for user <*>","count":1}. Its memory is bounded,
// whatever the lines are.
func Templates(ctx context.Context, in io.Reader, out io.Writer, key [16]byte, details bool) (err error) {
	miner := template.New(sketch.NewKey(key))
	lines, w := bufio.NewReaderSize(in, longestLine), bufio.NewWriterSize(out, 1<<16)
	defer func() { err = errors.Join(err, w.Flush()) }()
	enc := json.NewEncoder(w)
	enc.SetEscapeHTML(false)
	var text []byte
	for row := uint64(0); ctx.Err() == nil; row++ {
		line, err := readLine(lines)
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return fmt.Errorf("reading line %d: %w", row+1, err)
		}
		id := miner.Shape(string(bytes.TrimRight(line, "\r\n")))
		if details {
			text = miner.AppendTemplate(text[:0])
			err = enc.Encode(templateLine{Row: row, ID: fmt.Sprintf("%016x", id), Template: string(text), Count: miner.Count()})
		} else {
			_, err = fmt.Fprintf(w, "%016x\n", id)
		}
		if err == nil && lines.Buffered() == 0 { // somebody may be waiting at the other end
			err = w.Flush()
		}
		if err != nil {
			return fmt.Errorf("writing templates: %w", err)
		}
	}
	return ctx.Err()
}
