package gen

import (
	"bufio"
	"encoding/json"
	"fmt"
	"io"
	"time"
)

// A Truth is one line of an attack: the ground truth that detection is measured by.
type Truth struct {
	Site string    `json:"site"`
	Line int       `json:"line"` // from 1, as in the site's file
	Time time.Time `json:"time"`
	Play int       `json:"play"` // number of the attack, from 1
	Step string    `json:"step"`
}

// Write writes the lines of the i-th site to w and, for each line of an attack, one JSON object to truth. It returns how many lines
// there were.
func (g *Generator) Write(i int, w, truth io.Writer) (lines int, err error) {
	out := bufio.NewWriterSize(w, 1<<18)
	notes := json.NewEncoder(truth)
	for line := range g.Site(i) {
		lines++
		if line.Attack != "" {
			if err := notes.Encode(Truth{Site: g.cfg.Sites[i], Line: lines, Time: line.Time, Play: line.Play, Step: line.Attack}); err != nil {
				return lines, fmt.Errorf("writing the truth of %s: %w", g.cfg.Sites[i], err)
			}
		}
		_, _ = out.Write(line.Text) // Flush reports the first error
		_ = out.WriteByte('\n')
	}
	if err := out.Flush(); err != nil {
		return lines, fmt.Errorf("writing the lines of %s: %w", g.cfg.Sites[i], err)
	}
	return lines, nil
}
