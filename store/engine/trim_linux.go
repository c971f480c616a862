package engine

import (
	"bufio"
	"bytes"
	"fmt"
	"os"
	"strings"

	"golang.org/x/sys/unix"
)

// trim gives back the memory of the library's code and constants: starting the engine maps about 150 MB of them, an
// idle one uses a tenth. They stay in the kernel's page cache and come back as they are touched.
func trim(library string) error {
	maps, err := os.ReadFile("/proc/self/smaps")
	if err != nil {
		return err
	}
	for _, m := range cleanMappings(maps, library) {
		if _, _, e := unix.Syscall(unix.SYS_MADVISE, m[0], m[1]-m[0], unix.MADV_DONTNEED); e != 0 {
			return e
		}
	}
	return nil
}

// cleanMappings are the address ranges of the file that are not writable and hold no page of this process's own: these
// alone can be read again from the file. (What the loader has relocated is read-only by now, but not clean.)
func cleanMappings(smaps []byte, file string) [][2]uintptr {
	var clean [][2]uintptr
	var current [2]uintptr
	ours := false
	for s := bufio.NewScanner(bytes.NewReader(smaps)); s.Scan(); {
		fields := strings.Fields(s.Text())
		if len(fields) >= 5 && strings.Contains(fields[0], "-") {
			_, err := fmt.Sscanf(fields[0], "%x-%x", &current[0], &current[1])
			ours = err == nil && len(fields) == 6 && fields[5] == file && !strings.Contains(fields[1], "w")
		}
		if ours && len(fields) == 3 && fields[0] == "Anonymous:" && fields[1] == "0" {
			clean = append(clean, current)
		}
	}
	return clean
}
