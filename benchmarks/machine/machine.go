// Package machine says where and when a measurement was made, for the head of a page of results.
package machine

import (
	"os"
	"os/exec"
	"runtime"
	"strconv"
	"strings"
	"time"
)

// A Fact is one line of a header.
type Fact struct{ Key, Value string }

// Facts returns what a measurement made by a command now ought to say of itself.
func Facts(command string) []Fact {
	return []Fact{
		{"date", time.Now().UTC().Format(time.RFC3339)},
		{"machine", strconv.Itoa(runtime.NumCPU()) + " cores, " + processor() + ", " + memory() + ", " + runtime.GOOS + "/" + runtime.GOARCH},
		{"load", load()},
		{"go-version", runtime.Version()},
		{"commit", first("git", "describe", "--always", "--dirty")},
		{"command", command},
	}
}

// first returns the first line that a program prints, "unknown" where it cannot be run.
func first(name string, args ...string) string {
	out, err := exec.Command(name, args...).Output()
	line, _, _ := strings.Cut(string(out), "\n")
	if err != nil || line == "" {
		return "unknown"
	}
	return line
}

// fromProc returns the value of a key of one of the kernel's files.
func fromProc(path, key string) string {
	content, err := os.ReadFile(path)
	if err != nil {
		return "unknown"
	}
	for line := range strings.Lines(string(content)) {
		if k, v, ok := strings.Cut(line, ":"); ok && strings.TrimSpace(k) == key {
			return strings.TrimSpace(v)
		}
	}
	return "unknown"
}

func processor() string { return fromProc("/proc/cpuinfo", "model name") }

func memory() string {
	kb, err := strconv.Atoi(strings.TrimSuffix(fromProc("/proc/meminfo", "MemTotal"), " kB"))
	if err != nil {
		return "memory unknown"
	}
	return strconv.Itoa((kb+1<<19)>>20) + " GiB"
}

// load is how busy the machine was before: figures of a busy machine are worth less.
func load() string {
	content, err := os.ReadFile("/proc/loadavg")
	if err != nil {
		return "unknown"
	}
	one, _, _ := strings.Cut(string(content), " ")
	return one + " in the minute before"
}
