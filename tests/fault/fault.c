/* Faults on demand: every row of the two system tables, wrapped. */
#ifndef _GNU_SOURCE
#define _GNU_SOURCE
#endif
#include "fault/fault.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <link.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include "sys.h"

enum { RULES = 16, MOST_IOV = 64, EXIT_BAD_SPEC = 99 };

/* --- what was asked for ---------------------------------------------------*/

enum rule_kind { RULE_DIE, RULE_FAIL, RULE_SHORT };

struct rule {
	enum rule_kind kind;
	char call[24];
	int err;
	size_t limit;
	unsigned long n, seen;
	bool sticky;
};

static struct {
	bool asked; /* the environment has been read */
	pid_t pid;  /* who asked; a child of it is left alone */
	const char *log, *allocs, *clock, *strays;
	struct rule rules[RULES];
	size_t n_rules;
	unsigned long points, calls, fired, taken, strayed;
	const char *what; /* of the last mark */
	size_t limit;     /* of the write under way */
} fault;

static const struct {
	const char *name;
	int err;
} errors[] = {
#define ERR(e)                                                                 \
	{                                                                      \
#e, e                                                          \
	}
	ERR(EPERM),
	ERR(ENOENT),
	ERR(EINTR),
	ERR(EIO),
	ERR(ENXIO),
	ERR(EBADF),
	ERR(ECHILD),
	ERR(EAGAIN),
	ERR(ENOMEM),
	ERR(EACCES),
	ERR(EFAULT),
	ERR(EBUSY),
	ERR(EEXIST),
	ERR(EXDEV),
	ERR(ENODEV),
	ERR(ENOTDIR),
	ERR(EISDIR),
	ERR(EINVAL),
	ERR(ENFILE),
	ERR(EMFILE),
	ERR(ENOTTY),
	ERR(EFBIG),
	ERR(ENOSPC),
	ERR(ESPIPE),
	ERR(EROFS),
	ERR(EMLINK),
	ERR(EPIPE),
	ERR(ENOLCK),
	ERR(ENOSYS),
	ERR(ELOOP),
	ERR(ENOTEMPTY),
	ERR(EOPNOTSUPP),
	ERR(ETIMEDOUT),
	ERR(ESTALE),
	ERR(EDQUOT),
	ERR(EOVERFLOW),
	ERR(EMSGSIZE),
	ERR(ENOBUFS),
	ERR(ENETUNREACH),
	ERR(EHOSTUNREACH),
	ERR(ECONNREFUSED),
#undef ERR
};

static const char *
error_name(int err)
{
	size_t i;

	for (i = 0; i < sizeof(errors) / sizeof(errors[0]); i++) {
		if (errors[i].err == err)
			return errors[i].name;
	}
	return "E?";
}

static _Noreturn void
spec_bad(const char *spec)
{
	dprintf(2, "fault: cannot read WEIR_FAULT: %s\n", spec);
	_exit(EXIT_BAD_SPEC);
}

/* One field of a rule up to `end`; moves *at past it. */
static void
spec_field(const char *spec, const char **at, char end, char *out, size_t room)
{
	size_t n = strcspn(*at, ": \t\n");

	if (n == 0 || n >= room || (end && (*at)[n] != end))
		spec_bad(spec);
	memcpy(out, *at, n);
	out[n] = '\0';
	*at += n + (end != '\0');
}

static unsigned long
spec_number(const char *spec, const char *text, bool *sticky)
{
	char *end;
	unsigned long n = strtoul(text, &end, 10);

	if (sticky && *end == '+') {
		*sticky = true;
		end++;
	}
	if (end == text || *end)
		spec_bad(spec);
	return n;
}

static bool
is_call(const char *call)
{
#define SYS(type, name, params, args) || strcmp(call, #name) == 0
	return strcmp(call, "any") == 0 || strcmp(call, "alloc") == 0
#include "os/os.def"
#include "sys.def"
	    ;
#undef SYS
}

