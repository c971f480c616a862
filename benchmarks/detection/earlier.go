package detection

import (
	"os"
	"path/filepath"
	"strconv"
	"strings"
)

// Earlier is what was measured of other detectors before, on the same streams: a table of each family and figure.
type Earlier map[string][]earlierRow

type earlierRow struct {
	peer  string
	cells map[string]string // by the table's column
}

// Figures of Earlier, as its columns are called.
const (
	figureAUC    = "AUC"
	figureAP     = "AP"
	figureMacro  = "macro all"
	figureUnseen = "unseen"
	figureSteps  = "steps"
)

// Earlier reads the page of earlier figures, and is empty where there is none. Baselines and probes, which are nobody's detector, are left out.
func (k Known) Earlier() Earlier {
	text, err := os.ReadFile(filepath.Join(string(k), "design", "PEER_DETECTORS.md"))
	if err != nil {
		return nil
	}
	all := Earlier{}
	var family string
	var columns []string
	for line := range strings.Lines(string(text)) {
		line = strings.TrimSpace(line)
		if name, ok := strings.CutPrefix(line, "### "); ok {
			family, columns = name, nil
			continue
		}
		if strings.HasPrefix(line, "|---") {
			continue
		}
		inner, ok := strings.CutPrefix(line, "| ")
		if !ok {
			columns = nil
			continue
		}
		cells := strings.Split(strings.TrimSuffix(inner, " |"), " | ")
		if columns == nil {
			columns = cells
			continue
		}
		if columns[0] != "peer" || len(cells) != len(columns) || cells[0] == "rarity" || strings.HasPrefix(cells[0], "pairs") {
			continue
		}
		row := earlierRow{peer: cells[0], cells: map[string]string{}}
		for i := range cells {
			row.cells[columns[i]] = cells[i]
		}
		all[family] = append(all[family], row)
	}
	return all
}

// best returns the highest of a figure on a stream and whose it is: ".622 river-loda", "" where there is none.
func (e Earlier) best(stream, figure string) string {
	family := stream
	if strings.HasPrefix(stream, "nsl-dev") {
		family = "nsl-dev"
	}
	best, whose := -1.0, ""
	for _, row := range e[family] {
		number, _, _ := strings.Cut(row.cells[figure], "/")
		if x, err := strconv.ParseFloat(number, 64); err == nil && x > best {
			best, whose = x, row.cells[figure]+" "+row.peer
		}
	}
	return whose
}
