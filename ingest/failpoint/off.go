//go:build !faults

package failpoint

import "time"

// Built tells whether the program is built for fault tests, for places whose arguments cost something.
const Built = false

// Hit is a place where the process may be made to die.
func Hit(string) {}

// Off reports whether a protection is switched off: never, here.
func Off(string) bool { return false }

// Poison is a place where an event may make detection panic.
func Poison(string) {}

// Now is the time of the machine.
func Now() time.Time { return time.Now() }