static int
spec_error(const char *spec, const char *name)
{
	size_t i;

	for (i = 0; i < sizeof(errors) / sizeof(errors[0]); i++) {
		if (strcmp(errors[i].name, name) == 0)
			return errors[i].err;
	}
	spec_bad(spec);
}

/* die:K, fail:CALL:ERRNO:K[+] or short:CALL:N:K at *at. */
static void
spec_rule(const char *spec, const char **at, struct rule *ru)
{
	char field[24];

	memset(ru, 0, sizeof(*ru));
	spec_field(spec, at, ':', field, sizeof(field));
	if (strcmp(field, "die") == 0) {
		ru->kind = RULE_DIE;
	} else if (strcmp(field, "fail") == 0) {
		ru->kind = RULE_FAIL;
		spec_field(spec, at, ':', ru->call, sizeof(ru->call));
		spec_field(spec, at, ':', field, sizeof(field));
		ru->err = spec_error(spec, field);
	} else if (strcmp(field, "short") == 0) {
		ru->kind = RULE_SHORT;
		spec_field(spec, at, ':', ru->call, sizeof(ru->call));
		spec_field(spec, at, ':', field, sizeof(field));
		ru->limit = spec_number(spec, field, NULL);
	} else {
		spec_bad(spec);
	}
	if (ru->kind != RULE_DIE && !is_call(ru->call))
		spec_bad(spec);
	spec_field(spec, at, '\0', field, sizeof(field));
	ru->n =
	    spec_number(spec, field, ru->kind == RULE_DIE ? NULL : &ru->sticky);
}

static void
ask(void)
{
	const char *spec = getenv("WEIR_FAULT"), *at = spec;

	fault.asked = true;
	fault.pid = getpid();
	fault.log = getenv("WEIR_FAULT_LOG");
	fault.allocs = getenv("WEIR_FAULT_ALLOCS");
	fault.clock = getenv("WEIR_FAULT_CLOCK");
	fault.strays = getenv("WEIR_FAULT_STRAYS");
	while (at && *(at += strspn(at, " \t\n"))) {
		if (fault.n_rules == RULES)
			spec_bad(spec);
		spec_rule(spec, &at, &fault.rules[fault.n_rules++]);
	}
}

/* --- the names of points --------------------------------------------------*/

/* The function that holds the address, from the program's own symbol table;
 * false where the program has none. Cut at the first dot, which is where the
 * compiler's own suffixes begin. */
static bool
symbol_at(const unsigned char *elf, size_t size, uintptr_t pc, char *out,
    size_t room)
{
	const ElfW(Ehdr) *eh = (const void *)elf;
	const ElfW(Shdr) *sh = (const void *)(elf + eh->e_shoff);
	const char *name = NULL;
	size_t i, k;

	if (size < sizeof(*eh) || memcmp(elf, ELFMAG, SELFMAG) != 0 ||
	    eh->e_shoff + eh->e_shnum * sizeof(*sh) > size)
		return false;
	for (i = 0; i < eh->e_shnum; i++) {
		const ElfW(Sym) *sym = (const void *)(elf + sh[i].sh_offset);

		if (sh[i].sh_type != SHT_SYMTAB)
			continue;
		for (k = 0; k < sh[i].sh_size / sizeof(*sym); k++) {
			if ((sym[k].st_info & 15) == STT_FUNC &&
			    pc - sym[k].st_value < sym[k].st_size)
				name = (const char *)elf +
				       sh[sh[i].sh_link].sh_offset +
				       sym[k].st_name;
		}
	}
	if (!name)
		return false;
	snprintf(out, room, "%.*s", (int)strcspn(name, "."), name);
	return true;
}

/* Opens and maps anew each time, so that no descriptor and no map of ours is
 * there for the program under test to meet. */
