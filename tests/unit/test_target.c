/* svlogd/target and svlogd/relay, with receivers on the loopback interface */
#define _GNU_SOURCE

#include <arpa/inet.h>
#include <errno.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#include "loop.h"
#include "relay.h"

enum { LINES = 20 };

/* A label has 63 characters at most: nobody has to be asked. */
#define NO_NAME                                                                \
	"aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"

static struct relay relay;
static struct datagrams d;
static struct ring_counts counts;
static const int64_t start = 1000 * LOOP_S;

/* --- receivers ------------------------------------------------------------ */

/* An address of this process alone: a port that is closed stays so. */
static const char *
own_ip(void)
{
	static char ip[INET_ADDRSTRLEN];
	unsigned pid = (unsigned)getpid();

	snprintf(ip, sizeof(ip), "127.%u.%u.%u", pid >> 16 & 255,
	    pid >> 8 & 255, pid & 255);
	return ip;
}

static int
listen_on(const char *ip, unsigned *port)
{
	struct sockaddr_in at = { .sin_family = AF_INET,
		.sin_addr.s_addr = inet_addr(ip),
		.sin_port = htons((uint16_t)*port) };
	socklen_t n = sizeof(at);
	int fd = socket(AF_INET, SOCK_DGRAM | SOCK_NONBLOCK, 0);

	assert_true(fd >= 0);
	assert_int_equal(bind(fd, (struct sockaddr *)&at, sizeof(at)), 0);
	assert_int_equal(getsockname(fd, (struct sockaddr *)&at, &n), 0);
	*port = ntohs(at.sin_port);
	return fd;
}

static int
listen_at(unsigned *port)
{
	return listen_on(own_ip(), port);
}

static unsigned
closed_port(void)
{
	unsigned port = 0;

	close(listen_at(&port));
	return port;
}

static unsigned
received(int fd)
{
	unsigned n = 0;
	char text[100];

	while (recv(fd, text, sizeof(text), 0) >= 0)
		n++;
	return n;
}

/* --- the relay ------------------------------------------------------------ */

/* Lines that end in a port; b may be NULL. @ is our address. */
static void
configure(const char *a, unsigned port_a, const char *b, unsigned port_b)
{
	char text[400], form[200];
	struct conf conf;
	size_t n = 0, i;

	if (b)
		snprintf(form, sizeof(form), "%s%u\n%s%u\n", a, port_a, b,
		    port_b);
	else
		snprintf(form, sizeof(form), "%s%u\n", a, port_a);
	for (i = 0; form[i]; i++) {
		if (form[i] == '@')
			n += (size_t)snprintf(text + n, sizeof(text) - n, "%s",
			    own_ip());
		else
			text[n++] = form[i];
	}
	text[n] = '\0';
	assert_int_equal(conf_parse(&conf, view_str(text), NULL, NULL), 0);
	relay_configure(&relay, &conf, start);
	conf_free(&conf);
}

static int
enter(void **state)
{
	(void)state;
	memset(&counts, 0, sizeof(counts));
	relay_init(&relay, "dir");
	return datagrams_open(&d, 1000);
}

static int
leave(void **state)
{
	(void)state;
	relay_close(&relay);
	datagrams_close(&d);
	return 0;
}

static void
stage(size_t n)
{
	struct frame_form form;
	struct frame f;
	struct frame_line l = { .stamp = view_of("", 0),
		.prefix = view_of("", 0),
		.text = view_str("text") };

	frame_form_init(&form);
	frame_init(&f, &form, 1000, "h");
	datagrams_forget(&d);
	while (n-- > 0)
		datagrams_add(&d, &f, &l, 5 * d.n);
}

/* Sends a batch: the first that none took. */
static size_t
batch(size_t n, bool only, int64_t now)
{
	size_t first, i;
	uint64_t sum = 0;
	int o;

	stage(n);
	for (i = 0; i < n; i++) {
		relay_send(&relay, &d, i, now);
		relay_count(&relay, &counts);
		if (only && datagrams_taken(&d, i + 1) <= i)
			n = i + 1;
	}
	relay_settle(&relay, &d, n - 1, now);
	relay_count(&relay, &counts);
	first = datagrams_taken(&d, n);
	for (o = 0; o < OUTCOMES; o++)
		sum += counts.outcome[o];
	assert_int_equal(sum, counts.datagrams);
	return first;
}

