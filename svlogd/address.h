/* Where datagrams go, from a config's text. */
#ifndef WEIR_ADDRESS_H
#define WEIR_ADDRESS_H

#include <stdbool.h>

#include "sys.h"
#include "view.h"

enum {
	ADDRESS_NAME = 254, /* with its NUL */
	ADDRESS_PORT = 514, /* where none is given */
};

struct address {
	char name[ADDRESS_NAME]; /* to be looked up; "": ip it is */
	struct sys_ip ip;
	unsigned port;
};

/* What is wrong with a text. */
struct address_error {
	size_t at; /* bytes before it */
	const char *words;
};

/* NUMBERS[:PORT], [IPv6][:PORT] or NAME[:PORT]. Text that begins like four
 * numbers and dots is read as runit reads it: what follows is not looked at.
 * 0, and why->words where a part is not used, else NULL; -EINVAL and
 * why->words where there is no address. */
int address_parse(struct address *a, struct view text,
    struct address_error *why);

bool address_is(const struct address *a, const struct address *b);

#endif
