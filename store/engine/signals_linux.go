package engine

import (
	"unsafe"

	"golang.org/x/sys/unix"
)

// signals is how many signals Linux has.
const signals = 64

// sigaction is the kernel's struct, kept as it is.
type sigaction struct {
	handler, flags, restorer uintptr
	mask                     uint64
}

// keepSignals calls f and puts back every signal disposition that f changed. The Go runtime needs its own handlers
// (SIGURG preempts goroutines, SIGSEGV becomes a nil-pointer panic), and starting the engine resets or replaces some.
func keepSignals(f func()) {
	var before [signals + 1]sigaction
	for n := 1; n <= signals; n++ {
		action(n, nil, &before[n])
	}
	f()
	for n := 1; n <= signals; n++ {
		var after sigaction
		action(n, nil, &after)
		if after.handler != before[n].handler {
			action(n, &before[n], nil)
		}
	}
}

func action(n int, set, get *sigaction) {
	_, _, _ = unix.RawSyscall6(unix.SYS_RT_SIGACTION, uintptr(n), uintptr(unsafe.Pointer(set)), uintptr(unsafe.Pointer(get)), 8, 0, 0)
}
