/* Whole sets of stage scripts, under our process 1, with our supervisor and
 * loggers: ours for containers, Debian's as shipped (RUNIT_ROOT), and some of
 * ours in the layout that Void has. */
#define _GNU_SOURCE
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "box.h"

static const char *const names[] = { "runit", "runit-init", "runsvdir", "runsv",
	"sv", "svlogd", "chpst", "runsvchdir" };

static const struct stage *st;
static struct box bx;

static void
enter(const struct stage *stage)
{
	char path[64];
	size_t i;

	st = stage;
	box_make(&bx, st->tmp);
	for (i = 0; i < COUNT(names); i++) {
		box_program(&bx, st->programs[i], names[i]);
		snprintf(path, sizeof(path), "../sbin/%s", names[i]);
		box_program(&bx, st->programs[i], path);
	}
	dir_new(box_at(&bx, "/var"), 0755);
	dir_new(box_at(&bx, "/var/log"), 0755);
}

/* A file of a set, as it is. */
static void
take(const char *from, const char *name, const char *to)
{
	struct bytes all = { 0 };
	char path[PATH_ROOM];

	if (!file_add(&all, path_join(path, from, name))) {
		errno = ENOENT;
		skip(path);
	}
	file_put(box_at(&bx, to), all.p, all.n, 0755);
	bytes_free(&all);
}

static void
take_stages(const char *from)
{
	take(from, "1", "/etc/runit/1");
	take(from, "2", "/etc/runit/2");
	take(from, "3", "/etc/runit/3");
}

static void
link_to(const char *text, const char *path)
{
	if (symlink(text, box_at(&bx, path)) < 0)
		give_up("symlink %s: %s", path, strerror(errno));
}

/* A service that writes numbers until it is told to end, and then one more
 * word, or does not listen at all; and its logger. */
static void
make_service(const char *dir, bool is_deaf)
{
	static const char deaf[] =
	    "trap '' TERM; n=0; while :; do n=$((n + 1)); echo \"$n\"; "
	    "sleep 0.01; done";
	char path[PATH_ROOM];

	dir_new(box_at(&bx, dir), 0755);
	snprintf(path, sizeof(path), "%s/log", dir);
	dir_new(box_at(&bx, path), 0755);
	snprintf(path, sizeof(path), "%s/run", dir);
	box_script(&bx, path,
	    is_deaf ? deaf
		    : "trap 'end=yes' TERM\n"
		      "n=0; while [ -z \"$end\" ] && [ $n -lt 200000 ]; do\n"
		      "n=$((n + 1)); echo \"$n\"; done\n"
		      "> /run/busy\n"
		      "while [ -z \"$end\" ]; do sleep 60 & wait; done\n"
		      "echo \"last $n\"");
	snprintf(path, sizeof(path), "%s/log/run", dir);
	box_script(&bx, path,
	    "mkdir -p /var/log/x; exec svlogd -l 100 /var/log/x");
}

/* Every number from that of the oldest file's first line on, then the last
 * word of who says one. */
static void
check_log(bool is_deaf)
{
	struct bytes log = { 0 };
	const char *at, *end;
	char last[64] = "";
	long n;

	want(file_add(&log, box_at(&bx, "/var/log/x/current")),
	    "there is no log");
	bytes_add(&log, "", 1);
	at = log.p;
	for (n = strtol(at, NULL, 10); *at != 'l' && *at; n++) {
		want(strtol(at, NULL, 10) == n, "line %ld is missing", n);
		end = strchr(at, '\n');
		want(end, "line %ld is torn", n);
		at = end + 1;
	}
	if (!is_deaf)
		snprintf(last, sizeof(last), "last %ld\n", n - 1);
	want(strcmp(at, last) == 0, "the end of the log is \"%.40s\", not %s",
	    at, last);
	printf("  %ld lines\n", n);
}

/* --- scenes ----------------------------------------------------------------*/

/* TERM while the service writes as fast as it can. */
static void
a_container_loses_no_line(void)
{
	take_stages(st->programs[COUNT(names)]);
	dir_new(box_at(&bx, "/service"), 0755);
	make_service("/service/x", false);
	box_boot(&bx, "/x/runit", BOX_CONTAINER | st->arg);
	await(file_size(box_at(&bx, "/var/log/x/current")) > 10000, WAIT_LIMIT,
	    "nothing is logged; it said:\n%s", box_console(&bx));
	kill(bx.pid, SIGTERM);
	if (st->arg & BOX_NO_REBOOT)
		want(status_is(box_end(&bx), 0), "it does not exit 0:\n%s",
		    box_console(&bx));
	else
		want(status_is_signal(box_end(&bx), SIGINT),
		    "it does not halt:\n%s", box_console(&bx));
	check_log(false);
}

