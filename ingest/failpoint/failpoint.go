// Package failpoint marks the places where a fault test may end the process, and the protections that a test may switch off to show that it would
// notice. In a program built without the tag faults they do nothing and cost nothing. With it they do what the environment says:
//
//	FF_FAILPOINT=name:n       kill -9 of this process when the place is met for the n-th time
//	FF_FAILPOINT=name:n:stop  stop it there instead, as SIGSTOP does
//	FF_UNPROTECTED=a,b        the protections a and b are off
//	FF_CLOCK=-24h             the clock of what this process writes down is so far off
//	FF_POISON=text            detection panics at an event whose line has the text
package failpoint
