package spool

import "frontfoot/ingest/line"

// holdBack is what the spool must not do, for a fault test that shows that it would notice (failpoint "fsync"): the position is written at once,
// and the lines themselves wait in memory for the next commit.
func (s *Spool) holdBack(frame []byte, c *line.Chunk) error {
	if c.Position.Key != "" {
		b := appendText(appendText(beginFrame(nil), c.Position.Key), c.Position.Value)
		if err := s.room(int(align(int64(len(b)))), false); err != nil {
			return err
		}
		if err := s.write(endFrame(b, 0, s.active().mark, typePosition)); err != nil {
			return err
		}
	}
	s.held = append(s.held, append([]byte(nil), frame...))
	s.unsynced += int64(len(frame))
	s.wakeUp()
	return nil
}

// writeHeld writes what was held back.
func (s *Spool) writeHeld() error {
	for len(s.held) > 0 {
		frame := s.held[0]
		if err := s.room(int(align(int64(len(frame)))), false); err != nil {
			return err
		}
		if err := s.write(endFrame(frame, 0, s.active().mark, typeLines)); err != nil {
			return err
		}
		s.unsynced -= int64(len(frame))
		s.held = s.held[1:]
	}
	return nil
}