static void
what_a_receiver_gets_is_what_is_counted_as_sent(void **state)
{
	unsigned port = 0;
	int fd = listen_at(&port);

	(void)state;
	configure("u@:", port, NULL, 0);
	assert_true(relay_works(&relay, start));
	assert_int_equal(batch(LINES, false, start), LINES);
	assert_int_equal(received(fd), LINES);
	assert_int_equal(counts.outcome[OUTCOME_SENT], LINES);
	assert_int_equal(relay.v[0].count[OUTCOME_SENT], LINES);
	close(fd);
}

static void
each_datagram_that_is_refused_is_counted_so(void **state)
{
	(void)state;
	configure("u@:", closed_port(), NULL, 0);
	assert_int_equal(batch(1, false, start), 0);
	assert_int_equal(counts.outcome[OUTCOME_REFUSED], 1);
	assert_int_equal(batch(LINES, false, start), 0);
	assert_int_equal(counts.outcome[OUTCOME_REFUSED], LINES + 1);
	assert_int_equal(counts.outcome[OUTCOME_SENT], 0);
	assert_int_equal(relay.v[0].state, TARGET_FAILS);
}

static void
with_only_targets_a_refusal_ends_the_batch_within_two(void **state)
{
	(void)state;
	configure("U@:", closed_port(), NULL, 0);
	assert_true(relay_works(&relay, start));
	assert_int_equal(batch(LINES, true, start), 0);
	assert_true(counts.datagrams <= 2);
	assert_int_equal(counts.outcome[OUTCOME_REFUSED], counts.datagrams);
	assert_false(relay_works(&relay, start));
	assert_false(relay_wants_probe(&relay, start));
}

static void
a_receiver_that_is_back_is_found_by_a_probe(void **state)
{
	unsigned port = closed_port();
	int64_t now = start;
	int fd;

	(void)state;
	configure("U@:", port, NULL, 0);
	assert_int_equal(batch(1, true, now), 0);
	assert_false(relay_wants_probe(&relay, now));
	now += LOOP_S / 2;
	assert_true(relay_wants_probe(&relay, now));
	batch(1, true, now); /* in vain */
	assert_false(relay_wants_probe(&relay, now));
	fd = listen_at(&port);
	now += LOOP_S / 2;
	assert_true(relay_wants_probe(&relay, now));
	/* It is not known at once: the word against it may be on its way. */
	assert_int_equal(batch(1, true, now), 0);
	assert_false(relay_works(&relay, now));
	assert_false(relay_wants_probe(&relay, now));
	now += LOOP_S / 2;
	assert_true(relay_works(&relay, now));
	assert_int_equal(batch(LINES, true, now), LINES);
	assert_int_equal(received(fd), LINES + 1);
	close(fd);
}

static void
where_nobody_asks_the_ends_of_batches_show_it(void **state)
{
	unsigned port = closed_port();
	int64_t now = start;
	int fd;

	(void)state;
	configure("u@:", port, NULL, 0);
	batch(1, false, now);
	assert_int_equal(relay.v[0].state, TARGET_FAILS);
	fd = listen_at(&port);
	batch(1, false, now);
	assert_int_equal(relay.v[0].state, TARGET_TRIED);
	batch(1, false, now + LOOP_S / 2 - 1);
	assert_int_equal(relay.v[0].state, TARGET_TRIED);
	batch(1, false, now + LOOP_S / 2);
	assert_int_equal(relay.v[0].state, TARGET_WORKS);
	assert_int_equal(counts.outcome[OUTCOME_SENT], 3);
	assert_int_equal(received(fd), 3);
	close(fd);
}

static void
one_that_works_is_enough_and_the_other_is_counted(void **state)
{
	unsigned port = 0;
	int fd = listen_at(&port);

	(void)state;
	configure("U@:", closed_port(), "U@:", port);
	assert_true(relay_works(&relay, start));
	assert_int_equal(batch(LINES, true, start), LINES);
	assert_int_equal(received(fd), LINES);
	assert_int_equal(relay.v[0].count[OUTCOME_REFUSED], LINES);
	assert_int_equal(relay.v[1].count[OUTCOME_SENT], LINES);
	assert_int_equal(counts.datagrams, 2 * LINES);
	close(fd);
}

