# weir: one Makefile, no configure. GNU make.
#
#   make              the programs, in build/
#   make check        everything that must hold, short forms
#   make demo         the whole stack, while its parts are killed
#   make bench        BENCH='--quick': how fast it is (bench/README.md);
#                     bench-check: whether as fast as we promise
#   make vm           a machine in qemu: booted, halted, its power cut so many
#                     times: VM_CUTS=2
#   make model-mutants    whether the model would find a mistake
#   make coverage     how much of it the tests run
#   make install      DESTDIR= PREFIX=/usr/local BINDIR= SBINDIR= MANDIR= DATADIR=
#                     BASHCOMPDIR= ZSHCOMPDIR= FISHCOMPDIR=
#                     CHPST_LINKS=1: chpst also by the names of daemontools'
#                     install-programs, install-data: the one or the other
#
#   SVDIR=/service    where sv looks for services (Debian's: /etc/service,
#                     Void's: /var/service)
#   RUNITDIR=/etc/runit   the stages, and below it what runsvchdir works in
#   STOPIT= REBOOT=       in there (Debian 12's: /run/runit.stopit, .reboot)
#   RUNIT=/sbin/runit     what runit-init becomes
#   OS=posix          the portable system layer, on any system
#   STATIC=1          programs without PT_INTERP
#   SAN=1             AddressSanitizer and UndefinedBehaviorSanitizer
#   WERROR=1          warnings are errors
#   MUSL=1            with musl-gcc; only what needs no library but libc
#   PKG_CONFIG=       what is asked for zlib and PCRE2
#
# What .ci/run does besides `make check`, one target each: format-check lint
# clang posix static musl vm san san-prog analyze valgrind fuzz (FUZZ_SECONDS=10)
# model (MODEL_LONG=1: more commands).

PREFIX ?= /usr/local
BINDIR ?= $(PREFIX)/bin
SBINDIR ?= $(PREFIX)/sbin
MANDIR ?= $(PREFIX)/share/man
DATADIR ?= $(PREFIX)/share/weir
RUNITDIR ?= /etc/runit
# The two files by which process 1 is told to end, and how; and where runit-init
# finds runit.
STOPIT ?= $(RUNITDIR)/stopit
REBOOT ?= $(RUNITDIR)/reboot
RUNIT ?= /sbin/runit
# Where shells look for completions.
BASHCOMPDIR ?= $(PREFIX)/share/bash-completion/completions
ZSHCOMPDIR ?= $(PREFIX)/share/zsh/site-functions
FISHCOMPDIR ?= $(PREFIX)/share/fish/vendor_completions.d

# Where sv looks for services when the variable SVDIR does not say. Not ?=: who
# builds may have that variable set for services of their own.
SVDIR = /service

OS ?= $(if $(filter Linux,$(shell uname -s)),linux,posix)

comma = ,
space = $(comma:,= )

# --- the compiler ----------------------------------------------------------
ifdef MUSL
CC = musl-gcc
endif
CFLAGS ?= -O2 -g
WARN = -std=c11 -D_XOPEN_SOURCE=700 -Wall -Wextra -Wpedantic -Wshadow -Wstrict-prototypes \
	-Wmissing-prototypes -Wvla -Wcast-qual -Wwrite-strings -Wundef \
	-Wformat=2 -Wimplicit-fallthrough -Wswitch-enum -Wnull-dereference \
	-Wold-style-definition -Wnested-externs -Wunused-macros -Walloca -Wdate-time \
	$(if $(WERROR),-Werror)
STRICT = -Wconversion -Wsign-conversion
HARDEN = $(if $(SAN),,-D_FORTIFY_SOURCE=2) -fstack-protector-strong \
	$(if $(STATIC),-fno-pie -ffunction-sections -fdata-sections,-fPIE)
SANITIZE = $(if $(SAN),-fsanitize=address$(comma)undefined \
	-fno-sanitize-recover=all -fno-omit-frame-pointer) \
	$(if $(FUZZ),-fsanitize=fuzzer-no-link) \
	$(if $(COV),--coverage -fprofile-update=atomic)
LINK = $(if $(STATIC),-static -no-pie -Wl$(comma)--gc-sections,-pie) -Wl,-z,relro,-z,now \
	$(if $(COV),$(foreach c,_exit reboot execve,-Wl$(comma)--wrap=$(c)))

