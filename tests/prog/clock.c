/* clock: the wall clock steps, stands still, or is decades ahead. */
#define _GNU_SOURCE
#include "scene.h"

#include "receiver.h"

#define DAY 86400.0
#define SUMMER 1814443200 /* 2027-07-01, noon in UTC */
#define TAI_1970 UINT64_C(0x400000000000000a)

static char clock_file[PATH_ROOM];

/* So many seconds are added to the clock from now on. */
static void
clock_by(double seconds)
{
	char text[64], path[PATH_ROOM];

	path_join(path, sc.tmp, "clock.new");
	snprintf(text, sizeof(text), "%.9f\n", seconds);
	file_write(path, text);
	want(rename(path, clock_file) == 0, "rename: %s", strerror(errno));
}

static double
seconds_until(time_t when)
{
	return (double)(when - time(NULL));
}

static struct place *
at_work(const char *config, double seconds)
{
	struct place *pl = place_new(config);

	path_join(clock_file, sc.tmp, "clock");
	clock_by(seconds);
	sc.clock = clock_file;
	return begin_ready_on(pl);
}

static uint64_t
label_seconds(const char *name)
{
	char hex[17];

	snprintf(hex, sizeof(hex), "%.16s", name + 1);
	return strtoull(hex, NULL, 16) - TAI_1970;
}

/* The newest lines are there without a gap, in as many old files as n says,
 * in the order of their names. */
static void
newest_are_kept(struct place *pl, size_t n)
{
	place_holds(pl, CHECK_OLDEST);
	want(pl->names.n == n, "%zu old files, not %zu", pl->names.n, n);
	want(pl->check.next == sc.lines_sent, "the newest are gone");
	want(check_lost(&pl->check) > 0, "nothing was pruned");
}

/* What the logger costs meanwhile. */
static void
cost_at_most(int64_t cpu_before, int64_t most)
{
	int64_t cpu = cpu_ns(sc.lg.pid) - cpu_before;

	want(cpu < most, "%.0f ms of CPU", ms_of(cpu));
}

static void
steps(double seconds, double back)
{
	struct place *pl = at_work("s5000;n5", 0);
	int64_t cpu;
	int i;

	feed_and_read(400);
	await(place_bytes(pl) > 0 && pl->names.n == 5, 2000 * MS,
	    "%zu old files", pl->names.n);
	cpu = cpu_ns(sc.lg.pid);
	for (i = 0; i < 4; i++) {
		clock_by(i % 2 ? back : seconds);
		feed_and_read(150);
	}
	cost_at_most(cpu, 200 * MS);
	want(lines_said() == 0, "it complains");
	end();
	newest_are_kept(pl, 5);
}

static void
forth(void)
{
	steps(DAY, DAY);
}

static void
back(void)
{
	steps(-DAY, -DAY);
}

static void
to_and_fro(void)
{
	steps(-DAY, DAY);
}

static void
a_second(void)
{
	steps(-1, 1);
}

static void
before_1970(void)
{
	steps(seconds_until(-1000), 0);
}

/* Files of tomorrow are there already, and a restart meets them. */
static void
back_and_restarted(void)
{
	struct place *pl = at_work("s5000;n5", DAY);
	int i;

	feed_and_read(400);
	for (i = 0; i < 3; i++) {
		end_by(i % 2 ? SIGKILL : SIGTERM, WAIT_LIMIT);
		clock_by(-i * DAY);
		begin_ready();
		feed_and_read(60);
	}
	end();
	newest_are_kept(pl, 5);
}

static void
with_processor(void)
{
	struct place *pl = at_work("s5000;n5;!cat", 0);
	int64_t cpu;
	int i;

	feed_and_read(400);
	clock_by(-DAY);
	cpu = cpu_ns(sc.lg.pid);
	for (i = 0; i < 5; i++) {
		feed(60);
		measure_for(100 * MS);
	}
	cost_at_most(cpu, 200 * MS);
	want(lines_said() == 0, "it complains");
	poke(SIGALRM);
	end();
	place_holds(pl, CHECK_OLDEST);
	want(pl->check.next == sc.lines_sent, "the newest are gone");
}

/* The file's number follows the real clock down, so that their sum stands. */
static void
frozen(void)
{
	struct place *pl = at_work("s2000;n0", 0);
	int64_t cpu = cpu_ns(sc.lg.pid), start = wall_ns();
	int64_t until = now_ns() + 800 * MS;
	size_t i;

	while (now_ns() < until) {
		clock_by(ms_of(start - wall_ns()) / 1000);
		if (sc.lines_sent < 3000)
			feed(10);
	}
	until_written(pl, WAIT_LIMIT);
	cost_at_most(cpu, 400 * MS);
	end();
	place_is_whole(pl);
	want(pl->names.n > 100, "%zu rotations", pl->names.n);
	for (i = 1; i < pl->names.n; i++)
		want(label_seconds(pl->names.v[i]) <=
			 label_seconds(pl->names.v[0]) + 1,
		    "the clock was not frozen");
}

/* Labels are those of the time there is then, and still 27 characters. */
static void
at(time_t when)
{
	struct place *pl = at_work("s5000;n5;t1000", seconds_until(when));
	uint64_t s;
	size_t i;

	feed_and_read(400);
	clock_by(seconds_until(when) + 100);
	feed_and_read(400);
	end_by(SIGTERM, WAIT_LIMIT);
	begin_ready();
	feed(100);
	end();
	newest_are_kept(pl, 5);
	for (i = 0; i < pl->names.n; i++) {
		s = label_seconds(pl->names.v[i]);
		want(s >= (uint64_t)when - 200 && s <= (uint64_t)when + 300,
		    "%s is not of then", pl->names.v[i]);
	}
}

