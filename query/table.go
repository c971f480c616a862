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
	fill  bool // is cut where the terminal is too narrow; only the last column can be
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
	w := bufio.NewWriter(out)
	head := make([]cell, len(t.columns))
	for i, c := range t.columns {
		head[i] = cell{c.title, faint}
	}
	t.line(w, term, widths, head)
	for _, row := range t.rows {
		t.line(w, term, widths, row)
	}
	return w.Flush()
}

// line writes one row; errors stay with w until it is flushed.
func (t *table) line(w *bufio.Writer, term terminal, widths []int, row []cell) {
	used := 0
	for i, c := range row {
		last := i == len(row)-1
		text := c.text
		if last && t.columns[i].fill && term.width > 0 {
			text = cut(text, max(term.width-used, 20))
		}
		gap := strings.Repeat(" ", widths[i]-min(widths[i], lipgloss.Width(text)))
		if t.columns[i].right {
			w.WriteString(gap)
		}
		w.WriteString(term.paint(c.style, text))
		if !last {
			if !t.columns[i].right {
				w.WriteString(gap)
			}
			w.WriteString("  ")
		}
		used += widths[i] + 2
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
