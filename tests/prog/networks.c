/* networks: datagrams where there is no way, only IPv6, a filter, a small MTU,
 * and to a name that moves; in network namespaces of the test's own. */
#ifndef _GNU_SOURCE
#define _GNU_SOURCE
#endif
#include "scene.h"

#include "receiver.h"

enum { LINES = 500 };

/* A command of the system's. */
__attribute__((format(printf, 1, 2))) static void
run(const char *form, ...)
{
	char words[300];
	va_list ap;

	va_start(ap, form);
	vsnprintf(words, sizeof(words), form, ap);
	va_end(ap);
	want(system(words) == 0, "%s", words);
}

/* A network that is nobody else's, its loopback interface up or not. */
static void
own_network(bool up)
{
	if (system("ip link show lo >/dev/null 2>&1") != 0)
		skip("no ip(8) here");
	if (unshare(CLONE_NEWNET) < 0)
		skip("no network namespaces here");
	if (up)
		run("ip link set lo up");
}

static struct place *
place_for(const char *form, const char *ip, unsigned port)
{
	char config[200];

	snprintf(config, sizeof(config), "s0;%s%s%s%s:%u%s", form,
	    strchr(ip, ':') ? "[" : "", ip, strchr(ip, ':') ? "]" : "", port,
	    sc.arg ? ";F5424 local0.info app max=9000" : "");
	return place_new(config);
}

/* Every line is counted as `what`, and the log is as it always is. */
static void
nothing_goes(const char *ip, const char *what)
{
	struct place *pl = begin_on(place_for("u", ip, 9));

	feed(LINES);
	end();
	place_is_whole(pl);
	datagrams_accounted(pl, sc.lines_sent);
	want(datagrams_of(pl, "datagrams_", what) == sc.lines_sent,
	    "%llu are %s",
	    (unsigned long long)datagrams_of(pl, "datagrams_", what), what);
	want(times_said("datagrams fail") == 1, "said %ld times",
	    times_said("datagrams fail"));
}

static void
no_way(void)
{
	own_network(false);
	nothing_goes("10.1.2.3", "unreachable");
}

static void
no_way_by_ipv6(void)
{
	own_network(true);
	nothing_goes("2001:db8::7", "unreachable");
}

static void
a_filter(void)
{
	own_network(true);
	run("ip route add prohibit 10.1.2.3");
	nothing_goes("10.1.2.3", "unreachable");
}

static void
no_way_and_only_sent(void)
{
	struct place *pl;

	own_network(false);
	pl = begin_on(place_for("U", "10.1.2.3", 9));
	feed(LINES);
	end();
	place_is_whole(pl);
	want(times_said("lines that no target takes go to the log: ") == 1,
	    "said %ld times", times_said("no target"));
}

static void
only_ipv6(void)
{
	struct receiver r;
	struct place *pl;

	own_network(true);
	run("ip addr del 127.0.0.1/8 dev lo");
	receiver_open(&r, "::1", sc.tmp, "receiver");
	pl = begin_on(place_for("u", r.ip, r.port));
	feed(LINES);
	end();
	receiver_settle(&r);
	want(receiver_lines(&r) == sc.lines_sent, "%llu came",
	    (unsigned long long)receiver_lines(&r));
	datagrams_accounted(pl, sc.lines_sent);
}

/* This network and another one, with a link of that MTU between them; *r
 * listens at its far end. */
static void
two_networks(struct receiver *r, int mtu)
{
	int here;

	own_network(true);
	here = fd_keep(open("/proc/self/ns/net", O_RDONLY | O_CLOEXEC), "net");
	fd_keep(unshare(CLONE_NEWNET), "unshare");
	fd_keep(open("/proc/self/ns/net", O_RDONLY | O_CLOEXEC), "net");
	run("ip link add far type veth peer name near");
	run("ip link set near netns /proc/%d/fd/%d", getpid(), here);
	run("ip addr add 10.1.2.3/24 dev far");
	run("ip link set far mtu %d up", mtu);
	receiver_open(r, "10.1.2.3", sc.tmp, "receiver");
	fd_keep(setns(here, CLONE_NEWNET), "setns");
	run("ip addr add 10.1.2.4/24 dev near");
	run("ip link set near mtu %d up", mtu);
	close(here); /* the far one is gone with the last who has it open */
}

