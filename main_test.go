package main

import (
	"context"
	"io"
	"testing"
	"time"

	"github.com/rogpeppe/go-internal/testscript"
)

func TestMain(m *testing.M) {
	testscript.Main(m, map[string]func(){"frontfoot": main})
}

// TestScripts runs the command line as people do: testdata/script/*.txtar are the sessions.
func TestScripts(t *testing.T) {
	testscript.Run(t, testscript.Params{
		Dir:                 "testdata/script",
		RequireExplicitExec: true,
		RequireUniqueNames:  true,
		UpdateScripts:       *update,
		Setup: func(env *testscript.Env) error {
			// Nothing of the user's own may leak in or be written to.
			env.Setenv("HOME", env.WorkDir)
			env.Setenv("XDG_CACHE_HOME", env.WorkDir+"/cache")
			env.Setenv("TZ", "UTC")
			return nil
		},
	})
}

// A silentReader says that it is being read, and gives nothing until it is let go.
type silentReader struct{ began, release chan struct{} }

func (r silentReader) Read([]byte) (int, error) {
	r.began <- struct{}{}
	<-r.release
	return 0, io.EOF
}

// Who starts a command that reads a terminal, and thinks again, interrupts it once.
func TestInterruptionEndsARead(t *testing.T) {
	for _, command := range []string{"parse", "score", "templates"} {
		in := silentReader{make(chan struct{}), make(chan struct{})}
		ctx, interrupt := context.WithCancel(t.Context())
		code := make(chan int, 1)
		go func() { code <- run(ctx, []string{command}, in, io.Discard, io.Discard) }()
		<-in.began
		interrupt()
		select {
		case got := <-code:
			if got != exitInterrupted {
				t.Errorf("%s: got exit code %d, want %d", command, got, exitInterrupted)
			}
		case <-time.After(limit):
			t.Errorf("%s goes on reading", command)
		}
		close(in.release)
	}
}
