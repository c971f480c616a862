package sketch

import "math"

// logSteps is the resolution of Log2: its mantissa is cut to this many steps an octave.
const logSteps = 1 << 10

// logTable holds log2(1 + (i+½)/logSteps) in 4,096ths: whole numbers, so that every machine has the same.
var logTable = makeLogTable()

func makeLogTable() (t [logSteps]float32) {
	for i := range t {
		t[i] = float32(math.Round(math.Log2(1+(float64(i)+0.5)/logSteps)*4096)) / 4096
	}
	return t
}

// Log2 is the binary logarithm to within 0.001, the same to the bit on every machine and never falling as x rises.
// Of what is no positive number it is -126.
func Log2(x float32) float32 {
	b := math.Float32bits(x)
	exp := int32(b >> 23)
	if exp == 0 || exp >= 255 {
		if exp == 255 && b<<9 == 0 {
			return 128 // +Inf
		}
		return -126 // 0, tiny, negative or NaN
	}
	return float32(exp-127) + logTable[b>>13&(logSteps-1)]
}

// expTable holds 2^((i+½)/logSteps) in 4,096ths.
var expTable = makeExpTable()

func makeExpTable() (t [logSteps]float32) {
	for i := range t {
		t[i] = float32(math.Round(math.Exp2((float64(i)+0.5)/logSteps)*4096)) / 4096
	}
	return t
}

// Exp2 is 2^x to within a thousandth, the same to the bit on every machine and never falling as x rises; x is taken as within ±126.
func Exp2(x float32) float32 {
	if !(x > -126) {
		x = -126
	}
	x = min(x, 126)
	whole := int32(x+126) - 126 // rounded down
	part := int32((x - float32(whole)) * logSteps)
	return math.Float32frombits(uint32(whole+127)<<23) * expTable[min(max(0, part), logSteps-1)]
}
