package gen

// A rhythm is how busy something is over a week: a number for each hour from Monday 00:00, with a mean of 1.
type rhythm struct {
	hours [168]float64
	peak  float64
}

// value returns how busy it is at a moment of the week (nanoseconds from Monday 00:00), between the hours in a straight line.
func (h *rhythm) value(at int64) float64 {
	i := int(at / hour)
	part := float64(at%hour) / float64(hour)
	return h.hours[i]*(1-part) + h.hours[(i+1)%168]*part
}

// newRhythm joins a working day, a Saturday and a Sunday.
func newRhythm(work, saturday, sunday [24]float64) *rhythm {
	h := &rhythm{}
	sum := 0.0
	for i := range h.hours {
		switch i / 24 {
		case 5:
			h.hours[i] = saturday[i%24]
		case 6:
			h.hours[i] = sunday[i%24]
		default:
			h.hours[i] = work[i%24]
		}
		sum += h.hours[i]
	}
	for i := range h.hours {
		h.hours[i] *= 168 / sum
		h.peak = max(h.peak, h.hours[i])
	}
	return h
}

// officeHours is when staff work: few at the weekend, nearly nobody at night.
func officeHours() *rhythm {
	return newRhythm(
		[24]float64{.4, .3, .3, .3, .4, .8, 3, 12, 62, 96, 100, 94, 70, 74, 94, 92, 80, 46, 14, 7, 5, 3, 2, 1},
		[24]float64{.4, .3, .3, .3, .3, .4, .8, 2, 4, 7, 8, 8, 6, 5, 5, 4, 3, 2, 1.5, 1, 1, 1, .7, .5},
		[24]float64{.4, .3, .3, .3, .3, .3, .5, 1, 2, 4, 5, 5, 4, 4, 4, 4, 3, 3, 2, 2, 2, 1, .7, .5},
	)
}

// homeHours is when people at home are on line: the portal's visitors, guests in the library.
func homeHours() *rhythm {
	work := [24]float64{6, 4, 3, 2, 2, 4, 12, 30, 50, 66, 72, 76, 82, 70, 66, 66, 70, 72, 78, 84, 80, 64, 36, 14}
	rest := [24]float64{7, 5, 3, 2, 2, 3, 6, 14, 28, 44, 54, 58, 56, 54, 52, 50, 50, 52, 56, 60, 58, 48, 30, 14}
	return newRhythm(work, rest, rest)
}

// remoteHours is when staff log in from home.
func remoteHours() *rhythm {
	return newRhythm(
		[24]float64{.3, .2, .1, .1, .2, 1, 8, 60, 100, 50, 24, 18, 20, 26, 18, 14, 10, 8, 12, 16, 12, 6, 2, 1},
		[24]float64{.3, .2, .1, .1, .1, .3, 1, 2, 5, 8, 8, 6, 5, 4, 4, 4, 4, 4, 3, 3, 3, 2, 1, .5},
		[24]float64{.3, .2, .1, .1, .1, .3, 1, 1, 3, 5, 6, 5, 4, 4, 4, 5, 6, 7, 8, 8, 6, 4, 2, 1},
	)
}

// always is the same at every hour.
func always() *rhythm {
	var flat [24]float64
	for i := range flat {
		flat[i] = 1
	}
	return newRhythm(flat, flat, flat)
}

// weekday counts from Monday, 0.
func weekday(at int64) int { return int((at/day + 3) % 7) }
