package main

import (
	"io"
	"log/slog"
	"os"
	"time"

	"github.com/lmittmann/tint"
	"golang.org/x/term"
)

// LogConfig says how much frontfoot tells about itself, and in which form.
type LogConfig struct {
	// Level is the least important message that is written: debug, info, warn or error.
	Level string `yaml:"level"`
	// Format is auto, text, logfmt or json. auto is text, in colour, on a terminal, and logfmt elsewhere.
	Format string `yaml:"format"`
}

func logLevels() []string  { return []string{"debug", "info", "warn", "error"} }
func logFormats() []string { return []string{"auto", "text", "logfmt", "json"} }

// newLogger returns the process's logger. cfg has been validated. Colour goes to terminals alone, and not where NO_COLOR is set.
func newLogger(w io.Writer, cfg LogConfig) *slog.Logger {
	var level slog.Level
	_ = level.UnmarshalText([]byte(cfg.Level)) // an unknown level is info
	terminal := isTerminal(w)
	format := cfg.Format
	if format == "auto" || format == "" {
		format = "logfmt"
		if terminal {
			format = "text"
		}
	}
	switch format {
	case "text":
		return slog.New(tint.NewTextHandler(w, &tint.Options{
			Level:      level,
			TimeFormat: time.TimeOnly,
			NoColor:    !terminal || os.Getenv("NO_COLOR") != "",
		}))
	case "json":
		return slog.New(slog.NewJSONHandler(w, &slog.HandlerOptions{Level: level}))
	default:
		return slog.New(slog.NewTextHandler(w, &slog.HandlerOptions{Level: level}))
	}
}

// isTerminal reports whether a person reads w.
func isTerminal(w io.Writer) bool {
	f, ok := w.(*os.File)
	return ok && term.IsTerminal(int(f.Fd()))
}
