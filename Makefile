# What a developer runs. `make` alone lists the targets.

GO        ?= go
BIN       ?= bin/frontfoot
VERSION   ?= $(shell git describe --tags --always --dirty 2>/dev/null || echo devel)
FUZZRUNS  ?= 30000
TESTARGS  ?=
BENCHARGS ?=
PACKAGES  ?= ./...
KNOWN     ?= ../shared
KAFKADATA ?= deployments/kafka/data

# Tools are run at these versions and stay out of go.mod.
GOFUMPT  := $(GO) run mvdan.cc/gofumpt@v0.12.0
LINTER   := $(GO) run github.com/golangci/golangci-lint/v2/cmd/golangci-lint@v2.15.0

# All is pure Go: the database engine is loaded at run time, without cgo. Only the race detector needs it, and gcc.
export CGO_ENABLED := 0

# faults runs the fault tests in a form, shows their table, which goes to a file, and ends with the runner's summary.
define faults
	$(GO) build -o bin/summary .ci/summary.go; results=$(CURDIR)/$(2); \
	{ FRONTFOOT_FAULTS=$(1) FRONTFOOT_RESULTS=$$results $(GO) test -json -count=1 -timeout 150m $(TESTARGS) ./benchmarks/faults || true; cat $$results >&2; } | bin/summary
endef

# alone lists test files that the race detector leaves out: long tests of one goroutine, which it makes ten times as slow.
alone = grep -rl --include='*_test.go' '^//go:build !race$$' .

.DEFAULT_GOAL := help
.PHONY: help build engine kafka-install kafka demo test faults faults-full faults-controls faults-day faults-load bench judge record tools lint format fuzz clean

help: ## list the targets
	@awk -F ':.*## ' '/^[a-z-]+:.*## / {printf "make %-15s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

build: ## build bin/frontfoot
	$(GO) build -buildvcs=false -ldflags '-X main.version=$(VERSION)' -o $(BIN) .

engine: build ## fetch the database engine (178 MB once), checked
	$(BIN) engine install

kafka-install: ## fetch Apache Kafka (43 MB once), checked; its tests are skipped without it
	deployments/kafka/install

kafka: kafka-install ## run Apache Kafka on 127.0.0.1:9092, data in KAFKADATA; Ctrl-C stops it
	@exec deployments/kafka/run $(KAFKADATA)

demo: engine ## a week at three councils, with an attack on the sixth day
	$(BIN) demo

test: ## all tests, with the race detector where goroutines meet; ends with "N passed, N failed, N skipped"
	@$(GO) build -o bin/summary .ci/summary.go
	@{ CGO_ENABLED=1 $(GO) test -json -race -shuffle=on -timeout 60m $(TESTARGS) $(PACKAGES) || true; \
	   $(GO) test -json -shuffle=on -timeout 60m $(TESTARGS) \
	     -run "^($$($(alone) | xargs grep -hoE '^func Test[A-Za-z0-9_]+' | cut -c6- | paste -sd '|'))\$$" $$($(alone) | xargs dirname | sort -u) || true; } | bin/summary

faults: ## break collectors, workers, Kafka and the database; nothing may be lost or doubled (about 10 minutes)
	@$(call faults,quick,bin/faults.md)

faults-full: ## the same for as long as the promises say; writes benchmarks/results
	@$(call faults,full,benchmarks/results/$$(date -u +%F)-faults.md)

faults-controls: ## each fault without a protection, which must be noticed; writes benchmarks/results
	@$(call faults,controls,benchmarks/results/$$(date -u +%F)-faults-controls.md)

faults-day: ## 24 hours of 400 sites (FRONTFOOT_SITES), compressed, with a fault every ten minutes of theirs; writes benchmarks/results
	@$(call faults,day,benchmarks/results/$$(date -u +%F)-faults-day.md)

faults-load: ## files of 5 million lines (FRONTFOOT_LINES) while each process is killed in turn (12 minutes); writes benchmarks/results
	@$(call faults,load,benchmarks/results/$$(date -u +%F)-faults-load.md)

bench: ## measure each stage and the whole chain; writes benchmarks/results
	$(GO) run ./benchmarks/ffbench $(BENCHARGS)

judge: build ## parsing and detection against data with known answers beside the project; invented weeks, and 20 invented councils for four weeks (FRONTFOOT_SITES, _WEEKS, _LINES, _SEEDS)
	@if test -d $(KNOWN)/corpora; then \
		python3 $(KNOWN)/tools/score_parse.py --cmd '$(BIN) parse' $(foreach f,iptables fortinet_fortigate system suricata,$(KNOWN)/corpora/parse/$(f).ndjson); \
		python3 $(KNOWN)/tools/eval_detect.py --cmd '$(BIN) score --format csv' --stream $(KNOWN)/data/detection/*/; \
	else echo "skipped: data absent: $(KNOWN)"; fi
	FRONTFOOT_SEEDS=10 FRONTFOOT_ATTACKS=quiet,ransomware,bruteforce,dns-tunnel,insider,webshell $(GO) test ./benchmarks -run Scenarios -v -count=1
	FRONTFOOT_SITES=$${FRONTFOOT_SITES:-20} FRONTFOOT_WEEKS=$${FRONTFOOT_WEEKS:-4} FRONTFOOT_LINES=$${FRONTFOOT_LINES:-12000} \
		$(GO) test ./benchmarks -run Region -v -count=1 -timeout 60m

record: build ## detection beside other detectors, on invented councils and without each of its parts; writes benchmarks/results/detection.md (an hour)
	FRONTFOOT_SITES=$${FRONTFOOT_SITES:-10} FRONTFOOT_WEEKS=$${FRONTFOOT_WEEKS:-4} FRONTFOOT_LINES=$${FRONTFOOT_LINES:-5000} \
		FRONTFOOT_RECORD=$(CURDIR)/benchmarks/results/detection.md FRONTFOOT_KNOWN=$(abspath $(KNOWN)) FRONTFOOT_BIN=$(abspath $(BIN)) \
		$(GO) test ./benchmarks -run '^TestRecord$$' -v -count=1 -timeout 150m $(TESTARGS)

tools: ## fetch the tools of lint
	@$(GOFUMPT) -version
	@$(LINTER) version

lint: ## formatting, vet and all linters; the layering too
	@unformatted=$$($(GOFUMPT) -l .) || exit 1; \
	test -z "$$unformatted" || { echo "not formatted, run make format: $$unformatted"; exit 1; }
	$(GO) vet $(PACKAGES)
	$(LINTER) run --allow-parallel-runners $(PACKAGES)

format: ## format all Go files
	$(GOFUMPT) -w .

fuzz: ## run each fuzz target on FUZZRUNS inputs (30000)
	@grep -rHoE --include='*_test.go' '^func Fuzz[A-Za-z0-9_]*' . | sort | while IFS=: read -r file func; do \
		name=$${func#func }; \
		echo "fuzz $$(dirname $$file) $$name"; \
		$(GO) test -run '^$$' -fuzz "^$$name\$$" -fuzztime $(FUZZRUNS)x -fuzzminimizetime 100x $$(dirname $$file) || exit 1; \
	done

clean: ## remove what was built; keeps data folders
	rm -rf bin