static void
function_name(void *caller, char *out, size_t room)
{
	/* The address is where the call returns to: the next function's first
	 * byte, if the call was the last thing in its own. */
	uintptr_t pc = (uintptr_t)caller - 1;
	int fd = open("/proc/self/exe", O_RDONLY | O_CLOEXEC);
	off_t size = fd < 0 ? -1 : lseek(fd, 0, SEEK_END);
	void *elf = MAP_FAILED;

	snprintf(out, room, "0x%lx", (unsigned long)pc);
	if (size > 0)
		elf = mmap(NULL, (size_t)size, PROT_READ, MAP_PRIVATE, fd, 0);
	if (elf != MAP_FAILED) {
		(void)symbol_at(elf, (size_t)size, pc, out, room);
		munmap(elf, (size_t)size);
	}
	if (fd >= 0)
		close(fd);
}

/* --- one call -------------------------------------------------------------*/

struct point {
	const char *call;
	void *caller;
	int err;   /* fail with this */
	bool late; /* ... but only after the real call */
	bool mine; /* this process asked */
};

/* A clock cannot fail, and to die after reading one is to die before. */
static bool
is_clock(const char *call)
{
	return strcmp(call, "wall_ns") == 0 || strcmp(call, "mono_ns") == 0;
}

static bool
can_fail(const char *call)
{
	return !is_clock(call) && strcmp(call, "mark") != 0;
}

static void
rule_apply(struct rule *ru, struct point *pt)
{
	if (strcmp(ru->call, "any") != 0 && strcmp(ru->call, pt->call) != 0)
		return;
	ru->seen++;
	if (ru->seen != ru->n && !(ru->sticky && ru->seen > ru->n))
		return;
	fault.fired++;
	if (ru->kind == RULE_SHORT) {
		fault.limit = ru->limit;
		return;
	}
	pt->err = ru->err;
	/* A close that fails has closed all the same. */
	pt->late = strcmp(pt->call, "close") == 0;
}

/* True: make the real call. */
static bool
point_enter(struct point *pt, const char *call, void *caller)
{
	size_t i;

	if (!fault.asked)
		ask();
	fault.limit = SIZE_MAX;
	*pt = (struct point){ .call = call, .caller = caller };
	pt->mine = fault.pid == getpid();
	if (!pt->mine || !can_fail(call))
		return true;
	fault.calls++;
	for (i = 0; i < fault.n_rules; i++) {
		if (fault.rules[i].n > 0 && fault.rules[i].kind != RULE_DIE)
			rule_apply(&fault.rules[i], pt);
	}
	return pt->err == 0 || pt->late;
}

static void
log_line(const char *log, const char *line, int n)
{
	int fd = open(log, O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC, 0600);

	if (fd < 0 || write(fd, line, (size_t)n) != n)
		dprintf(2, "fault: cannot write %s\n", log);
	if (fd >= 0)
		close(fd);
}

static void
point_log(const struct point *pt)
{
	bool is_mark = strcmp(pt->call, "mark") == 0;
	char caller[64], line[256];
	int n;

	function_name(pt->caller, caller, sizeof(caller));
	n = snprintf(line, sizeof(line), "%lu %s:%s%s%s%s%s%s\n", fault.points,
	    caller, pt->call, is_mark ? "(" : "",
	    is_mark && fault.what ? fault.what : "", is_mark ? ")" : "",
	    pt->err ? " " : "", pt->err ? error_name(pt->err) : "");
	log_line(fault.log, line, n);
}

/* What the caller gets to see, if it lives. */
static int64_t
point_leave(struct point *pt, int64_t result)
{
	size_t i;

	if (!pt->mine || is_clock(pt->call))
		return result;
	/* The call may have been fork, and this the child. */
	if (result == 0 && fault.pid != getpid())
		return result;
	fault.points++;
	if (fault.log)
		point_log(pt);
	for (i = 0; i < fault.n_rules; i++) {
		if (fault.rules[i].kind == RULE_DIE &&
		    fault.rules[i].n == fault.points) {
			kill(fault.pid, SIGKILL);
			for (;;)
				pause();
		}
	}
	return pt->err ? -pt->err : result;
}

