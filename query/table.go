package query

import (
	"bufio"
	"io"
	"strings"

	"charm.land/lipgloss/v2"
)

// A table is text in columns that line up, two spaces apart, without lines: easy to read, and easy for other programs to cut.
type table struct {
	columns []column
	rows    [][]cell
}

type column struct {
	title string
	right bool // numbers stand to the right
	fill  bool // is cut where the terminal is too narrow; one column can be
	spare int  // above 0 it is left out where the terminal is too narrow, the highest first
}

type cell struct {
	text  string
	style style
}

func (t *table) add(cells ...cell) { t.rows = append(t.rows, cells) }

// write writes the table. Cells must have been escaped.
func (t *table) write(out io.Writer, term terminal) error {
	widths := make([]int, len(t.columns))
	for i, c := range t.columns {
		widths[i] = len(c.title)
		for _, row := range t.rows {
			widths[i] = max(widths[i], lipgloss.Width(row[i].text))
		}
	}
	missing := t.fit(widths, term.width)
	w := bufio.NewWriter(out)
	head := make([]cell, len(t.columns))
	for i, c := range t.columns {
		head[i] = cell{c.title, faint}
	}
	t.line(w, term, widths, head)
	for _, row := range t.rows {
		t.line(w, term, widths, row)
	}
	if len(missing) > 0 {
		w.WriteString(term.paint(faint, cut("not shown, for want of room: "+strings.Join(missing, ", "), term.width)) + "\n")
	}
	return w.Flush()
}

// A column that is filled is cut to leastFill on any terminal, and others are left out for it until it has goodFill or all of its text.
const (
	leastFill = 20
	goodFill  = 32
	leftOut   = -1 // in place of the width of a column
)

// fit makes the columns narrower until they fit, 0 for no end to a line, and returns the titles of those that are left out.
func (t *table) fit(widths []int, width int) (missing []string) {
	for width > 0 && t.needs(widths, goodFill) > width {
		most := -1
		for i, c := range t.columns {
			if widths[i] != leftOut && c.spare > 0 && (most < 0 || c.spare > t.columns[most].spare) {
				most = i
			}
		}
		if most < 0 {
			break
		}
		widths[most] = leftOut
	}
	for i, c := range t.columns {
		switch {
		case widths[i] == leftOut:
			missing = append(missing, c.title)
		case c.fill && width > 0:
			widths[i] = min(widths[i], max(width-t.needs(widths, 0), leastFill))
		}
	}
	return missing
}

// needs is how wide the table is, with no more than some columns of the terminal for the column that is filled.
func (t *table) needs(widths []int, fill int) int {
	sum := 0
	for i, c := range t.columns {
		switch {
		case widths[i] == leftOut:
			continue
		case c.fill:
			sum += min(widths[i], fill)
		default:
			sum += widths[i]
		}
		sum += gap
	}
	return sum - gap
}

// gap is the blank between two columns.
const gap = 2

// line writes one row; errors stay with w until it is flushed.
func (t *table) line(w *bufio.Writer, term terminal, widths []int, row []cell) {
	ahead := 0 // blanks that stand before the next text
	for i, c := range row {
		if widths[i] == leftOut {
			continue
		}
		text := cut(c.text, widths[i])
		rest := widths[i] - lipgloss.Width(text)
		if t.columns[i].right {
			ahead, rest = ahead+rest, 0
		}
		w.WriteString(strings.Repeat(" ", ahead))
		w.WriteString(term.paint(c.style, text))
		ahead = rest + gap
	}
	w.WriteByte('\n')
}

// cut shortens text to so many columns of a terminal.
func cut(text string, width int) string {
	if lipgloss.Width(text) <= width {
		return text
	}
	runes := []rune(text)
	for lipgloss.Width(string(runes)) > width-1 {
		runes = runes[:len(runes)-1]
	}
	return string(runes) + "…"
}
