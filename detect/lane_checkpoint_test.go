package detect

import (
	"fmt"
	"testing"
)

// A checkpoint saves the sites with most unsaved until half of what a lane may have is left, and not so many that the lane stands still.
func TestHeavySites(t *testing.T) {
	cfg := DefaultWorkerConfig()
	cfg.CheckpointBytes = 1000
	l := &lane{worker: &Worker{cfg: cfg}, sites: map[string]*siteRun{}}
	for i := range 40 {
		name := fmt.Sprintf("site-%02d", i)
		l.sites[name] = &siteRun{name: name, unsaved: int64(i)} // 780 together
	}
	if heavy := l.heavy(); len(heavy) != 0 {
		t.Errorf("%d sites are to be saved although there is little to save", len(heavy))
	}
	l.sites["site-00"].unsaved = 300 // 1080: with the next largest, 39 to 33, 528 are left, and with 32 496
	heavy := l.heavy()
	if len(heavy) != 9 || !heavy[l.sites["site-00"]] || !heavy[l.sites["site-32"]] || heavy[l.sites["site-31"]] {
		t.Errorf("%d sites are to be saved, should be the 9 with most unsaved", len(heavy))
	}
	for _, run := range l.sites {
		run.unsaved = 1000
	}
	if heavy := l.heavy(); len(heavy) != heaviest {
		t.Errorf("%d sites are to be saved at once, should be %d", len(heavy), heaviest)
	}
}
