package main

import (
	"bytes"
	"strings"
	"testing"
)

func TestLogger(t *testing.T) {
	tests := []struct {
		format string
		want   string // in the line of a message at the level warn
	}{
		{"auto", `level=WARN msg="disk nearly full" free_bytes=5`},
		{"logfmt", `level=WARN msg="disk nearly full" free_bytes=5`},
		{"json", `"level":"WARN","msg":"disk nearly full","free_bytes":5}`},
		{"text", "WRN disk nearly full free_bytes=5"},
	}
	for _, tt := range tests {
		t.Run(tt.format, func(t *testing.T) {
			var out bytes.Buffer
			logger := newLogger(&out, LogConfig{Level: "warn", Format: tt.format})
			logger.Info("too small to write")
			logger.Warn("disk nearly full", "free_bytes", 5)
			if got := out.String(); !strings.Contains(got, tt.want) || strings.Count(got, "\n") != 1 {
				t.Errorf("got %q, want one line with %q", got, tt.want)
			}
			if strings.Contains(out.String(), "\x1b") {
				t.Error("colour, though nobody reads it on a terminal")
			}
		})
	}
}
