/* udp: datagrams to receivers that listen, do not, come and go; and a logger
 * that dies meanwhile. The log is what it is without datagrams, each of these
 * is sent at most once, and all are accounted for. */
#ifndef _GNU_SOURCE
#define _GNU_SOURCE
#endif
#include "scene.h"

#include "receiver.h"

enum { LINES = 3000, KILLS = 25, SHORT = 60 };

/* A config with the addresses of two receivers in it, as A and B. */
static const char *
config_for(const char *form, const struct receiver *a, const struct receiver *b)
{
	static char text[2][400];
	static unsigned turn;
	char *out = text[turn++ % 2];
	size_t n = 0;

	for (; *form && n < sizeof(text[0]) - 32; form++) {
		const struct receiver *r = *form == 'A' ? a : b;

		if (*form == 'A' || *form == 'B')
			n += (size_t)sprintf(out + n, "%s:%u", r->ip, r->port);
		else
			out[n++] = *form;
	}
	out[n] = '\0';
	return out;
}

static const struct receiver *
nobody(void)
{
	static struct receiver r[2];
	static unsigned turn;
	struct receiver *next = &r[turn++ % 2];

	receiver_open(next, NULL, sc.tmp, "nobody");
	receiver_close(next);
	return next;
}

/* What it got, and `may` be wrong. */
static void
received(struct receiver *r, unsigned may)
{
	struct check ck;

	receiver_settle(r);
	check_init(&ck, &sc.lines, "receiver", 0);
	ck.may = may;
	check_file(&ck, r->path, "receiver");
	check_want(&ck);
	check_free(&ck);
}

static void
is_empty(const struct place *pl)
{
	want(file_size(in(pl, "current")) == 0, "current has %lld bytes",
	    (long long)file_size(in(pl, "current")));
}

/* --- it works --------------------------------------------------------------*/

static void
what_is_logged_is_sent(void)
{
	struct place *plain = place_new("s50000"), *pl;
	struct bytes a = { 0 }, b = { 0 };
	struct receiver r;

	receiver_open(&r, NULL, sc.tmp, "receiver");
	pl = place_new(config_for("s50000;uA", &r, NULL));
	logger_on(plain);
	begin_on(pl);
	feed(LINES);
	end();
	place_is_whole(pl);
	dir_bytes(&a, &plain->names, plain->path);
	dir_bytes(&b, &pl->names, pl->path);
	want(a.n == b.n && memcmp(a.p, b.p, a.n) == 0,
	    "the log is not what it is without");
	bytes_free(&a);
	bytes_free(&b);
	received(&r, 0);
	datagrams_accounted(pl, sc.lines_sent);
	want(datagrams_of(pl, "target_a_", "sent") == sc.lines_sent,
	    "not sent");
	want(lines_said() == 0, "it says: %s", said());
}

static void
what_is_only_sent_is_not_logged(void)
{
	struct receiver r;
	struct place *pl;

	receiver_open(&r, NULL, sc.tmp, "receiver");
	pl = begin_in(config_for("s0;UA", &r, NULL));
	feed(LINES);
	end();
	is_empty(pl);
	received(&r, 0);
	datagrams_accounted(pl, sc.lines_sent);
	want(place_counter(pl, "forwarded_lines") == sc.lines_sent,
	    "not counted");
}

static void
masks_and_rules_are_those_of_the_log(void)
{
	struct receiver r;

	receiver_open(&r, NULL, sc.tmp, "receiver");
	begin_in(config_for("s0;-*;~+b;~ma(.);pX: ;UA", &r, NULL));
	send_bytes("abc\nxyz\nb\n", 10);
	end();
	receiver_settle(&r);
	want(strcmp(file_text(r.path), "X: a***c\nX: b\n") == 0, "got %s",
	    file_text(r.path));
}

/* --- it does not -----------------------------------------------------------*/

static void
nobody_listens(void)
{
	struct place *pl = begin_in(config_for("s50000;uA", nobody(), NULL));

	feed(LINES);
	end();
	place_is_whole(pl);
	datagrams_accounted(pl, sc.lines_sent);
	want(datagrams_of(pl, "datagrams_", "refused") == sc.lines_sent,
	    "%llu refused",
	    (unsigned long long)datagrams_of(pl, "datagrams_", "refused"));
	want(times_said("datagrams fail: connection refused") == 1,
	    "said %ld times", times_said("datagrams fail"));
}