static void
what_each_of_two_refuses_none_has_taken(void **state)
{
	unsigned a = 0, b = 0;
	int fd_a = listen_at(&a), fd_b = listen_at(&b), i;

	(void)state;
	close(fd_a);
	close(fd_b);
	configure("U@:", a, "U@:", b);
	assert_int_equal(batch(LINES, false, start), 0);
	for (i = 0; i < 2; i++) {
		assert_int_equal(relay.v[i].count[OUTCOME_SENT], 0);
		assert_int_equal(relay.v[i].count[OUTCOME_REFUSED], LINES);
	}
}

static void
what_is_too_large_is_dropped_and_the_next_one_sent(void **state)
{
	static char large[65508];
	unsigned port = 0;
	int fd = listen_at(&port);
	enum outcome before;

	(void)state;
	configure("u@:", port, NULL, 0);
	assert_int_equal(
	    target_send(&relay.v[0], view_str("a"), start, &before),
	    OUTCOME_SENT);
	assert_int_equal(target_send(&relay.v[0], view_of(large, sizeof(large)),
			     start, &before),
	    OUTCOME_TOO_LARGE);
	assert_int_equal(before, OUTCOME_SENT);
	assert_int_equal(
	    target_send(&relay.v[0], view_str("b"), start, &before),
	    OUTCOME_SENT);
	assert_int_equal(before, OUTCOME_SENT);
	assert_int_equal(target_settle(&relay.v[0], start), OUTCOME_SENT);
	assert_int_equal(relay.v[0].state, TARGET_WORKS);
	assert_int_equal(received(fd), 2);
	close(fd);
}

static void
a_target_that_stays_in_the_config_stays_as_it_is(void **state)
{
	unsigned a = 0, b = 0;
	int fd_a = listen_at(&a), fd_b = listen_at(&b), fd;

	(void)state;
	configure("u@:", a, "u@:", b);
	batch(LINES, false, start);
	fd = relay.v[1].fd;
	configure("\n\nu@:", b, NULL, 0);
	assert_int_equal(relay.n, 1);
	assert_int_equal(relay.v[0].fd, fd);
	assert_int_equal(relay.v[0].line, 3);
	assert_int_equal(relay.v[0].count[OUTCOME_SENT], LINES);
	batch(LINES, false, start);
	assert_int_equal(received(fd_a), LINES);
	assert_int_equal(received(fd_b), 2 * LINES);
	close(fd_a);
	close(fd_b);
}

/* --- names ---------------------------------------------------------------- */

/* Waits for the child, as the daemon does when SIGCHLD comes. */
static void
answer(int64_t now)
{
	pid_t pid = relay.v[0].lookup.pid;

	assert_true(pid > 0);
	assert_int_equal(waitpid(pid, NULL, 0), pid);
	assert_false(relay_reaped(&relay, pid + 1, now));
	assert_true(relay_reaped(&relay, pid, now));
}

static void
a_name_is_looked_up_in_a_child_and_waited_for(void **state)
{
	unsigned port = 0;
	int fd = listen_on("127.0.0.1", &port);

	(void)state;
	if (access("/etc/hosts", R_OK) < 0)
		skip();
	configure("u@:9\nulocalhost:", port, NULL, 0);
	configure("Ulocalhost:", port, NULL, 0);
	assert_true(relay_waits(&relay, start));
	assert_true(relay_deadline(&relay, start) <= start);
	relay_tick(&relay, start);
	assert_int_equal(relay_deadline(&relay, start), start + LOOP_S);
	assert_false(relay_works(&relay, start));
	assert_int_equal(batch(1, true, start), 0);
	assert_int_equal(counts.outcome[OUTCOME_UNRESOLVED], 1);
	answer(start);
	assert_false(relay_waits(&relay, start));
	assert_int_equal(relay_deadline(&relay, start), start + 60 * LOOP_S);
	assert_true(relay_works(&relay, start));
	/* It may be ::1 first, where nobody listens. */
	batch(1, true, start);
	assert_true(relay_works(&relay, start));
	assert_int_equal(batch(LINES, true, start), LINES);
	assert_true(received(fd) >= LINES);
	close(fd);
}

