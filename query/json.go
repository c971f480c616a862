package query

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"strings"
)

// writeJSON writes one object a line. Characters that steer a terminal are written as JSON's escapes.
func writeJSON[T any](out io.Writer, list []T) error {
	for i := range list {
		var line bytes.Buffer
		enc := json.NewEncoder(&line)
		enc.SetEscapeHTML(false)
		if err := enc.Encode(&list[i]); err != nil {
			return fmt.Errorf("writing JSON: %w", err)
		}
		text := line.String()
		if strings.ContainsFunc(text, steersInJSON) {
			text = escapeJSON(text)
		}
		if _, err := io.WriteString(out, text); err != nil {
			return fmt.Errorf("writing JSON: %w", err)
		}
	}
	return nil
}

// steersInJSON is steers for what encoding/json leaves as it is: it escapes the controls of ASCII.
func steersInJSON(r rune) bool { return r >= 0x7f && steers(r) }

func escapeJSON(text string) string {
	var b strings.Builder
	for _, r := range text {
		if steersInJSON(r) {
			fmt.Fprintf(&b, `\u%04x`, r)
		} else {
			b.WriteRune(r)
		}
	}
	return b.String()
}