static void
nobody_listens_and_it_is_only_sent(void)
{
	struct place *pl = begin_in(config_for("s50000;UA", nobody(), NULL));

	feed(LINES);
	end();
	place_is_whole(pl);
	want(place_counter(pl, "datagrams") > 0, "nobody tried");
	datagrams_accounted(pl, place_counter(pl, "datagrams"));
	want(times_said("takes go to the log") == 1, "said %ld times",
	    times_said("takes go to the log"));
}

static void
one_of_two_is_dead(void)
{
	struct receiver r;
	struct place *pl;

	receiver_open(&r, NULL, sc.tmp, "receiver");
	pl = begin_in(
	    config_for(sc.arg ? "s0;UB;UA" : "s0;uB;uA", &r, nobody()));
	feed(LINES);
	end();
	received(&r, 0);
	if (sc.arg)
		is_empty(pl);
	else
		place_is_whole(pl);
	datagrams_accounted(pl, 2 * sc.lines_sent);
	want(datagrams_of(pl, "target_a_", "refused") == sc.lines_sent &&
		 datagrams_of(pl, "target_b_", "sent") == sc.lines_sent,
	    "not told apart");
}

/* Either the receiver has a line, or the log; a few that are to show that it
 * is back may be in both. */
static void
down_and_up_again(void)
{
	struct receiver r;
	struct place *pl;
	struct check ck;
	uint64_t lines;
	int64_t up;

	receiver_open(&r, NULL, sc.tmp, "receiver");
	pl = begin_in(config_for("s0;UA", &r, NULL));
	feed_and_read(LINES);
	receiver_has(&r, sc.lines_sent);
	receiver_settle(&r);
	receiver_close(&r);
	feed_and_read(LINES);
	lines = receiver_lines(&r);
	receiver_reopen(&r);
	/* One line at a time shows it; it takes a second at least. */
	up = now_ns() + 2 * WAIT_LIMIT;
	for (; receiver_lines(&r) < lines + 20; look_again()) {
		want(now_ns() < up, "it does not come back");
		feed_and_read(1);
	}
	feed(LINES);
	end();
	received(&r, CHECK_LOST);
	place_holds(pl, CHECK_LOST | CHECK_OLDEST);
	check_init(&ck, &sc.lines, "log and receiver", 0);
	ck.may = CHECK_DOUBLED | CHECK_DISORDERED;
	check_file(&ck, r.path, "receiver");
	place_read(&ck, pl);
	check_want(&ck);
	want(ck.doubled < 10, "%llu lines are in both",
	    (unsigned long long)ck.doubled);
	check_free(&ck);
	want(place_counter(pl, "written_lines") >= LINES, "who had them?");
}

static void
a_message_a_second_at_most(void)
{
	struct place *pl = begin_in(config_for("s0;uA;uB", nobody(), nobody()));
	int64_t from = now_ns(), s;

	while (now_ns() - from < 2200 * MS) {
		feed_and_read(20);
		look_again();
	}
	end();
	s = (now_ns() - from) / (1000 * MS);
	place_is_whole(pl);
	want(lines_said() >= 2 && lines_said() <= 2 * (s + 1),
	    "%ld lines in %lld s", lines_said(), (long long)s);
}

/* The other end takes nothing: no line waits for it. */
static void
a_flood(void)
{
	struct receiver r;
	struct place *pl;

	receiver_open(&r, NULL, sc.tmp, "receiver");
	pl = place_new(config_for("s0;uA;F5424 local0.info app", &r, NULL));
	receiver_deafen(&r);
	begin_on(pl);
	feed(20 * LINES);
	end();
	place_is_whole(pl);
	datagrams_accounted(pl, sc.lines_sent);
}

