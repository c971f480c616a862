// Package hint has the error that says what to do about it. The command line prints the hint below the error.
package hint

// An Error is a failure that the user can do something about.
type Error struct {
	// Err says what went wrong.
	Err error
	// Hint says what to do, in a sentence without a full stop.
	Hint string
}

// Error returns what went wrong, without the hint.
func (e *Error) Error() string { return e.Err.Error() }

// Unwrap returns the cause.
func (e *Error) Unwrap() error { return e.Err }

// HintText returns what to do about it.
func (e *Error) HintText() string { return e.Hint }
