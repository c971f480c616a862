package sequence

import (
	"testing"
	"unsafe"

	"frontfoot/detect/sketch"
)

// TestPlaceIsKept checks that a place that was moved stays as it was when the memory of the row is used anew, and is read back as it was written.
func TestPlaceIsKept(t *testing.T) {
	want := Place{Epoch: "run", Seq: 1 << 40, Time: -5, Received: 6, Premises: "mill"}
	memory := []byte("runmill")
	row := want
	row.Epoch, row.Premises = unsafe.String(unsafe.SliceData(memory[:3]), len(memory[:3])), unsafe.String(unsafe.SliceData(memory[3:]), len(memory[3:]))
	var kept Place
	kept.Move(&row)
	copy(memory, "xxxxxxx")
	if kept != want {
		t.Errorf("kept %+v, want %+v", kept, want)
	}
	var e sketch.Encoder
	kept.Encode(&e)
	var again Place
	d := sketch.NewDecoder(e.Buf)
	if again.Decode(d); d.Err() != nil || again != want {
		t.Errorf("read back %+v, want %+v: %v", again, want, d.Err())
	}
}