static void
lines_longer_than_any_datagram(void)
{
	static const char *const forms[] = { "s0;uA", "s0;uA;Fraw max=9000",
		"s0;uA;F3164 local0.info app max=65507",
		"s0;uA;F5424 local0.info app" };
	static char text[70001];
	struct receiver r;
	struct place *pl;
	int i;

	memset(text, 'x', 70000);
	text[70000] = '\n';
	receiver_open(&r, NULL, sc.tmp, "receiver");
	pl = place_new(config_for(forms[sc.arg], &r, NULL));
	logger_arg(&sc.lg, "-l100000");
	begin_on(pl);
	for (i = 0; i < 10; i++)
		send_bytes(text, sizeof(text));
	send_bytes("after\n", 6);
	end();
	want(file_size(in(pl, "current")) == 10 * 70001 + 6, "it is not whole");
	datagrams_accounted(pl, 11);
	want(datagrams_of(pl, "datagrams_", "sent") == 11, "not all are sent");
	receiver_settle(&r);
	want(receiver_lines(&r) == 11, "%llu came",
	    (unsigned long long)receiver_lines(&r));
	want(strstr(file_text(r.path), "xxx...\n"), "no mark");
	want(strstr(file_text(r.path), "after\n"), "nothing came after them");
}

/* --- names and addresses ---------------------------------------------------*/

