package engine

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"time"
)

// Limits of the endpoint's connections. There is none on how long a body or an answer may take: inserts and queries
// may be long.
const (
	headerTimeout = 10 * time.Second
	idleTimeout   = 5 * time.Minute
	closeTimeout  = 10 * time.Second
	maxHeader     = 1 << 20 // bytes; the query may stand in the URL
)

// Serve answers on listener, which it closes, until ctx ends: then it lets what runs finish for up to 10 s, and
// cancels the rest. It returns nil when ctx ended.
func (e *Engine) Serve(ctx context.Context, listener net.Listener, password string) error {
	srv := &http.Server{
		Handler:           e.Handler(password),
		ReadHeaderTimeout: headerTimeout,
		IdleTimeout:       idleTimeout,
		MaxHeaderBytes:    maxHeader,
		ErrorLog:          slog.NewLogLogger(e.logger.Handler(), slog.LevelDebug),
	}
	finished := make(chan struct{})
	stop := context.AfterFunc(ctx, func() {
		defer close(finished)
		grace, cancel := context.WithTimeout(context.WithoutCancel(ctx), closeTimeout)
		defer cancel()
		if srv.Shutdown(grace) != nil {
			_ = srv.Close()
		}
	})
	err := srv.Serve(listener)
	if stop() {
		return fmt.Errorf("serving the engine on %s: %w", listener.Addr(), err)
	}
	<-finished
	if !errors.Is(err, http.ErrServerClosed) {
		return fmt.Errorf("serving the engine on %s: %w", listener.Addr(), err)
	}
	return nil
}
