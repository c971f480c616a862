// Command enrol gives sites, workers and analysts their rights on a Kafka with ACLs, and takes them back. It connects as an administrator.
//
//	enrol [flags] region            makes the topics that all sites share
//	enrol [flags] site NAME...      makes the topics of sites and lets each write its own
//	enrol [flags] worker NAME...    lets workers work
//	enrol [flags] analyst NAME...   lets people say what incidents are, and name decoys
//	enrol [flags] revoke NAME...    takes everything back from sites but their topics, and from workers and analysts by the name operator:NAME
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"log/slog"
	"os"
	"os/signal"
	"strings"

	"frontfoot/ingest/bus"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	err := run(ctx, os.Args[1:], os.Stdout)
	stop()
	if err == nil {
		return
	}
	fmt.Fprintln(os.Stderr, "error:", err)
	var hint interface{ HintText() string }
	if errors.As(err, &hint) {
		fmt.Fprintln(os.Stderr, "hint:", hint.HintText())
	}
	os.Exit(1)
}

func run(ctx context.Context, args []string, out io.Writer) error {
	var cfg bus.Config
	flags := flag.NewFlagSet("enrol", flag.ContinueOnError)
	brokers := flags.String("brokers", "127.0.0.1:9092", "host:port of brokers, by comma")
	flags.StringVar(&cfg.TLS.CAFile, "ca", "", "certificate of the authority, PEM")
	flags.StringVar(&cfg.TLS.CertFile, "cert", "", "the administrator's certificate, PEM")
	flags.StringVar(&cfg.TLS.KeyFile, "key", "", "and its key")
	rate := flags.Int("bytes-per-second", 0, "how fast a site may send; 0 is as fast as it can")
	passwords := flags.String("passwords", "", "folder with a file NAME for each site, its password; none is by certificate alone")
	if err := flags.Parse(args); err != nil {
		return err
	}
	cfg.Brokers = strings.Split(*brokers, ",")
	if verb := flags.Arg(0); verb == "" || verb != "region" && flags.NArg() == 1 {
		return errors.New("say what to do: region, site NAME, worker NAME, analyst NAME or revoke NAME")
	}
	client, err := bus.New(cfg, slog.New(slog.NewTextHandler(os.Stderr, nil)), nil)
	if err != nil {
		return err
	}
	defer client.Close()
	verb, names := flags.Arg(0), flags.Args()[1:]
	if verb == "region" {
		return client.EnsureTopics(ctx, bus.SharedSpecs(bus.Lanes)...)
	}
	for _, name := range names {
		if err := apply(ctx, client, verb, name, *passwords, *rate); err != nil {
			return err
		}
		fmt.Fprintf(out, "%s %s: done\n", verb, name)
	}
	return nil
}

func apply(ctx context.Context, client *bus.Client, verb, name, passwords string, rate int) error {
	switch verb {
	case "site":
		rights := bus.SiteRights{BytesPerSecond: rate}
		if passwords != "" {
			text, err := os.ReadFile(passwords + "/" + name)
			if err != nil {
				return fmt.Errorf("reading the password of %s: %w", name, err)
			}
			if rights.Password = strings.TrimRight(string(text), "\r\n"); rights.Password == "" {
				return fmt.Errorf("reading the password of %s: %s/%s is empty", name, passwords, name)
			}
		}
		return client.Enrol(ctx, name, rights)
	case "worker":
		return client.EnrolWorker(ctx, name)
	case "analyst":
		return client.EnrolAnalyst(ctx, name)
	case "revoke":
		return client.Revoke(ctx, name)
	default:
		return fmt.Errorf("%q is none of region, site, worker, analyst and revoke", verb)
	}
}
