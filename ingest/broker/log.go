package broker

import (
	"errors"
	"fmt"
	"log/slog"
	"sync"

	"github.com/twmb/franz-go/pkg/kfake"
)

// logAdapter gives kfake's warnings and errors to slog, and remembers errors
// while the broker closes, because kfake's Close returns none.
type logAdapter struct {
	logger *slog.Logger

	mu         sync.Mutex
	collecting bool
	errs       []error
}

// Logf implements kfake.Logger.
func (a *logAdapter) Logf(level kfake.LogLevel, format string, args ...any) {
	switch level {
	case kfake.LogLevelError:
		err := fmt.Errorf(format, args...)
		a.logger.Error("embedded broker reports an error", "err", err)
		a.remember(err)
	case kfake.LogLevelWarn:
		a.logger.Warn("embedded broker warns", "detail", fmt.Sprintf(format, args...))
	default: // requests and joins: never per event
	}
}

func (a *logAdapter) remember(err error) {
	a.mu.Lock()
	defer a.mu.Unlock()
	if a.collecting {
		a.errs = append(a.errs, err)
	}
}

func (a *logAdapter) collect() {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.collecting = true
}

func (a *logAdapter) collected() error {
	a.mu.Lock()
	defer a.mu.Unlock()
	return errors.Join(a.errs...)
}
