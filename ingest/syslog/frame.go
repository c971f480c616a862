package syslog

import (
	"bytes"
	"errors"

	"frontfoot/ingest/line"
)

const (
	// maxCountDigits is the longest octet count: a digit from 1 to 9 and up to 7 more.
	maxCountDigits = 8
	// maxCount is the largest octet count that is believed. What is over MaxLine of such a frame is read and dropped.
	maxCount = 4 << 20
)

// errBadCount means that an octet count was wrong, so that nobody knows where the next frame begins.
var errBadCount = errors.New("octet count does not fit the stream")

// A framer cuts a stream by RFC 6587.
//
//	digit 1-9, up to 7 digits, space   octet counting
//	<                                  up to LF
//	anything else                      up to LF, flagged BadFrame; after an octet-counted frame errBadCount
//
// Senders that end frames with NUL and never with LF are understood where the next frame begins with < and no NUL follows that, as one does in UTF-16. What RFC 6587 cannot
// tell is text that is ended by LF and begins with a number and a space: it is taken for a count.
type framer struct {
	w       *line.Window
	mode    frameMode
	count   int        // of the frame under way when mode is byCount
	flags   line.Flags // of the frame under way
	counted bool       // the frame before was octet-counted
	sawLF   bool       // LF ended a frame of this stream
}

type frameMode uint8

const (
	undecided frameMode = iota
	byLF
	byCount
)

// next cuts a frame. It reports false when more must be read.
func (f *framer) next() (raw []byte, flags line.Flags, ok bool, err error) {
	if f.mode == undecided {
		if err := f.decide(); err != nil {
			return nil, 0, false, err
		}
	}
	var c line.Cut
	switch f.mode {
	case byCount:
		c, ok = f.w.Count(f.count)
	case byLF:
		c, ok = f.w.Line(!f.sawLF)
	case undecided:
	}
	if !ok {
		return nil, 0, false, nil
	}
	flags = f.flags | c.Flags
	f.counted = f.mode == byCount
	f.sawLF = f.sawLF || c.LF
	f.mode, f.flags = undecided, 0
	return c.Raw, flags, true, nil
}

// rest cuts what the end of the stream left unfinished.
func (f *framer) rest() (raw []byte, flags line.Flags, ok bool) {
	if f.counted {
		f.skipTrailer()
	}
	c, ok := f.w.Rest()
	return c.Raw, c.Flags | f.flags, ok
}

// unfinished reports whether a frame has begun that has not ended.
func (f *framer) unfinished() bool {
	if f.counted {
		f.skipTrailer()
	}
	return f.mode == byCount || len(f.w.Peek()) > 0
}

// decide looks at how the next frame begins; the mode stays undecided when more must be read.
func (f *framer) decide() error {
	if f.counted {
		f.skipTrailer()
	}
	data := f.w.Peek()
	if len(data) == 0 {
		return nil
	}
	if data[0] == '<' {
		f.mode = byLF
		return nil
	}
	count, digits, found := leadingCount(data)
	switch {
	case found && count <= maxCount:
		f.w.Skip(digits + 1)
		f.mode, f.count = byCount, count
		return nil
	case found && len(data) == digits+1, !found && digits == len(data) && digits <= maxCountDigits:
		return nil // the next byte decides
	case f.counted, found && data[digits+1] == '<':
		f.flags = line.BadFrame
		return errBadCount
	}
	f.mode, f.flags = byLF, line.BadFrame // text that begins with digits, or with anything else
	return nil
}

// skipTrailer drops what some senders put after an octet-counted frame.
func (f *framer) skipTrailer() {
	data := f.w.Peek()
	f.w.Skip(len(data) - len(bytes.TrimLeft(data, "\r\n\x00")))
}

// leadingCount reads an octet count and the space after it; digits is the length of the digits that were seen, found or not.
func leadingCount(data []byte) (count, digits int, found bool) {
	for i, c := range data {
		switch {
		case c == ' ' && i > 0:
			return count, i, true
		case c < '0' || c > '9' || c == '0' && i == 0 || i == maxCountDigits:
			return 0, i, false
		}
		count = 10*count + int(c-'0')
	}
	return 0, len(data), false
}
