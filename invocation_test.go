package main

import (
	"os"
	"testing"
)

func TestCommand(t *testing.T) {
	for _, c := range []struct {
		flags globals
		want  string
	}{
		{globals{}, os.Args[0]},
		{globals{Data: "/srv/ff-1"}, os.Args[0] + " --data /srv/ff-1"},
		{globals{Data: "it's here", ConfigFile: "a.yaml"}, os.Args[0] + ` --config a.yaml --data 'it'\''s here'`},
		{globals{Data: "$HOME"}, os.Args[0] + " --data '$HOME'"},
	} {
		if got := c.flags.command(); got != c.want {
			t.Errorf("%+v: got %s, want %s", c.flags, got, c.want)
		}
	}
}