# Each combination of switches builds in a room of its own. The compiler may be
# several words, or have a path.
B = build/$(subst $(space),-,$(subst /,-,$(CC)))-$(OS)$(if $(STATIC),-static)$(if $(SAN),-san)$(if $(FUZZ),-fuzz)$(if $(COV),-cov)
# The same as seen from anywhere. Not abspath, which takes blanks for ends.
ROOM = $(if $(filter /%,$(B)),,$(CURDIR)/)$(B)

# --- the libraries: filters/ and svlogd/ need them, nothing else does -------
PKG_CONFIG ?= pkg-config
PACKAGES = libpcre2-8 zlib
PACKAGES_INC := $(shell $(PKG_CONFIG) --cflags $(PACKAGES) 2>/dev/null)
LIBS := $(or $(shell $(PKG_CONFIG) $(if $(STATIC),--static) --libs $(PACKAGES) \
	2>/dev/null),-lpcre2-8 -lz)

# --- the layers: nobody includes upward ------------------------------------
# Not by -I: <spawn.h> is the system's, "spawn.h" is ours.
sees = $(foreach folder,$(1),-iquote $(folder))
INC_lib = $(call sees,lib)
INC_filters = $(call sees,lib filters) $(PACKAGES_INC)
INC_svlogd = $(call sees,lib filters svlogd) $(PACKAGES_INC)
INC_supervisor = $(call sees,lib supervisor)
INC_init = $(call sees,lib init)
INC_tests = $(call sees,lib filters svlogd supervisor init tests) $(PACKAGES_INC)
INC_bench = $(call sees,lib filters)

