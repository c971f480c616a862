//go:build faults

package failpoint

import (
	"os"
	"slices"
	"strconv"
	"strings"
	"sync/atomic"
	"syscall"
	"time"
)

// Built tells whether the program is built for fault tests, for places whose arguments cost something.
const Built = true

// armed is what the environment asks for; it is read once.
var armed = parse(os.Getenv("FF_FAILPOINT"), os.Getenv("FF_UNPROTECTED"))

type arms struct {
	place  string
	left   atomic.Int64
	signal syscall.Signal
	off    []string
}

func parse(place, off string) *arms {
	a := &arms{off: strings.Split(off, ","), signal: syscall.SIGKILL}
	name, count, _ := strings.Cut(place, ":")
	count, how, _ := strings.Cut(count, ":")
	if how == "stop" {
		a.signal = syscall.SIGSTOP
	}
	n, err := strconv.ParseInt(count, 10, 64)
	if err != nil {
		n = 1
	}
	a.place = name
	a.left.Store(n)
	return a
}

// Hit is a place where the process may be made to die, or to stop until somebody lets it go on.
func Hit(name string) {
	if armed.place != name || armed.left.Add(-1) != 0 {
		return
	}
	_ = syscall.Kill(os.Getpid(), armed.signal)
	if armed.signal == syscall.SIGKILL {
		select {} // until the signal has come
	}
}

// Off reports whether a protection is switched off.
func Off(name string) bool { return slices.Contains(armed.off, name) }

// poison is what detection does not survive.
var poison = os.Getenv("FF_POISON")

// Poison is a place where an event may make detection panic.
func Poison(line string) {
	if poison != "" && strings.Contains(line, poison) {
		panic("poisoned event")
	}
}

// ahead is how far the clock of this process is off.
var ahead, _ = time.ParseDuration(os.Getenv("FF_CLOCK"))

// Now is the time of the machine, as far off as the environment says.
func Now() time.Time { return time.Now().Add(ahead) }