static void
a_socket_is_kept_as_long_as_the_name_has_its_address(void **state)
{
	struct target *t = &relay.v[0];
	unsigned port = 0;
	int fd = listen_on("127.0.0.1", &port), was;
	int64_t now = start;

	(void)state;
	if (access("/etc/hosts", R_OK) < 0)
		skip();
	configure("ulocalhost:", port, NULL, 0);
	relay_tick(&relay, now);
	answer(now);
	assert_true(relay_works(&relay, now));
	was = t->fd;
	now += 60 * LOOP_S;
	relay_tick(&relay, now);
	answer(now);
	assert_int_equal(t->fd, was);
	/* As if it had been another one: it goes, with what hangs. */
	t->ips[t->ip].bytes[3] ^= 128;
	stage(1);
	relay_send(&relay, &d, 0, now);
	now += 60 * LOOP_S;
	relay_tick(&relay, now);
	answer(now);
	assert_int_equal(t->fd, -1);
	relay_settle(&relay, &d, 0, now);
	relay_count(&relay, &counts);
	assert_int_equal(counts.outcome[OUTCOME_SENT], 1);
	close(fd);
}

static void
a_name_without_an_address_is_asked_for_again(void **state)
{
	int64_t now = start, wait = 0, before;
	int i;

	(void)state;
	configure("u" NO_NAME ":", 9, NULL, 0);
	for (i = 0; i < 8; i++) {
		relay_tick(&relay, now);
		answer(now);
		before = wait;
		wait = relay_deadline(&relay, start + 2 * LOOP_S) - now;
		assert_true(wait >= before && wait <= 60 * LOOP_S);
		now += wait;
	}
	assert_int_equal(wait, 60 * LOOP_S);
	assert_int_equal(batch(2, false, now), 0);
	assert_int_equal(counts.outcome[OUTCOME_UNRESOLVED], 2);
	assert_false(relay_waits(&relay, start));
}

/* However often it is probed meanwhile. */
static void
a_name_whose_target_fails_is_asked_for_ever_more_rarely(void **state)
{
	static const int64_t at[] = { 1, 3, 7, 15, 31, 63 };
	size_t asked = 0;
	int64_t now;

	(void)state;
	configure("u@:", closed_port(), NULL, 0);
	strcpy(relay.v[0].address.name, own_ip());
	for (now = start; now < start + 64 * LOOP_S; now += LOOP_S / 2) {
		if (now >= relay_deadline(&relay, now)) {
			assert_true(asked < sizeof(at) / sizeof(at[0]));
			assert_int_equal(now, start + at[asked++] * LOOP_S);
			relay_tick(&relay, now);
			answer(now);
		}
		batch(1, false, now);
	}
	assert_int_equal(asked, sizeof(at) / sizeof(at[0]));
}

/* A reason that was told a short while ago is another one's. */
static void
that_a_name_is_gone_is_told_though_a_failure_was_told_before(void **state)
{
	unsigned port = closed_port();
	int64_t now = start;
	int fd;

	(void)state;
	configure("u@:", port, NULL, 0);
	batch(1, false, now);
	fd = listen_at(&port);
	batch(1, false, now);
	now += LOOP_S;
	batch(1, false, now);
	assert_int_equal(relay.v[0].state, TARGET_WORKS);
	strcpy(relay.v[0].address.name, NO_NAME);
	relay.v[0].ask_at = now;
	relay_tick(&relay, now);
	answer(now);
	assert_int_equal(relay.v[0].hush, now + LOOP_S);
	close(fd);
}

/* As if the name had two: this process's own, and before it one at whose port
 * nobody listens. */
static void
give_another_address(struct target *t)
{
	t->ips[1] = t->ips[0];
	t->ips[0].bytes[3] ^= 128;
	t->n_ips = 2;
}

static void
of_several_addresses_the_next_one_is_taken_when_one_fails(void **state)
{
	unsigned port = 0;
	int fd = listen_at(&port);

	(void)state;
	configure("u@:", port, NULL, 0);
	give_another_address(&relay.v[0]);
	batch(1, false, start);
	assert_int_equal(counts.outcome[OUTCOME_REFUSED], 1);
	assert_int_equal(relay.v[0].ip, 1);
	assert_false(relay.v[0].doubted);
	assert_int_equal(batch(LINES, false, start), LINES);
	assert_int_equal(relay.v[0].state, TARGET_WORKS);
	assert_int_equal(received(fd), LINES);
	close(fd);
}