/* --- the doors ------------------------------------------------------------*/

#define SYS(type, name, params, args)                                          \
	type __real_sys_##name params;                                         \
	type __wrap_sys_##name params;
#include "sys.def"
#undef SYS

#define SYS(type, name, params, args)                                          \
	type __real_os_##name params;                                          \
	type __wrap_os_##name params;
#include "os/os.def"
#undef SYS

static size_t
at_most(size_t n)
{
	return n < fault.limit ? n : fault.limit;
}

static ssize_t
limited_read(int fd, void *p, size_t n)
{
	return __real_sys_read(fd, p, at_most(n));
}

static ssize_t
limited_read_nowait(int fd, void *p, size_t n)
{
	return __real_os_read_nowait(fd, p, at_most(n));
}

static ssize_t
limited_tee(int from, int to, size_t n)
{
	return __real_os_tee(from, to, at_most(n));
}

static ssize_t
limited_write(int fd, const void *p, size_t n)
{
	return __real_sys_write(fd, p, at_most(n));
}

static ssize_t
limited_write_nowait(int fd, const void *p, size_t n)
{
	return __real_os_write_nowait(fd, p, at_most(n));
}

static ssize_t
limited_pwrite(int fd, const void *p, size_t n, off_t at)
{
	return __real_sys_pwrite(fd, p, at_most(n), at);
}

static ssize_t
limited_writev(int fd, const struct iovec *iov, int n)
{
	struct iovec less[MOST_IOV];
	size_t left = fault.limit;
	int i;

	if (fault.limit == SIZE_MAX)
		return __real_sys_writev(fd, iov, n);
	for (i = 0; i < n && i < MOST_IOV && left > 0; i++) {
		less[i] = iov[i];
		if (less[i].iov_len > left)
			less[i].iov_len = left;
		left -= less[i].iov_len;
	}
	return __real_sys_writev(fd, less, i);
}

static int
named_mark(const char *what)
{
	fault.what = what;
	return __real_sys_mark(what);
}

/* Whether a signal reaches nobody but children, which keep their numbers until
 * they are waited for: any other number may be somebody else's by now. */
static bool
is_for_children(pid_t pid)
{
	siginfo_t si;

	return (pid > 0 || pid < -1) &&
	       waitid(pid > 0 ? P_PID : P_PGID, (id_t)(pid > 0 ? pid : -pid),
		   &si, WEXITED | WNOHANG | WNOWAIT) == 0;
}

static int
watched_kill(pid_t pid, int sig)
{
	char line[64];

	if (!is_for_children(pid)) {
		fault.strayed++;
		if (fault.strays)
			log_line(fault.strays, line,
			    snprintf(line, sizeof(line), "%ld %d\n", (long)pid,
				sig));
	}
	return __real_sys_kill(pid, sig);
}

