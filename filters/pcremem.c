/* The memory that PCRE2 has. */
#include "pcremem.h"

#include <errno.h>
#include <stdlib.h>

/* The interpreter grows by making a larger room beside the old one, so two are
 * enough; none is larger than its limit. */
enum {
	ROOM = PCREMEM_KIB * 1024 + 1024,
	ROOMS = 2,
};

static struct {
	char *rooms; /* NULL: none yet */
	bool taken[ROOMS];
	bool in_use; /* the interpreter is at work */
	bool lacked;
} the;

static void *
take_room(size_t n)
{
	for (int i = 0; i < ROOMS; i++) {
		if (the.taken[i] || n > ROOM)
			continue;
		the.taken[i] = true;
		return the.rooms + i * ROOM;
	}
	return NULL;
}

void *
pcremem_take(size_t n, void *unused)
{
	void *p;

	(void)unused;
	if (the.in_use)
		return take_room(n);
	p = malloc(n);
	the.lacked |= !p;
	return p;
}

void
pcremem_give(void *p, void *unused)
{
	(void)unused;
	for (int i = 0; the.rooms && i < ROOMS; i++) {
		if (p != the.rooms + i * ROOM)
			continue;
		the.taken[i] = false;
		return;
	}
	free(p);
}

int
pcremem_make_rooms(void)
{
	if (!the.rooms)
		the.rooms = malloc(ROOMS * ROOM);
	return the.rooms ? 0 : -ENOMEM;
}

void
pcremem_use_rooms(bool on)
{
	the.in_use = on;
}

bool
pcremem_lacked(void)
{
	bool lacked = the.lacked;

	the.lacked = false;
	return lacked;
}