LIB_SRC = $(wildcard lib/*.c lib/os/$(OS)*.c)
# musl-gcc sees no library of the system's.
FILTERS_SRC = $(if $(MUSL),,$(wildcard filters/*.c))
# A folder's programs; all else in it is a module.
SVLOGD_MAINS = $(if $(MUSL),,svlogd svlog)
SUPERVISOR_MAINS = runsv runsvdir sv chpst runsvchdir
INIT_MAINS = runit runit-init utmpset
SVLOGD_SRC = $(if $(MUSL),,$(filter-out $(SVLOGD_MAINS:%=svlogd/%.c), \
	$(wildcard svlogd/*.c)))
SUPERVISOR_SRC = $(filter-out $(SUPERVISOR_MAINS:%=supervisor/%.c), \
	$(wildcard supervisor/*.c))
INIT_SRC = $(filter-out $(INIT_MAINS:%=init/%.c),$(wildcard init/*.c))
UNIT_SRC = $(wildcard tests/unit/test_*.c)
FAULT_SRC = $(wildcard tests/fault/test_*.c)
REPLAY_SRC = $(wildcard tests/replay/test_*.c)
REPLAY_MODULES = $(filter-out $(REPLAY_SRC),$(wildcard tests/replay/*.c))
FUZZ_SRC = $(wildcard tests/fuzz/fuzz_*.c)
KIT_SRC = $(wildcard tests/kit/*.c)
# A driver has no header: what has one is a module of theirs.
DRIVER_MODULES = $(patsubst %.h,%.c,$(wildcard tests/prog/*.h))
DRIVER_SRC = $(filter-out $(DRIVER_MODULES),$(wildcard tests/prog/*.c))
# The same of process 1.
PID1_MODULES = $(patsubst %.h,%.c,$(wildcard tests/pid1/*.h))
PID1_SRC = $(filter-out $(PID1_MODULES),$(wildcard tests/pid1/*.c))
BENCH_SRC = $(wildcard bench/*.c)

obj = $(patsubst %.c,$(B)/%.o,$(1))
CORE = $(call obj,$(LIB_SRC) $(FILTERS_SRC) $(SVLOGD_SRC) $(SUPERVISOR_SRC) \
	$(INIT_SRC) $(if $(COV),tests/coverage.c))

PROGRAMS = $(SVLOGD_MAINS:%=$(B)/svlogd-bin/%) \
	$(SUPERVISOR_MAINS:%=$(B)/supervisor-bin/%) $(INIT_PROGRAMS)
INIT_PROGRAMS = $(INIT_MAINS:%=$(B)/init-bin/%)
BENCHES = $(patsubst bench/%.c,$(B)/bench-bin/%,$(BENCH_SRC))
UNITS = $(patsubst tests/unit/%.c,$(B)/unit/%,$(UNIT_SRC))
FAULTS = $(patsubst tests/fault/%.c,$(B)/fault/%,$(FAULT_SRC))
REPLAYS = $(patsubst tests/replay/%.c,$(B)/replay/%,$(REPLAY_SRC))
DRIVERS = $(patsubst tests/prog/%.c,$(B)/prog/%,$(DRIVER_SRC))
PID1S = $(patsubst tests/pid1/%.c,$(B)/pid1/%,$(PID1_SRC))
FUZZERS = $(patsubst tests/fuzz/%.c,$(B)/fuzz/%,$(FUZZ_SRC))

# Every row of the two tables is a call that a test build may make fail, or
# answer itself.
ROWS = $(shell sed -n "s/^SYS.[a-z0-9_]*, *\([a-z0-9_]*\),.*/\1/p" $(1))
WRAPS = $(foreach c,$(call ROWS,lib/sys.def),-Wl,--wrap=sys_$(c)) \
	$(foreach c,$(call ROWS,lib/os/os.def),-Wl,--wrap=os_$(c))

all: $(PROGRAMS)
	@mkdir -p build/bin
	@for p in $(PROGRAMS); do \
	    cmp -s $$p build/bin/$${p##*/} || cp -f $$p build/bin/ || exit 1; \
	done

bench-programs: $(BENCHES)

$(B)/%.o: %.c
	@mkdir -p $(@D)
	$(CC) $(CPPFLAGS) $(if $(STATIC),-DWEIR_STATIC) $(PLACES) \
	    $(INC_$(firstword $(subst /, ,$<))) $(WARN) \
	    $(if $(filter tests/%,$<),,$(STRICT)) $(HARDEN) $(SANITIZE) \
	    $(CFLAGS) -MMD -MP -c -o $@ $<

# The places that are built in.
BUILT_IN = -DSVDIR_DEFAULT='"$(SVDIR)"' \
	-DRUNSVDIR_DEFAULT='"$(RUNITDIR)/runsvdir"' \
	-DRUNIT_DIR='"$(RUNITDIR)"' -DRUNIT_PROGRAM='"$(RUNIT)"' \
	-DSTOPIT_FILE='"$(STOPIT)"' -DREBOOT_FILE='"$(REBOOT)"'
PLACED = $(addprefix $(B)/,supervisor/svopts.o supervisor/runsvchdir.o \
	svlogd/find.o init/first.o init/task.o init/runit-init.o)
$(PLACED): PLACES = $(BUILT_IN)
$(PLACED): $(B)/places

# It changes when other places are asked for, as by `make install SVDIR=...`.
places = printf '%s\n' '$(SVDIR)' '$(RUNITDIR)' '$(RUNIT)' '$(STOPIT)' '$(REBOOT)'
$(B)/places: FORCE
	@mkdir -p $(@D)
	@$(places) | cmp -s - $@ || $(places) >$@

$(B)/libweir.a: $(CORE)
	@rm -f $@
	ar rcs $@ $^

# A program of what it depends on: $(call link,FLAGS,LIBRARIES).
define link
@mkdir -p $(@D)
$(CC) $(SANITIZE) $(CFLAGS) $(1) $(LDFLAGS) -o $@ $^ $(2)
endef

$(B)/svlogd-bin/%: $(B)/svlogd/%.o $(B)/libweir.a
	$(call link,$(LINK),$(LIBS))

$(B)/supervisor-bin/%: $(B)/supervisor/%.o $(B)/libweir.a
	$(call link,$(LINK))

$(B)/init-bin/%: $(B)/init/%.o $(B)/libweir.a
	$(call link,$(LINK))

$(B)/bench-bin/%: $(B)/bench/%.o $(B)/libweir.a
	$(call link,$(LINK),$(LIBS))

# --- tests -----------------------------------------------------------------
$(B)/unit/%: $(B)/tests/unit/%.o $(B)/libweir.a
	$(call link,$(LINK),-lcmocka $(LIBS))

$(B)/libkit.a: $(call obj,$(wildcard $(DRIVER_MODULES)) $(KIT_SRC))
	@rm -f $@
	ar rcs $@ $^

$(B)/prog/%: $(B)/tests/prog/%.o $(B)/libkit.a $(B)/libweir.a
	$(call link,$(LINK),$(LIBS))

$(B)/pid1/%: $(B)/tests/pid1/%.o $(call obj,$(PID1_MODULES)) $(B)/libkit.a \
    $(B)/libweir.a
	$(call link,$(LINK))

# The same objects with the kernel's door wrapped: the fault tests, and an
# svlogd that can be told to fail or die anywhere (tests/fault/fault.h). Memory
# may run out, too. Not PIE, so that an address names its function.
FAULT_LINK = $(filter-out -pie,$(LINK)) -no-pie $(WRAPS) \
	$(foreach c,malloc calloc realloc,-Wl,--wrap=$(c))

$(B)/fault/%: $(B)/tests/fault/%.o $(B)/tests/fault/fault.o $(B)/libweir.a
	$(call link,$(FAULT_LINK),-lcmocka $(LIBS))

# The same without a kernel (tests/replay/world.h).
$(B)/replay/%: $(B)/tests/replay/%.o $(call obj,$(REPLAY_MODULES)) \
    $(B)/libweir.a
	$(call link,$(LINK) $(WRAPS) -Wl$(comma)--wrap=spawn_start,-lcmocka)

$(B)/svlogd-bin/%-fault: $(B)/svlogd/%.o $(B)/tests/fault/fault.o \
    $(B)/libweir.a
	$(call link,$(FAULT_LINK),$(LIBS))

$(B)/supervisor-bin/%-fault: $(B)/supervisor/%.o $(B)/tests/fault/fault.o \
    $(B)/libweir.a
	$(call link,$(FAULT_LINK))

$(B)/init-bin/%-fault: $(B)/init/%.o $(B)/tests/fault/fault.o $(B)/libweir.a
	$(call link,$(FAULT_LINK))

# The programs that tests make fail or die.
FAULTY = $(SVLOGD_MAINS:%=svlogd-bin/%) $(SUPERVISOR_MAINS:%=supervisor-bin/%) \
	init-bin/runit

TESTS = $(UNITS) $(FAULTS) $(REPLAYS) $(DRIVERS) $(PID1S) $(FAULTY:%=$(B)/%-fault)

tests: all $(TESTS)

check: tests bench-programs
	B="$(ROOM)" sh tests/check.sh

# BENCH holds arguments: make bench BENCH='--peers --quick'
bench: all bench-programs
	BENCH_BIN="$(ROOM)/bench-bin" sh bench/bench.sh $(BENCH)

bench-check: all bench-programs
	BENCH_BIN="$(ROOM)/bench-bin" sh bench/bench.sh --check

demo: all bench-programs
	@BENCH_BIN="$(ROOM)/bench-bin" sh bench/demo.sh

# Every order of events that a service can meet, searched by spin; and whether
# the search would find a mistake. MODEL_LONG=1: more commands.
$(B)/model/%: $(B)/tests/model/%.o
	$(call link,$(LINK))

model: $(B)/model/names
	@B="$(ROOM)" CC='$(CC)' LONG=$(or $(MODEL_LONG),0) \
	    sh tests/model/model.sh

# A machine in qemu, with our programs static, by musl as far as that has what
# they need. VM_CUTS=8: more power cuts.
vm:
	rm -rf build/vm/bin
	$(MAKE) STATIC=1 vm-programs
	$(if $(shell command -v musl-gcc),$(MAKE) MUSL=1 STATIC=1 vm-programs)
	@CUTS=$(or $(VM_CUTS),2) sh tests/vm/vm.sh build/vm/bin

vm-programs: $(PROGRAMS)
	@mkdir -p build/vm/bin && cp -f $(PROGRAMS) build/vm/bin/

model-mutants: $(B)/model/names
	@B="$(ROOM)" CC='$(CC)' sh tests/model/model.sh mutants

# --- other builds and what can be told without running ----------------------
# Each goes into a room of its own; build/bin stays what `make` made.
clang:
	$(MAKE) CC=clang WERROR=1 unit-check

posix:
	$(MAKE) OS=posix WERROR=1 unit-check

san:
	$(MAKE) SAN=1 unit-check

san-prog:
	$(MAKE) SAN=1 san-check

static:
	$(MAKE) STATIC=1 WERROR=1 static-check

musl:
	$(MAKE) MUSL=1 STATIC=1 WERROR=1 static-check small-check

fuzz:
	$(MAKE) CC=clang SAN=1 FUZZ=1 fuzz-check

san-check: tests
	B="$(ROOM)" sh tests/sanitize.sh

unit-check: $(PROGRAMS) $(UNITS) $(REPLAYS)
	B="$(ROOM)" sh tests/check.sh unit replay

# A program without an interpreter needs nothing of the system it is put on.
static-check: $(PROGRAMS)
	@for p in $(PROGRAMS); do \
	    if readelf -lW $$p | grep INTERP; then \
		echo "$$p is not static"; exit 1; fi; \
	done

# Process 1 is there as long as the machine: so many bytes of code, at most.
TEXT_MOST = 49152

small-check: $(B)/init-bin/runit
	@size $< | awk 'NR == 2 && $$1 <= $(TEXT_MOST) { small = 1 } { print } \
	    END { if (!small) print "over $(TEXT_MOST) bytes of text"; exit !small }'

FUZZ_SECONDS = 10

$(B)/fuzz/%: $(B)/tests/fuzz/%.o $(B)/libweir.a
	$(call link,-fsanitize=fuzzer,$(LIBS))

# What a target found so far is kept in build/corpus, and read first.
fuzz-check: $(FUZZERS:$(B)/fuzz/%=fuzz-run/%)

fuzz-run/%: $(B)/fuzz/% FORCE
	@mkdir -p build/corpus/$*
	@$< -max_total_time=$(FUZZ_SECONDS) -rss_limit_mb=2048 -timeout=5 \
	    -verbosity=0 -artifact_prefix=build/$*- build/corpus/$*
	@echo "$*: nothing found in $(FUZZ_SECONDS) s"

# Two analyzers go through every path that they can think of; a report is an
# error. To gcc 12's what an array keeps that has grown is lost, which is all of
# what supervisor/ and find.c take: there the sanitizer and valgrind look for leaks.
# ANALYZE_NODES is how far clang goes in a function: 225000 is its own limit.
ANALYZE_NODES = 60000
ANALYZED = $(LIB_SRC) $(FILTERS_SRC) \
	$(wildcard svlogd/*.c supervisor/*.c init/*.c)
BUT_supervisor = -Wno-analyzer-malloc-leak
BUT_svlogd/find.c = -Wno-analyzer-malloc-leak
# What else gcc alone can warn of.
GCC_WARN = -Wduplicated-cond -Wduplicated-branches -Wlogical-op \
	-Wcast-align=strict -Wjump-misses-init -Wformat-signedness

analyze: $(ANALYZED:%=analyze-gcc/%) $(ANALYZED:%=analyze-clang/%)

analyze-gcc/%: FORCE
	@gcc -fanalyzer -Werror $(BUILT_IN) $(INC_$(firstword $(subst /, ,$*))) $(WARN) \
	    $(GCC_WARN) $(BUT_$(firstword $(subst /, ,$*))) $(BUT_$*) -O2 -c -o /dev/null $*

analyze-clang/%: FORCE
	@clang --analyze --analyzer-output text -Xclang -analyzer-werror \
	    -Xclang -analyzer-config -Xclang max-nodes=$(ANALYZE_NODES) \
	    $(BUILT_IN) $(INC_$(firstword $(subst /, ,$*))) $(WARN) -O2 $*

FORCE:

valgrind: tests
	B="$(ROOM)" sh tests/valgrind.sh

# How much of what is installed the tests run: of process 1 too, which is lent a
# place for it, but of nothing else that has another root. Some tests fail here,
# as gcov takes memory and opens files itself; all are in the figures.
# COVERED='unit pid1': only of those.
coverage:
	$(MAKE) COV=1 CFLAGS='-O1 -g' coverage-check

coverage-check: $(PROGRAMS) $(TESTS) $(BENCHES)
	@find $(B) -name '*.gcda' -delete
	@chmod -R a+rwX $(B)
	-@B="$(ROOM)" COVERAGE_ROOM="$(ROOM)" sh tests/check.sh $(COVERED) \
	    >$(B)/check.log 2>&1
	@tail -n 1 $(B)/check.log
	@B=$(B) sh tests/coverage.sh $(LIB_SRC) $(FILTERS_SRC) \
	    svlogd/*.c supervisor/*.c init/*.c

lint: lint-man lint-sh

lint-man:
	mandoc -Tlint -Wwarning man/*.[58]

lint-sh:
	shellcheck -S warning bootstrap .ci/run bench/*.sh tests/*.sh \
	    tests/prog/*.sh tests/pid1/*.sh tests/vm/*.sh tests/kit/*.sh \
	    tests/model/*.sh etc/completions/sv.bash etc/completions/svlog.bash
	shellcheck -S warning -s sh etc/sv/*/run etc/sv/*/finish \
	    etc/sv/*/check etc/sv/*/log/run etc/runit/*/[123] \
	    etc/runit/*/ctrlaltdel tests/pid1/void/[123] tests/vm/service/*/run \
	    tests/vm/service/*/log/run

format-check:
	clang-format --dry-run -Werror $(wildcard $(addsuffix /*.[ch],lib lib/os \
	    filters svlogd supervisor init tests/unit tests/fault tests/replay tests/kit \
	    tests/prog tests/pid1 tests/model tests/fuzz bench))

# Whom chpst stands in for by name. Not installed unless asked for: they are
# daemontools' where that is installed too.
CHPST_NAMES = setuidgid envuidgid envdir pgrphack setlock softlimit

complete = sed 's,@SVDIR@,$(SVDIR),g' etc/completions/$(1) >"$(DESTDIR)$(2)" && \
	chmod 644 "$(DESTDIR)$(2)"

# The places in the stages are those of the programs.
stage_places = s,/etc/runit/stopit,$(STOPIT),g; s,/etc/runit/reboot,$(REBOOT),g; \
	s,/etc/runit/runsvdir,$(RUNITDIR)/runsvdir,g; s,/service,$(SVDIR),g

install: install-programs install-data

install-programs: all
	install -d "$(DESTDIR)$(BINDIR)" "$(DESTDIR)$(SBINDIR)"
	install -m 755 $(filter-out $(INIT_PROGRAMS),$(PROGRAMS)) "$(DESTDIR)$(BINDIR)"
	install -m 755 $(INIT_PROGRAMS) "$(DESTDIR)$(SBINDIR)"
ifdef CHPST_LINKS
	for name in $(CHPST_NAMES); do \
	    ln -sf chpst "$(DESTDIR)$(BINDIR)/$$name" || exit 1; done
endif

install-data:
	install -d "$(DESTDIR)$(MANDIR)/man5" "$(DESTDIR)$(MANDIR)/man8"
	install -m 644 man/*.5 "$(DESTDIR)$(MANDIR)/man5"
	install -m 644 man/*.8 "$(DESTDIR)$(MANDIR)/man8"
	install -d "$(DESTDIR)$(DATADIR)"
	cp -R etc/sv etc/runit etc/lnav "$(DESTDIR)$(DATADIR)/"
	for stage in etc/runit/*/[123] etc/runit/*/ctrlaltdel; do \
	    sed '$(stage_places)' $$stage \
		>"$(DESTDIR)$(DATADIR)/$${stage#etc/}" || exit 1; done
	chmod -R u=rwX,go=rX "$(DESTDIR)$(DATADIR)"
	install -d "$(DESTDIR)$(BASHCOMPDIR)" "$(DESTDIR)$(ZSHCOMPDIR)" \
	    "$(DESTDIR)$(FISHCOMPDIR)"
	$(call complete,sv.bash,$(BASHCOMPDIR)/sv)
	$(call complete,_sv,$(ZSHCOMPDIR)/_sv)
	$(call complete,sv.fish,$(FISHCOMPDIR)/sv.fish)
	$(call complete,svlog.bash,$(BASHCOMPDIR)/svlog)
	$(call complete,_svlog,$(ZSHCOMPDIR)/_svlog)
	$(call complete,svlog.fish,$(FISHCOMPDIR)/svlog.fish)

clean:
	rm -rf build

.PHONY: FORCE all bench bench-check bench-programs tests check demo format-check lint lint-man \
	lint-sh install install-programs install-data clean clang posix san san-prog san-check static musl fuzz unit-check \
	static-check small-check vm vm-programs fuzz-check analyze valgrind coverage coverage-check model \
	model-mutants
# Objects stay. Not .SECONDARY, which would take a header that was moved away for
# one that need not be there.
.PRECIOUS: $(B)/%.o
-include $(shell find $(B) -name '*.d' -type f 2>/dev/null)