/* As etc/runit/container/Containerfile has it. */
static void
a_container_may_be_read_only(void)
{
	take_stages(st->programs[COUNT(names)]);
	dir_new(box_at(&bx, "/service"), 0755);
	make_service("/service/x", false);
	link_to("/run/supervise.x", "/service/x/supervise");
	link_to("/run/supervise.x-log", "/service/x/log/supervise");
	mount_small(box_at(&bx, "/run"), "size=1m,mode=0755");
	mount_small(box_at(&bx, "/var/log"), "size=16m,mode=0755");
	box_boot(&bx, "/x/runit",
	    BOX_CONTAINER | BOX_READ_ONLY | BOX_NO_REBOOT | BOX_NO_CONSOLE);
	await(file_size(box_at(&bx, "/var/log/x/current")) > 10000, WAIT_LIMIT,
	    "nothing is logged; it said:\n%s", box_console(&bx));
	want(mkdir(box_at(&bx, "/tmp/y"), 0755) < 0 && errno == EROFS,
	    "the root can be written to");
	kill(bx.pid, SIGTERM);
	want(status_is(box_end(&bx), 0), "it does not exit 0:\n%s",
	    box_console(&bx));
	check_log(false);
}

/* Five seconds for that, of the nine that there are; what it wrote until its
 * end is in the log. The limit here is for slow machines. */
static void
a_service_that_hangs_costs_five_seconds(void)
{
	int64_t from;

	take_stages(st->programs[COUNT(names)]);
	dir_new(box_at(&bx, "/service"), 0755);
	make_service("/service/x", true);
	box_boot(&bx, "/x/runit", BOX_CONTAINER);
	await(file_size(box_at(&bx, "/var/log/x/current")) > 100, WAIT_LIMIT,
	    "nothing is logged; it said:\n%s", box_console(&bx));
	from = now_ns();
	kill(bx.pid, SIGTERM);
	want(status_is_signal(box_end(&bx), SIGINT), "it does not halt:\n%s",
	    box_console(&bx));
	printf("  ended within %.1f s\n", ms_of(now_ns() - from) / 1000);
	want(now_ns() - from > 4000 * MS, "it was not given five seconds");
	want(now_ns() - from < 14000 * MS, "that takes %.1f s",
	    ms_of(now_ns() - from) / 1000);
	check_log(true);
}

/* Debian's stages, with nothing of its init.d scripts. */
static void
debians_stages_run_as_they_are(void)
{
	const char *root = getenv("RUNIT_ROOT");
	char from[PATH_ROOM];

	if (!root) {
		errno = ENOENT;
		skip("Debian's package runit is not here");
	}
	take_stages(path_join(from, root, "etc/runit"));
	take(from, "ctrlaltdel", "/etc/runit/ctrlaltdel");
	dir_new(box_at(&bx, "/etc/runit/runsvdir"), 0755);
	dir_new(box_at(&bx, "/etc/runit/runsvdir/default"), 0755);
	link_to("default", "/etc/runit/runsvdir/current");
	link_to("/etc/runit/runsvdir/current", "/etc/service");
	file_write(box_at(&bx, "/etc/runit/no.emulate.sysv"), "");
	make_service("/etc/runit/runsvdir/default/x", false);
	box_boot(&bx, "/x/runit", BOX_CONTAINER);
	await(file_size(box_at(&bx, "/var/log/x/current")) > 10000, WAIT_LIMIT,
	    "nothing is logged; it said:\n%s", box_console(&bx));
	kill(bx.pid, SIGTERM);
	want(status_is_signal(box_end(&bx), SIGINT), "it does not halt:\n%s",
	    box_console(&bx));
	want(strstr(box_console(&bx), "Waiting for services to stop...\n"),
	    "it said:\n%s", box_console(&bx));
	check_log(false);
}

/* Void's layout: what each stage does is in parts, and flags and the current
 * set are in /run. */
static const char *const void_files[] = { "1", "2", "3", "functions",
	"ctrlaltdel", "core-services/00-pseudofs.sh",
	"core-services/05-misc.sh", "core-services/99-cleanup.sh",
	"shutdown.d/10-sv-stop.sh", "shutdown.d/20-rc-shutdown.sh",
	"shutdown.d/90-kill.sh" };

