/* Where datagrams go, from a config's text. */
#include "address.h"

#include <arpa/inet.h>
#include <errno.h>
#include <string.h>

#include "num.h"

enum { PORT_MOST = 65535, OCTETS = 4 };

static int
refuse(struct address_error *why, size_t at, const char *words)
{
	why->at = at;
	why->words = words;
	return -EINVAL;
}

/* ":PORT", all of it, or nothing. */
static int
take_port(struct address *a, struct view text, size_t at,
    struct address_error *why)
{
	uint64_t port;

	if (text.n == at)
		return 0;
	if (text.p[at] != ':' ||
	    num_parse(view_from(text, at + 1), NULL, 1, PORT_MOST, &port) < 0)
		return refuse(why, at,
		    "no colon and port from 1 to 65535, line ignored");
	a->port = (unsigned)port;
	return 0;
}

/* The same as runit reads it. */
static int
take_old_port(struct address *a, struct view text, size_t at,
    struct address_error *why)
{
	struct num n;

	if (text.n == at || text.p[at] != ':') {
		if (text.n > at)
			refuse(why, at, "what follows the address is not used");
		return 0;
	}
	n = num_scan(view_from(text, ++at), NULL, PORT_MOST);
	if (n.over || n.value == 0)
		return refuse(why, at, "no port from 1 to 65535, line ignored");
	a->port = (unsigned)n.value;
	if (at + n.used < text.n)
		refuse(why, at + n.used, "what follows the port is not used");
	return 0;
}

/* Whether it begins like an IPv4 address, whatever the numbers; *n: that many
 * bytes of it are one. *over: the offset of one that is too large, or 0. */
static bool
is_numbers(struct view text, struct sys_ip *ip, size_t *n, size_t *over)
{
	size_t at = 0;

	*over = 0;
	for (int i = 0; i < OCTETS; i++) {
		struct num octet;

		if (i > 0 && (at == text.n || text.p[at++] != '.'))
			return false;
		octet = num_scan(view_from(text, at), NULL, 255);
		if (octet.used == 0)
			return false;
		at += octet.used;
		if (octet.over && *over == 0)
			*over = at;
		ip->bytes[i] = (unsigned char)octet.value;
	}
	ip->version = 4;
	*n = at;
	return true;
}

static bool
is_in_name(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
	       (c >= '0' && c <= '9') || c == '.' || c == '-' || c == '_';
}

static int
take_bracket(struct address *a, struct view text, struct address_error *why)
{
	const char *end = memchr(text.p, ']', text.n);
	size_t n = end ? (size_t)(end - text.p) - 1 : 0;

	if (!end || n == 0 || n >= sizeof a->name)
		return refuse(why, 0, "no IPv6 address in brackets");
	for (size_t i = 1; i <= n; i++)
		if (!is_in_name(text.p[i]) && text.p[i] != ':' &&
		    text.p[i] != '%')
			return refuse(why, i,
			    "not in an address, line ignored");
	memcpy(a->name, text.p + 1, n);
	if (inet_pton(AF_INET6, a->name, a->ip.bytes) == 1) {
		a->ip.version = 6;
		memset(a->name, 0, sizeof a->name);
	} else if (!memchr(text.p, '%', n)) {
		return refuse(why, 1, "not an IPv6 address, line ignored");
	}
	return take_port(a, text, n + 2, why);
}

static int
take_name(struct address *a, struct view text, struct address_error *why)
{
	size_t n = 0;
	bool digits = true;

	while (n < text.n && is_in_name(text.p[n])) {
		digits = digits && (text.p[n] == '.' ||
				       (text.p[n] >= '0' && text.p[n] <= '9'));
		n++;
	}
	if (n < text.n && text.p[n] == ':' &&
	    memchr(text.p + n + 1, ':', text.n - n - 1))
		return refuse(why, n,
		    "an IPv6 address has to be in brackets, line ignored");
	if (n == 0 || digits || n >= sizeof a->name)
		return refuse(why, 0, "not an address or name, line ignored");
	if (n < text.n && text.p[n] != ':')
		return refuse(why, n, "not in a name, line ignored");
	memcpy(a->name, text.p, n);
	return take_port(a, text, n, why);
}

int
address_parse(struct address *a, struct view text, struct address_error *why)
{
	size_t n, over;

	memset(a, 0, sizeof *a);
	a->port = ADDRESS_PORT;
	*why = (struct address_error){ 0, NULL };
	if (is_numbers(text, &a->ip, &n, &over)) {
		if (over)
			return refuse(why, over - 1,
			    "a number of the address is over 255, line "
			    "ignored");
		return take_old_port(a, text, n, why);
	}
	a->ip = (struct sys_ip){ .version = 0 };
	if (text.n > 0 && text.p[0] == '[')
		return take_bracket(a, text, why);
	return take_name(a, text, why);
}

bool
address_is(const struct address *a, const struct address *b)
{
	return strcmp(a->name, b->name) == 0 && a->port == b->port &&
	       sys_ip_is(&a->ip, &b->ip);
}