static void
when_all_addresses_fail_the_first_one_is_tried_again_and_later(void **state)
{
	(void)state;
	configure("u@:", closed_port(), NULL, 0);
	give_another_address(&relay.v[0]);
	batch(1, false, start);
	assert_false(relay.v[0].doubted);
	batch(1, false, start);
	assert_int_equal(counts.outcome[OUTCOME_REFUSED], 2);
	assert_int_equal(relay.v[0].ip, 0);
	assert_true(relay.v[0].doubted);
	assert_true(relay.v[0].at > start);
	batch(1, false, start);
	assert_int_equal(relay.v[0].fd, -1);
	assert_int_equal(counts.outcome[OUTCOME_REFUSED], 3);
}

static void
nobody_waits_for_a_name_for_more_than_a_second(void **state)
{
	(void)state;
	configure("u" NO_NAME ":", 9, NULL, 0);
	assert_true(relay_waits(&relay, start + LOOP_S - 1));
	assert_false(relay_waits(&relay, start + LOOP_S));
}

/* One that does not end by itself in a test's time. */
static struct lookup
endless_lookup(void)
{
	struct lookup l;

	lookup_init(&l);
	l.pid = fork();
	if (l.pid == 0) {
		alarm(20);
		pause();
		_exit(0);
	}
	assert_true(l.pid > 0);
	l.fd = dup(0);
	l.until = start;
	return l;
}

static void
a_lookup_that_takes_too_long_is_ended(void **state)
{
	struct lookup l = endless_lookup();
	pid_t pid = l.pid;
	int status;

	(void)state;
	lookup_tick(&l, start - 1);
	assert_int_equal(waitpid(pid, &status, WNOHANG), 0);
	lookup_tick(&l, start);
	assert_int_equal(waitpid(pid, &status, 0), pid);
	assert_true(WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL);
	close(l.fd);
}

static void
a_lookup_ends_with_its_target(void **state)
{
	struct lookup l = endless_lookup();
	pid_t pid = l.pid;
	int status, fd = l.fd;

	(void)state;
	configure("ulocalhost:", 9, NULL, 0);
	relay.v[0].lookup = l;
	configure("u@:", 9, NULL, 0);
	assert_int_equal(waitpid(pid, &status, 0), pid);
	assert_true(WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL);
	assert_int_equal(close(fd), -1);
	assert_false(relay_reaped(&relay, pid, start));
}

int
main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, enter, leave)
	static const struct CMUnitTest tests[] = {
		TEST(what_a_receiver_gets_is_what_is_counted_as_sent),
		TEST(each_datagram_that_is_refused_is_counted_so),
		TEST(with_only_targets_a_refusal_ends_the_batch_within_two),
		TEST(a_receiver_that_is_back_is_found_by_a_probe),
		TEST(where_nobody_asks_the_ends_of_batches_show_it),
		TEST(one_that_works_is_enough_and_the_other_is_counted),
		TEST(what_each_of_two_refuses_none_has_taken),
		TEST(what_is_too_large_is_dropped_and_the_next_one_sent),
		TEST(a_target_that_stays_in_the_config_stays_as_it_is),
		TEST(a_name_is_looked_up_in_a_child_and_waited_for),
		TEST(a_socket_is_kept_as_long_as_the_name_has_its_address),
		TEST(a_name_without_an_address_is_asked_for_again),
		TEST(a_name_whose_target_fails_is_asked_for_ever_more_rarely),
		TEST(
		    that_a_name_is_gone_is_told_though_a_failure_was_told_before),
		TEST(of_several_addresses_the_next_one_is_taken_when_one_fails),
		TEST(
		    when_all_addresses_fail_the_first_one_is_tried_again_and_later),
		TEST(nobody_waits_for_a_name_for_more_than_a_second),
		TEST(a_lookup_that_takes_too_long_is_ended),
		TEST(a_lookup_ends_with_its_target),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