static void
take_void(const char *from)
{
	static const char *const dirs[] = { "/etc/runit/core-services",
		"/etc/runit/shutdown.d", "/etc/runit/runsvdir",
		"/etc/runit/runsvdir/default" };
	char to[PATH_ROOM];
	size_t i;

	for (i = 0; i < COUNT(dirs); i++)
		dir_new(box_at(&bx, dirs[i]), 0755);
	for (i = 0; i < COUNT(void_files); i++) {
		snprintf(to, sizeof(to), "/etc/runit/%s", void_files[i]);
		take(from, void_files[i], to);
	}
	take(from, "rc.conf", "/etc/rc.conf");
	take(from, "rc.local", "/etc/rc.local");
	take(from, "rc.shutdown", "/etc/rc.shutdown");
	unlink(box_at(&bx, "/etc/runit/stopit"));
	unlink(box_at(&bx, "/etc/runit/reboot"));
	link_to("/run/runit/stopit", "/etc/runit/stopit");
	link_to("/run/runit/reboot", "/etc/runit/reboot");
	link_to("default", "/etc/runit/runsvdir/current");
	link_to("/run/runit/runsvdir/current", "/var/service");
	link_to("/x/runit-init", "/sbin/init");
}

/* As `reboot` does it: by init, whose name is one of runit-init's. A service
 * whose supervise directory is a link, as a getty's, is another one. */
static void
the_layout_of_void_works(void)
{
	static const char said[] =
	    "=> the system comes up\n=> kernel file systems\n"
	    "=> this is voidish\n"
	    "=> what the last time has left is removed\n"
	    "=> stage 1 is done\n"
	    "- runit: leave stage: /etc/runit/1\n"
	    "- runit: enter stage: /etc/runit/2\n"
	    "=> rc.local\nrunsvchdir: default: current.\n";
	static const char halt[] = "/etc/runit/runsvdir/default/halt";
	const char *at;

	take_void(st->programs[COUNT(names) + 1]);
	make_service("/etc/runit/runsvdir/default/x", false);
	dir_new(box_at(&bx, halt), 0755);
	box_script(&bx, "/etc/runit/runsvdir/default/halt/run",
	    "while ! test -e /run/busy; do sleep 0.1; done; "
	    "/sbin/init 6; exec sleep 60");
	link_to("/run/runit/supervise.halt",
	    "/etc/runit/runsvdir/default/halt/supervise");
	box_boot(&bx, "/x/runit-init", BOX_CONTAINER);
	want(status_is_signal(box_end(&bx), SIGHUP), "it does not reboot:\n%s",
	    box_console(&bx));
	want(strstr(box_console(&bx), said), "it said:\n%s", box_console(&bx));
	at = strstr(box_console(&bx),
	    "=> it will come up again\n=> services are stopped\n");
	want(at && strstr(at, "ok: down: /var/service/x: ") &&
		 strstr(at, "ok: down: /var/service/halt: ") &&
		 strstr(at, "=> rc.shutdown\n=> the rest is told to end\n"),
	    "it said:\n%s", box_console(&bx));
	check_log(false);
}

/* And Ctrl-Alt-Del, which is INT. */
static void
three_fingers_reboot_a_void(void)
{
	take_void(st->programs[COUNT(names) + 1]);
	box_script(&bx, "/etc/rc.local", "kill -INT 1");
	box_boot(&bx, "/x/runit", 0);
	want(status_is_signal(box_end(&bx), SIGHUP), "it does not reboot:\n%s",
	    box_console(&bx));
	want(strstr(box_console(&bx), "- runit: ctrl-alt-del request...\n") &&
		 strstr(box_console(&bx), "=> it will come up again\n"),
	    "it said:\n%s", box_console(&bx));
}

int
main(int argc, char *argv[])
{
	static const struct cast cast = { "runit runit-init runsvdir runsv sv "
					  "svlogd chpst runsvchdir containers "
					  "void",
		COUNT(names) + 2, enter };
	static const struct scene scenes[] = {
		{ "a container that is stopped loses no line",
		    a_container_loses_no_line, 0 },
		{ "a container without rights loses no line",
		    a_container_loses_no_line, BOX_NO_REBOOT | BOX_NO_CONSOLE },
		{ "a container with a root that is read-only loses no line",
		    a_container_may_be_read_only, 0 },
		{ "a service that hangs in a container costs five seconds",
		    a_service_that_hangs_costs_five_seconds, 0 },
		{ "Debian's stages run as they are",
		    debians_stages_run_as_they_are, 0 },
		{ "the layout of Void works", the_layout_of_void_works, 0 },
		{ "Ctrl-Alt-Del reboots where the layout is Void's",
		    three_fingers_reboot_a_void, 0 },
	};

	(void)argc;
	return play(&cast, scenes, COUNT(scenes), argv);
}
