/* The first program of a machine whose boot and end are measured, which becomes
 * its process 1; its services and loggers; and who looks, at the end, whether
 * each log has what its service wrote. What it has to tell goes to the kernel's
 * log, where each line has the machine's own time. */
#define _GNU_SOURCE 1

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "up.h"

enum {
	SERVICES_MOST = 1000,
	LAST_LINES = 20, /* of each service, when it is told to end */
	REST_S = 2,      /* between the last byte and the end */
	PATH_ROOM = 64,
};

/* In one write, which is a line of its own; an emergency, as only that is seen
 * on the console of a quiet machine. */
static void
tell(const char *words)
{
	char line[160];
	int n = snprintf(line, sizeof(line), "<0>boot: %s", words);
	int fd = open("/dev/kmsg", O_WRONLY | O_CLOEXEC);

	if (fd < 0 || write(fd, line, (size_t)n) != n)
		_exit(1);
	close(fd);
}

static _Noreturn void
fail(const char *what)
{
	char words[128];

	snprintf(words, sizeof(words), "failed: %s: %s", what, strerror(errno));
	tell(words);
	_exit(1);
}

/* How many lines each service has written: not by way of its log. */
static volatile uint32_t *
written_map(void)
{
	size_t size = SERVICES_MOST * sizeof(uint32_t);
	int fd = open("/run/written", O_RDWR | O_CREAT | O_CLOEXEC, 0600);
	void *p = MAP_FAILED;

	if (fd >= 0 && ftruncate(fd, (off_t)size) == 0)
		p = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
	if (p == MAP_FAILED)
		fail("/run/written");
	close(fd);
	return p;
}

static void
log_path(char path[PATH_ROOM], unsigned service)
{
	snprintf(path, PATH_ROOM, "/log/s%u", service);
}

static long
services(void)
{
	const char *text = getenv("services");
	long n = text ? strtol(text, NULL, 10) : 0;

	return n < SERVICES_MOST ? n : SERVICES_MOST;
}

/* --- what is run by all ----------------------------------------------------*/

static void
write_line(volatile uint32_t *written)
{
	char line[16];
	int n = snprintf(line, sizeof(line), "%u\n", *written + 1);

	if (write(1, line, (size_t)n) == n)
		++*written;
}

/* One line when it starts, and more before it ends. */
static int
serve(unsigned service)
{
	volatile uint32_t *written = written_map() + service;
	sigset_t set;
	int sig, i;

	sigemptyset(&set);
	sigaddset(&set, SIGTERM);
	sigprocmask(SIG_BLOCK, &set, NULL);
	write_line(written);
	if (!up_say())
		return 1;
	sigwait(&set, &sig);
	for (i = 0; i < LAST_LINES; i++)
		write_line(written);
	return 0;
}

/* Until its input ends; TERM kills it, and whatever it has not read. */
static int
log_lines(unsigned service)
{
	char path[PATH_ROOM], buf[4096];
	ssize_t n;
	int fd;

	log_path(path, service);
	fd = open(path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0644);
	if (fd < 0 || !up_say())
		return 1;
	while ((n = read(0, buf, sizeof(buf))) > 0)
		if (write(fd, buf, (size_t)n) != n)
			return 1;
	return 0;
}

/* Which of the two it is, and whose, is where it is run. */
static int
work(void)
{
	char here[PATH_ROOM] = "";
	unsigned service;

	if (!getcwd(here, sizeof(here)) ||
	    sscanf(here, "/service/s%u", &service) != 1 ||
	    service >= SERVICES_MOST)
		return 100;
	return strstr(here, "/log") ? log_lines(service) : serve(service);
}

/* --- stage 3 ---------------------------------------------------------------*/

/* Lines "1", "2", ... from the beginning on, whole ones. */
static uint32_t
lines_of(unsigned service)
{
	char path[PATH_ROOM], line[32], wanted[32];
	uint32_t n = 0;
	FILE *f;

	log_path(path, service);
	f = fopen(path, "r");
	while (f && fgets(line, sizeof(line), f)) {
		snprintf(wanted, sizeof(wanted), "%u\n", n + 1);
		if (strcmp(line, wanted) != 0)
			break;
		n++;
	}
	if (f)
		fclose(f);
	return n;
}

static int
check(void)
{
	const volatile uint32_t *written = written_map();
	uint32_t all = 0, lost = 0, silent = 0;
	long i, n = services();
	char words[128];

	tell("check");
	for (i = 0; i < n; i++) {
		uint32_t lines = lines_of((unsigned)i);

		all += written[i];
		lost += lines < written[i] ? written[i] - lines : 0;
		silent += written[i] < 1 + LAST_LINES;
	}
	snprintf(words, sizeof(words), "lines %u lost %u killed %u",
	    (unsigned)all, (unsigned)lost, (unsigned)silent);
	tell(words);
	return 0;
}

/* --- the machine -----------------------------------------------------------*/

/* A child of process 1 that is of no stage. */
static _Noreturn void
watch(int fd)
{
	if (!up_await(fd, 2 * services()))
		tell("not all are up");
	tell("up");
	sleep(REST_S);
	tell("stop");
	execl("/sbin/runit-init", "runit-init", "0", (char *)NULL);
	fail("runit-init");
}

/* Services are old: runit's runsvdir waits where they have just been made. */
static int
boot(void)
{
	const struct timespec old[2] = { { .tv_sec = 1 }, { .tv_sec = 1 } };
	int fd;

	if (mount("proc", "/proc", "proc", 0, NULL) < 0 ||
	    mkfifo(UP_FIFO, 0600) < 0 ||
	    utimensat(AT_FDCWD, "/service", old, 0) < 0)
		fail("cannot prepare");
	fd = open(UP_FIFO, O_RDWR | O_CLOEXEC);
	if (fd < 0)
		fail(UP_FIFO);
	written_map();
	if (fork() == 0)
		watch(fd);
	setenv("PATH", "/sbin:/bin", 1);
	tell("start");
	execl("/sbin/runit", "runit", (char *)NULL);
	fail("runit");
}

int
main(int argc, char *argv[])
{
	if (getpid() == 1)
		return boot();
	if (argc == 2 && strcmp(argv[1], "check") == 0)
		return check();
	return work();
}
