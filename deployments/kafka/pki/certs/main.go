// Command certs makes certificates for deployments/kafka: the authority of a folder, and those named.
//
//	certs DIR broker operator:admin operator:worker-1 ashford-vale northmoor
package main

import (
	"errors"
	"fmt"
	"os"
	"strings"
	"time"

	"frontfoot/deployments/kafka/pki"
)

func main() {
	if err := run(os.Args[1:]); err != nil {
		fmt.Fprintln(os.Stderr, "error:", err)
		os.Exit(1)
	}
}

func run(args []string) error {
	if len(args) < 2 {
		return errors.New("usage: certs DIR NAME..., where NAME is a site, broker, or operator:NAME")
	}
	authority, err := pki.Load(args[0])
	if err != nil {
		return err
	}
	for _, name := range args[1:] {
		unit := pki.Site
		if operator, ok := strings.CutPrefix(name, "operator:"); ok {
			name, unit = operator, pki.Operator
		} else if name == "broker" {
			unit = pki.Operator
		}
		if err := authority.Issue(args[0], name, unit, time.Now().Add(pki.Lifetime)); err != nil {
			return err
		}
	}
	return nil
}
