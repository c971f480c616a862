# What a developer runs. `make` alone lists the targets.

GO        ?= go
BIN       ?= bin/frontfoot
VERSION   ?= $(shell git describe --tags --always --dirty 2>/dev/null || echo devel)
FUZZTIME  ?= 10s
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

.DEFAULT_GOAL := help
.PHONY: help build engine kafka-install kafka demo test bench judge lint format fuzz clean

help: ## list the targets
	@awk -F ':.*## ' '/^[a-z-]+:.*## / {printf "make %-13s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

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

test: ## all tests with the race detector; ends with "N passed, N failed, N skipped"
	@$(GO) build -o bin/summary .ci/summary.go
	@{ CGO_ENABLED=1 $(GO) test -json -race -shuffle=on -timeout 20m $(TESTARGS) $(PACKAGES) || true; } | bin/summary

bench: ## measure each stage and the whole chain; writes benchmarks/results
	$(GO) run ./benchmarks/ffbench $(BENCHARGS)

judge: build ## parsing and detection against data with known answers beside the project; ten invented weeks
	@if test -d $(KNOWN)/corpora; then \
		python3 $(KNOWN)/tools/score_parse.py --cmd '$(BIN) parse' $(foreach f,iptables fortinet_fortigate system suricata,$(KNOWN)/corpora/parse/$(f).ndjson); \
		python3 $(KNOWN)/tools/eval_detect.py --cmd '$(BIN) score --format csv' --stream $(KNOWN)/data/detection/*/; \
	else echo "skipped: data absent: $(KNOWN)"; fi
	FRONTFOOT_SEEDS=10 $(GO) test ./benchmarks -run Scenarios -v -count=1

lint: ## formatting, vet and all linters; the layering too
	@unformatted=$$($(GOFUMPT) -l .) && test -z "$$unformatted" || { echo "not formatted, run make format: $$unformatted"; exit 1; }
	$(GO) vet $(PACKAGES)
	$(LINTER) run --allow-parallel-runners $(PACKAGES)

format: ## format all Go files
	$(GOFUMPT) -w .

fuzz: ## run each fuzz target for FUZZTIME (10s)
	@grep -rHoE --include='*_test.go' '^func Fuzz[A-Za-z0-9_]*' . | sort | while IFS=: read -r file func; do \
		name=$${func#func }; \
		echo "fuzz $$(dirname $$file) $$name"; \
		$(GO) test -run '^$$' -fuzz "^$$name\$$" -fuzztime $(FUZZTIME) $$(dirname $$file) || exit 1; \
	done

clean: ## remove what was built; keeps data folders
	rm -rf bin
