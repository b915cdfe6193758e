# weir: one Makefile, no configure. GNU make.
#
#   make              the programs, in build/
#   make check        everything that must hold, short forms
#   make install      DESTDIR= PREFIX=/usr/local BINDIR= SBINDIR= MANDIR=
#
#   OS=posix          the portable system layer, on any system
#   STATIC=1          programs without PT_INTERP
#   SAN=1             AddressSanitizer and UndefinedBehaviorSanitizer
#   WERROR=1          warnings are errors
#   MUSL=1            with musl-gcc

PREFIX ?= /usr/local
BINDIR ?= $(PREFIX)/bin
SBINDIR ?= $(PREFIX)/sbin
MANDIR ?= $(PREFIX)/share/man

OS ?= $(if $(filter Linux,$(shell uname -s)),linux,posix)

comma = ,

# --- the compiler ----------------------------------------------------------
ifdef MUSL
CC = musl-gcc
endif
CFLAGS ?= -O2 -g
WARN = -std=c11 -D_XOPEN_SOURCE=700 -Wall -Wextra -Wpedantic -Wshadow -Wstrict-prototypes \
	-Wmissing-prototypes -Wvla -Wcast-qual -Wwrite-strings -Wundef \
	-Wformat=2 -Wimplicit-fallthrough -Wswitch-enum -Wnull-dereference \
	$(if $(WERROR),-Werror)
STRICT = -Wconversion -Wsign-conversion
HARDEN = $(if $(SAN),,-D_FORTIFY_SOURCE=2) -fstack-protector-strong -fPIE
SANITIZE = $(if $(SAN),-fsanitize=address$(comma)undefined \
	-fno-sanitize-recover=all -fno-omit-frame-pointer)
LINK = $(if $(STATIC),-static -no-pie,-pie) -Wl,-z,relro,-z,now

# Each combination of switches builds in a room of its own.
B = build/$(CC)-$(OS)$(if $(STATIC),-static)$(if $(SAN),-san)

# --- the layers: nobody includes upward ------------------------------------
INC_lib = -Ilib
INC_filters = -Ilib -Ifilters
INC_svlogd = -Ilib -Ifilters -Isvlogd
INC_tests = -Ilib -Ifilters -Isvlogd -Itests
INC_bench = -Ilib

LIB_SRC = $(wildcard lib/*.c) lib/os/$(OS).c
FILTERS_SRC = $(wildcard filters/*.c)
SVLOGD_SRC = $(filter-out svlogd/svlogd.c,$(wildcard svlogd/*.c))
UNIT_SRC = $(wildcard tests/unit/test_*.c)
FAULT_SRC = $(wildcard tests/fault/test_*.c)
DRIVER_SRC = $(wildcard tests/prog/*.c)
BENCH_SRC = $(wildcard bench/*.c)

obj = $(patsubst %.c,$(B)/%.o,$(1))
CORE = $(call obj,$(LIB_SRC) $(FILTERS_SRC) $(SVLOGD_SRC))

PROGRAMS = $(B)/svlogd-bin/svlogd
BENCHES = $(patsubst bench/%.c,$(B)/bench-bin/%,$(BENCH_SRC))
UNITS = $(patsubst tests/unit/%.c,$(B)/unit/%,$(UNIT_SRC))
FAULTS = $(patsubst tests/fault/%.c,$(B)/fault/%,$(FAULT_SRC))
DRIVERS = $(patsubst tests/prog/%.c,$(B)/prog/%,$(DRIVER_SRC))

# Every row of the two tables is a call that a test build may make fail.
ROWS = $(shell sed -n "s/^SYS.[a-z0-9_]*, *\([a-z0-9_]*\),.*/\1/p" $(1))
WRAPS = $(foreach c,$(call ROWS,lib/sys.def),-Wl,--wrap=sys_$(c)) \
	$(foreach c,$(call ROWS,lib/os/os.def),-Wl,--wrap=os_$(c))

all: $(PROGRAMS)
	@mkdir -p build/bin
	@cp -f $(PROGRAMS) build/bin/

bench-programs: $(BENCHES)

$(B)/%.o: %.c
	@mkdir -p $(@D)
	$(CC) $(CPPFLAGS) $(INC_$(firstword $(subst /, ,$<))) $(WARN) \
	    $(if $(filter tests/%,$<),,$(STRICT)) $(HARDEN) $(SANITIZE) \
	    $(CFLAGS) -MMD -MP -c -o $@ $<

$(B)/libweir.a: $(CORE)
	@rm -f $@
	ar rcs $@ $^

$(B)/svlogd-bin/svlogd: $(B)/svlogd/svlogd.o $(B)/libweir.a
	@mkdir -p $(@D)
	$(CC) $(SANITIZE) $(CFLAGS) $(LINK) $(LDFLAGS) -o $@ $^

$(B)/bench-bin/%: $(B)/bench/%.o $(B)/libweir.a
	@mkdir -p $(@D)
	$(CC) $(SANITIZE) $(CFLAGS) $(LINK) $(LDFLAGS) -o $@ $^

# --- tests -----------------------------------------------------------------
$(B)/unit/%: $(B)/tests/unit/%.o $(B)/libweir.a
	@mkdir -p $(@D)
	$(CC) $(SANITIZE) $(CFLAGS) $(LINK) $(LDFLAGS) -o $@ $^ -lcmocka

$(B)/prog/%: $(B)/tests/prog/%.o $(B)/libweir.a
	@mkdir -p $(@D)
	$(CC) $(SANITIZE) $(CFLAGS) $(LINK) $(LDFLAGS) -o $@ $^

# The same objects with the kernel's door wrapped: the fault tests, and an
# svlogd that can be told to fail or die anywhere (tests/fault/fault.h). Not
# PIE, so that an address names its function.
FAULT_LINK = $(filter-out -pie,$(LINK)) -no-pie $(WRAPS)

$(B)/fault/%: $(B)/tests/fault/%.o $(B)/tests/fault/fault.o $(B)/libweir.a
	@mkdir -p $(@D)
	$(CC) $(SANITIZE) $(CFLAGS) $(FAULT_LINK) $(LDFLAGS) -o $@ $^ -lcmocka

$(B)/svlogd-bin/svlogd-fault: $(B)/svlogd/svlogd.o $(B)/tests/fault/fault.o \
    $(B)/libweir.a
	@mkdir -p $(@D)
	$(CC) $(SANITIZE) $(CFLAGS) $(FAULT_LINK) $(LDFLAGS) -o $@ $^

tests: all $(UNITS) $(FAULTS) $(DRIVERS) $(B)/svlogd-bin/svlogd-fault

check: all tests bench-programs
	B=$(abspath $(B)) sh tests/check.sh

format-check:
	clang-format --dry-run -Werror $$(git ls-files '*.c' '*.h')

install: all
	install -d $(DESTDIR)$(BINDIR) $(DESTDIR)$(MANDIR)/man8
	install -m 755 $(PROGRAMS) $(DESTDIR)$(BINDIR)
	install -m 644 man/*.8 $(DESTDIR)$(MANDIR)/man8

clean:
	rm -rf build

.PHONY: all bench-programs tests check format-check install clean
.SECONDARY:
-include $(shell find build -name '*.d' 2>/dev/null)
