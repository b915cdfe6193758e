/* svlogd/address */
#define _GNU_SOURCE

#include <arpa/inet.h>
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "address.h"

#define NAME_63                                                                \
	"aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"

/* What runit's svlogd sends to for these, or not at all, was looked at. */
static const struct {
	const char *text;
	const char *want; /* NAME or [IP], a blank and the port; NULL: none */
	int at;           /* where a part is not used; -1: all is */
} rows[] = {
	{ "127.0.0.1", "[127.0.0.1] 514", -1 },
	{ "127.0.0.1:99", "[127.0.0.1] 99", -1 },
	{ "127.0.0.001:099", "[127.0.0.1] 99", -1 },
	{ "255.255.255.255:65535", "[255.255.255.255] 65535", -1 },
	{ "127.0.0.1:99x", "[127.0.0.1] 99", 12 },
	{ "127.0.0.1:99 ", "[127.0.0.1] 99", 12 },
	{ "127.0.0.1x", "[127.0.0.1] 514", 9 },
	{ "127.0.0.1.5:99", "[127.0.0.1] 514", 9 },
	{ "1.2.3.4.example.org", "[1.2.3.4] 514", 7 },
	{ "", NULL, 0 },
	{ " 127.0.0.1", NULL, 0 },
	{ "127.0.0", NULL, 0 },
	{ "127.0.0:99", NULL, 0 },
	{ "2130706433", NULL, 0 },
	{ "127.0.0.1:", NULL, 10 },
	{ "127.0.0.1:x", NULL, 10 },
	{ "127.0.0.1:0", NULL, 10 },
	/* It went somewhere else: the numbers wrapped. */
	{ "256.0.0.1", NULL, 2 },
	{ "127.0.0.300:99", NULL, 10 },
	{ "99999999999999999999.0.0.1", NULL, 19 },
	{ "127.0.0.1:65536", NULL, 10 },
	{ "127.0.0.1:99999999999999999999", NULL, 10 },
	/* These are ours. */
	{ "[::1]", "[::1] 514", -1 },
	{ "[2001:db8::7]:6514", "[2001:db8::7] 6514", -1 },
	{ "[fe80::1%eth0]:99", "fe80::1%eth0 99", -1 },
	{ "[::ffff:1.2.3.4]", "[::ffff:1.2.3.4] 514", -1 },
	{ "[]", NULL, 0 },
	{ "[::1", NULL, 0 },
	{ "[1.2.3.4]", NULL, 1 },
	{ "[::1 ]", NULL, 4 },
	{ "[fe80::1%eth 0]", NULL, 12 },
	{ "[::1]x", NULL, 5 },
	{ "[::1]:", NULL, 5 },
	{ "[::1]:0", NULL, 5 },
	{ "::1", NULL, 0 },
	{ "2001:db8::1", NULL, 4 },
	{ "loghost", "loghost 514", -1 },
	{ "log-host_1.example.org:99", "log-host_1.example.org 99", -1 },
	{ "1und1.example:1", "1und1.example 1", -1 },
	{ "log host", NULL, 3 },
	{ "loghost:", NULL, 7 },
	{ "loghost:65536", NULL, 7 },
	{ "loghost:99x", NULL, 7 },
	{ "l\xc3\xb6ghost", NULL, 1 },
	{ NAME_63 "." NAME_63 "." NAME_63 "." NAME_63 ".x", NULL, 0 },
};

static const char *
shown(const struct address *a)
{
	static char text[400];
	char ip[INET6_ADDRSTRLEN];

	if (a->name[0]) {
		snprintf(text, sizeof(text), "%s %u", a->name, a->port);
		return text;
	}
	assert_non_null(inet_ntop(a->ip.version == 4 ? AF_INET : AF_INET6,
	    a->ip.bytes, ip, sizeof(ip)));
	snprintf(text, sizeof(text), "[%s] %u", ip, a->port);
	return text;
}

static void
an_address_is_what_runit_takes_it_for_or_none(void **state)
{
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct address_error why;
		struct address a;
		int rc = address_parse(&a, view_str(rows[i].text), &why);

		if (rc != (rows[i].want ? 0 : -EINVAL))
			fail_msg("%s: %d", rows[i].text, rc);
		if (rows[i].want && strcmp(shown(&a), rows[i].want) != 0)
			fail_msg("%s: %s", rows[i].text, shown(&a));
		if (!why.words != (rows[i].at < 0) ||
		    (rows[i].at >= 0 && why.at != (size_t)rows[i].at))
			fail_msg("%s: %s at %zu", rows[i].text,
			    why.words ? why.words : "nothing", why.at);
	}
}

static void
two_are_the_same_by_name_or_number_and_by_port(void **state)
{
	struct address a, b;
	struct address_error why;

	(void)state;
	address_parse(&a, view_str("1.2.3.4"), &why);
	address_parse(&b, view_str("1.2.3.004:514"), &why);
	assert_true(address_is(&a, &b));
	address_parse(&b, view_str("1.2.3.4:515"), &why);
	assert_false(address_is(&a, &b));
	address_parse(&b, view_str("[::1]"), &why);
	assert_false(address_is(&a, &b));
	address_parse(&a, view_str("a"), &why);
	address_parse(&b, view_str("b"), &why);
	assert_false(address_is(&a, &b));
}

int
main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(an_address_is_what_runit_takes_it_for_or_none),
		cmocka_unit_test(
		    two_are_the_same_by_name_or_number_and_by_port),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