static void
in_2038(void)
{
	at((time_t)2147483647 - 50);
}

static void
in_2106(void)
{
	at((time_t)4294967295 - 50);
}

static void
stamped(void)
{
	struct place *pl;
	int i;

	for (i = 1; i <= 3; i++) {
		scene_anew();
		logger_stamp(&sc.lg, i);
		pl = at_work("s5000", 0);
		feed_and_read(100);
		clock_by(-DAY);
		feed_and_read(100);
		end_by(SIGKILL, WAIT_LIMIT);
		begin_ready();
		feed(100);
		end();
		pl->check.stamp = i;
		place_is_whole(pl);
	}
}

/* --- t --------------------------------------------------------------------*/

/* No rotation is due, whatever the clock does: it starts at `first`, and is
 * `step` further each time. */
static void
t_not_fooled(double first, double step)
{
	struct place *pl = at_work("t3600", first);
	int i;

	feed(10);
	for (i = 1; i <= 10; i++) {
		clock_by(first + step * i);
		feed_and_read(10);
		measure_for(20 * MS);
	}
	until_written(pl, WAIT_LIMIT);
	want(pl->names.n == 0, "%zu rotations", pl->names.n);
	end();
	place_is_whole(pl);
}

static void
t_forth(void)
{
	t_not_fooled(0, DAY);
}

static void
t_back(void)
{
	t_not_fooled(0, -DAY);
}

/* Not even where the files' times are another clock's. */
static void
t_other_clock(void)
{
	t_not_fooled(DAY, 0);
}

static void
t_fires(void)
{
	struct place *pl = at_work("t1", 0);
	int64_t start = now_ns();

	feed(10);
	clock_by(-DAY);
	feed(10);
	await(place_bytes(pl) > 0 && pl->names.n == 1, 4000 * MS,
	    "it does not rotate");
	want(now_ns() - start >= 700 * MS, "after %.0f ms",
	    ms_of(now_ns() - start));
	feed(10);
	end();
	place_is_whole(pl);
}

/* What was written under the old window does not wait for that. */
static void
shorter_window(void)
{
	struct place *pl = begin_ready_on(place_new("s0;y86400000"));

	feed(10);
	until_written(pl, WAIT_LIMIT);
	file_write(in(pl, "config"), "s0\nn0\ny50\n");
	poke(SIGHUP);
	await(place_counter(pl, "sync_ns") > 0, WAIT_LIMIT, "it does not sync");
	end();
	place_is_whole(pl);
}

/* Summer, then winter, by a clock that is set right, which a successor sees:
 * its lines go on rising from the summer's time. */
static void
zone_of_the_time_told(void)
{
	struct receiver r;
	struct place *pl;
	char config[200];
	double summer;
	const char *p;
	int n = 0;

	setenv("TZ", "CET-1CEST,M3.5.0,M10.5.0/3", 1);
	receiver_open(&r, NULL, sc.tmp, "receiver");
	snprintf(config, sizeof(config), "s0;u%s:%u;F3164 user.info app", r.ip,
	    r.port);
	summer = seconds_until(SUMMER);
	pl = at_work(config, summer);
	feed_and_read(10);
	until_written(pl, WAIT_LIMIT);
	clock_by(summer - 180 * DAY);
	end_by(SIGKILL, WAIT_LIMIT);
	begin_ready();
	feed(10);
	end();
	receiver_has(&r, sc.lines_sent);
	receiver_close(&r);
	for (p = file_text(r.path); (p = strstr(p, "<14>")); p++, n++)
		want(strncmp(p, "<14>Jul  1 14:", 14) == 0, "%.30s", p);
	want((uint64_t)n == sc.lines_sent, "%d lines", n);
}

static const struct scene scenes[] = {
	{ "a day forth: the newest n files are kept", forth, 0 },
	{ "a day back: the newest n files are kept", back, 0 },
	{ "days to and fro: the newest n files are kept", to_and_fro, 0 },
	{ "seconds to and fro: the newest n files are kept", a_second, 0 },
	{ "before 1970: the newest n files are kept", before_1970, 0 },
	{ "a day back over restarts: the newest n files are kept",
	    back_and_restarted, 0 },
	{ "a day back with a processor: it neither spins nor loses",
	    with_processor, 0 },
	{ "a clock that stands still: every name is another, no line lost",
	    frozen, 0 },
	{ "2038 is a year like any other", in_2038, 0 },
	{ "2106 is a year like any other", in_2106, 0 },
	{ "stamps rise although the clock goes back", stamped, 0 },
	{ "t is not fooled by a step forth", t_forth, 0 },
	{ "t is not fooled by a step back", t_back, 0 },
	{ "t is not fooled by files' times of another clock", t_other_clock,
	    0 },
	{ "t fires although the clock goes back", t_fires, 0 },
	{ "HUP with a shorter y syncs what was written before", shorter_window,
	    0 },
	{ "local time is that of the time told, whatever the clock says now",
	    zone_of_the_time_told, 0 },
};

int
main(int argc, char **argv)
{
	(void)argc;
	return scenes_main(argv, scenes, COUNT(scenes));
}