static void
a_small_mtu(void)
{
	static char text[9001];
	struct receiver r;
	struct place *pl;
	size_t n;

	two_networks(&r, 1280);
	pl = place_for("u", r.ip, r.port);
	logger_arg(&sc.lg, "-l9000");
	begin_on(pl);
	memset(text, 'x', sizeof(text));
	for (n = 1000; n <= 9000; n += 500) {
		text[n - 1] = '\n';
		send_bytes(text, n);
		text[n - 1] = 'x';
	}
	end();
	receiver_has(&r, 17);
	datagrams_accounted(pl, 17);
	want(datagrams_of(pl, "datagrams_", "sent") == 17, "not all are sent");
}

/* The word that nobody listens comes from another machine: later. */
static void
a_far_port_is_closed(void)
{
	struct receiver r;
	struct place *pl;
	int i;

	two_networks(&r, 1500);
	receiver_close(&r);
	pl = begin_on(place_for("u", r.ip, r.port));
	for (i = 0; i < 20; i++)
		feed_and_read(10);
	end();
	place_is_whole(pl);
	datagrams_accounted(pl, sc.lines_sent);
	want(datagrams_of(pl, "datagrams_", "refused") > 0, "none is refused");
	want(times_said("connection refused") == 1, "not said once");
}

/* The link goes and comes again. */
static void
a_link_that_comes_back(void)
{
	struct receiver r;
	struct place *pl;
	uint64_t before;
	int64_t until;

	two_networks(&r, 1500);
	pl = begin_on(place_for("u", r.ip, r.port));
	/* Who is to be asked first for an address may be asked too much. */
	feed_and_read(LINES);
	receiver_has(&r, 1);
	receiver_settle(&r);
	before = receiver_lines(&r);
	run("ip addr del 10.1.2.4/24 dev near");
	feed_and_read(LINES);
	until_written(pl, WAIT_LIMIT);
	run("ip addr add 10.1.2.5/24 dev near");
	until = now_ns() + WAIT_LIMIT;
	for (; receiver_lines(&r) < before + 20; look_again()) {
		want(now_ns() < until, "nothing comes any more");
		feed_and_read(1);
	}
	end();
	place_is_whole(pl);
	datagrams_accounted(pl, sc.lines_sent);
	want(datagrams_of(pl, "datagrams_", "unreachable") > 0, "who had it?");
}

static void
hosts_say(const char *ip)
{
	char line[100];

	snprintf(line, sizeof(line), "%s localhost loghost\n", ip);
	file_write("/etc/hosts", line);
}

/* On an error the name is looked up again, and has another address then. */
static void
a_name_that_moves(void)
{
	struct receiver a, b;
	char hosts[PATH_ROOM];
	struct place *pl;
	int64_t until;

	own_network(true);
	if (unshare(CLONE_NEWNS) < 0 ||
	    mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL) < 0)
		skip("no mounts of our own here");
	file_write(path_join(hosts, sc.tmp, "hosts"), "");
	if (mount(hosts, "/etc/hosts", NULL, MS_BIND, NULL) < 0)
		skip("no other /etc/hosts here");
	receiver_open(&a, "127.0.0.5", sc.tmp, "a");
	memset(&b, 0, sizeof(b));
	hosts_say(a.ip);
	pl = begin_on(place_for("u", "loghost", a.port));
	feed_and_read(LINES);
	receiver_has(&a, sc.lines_sent);
	receiver_close(&a);
	b = a;
	snprintf(b.ip, sizeof(b.ip), "127.0.0.6");
	b.lines = 0;
	receiver_reopen(&b);
	hosts_say(b.ip);
	until = now_ns() + WAIT_LIMIT;
	for (; receiver_lines(&b) < 20; look_again()) {
		want(now_ns() < until, "it does not follow the name");
		feed_and_read(1);
	}
	end();
	place_is_whole(pl);
	datagrams_accounted(pl, sc.lines_sent);
	umount2("/etc/hosts", MNT_DETACH);
}

static const struct scene scenes[] = {
	{ "where there is no way, all is counted so", no_way, 0 },
	{ "where there is no way by IPv6, all is counted so", no_way_by_ipv6,
	    0 },
	{ "what a filter forbids is counted so", a_filter, 0 },
	{ "where there is no way, what is only sent is logged",
	    no_way_and_only_sent, 0 },
	{ "where there is only IPv6 it is enough", only_ipv6, 1 },
	{ "large datagrams come through a small MTU, raw", a_small_mtu, 0 },
	{ "large datagrams come through a small MTU, framed", a_small_mtu, 1 },
	{ "that nobody listens far away is noticed", a_far_port_is_closed, 0 },
	{ "when there is a way again datagrams take it", a_link_that_comes_back,
	    0 },
	{ "a name that moves is followed", a_name_that_moves, 0 },
};

int
main(int argc, char **argv)
{
	(void)argc;
	return scenes_main(argv, scenes, sizeof(scenes) / sizeof(scenes[0]));
}