/* Seconds in FILE, added to what the clock says; read anew each time. */
static int64_t
moved_wall_ns(void)
{
	int64_t now = __real_sys_wall_ns();
	char text[64];
	ssize_t n;
	int fd;

	if (!fault.clock)
		return now;
	fd = open(fault.clock, O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		return now;
	n = read(fd, text, sizeof(text) - 1);
	close(fd);
	text[n > 0 ? n : 0] = '\0';
	return now + (int64_t)(strtod(text, NULL) * 1e9);
}

/* --- memory ---------------------------------------------------------------*/

void *__real_malloc(size_t n);
void *__real_calloc(size_t n, size_t size);
void *__real_realloc(void *p, size_t n);
void *__wrap_malloc(size_t n);
void *__wrap_calloc(size_t n, size_t size);
void *__wrap_realloc(void *p, size_t n);

/* Whether there is memory for the caller. */
static bool
alloc_enter(void *caller)
{
	struct point pt = { .call = "alloc" };
	char name[64], line[96];
	size_t i;

	if (!fault.asked)
		ask();
	if (fault.pid != getpid())
		return true;
	fault.taken++;
	for (i = 0; i < fault.n_rules; i++) {
		if (fault.rules[i].n > 0 &&
		    strcmp(fault.rules[i].call, "alloc") == 0)
			rule_apply(&fault.rules[i], &pt);
	}
	if (fault.allocs) {
		function_name(caller, name, sizeof(name));
		log_line(fault.allocs, line,
		    snprintf(line, sizeof(line), "%lu %s%s\n", fault.taken,
			name, pt.err ? " fails" : ""));
	}
	return pt.err == 0;
}

void *
__wrap_malloc(size_t n)
{
	return alloc_enter(__builtin_return_address(0)) ? __real_malloc(n)
	                                                : NULL;
}

void *
__wrap_calloc(size_t n, size_t size)
{
	return alloc_enter(__builtin_return_address(0)) ? __real_calloc(n, size)
	                                                : NULL;
}

void *
__wrap_realloc(void *p, size_t n)
{
	return alloc_enter(__builtin_return_address(0)) ? __real_realloc(p, n)
	                                                : NULL;
}

/* --- more than the real call ----------------------------------------------*/

/* Some rows have more to do than the real call. Object-like, so that the
 * name that the row pastes together is replaced. */
#define __real_sys_read limited_read
#define __real_sys_write limited_write
#define __real_sys_writev limited_writev
#define __real_sys_pwrite limited_pwrite
#define __real_sys_mark named_mark
#define __real_sys_wall_ns moved_wall_ns
#define __real_sys_kill watched_kill
#define __real_os_read_nowait limited_read_nowait
#define __real_os_write_nowait limited_write_nowait
#define __real_os_tee limited_tee

#define DOOR(type, call, wrap, real, params, args)                             \
	type wrap params                                                       \
	{                                                                      \
		struct point pt;                                               \
		type result = 0;                                               \
                                                                               \
		if (point_enter(&pt, call, __builtin_return_address(0)))       \
			result = real args;                                    \
		return (type)point_leave(&pt, result);                         \
	}

#define SYS(type, name, params, args)                                          \
	DOOR(type, #name, __wrap_sys_##name, __real_sys_##name, params, args)
#include "sys.def"
#undef SYS

#define SYS(type, name, params, args)                                          \
	DOOR(type, #name, __wrap_os_##name, __real_os_##name, params, args)
#include "os/os.def"
#undef SYS

/* --- for the fault tests --------------------------------------------------*/

void
fault_clear(void)
{
	if (!fault.asked)
		ask();
	fault.pid = getpid();
	fault.n_rules = 0;
	fault.calls = 0;
	fault.fired = 0;
}

void
fault_call(const char *call, unsigned long n, int err, bool sticky)
{
	struct rule *ru = &fault.rules[0];

	fault_clear();
	if (!is_call(call))
		spec_bad(call);
	*ru = (struct rule){ .kind = RULE_FAIL, .err = err, .n = n };
	ru->sticky = sticky;
	snprintf(ru->call, sizeof(ru->call), "%s", call);
	fault.n_rules = 1;
}

void
fault_at(unsigned long n, int err)
{
	fault_call("any", n, err, false);
}

void
fault_die(unsigned long n)
{
	fault_clear();
	fault.rules[0] = (struct rule){ .kind = RULE_DIE, .n = n };
	fault.n_rules = 1;
	fault.points = 0;
}

unsigned long
fault_fired(void)
{
	return fault.fired;
}

unsigned long
fault_strayed(void)
{
	return fault.strayed;
}

unsigned long
fault_calls(void)
{
	return fault.calls;
}