/* Whether there is ::1. */
static bool
has_ipv6(void)
{
	struct sockaddr_in6 at = { .sin6_family = AF_INET6,
		.sin6_addr = in6addr_loopback };
	int fd = socket(AF_INET6, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	bool has = bind(fd, (struct sockaddr *)&at, sizeof(at)) == 0;

	close(fd);
	return has;
}

static void
a_name(void)
{
	struct receiver r;
	char config[100];
	struct place *pl;

	if (access("/etc/hosts", R_OK) < 0)
		skip("no /etc/hosts");
	/* At all addresses of it, whichever comes first. */
	receiver_open(&r, has_ipv6() ? "::" : "127.0.0.1", sc.tmp, "receiver");
	snprintf(config, sizeof(config), "s0;ulocalhost:%u", r.port);
	pl = begin_in(config);
	feed(LINES);
	end();
	received(&r, 0); /* none was sent before there was an address */
	place_is_whole(pl);
}

#define NO_NAME                                                                \
	"aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"

static void
a_dead_name(void)
{
	struct place *pl = begin_in("s0;U" NO_NAME ";");

	feed(LINES);
	end();
	place_is_whole(pl);
	want(times_said("/config:3: its name is not found") == 1, "not told");
	want(times_said("takes go to the log") == 1, "not where lines go");
}

static void
a_bad_address(void)
{
	struct place *pl = begin_in("s0;U300.1.1.1;U1.1.1.1:70000");

	feed(LINES);
	end();
	place_is_whole(pl);
	want(times_said("line ignored") == 2, "not told");
	want(times_said("/config:3:4: ") == 1, "not where");
	want(place_counter(pl, "datagrams") == 0, "it is sent");
}

static void
a_check_tells(void)
{
	static const char *const configs[] = { "U300.1.1.1", "u" NO_NAME };
	struct place *pl = place_new(configs[sc.arg]);

	check_in_vain(pl);
	want(times_said("/config:2:") == 1, "not which");
}

static void
hup_brings_a_target(void)
{
	struct receiver r;
	struct place *pl = begin_ready_on(place_new("s0"));
	uint64_t before;
	char text[100];

	receiver_open(&r, NULL, sc.tmp, "receiver");
	feed_and_read(LINES);
	until_written(pl, WAIT_LIMIT);
	before = sc.lines_sent;
	snprintf(text, sizeof(text), "n0\ns0\nu%s:%u\n", r.ip, r.port);
	file_write(in(pl, "config"), text);
	poke(SIGHUP);
	feed(LINES);
	end();
	place_is_whole(pl);
	receiver_settle(&r);
	want(receiver_lines(&r) == sc.lines_sent - before,
	    "%llu datagrams came", (unsigned long long)receiver_lines(&r));
	datagrams_accounted(pl, sc.lines_sent - before);
}

/* --- it dies ---------------------------------------------------------------*/

/* What was counted as sent has come, and no more than that and what nobody
 * knows of. */
static void
counted_right(const struct place *pl, struct receiver *r)
{
	uint64_t sent = datagrams_of(pl, "datagrams_", "sent");
	uint64_t unknown = datagrams_of(pl, "datagrams_", "unknown");
	uint64_t came = receiver_lines(r);

	want(came >= sent && came <= sent + unknown,
	    "%llu came, %llu sent, %llu unknown", (unsigned long long)came,
	    (unsigned long long)sent, (unsigned long long)unknown);
}

static void
killed_at_random(void)
{
	struct receiver r;
	struct place *pl;
	long i, kills = sc.n_long ? sc.n_long : KILLS;

	receiver_open(&r, NULL, sc.tmp, "receiver");
	pl = begin_in(config_for(sc.arg ? "s0;UA" : "s50000;uA", &r, NULL));
	for (i = 0; i < kills; i++) {
		feed(500);
		measure_for((i % 7) * MS / 3);
		killed_and_begun();
	}
	end();
	received(&r, CHECK_LOST | CHECK_OLDEST);
	if (sc.arg)
		is_empty(pl);
	else
		place_is_whole(pl);
	datagrams_accounted(pl, sc.lines_sent);
	counted_right(pl, &r);
	want(datagrams_of(pl, "datagrams_", "unknown") <= (uint64_t)kills,
	    "too many are unknown");
	printf("  %llu of %llu came, %llu unknown\n",
	    (unsigned long long)receiver_lines(&r),
	    (unsigned long long)sc.lines_sent,
	    (unsigned long long)datagrams_of(pl, "datagrams_", "unknown"));
}

static const char *const forms[] = { "s2000;uA", "s2000;UA", "s2000;UB",
	"s2000;UB;UA", "s2000;-*;~+a;UA", "s2000;F5424 local0.info a;uA",
	"s2000;-*;~+a;uA", "s2000;uB;uA", "s2000;#;uA" };

/* The same to do, but by another config: what is half-written is written anew.
 */
static void
say_it_otherwise(const struct place *pl)
{
	char text[200];
	const char *was = file_text(in(pl, "config"));

	snprintf(text, sizeof(text), "%s# otherwise\n", was);
	file_write(in(pl, "config"), text);
}

/* Of each target, the one datagram that is on its way. */
static uint64_t
unknown_at_most(const char *form, uint64_t deaths)
{
	uint64_t n = 0;

	for (; *form; form++)
		n += *form == 'u' || *form == 'U';
	return n * deaths;
}

/* One life that ends at that point, and another that goes on; false where it
 * did not come to that point. */
static bool
dies_at(long point)
{
	struct receiver r;
	struct place *pl;
	char fault[32], name[32];
	int status;
	bool only = strstr(forms[sc.arg], "U"), died;
	bool some = strstr(forms[sc.arg], "~+");
	bool framed = strstr(forms[sc.arg], "F5424");
	bool dead = !strstr(forms[sc.arg], "A");

	scene_anew();
	snprintf(name, sizeof(name), "receiver%ld", point);
	receiver_open(&r, NULL, sc.tmp, name);
	pl = place_new(config_for(forms[sc.arg], &r, nobody()));
	logger_on(pl);
	snprintf(fault, sizeof(fault), "die:%ld", point);
	sc.fault = fault;
	feed(SHORT);
	begin();
	fd_drop(&sc.lg.wr);
	want(has_ended(WAIT_LIMIT, &status), "it stays");
	died = !WIFEXITED(status);
	sc.fault = NULL;
	if (died && strchr(forms[sc.arg], '#'))
		say_it_otherwise(pl);
	if (died) {
		begin();
		want(has_ended(WAIT_LIMIT, &status), "it stays");
		want(status_is(status, 0), "%s", status_words(status));
	}
	receiver_settle(&r);
	if (!framed)
		received(&r, CHECK_LOST | CHECK_OLDEST);
	if (!only && !some)
		place_is_whole(pl);
	else if (!only)
		place_holds(pl, CHECK_LOST | CHECK_OLDEST);
	else if (dead) /* what was on its way is taken for sent */
		place_holds(pl, CHECK_LOST | CHECK_OLDEST);
	else if (!some)
		is_empty(pl);
	want(datagrams_of(pl, "datagrams_", "unknown") <=
		 unknown_at_most(forms[sc.arg], 1),
	    "too many are unknown");
	if (only && dead)
		want(place_counter(pl, "written_lines") +
			     place_counter(pl, "forwarded_lines") ==
			 SHORT,
		    "lines are not accounted for");
	datagrams_accounted(pl, place_counter(pl, "datagrams"));
	if (!dead && !strchr(forms[sc.arg], 'B'))
		counted_right(pl, &r);
	receiver_close(&r);
	return died;
}

static void
killed_at_every_point(void)
{
	long point = 1;

	logger_arg(&sc.lg, "-w0");
	while (dies_at(point))
		point++;
	printf("  %ld points\n", point - 1);
	want(point > 50, "it died %ld times only", point - 1);
}

/* --- calls fail ------------------------------------------------------------*/

static const struct {
	const char *config, *fault;
	const char *what; /* becomes of a datagram at least */
} faults[] = {
	{ "s0;uA", "fail:udp:EMFILE:1+", "failed" },
	{ "s0;uA", "fail:udp:ENETUNREACH:1", "unreachable" },
	{ "s0;uA", "fail:send:EAGAIN:2+", "blocked" },
	{ "s0;uA", "fail:send:ENOBUFS:3", "blocked" },
	{ "s0;uA", "fail:send:ENETUNREACH:1+", "unreachable" },
	{ "s0;uA", "fail:send:EHOSTUNREACH:5", NULL },
	{ "s0;uA", "fail:send:EPERM:1+", "unreachable" },
	{ "s0;uA", "fail:send:ECONNREFUSED:2+", "refused" },
	{ "s0;uA", "fail:send:EMSGSIZE:2+", "too_large" },
	{ "s0;uA", "fail:send:EMSGSIZE:9", "too_large" }, /* the one before */
	{ "s0;uA", "fail:send:EIO:2+", "failed" },
	{ "s0;uA", "fail:udp_error:ECONNREFUSED:1+", "refused" },
	{ "s0;uA", "fail:udp_error:EMSGSIZE:1+", "too_large" },
	{ "s0;uA;F3164 user.info x", "fail:zone:EOVERFLOW:1+", "sent" },
	{ "s0;uA;F5424 user.info x", "fail:host_name:EIO:1+", "sent" },
	{ "s0;ulocalhost", "fail:fork:EAGAIN:1+", "unresolved" },
	{ "s0;ulocalhost", "fail:pipe:EMFILE:1+", NULL },
	{ "s0;UA", "fail:udp:EMFILE:1+", NULL },
	{ "s0;UA", "fail:send:EAGAIN:1+", "blocked" },
	{ "s0;UA", "fail:send:EAGAIN:9", "blocked" },
	{ "s0;UA", "fail:send:EMSGSIZE:1+", "too_large" },
	{ "s0;UA", "fail:send:EMSGSIZE:9", "too_large" },
	{ "s0;UA", "fail:send:ENETUNREACH:1+", "unreachable" },
	{ "s0;UA", "fail:udp_error:ECONNREFUSED:1", NULL },
};

/* With u the log has every line, with U every one that did not go out. */
static void
a_call_fails(size_t i)
{
	struct receiver r;
	struct place *pl;
	struct check ck;
	char name[32];
	bool framed = strchr(faults[i].config, 'F');

	scene_anew();
	snprintf(name, sizeof(name), "receiver%zu", i);
	receiver_open(&r, NULL, sc.tmp, name);
	pl = place_new(config_for(faults[i].config, &r, NULL));
	sc.fault = faults[i].fault;
	begin_on(pl);
	feed(SHORT * 3);
	end();
	receiver_settle(&r);
	if (strchr(faults[i].config, 'u')) {
		place_is_whole(pl);
		datagrams_accounted(pl, sc.lines_sent);
	} else {
		check_init(&ck, &sc.lines, faults[i].fault, 0);
		ck.may = CHECK_DOUBLED | CHECK_DISORDERED;
		check_file(&ck, r.path, "receiver");
		place_read(&ck, pl);
		check_want(&ck);
		check_free(&ck);
		datagrams_accounted(pl, place_counter(pl, "datagrams"));
	}
	if (!framed)
		received(&r, CHECK_LOST | CHECK_OLDEST);
	if (faults[i].what)
		want(datagrams_of(pl, "datagrams_", faults[i].what) > 0,
		    "%s: none", faults[i].fault);
	if (strstr(faults[i].fault, "EMSGSIZE"))
		want(has_said("a datagram is dropped: message too long"),
		    "%s: not said", faults[i].fault);
	receiver_close(&r);
}

static void
each_call_fails(void)
{
	size_t i;

	for (i = 0; i < COUNT(faults); i++)
		a_call_fails(i);
}

/* The first answer is waited for, a second at most, and the ring is full
 * before: what the other directory has of its last line then is not the line.
 */
static void
full_while_it_waits(void)
{
	struct place *pl = place_new("s0;~-.;~+E$");
	char line[1000];
	int i;

	memset(line, 'a', sizeof(line));
	memcpy(line + sizeof(line) - 2, "E\n", 2);
	sc.fault = "fail:fork:EAGAIN:1+";
	logger_on(place_new("s0;Bdrop;unot.here.invalid"));
	begin_on(pl);
	for (i = 0; i < 2000; i++)
		send_bytes(line, sizeof(line));
	end();
	want(place_counter(pl, "written_lines") == 2000, "%llu lines are left",
	    (unsigned long long)place_counter(pl, "written_lines"));
}

static const struct scene scenes[] = {
	{ "what is logged is sent, and the log is as without",
	    what_is_logged_is_sent, 0 },
	{ "what is only sent is not logged", what_is_only_sent_is_not_logged,
	    0 },
	{ "masks, rules and prefix are those of the log",
	    masks_and_rules_are_those_of_the_log, 0 },
	{ "where nobody listens each datagram is counted, and said once",
	    nobody_listens, 0 },
	{ "where nobody listens lines that were only sent are logged",
	    nobody_listens_and_it_is_only_sent, 0 },
	{ "of two targets one may be dead", one_of_two_is_dead, 0 },
	{ "of two targets one may be dead, where lines are only sent",
	    one_of_two_is_dead, 1 },
	{ "a receiver may be down and up again", down_and_up_again, 0 },
	{ "there is a message a second at most", a_message_a_second_at_most,
	    0 },
	{ "nobody waits for a receiver that does not read", a_flood, 0 },
	{ "lines longer than any datagram are cut",
	    lines_longer_than_any_datagram, 0 },
	{ "lines longer than max are cut, raw", lines_longer_than_any_datagram,
	    1 },
	{ "lines longer than max are cut, 3164", lines_longer_than_any_datagram,
	    2 },
	{ "lines longer than max are cut, 5424", lines_longer_than_any_datagram,
	    3 },
	{ "a name is looked up before anything is sent", a_name, 0 },
	{ "lines for a name without address are logged", a_dead_name, 0 },
	{ "lines for an address that is none are logged", a_bad_address, 0 },
	{ "-n tells an address that is none", a_check_tells, 0 },
	{ "-n tells a name without address", a_check_tells, 1 },
	{ "HUP brings a target", hup_brings_a_target, 0 },
	{ "killed at random the log is whole, and nothing is sent twice",
	    killed_at_random, 0 },
	{ "killed at random nothing that is only sent is sent twice",
	    killed_at_random, 1 },
	{ "killed at every point: u", killed_at_every_point, 0 },
	{ "killed at every point: U", killed_at_every_point, 1 },
	{ "killed at every point: U, nobody listens", killed_at_every_point,
	    2 },
	{ "killed at every point: U, one of two is dead", killed_at_every_point,
	    3 },
	{ "killed at every point: U of some lines", killed_at_every_point, 4 },
	{ "killed at every point: u with headers", killed_at_every_point, 5 },
	{ "killed at every point: u of some lines", killed_at_every_point, 6 },
	{ "killed at every point: u, one of two is dead", killed_at_every_point,
	    7 },
	{ "killed at every point: u, the config is another one then",
	    killed_at_every_point, 8 },
	{ "each call may fail", each_call_fails, 0 },
	{ "no line is judged by a part of it as another directory waits",
	    full_while_it_waits, 0 },
};

int
main(int argc, char **argv)
{
	(void)argc;
	return scenes_main(argv, scenes, sizeof(scenes) / sizeof(scenes[0]));
}
