package engine

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"syscall"
)

// ServeProcess is an engine in a process of its own: it opens the engine on cfg.DataDir, answers on the address listen (host:port) until ctx
// ends, and closes it. After kill -9 it starts again on the same folder: what an insert was told is there is there, and one whose answer never
// came is there by whole days or not at all. Once it answers, started is called with its address; it may be nil.
func ServeProcess(ctx context.Context, cfg Config, listen, password string, started func(net.Addr), logger *slog.Logger) (err error) {
	listener, err := (&net.ListenConfig{}).Listen(ctx, "tcp", listen)
	if err != nil {
		err = fmt.Errorf("opening the database endpoint: %w", err)
		if errors.Is(err, syscall.EADDRINUSE) {
			return &Error{Err: err, Hint: "another program has " + listen + "; choose another port, or 0 for any"}
		}
		return err
	}
	e, err := Open(cfg, logger)
	if err != nil {
		return errors.Join(err, listener.Close())
	}
	if started != nil {
		started(listener.Addr())
	}
	return errors.Join(e.Serve(ctx, listener, password), e.Close())
}
