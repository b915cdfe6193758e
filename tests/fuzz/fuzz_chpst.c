/* Properties of any command line of chpst: it is a change or a misuse, which
 * gives a usage; and a change written out again, one option a word, in any
 * order that the table knows, is the same change. The first byte chooses the
 * name, the rest is words, each ended by a NUL. */
#define _GNU_SOURCE /* memmem */

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "fuzz/fuzz.h"
#include "persona.h"

enum { WORDS = 64, ROOM = 96 * 1024 };

static const char *const names[] = { "chpst", "setuidgid", "denvuidgid",
	"/bin/envdir", "pgrphack", "setlock", "dsoftlimit", "./x/dchpst" };

/* --- a change as a command line -------------------------------------------*/

struct line {
	char *argv[4 * WORDS];
	size_t n;
	char room[ROOM];
	size_t used;
};

static void
add(struct line *l, const char *a, const char *b)
{
	size_t n = strlen(a) + strlen(b) + 1;

	require(l->used + n <= ROOM);
	l->argv[l->n++] = l->room + l->used;
	snprintf(l->room + l->used, n, "%s%s", a, b);
	l->used += n;
	l->argv[l->n] = NULL;
}

static void
add_text(struct line *l, const char *option, const char *text)
{
	if (text == NULL)
		return;
	add(l, option, "");
	add(l, text, "");
}

static void
add_limit(struct line *l, const char *option, const struct rlimits_want *limit)
{
	char text[64], soft[24] = "=";

	if (!limit->is_set)
		return;
	if (!limit->to_hard)
		snprintf(soft, sizeof(soft), "%llu",
		    (unsigned long long)limit->soft);
	snprintf(text, sizeof(text), limit->has_hard ? "%s:%llu" : "%s", soft,
	    (unsigned long long)limit->hard);
	add(l, option, text);
}

/* As chpst; what only a personality sets is left out. */
static void
write_chpst(struct line *l, const struct change *c)
{
	static const struct {
		enum rlimits_of limit;
		const char *option;
	} limits[] = { { RLIMITS_DATA, "-d" }, { RLIMITS_FILES, "-o" },
		{ RLIMITS_PROCESSES, "-p" }, { RLIMITS_FILE, "-f" },
		{ RLIMITS_CORE, "-c" }, { RLIMITS_RESIDENT, "-r" },
		{ RLIMITS_CPU, "-t" } };
	char nicer[16];
	size_t i;

	add(l, "chpst", "");
	/* Memory's other three limits are set together only. */
	add_limit(l, "-m", &c->limit[RLIMITS_STACK]);
	for (i = 0; i < sizeof(limits) / sizeof(limits[0]); i++)
		add_limit(l, limits[i].option, &c->limit[limits[i].limit]);
	snprintf(nicer, sizeof(nicer), "%d", c->nicer);
	add_text(l, "-n", c->is_nicer ? nicer : NULL);
	add_text(l, c->lock_waits ? "-l" : "-L", c->lock);
	add_text(l, "-C", c->dir);
	add_text(l, "-/", c->root);
	add_text(l, "-e", c->env_dir);
	add_text(l, "-b", c->argv0);
	add_text(l, "-U", c->env_user);
	add_text(l, "-u", c->user);
	if (c->verbose)
		add(l, "-v", "");
	if (c->session)
		add(l, "-P", "");
	if (c->all_groups)
		add(l, "-i", "");
	for (i = 0; i < 3; i++)
		if (c->closed[i])
			add(l, "-", i == 0 ? "0" : i == 1 ? "1" : "2");
	add(l, "--", "");
	for (i = 0; c->argv[i] != NULL; i++)
		add(l, c->argv[i], "");
}

static bool
same_text(const char *a, const char *b)
{
	return a == NULL || b == NULL ? a == b : strcmp(a, b) == 0;
}

static void
require_same(const struct change *a, const struct change *b)
{
	size_t i;

	require(same_text(a->env_dir, b->env_dir));
	require(same_text(a->root, b->root) && same_text(a->dir, b->dir));
	require(same_text(a->env_user, b->env_user));
	require(same_text(a->user, b->user) && same_text(a->lock, b->lock));
	require(same_text(a->argv0, b->argv0));
	require(a->verbose == b->verbose && a->session == b->session);
	require(a->all_groups == b->all_groups && a->nicer == b->nicer);
	require(a->lock_waits == b->lock_waits);
	for (i = 0; i < 3; i++)
		require(a->closed[i] == b->closed[i]);
	for (i = 0; i < RLIMITS; i++) {
		const struct rlimits_want *la = &a->limit[i],
					  *lb = &b->limit[i];

		require(la->is_set == lb->is_set && la->soft == lb->soft);
		require(la->hard == lb->hard && la->to_hard == lb->to_hard);
		require(la->has_hard == lb->has_hard);
	}
	for (i = 0; a->argv[i] != NULL; i++)
		require(same_text(a->argv[i], b->argv[i]));
	require(b->argv[i] == NULL);
}

/* --- any command line -----------------------------------------------------*/

static void
check_usage(const struct persona *p, const char *name, const struct misuse *why)
{
	char text[1024];
	struct buf b;

	buf_init(&b, text, sizeof(text));
	persona_usage(p, name, why, &b);
	require(!b.over && b.n > 10);
	require(memcmp(b.p + b.n - 2, "\n\n", 2) == 0);
	require(memmem(b.p, b.n, "usage: ", 7) != NULL);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const char *name = names[size ? data[0] % 8 : 0];
	const struct persona *p = persona_find(name);
	char *text = malloc(size + 1), *argv[WORDS + 2], *first;
	static struct line again;
	struct change c, d;
	struct misuse why;
	size_t at = 1, n = 1;

	if (text == NULL)
		abort();
	if (size > 0)
		memcpy(text, data, size);
	text[size] = '\0';
	first = strdup(name);
	argv[0] = first;
	for (; at < size && n <= WORDS; at += strlen(text + at) + 1)
		argv[n++] = text + at;
	argv[n] = NULL;

	if (persona_parse(p, &c, argv, &why) < 0) {
		check_usage(p, name, &why);
	} else {
		require(c.argv >= argv + 1 && c.argv[0] != NULL);
		require(c.nicer >= -1000 && c.nicer <= 1000);
		if (p == persona_find("chpst") && size < ROOM / 2) {
			again.n = again.used = 0;
			write_chpst(&again, &c);
			require(persona_parse(p, &d, again.argv, &why) == 0);
			require_same(&c, &d);
		}
	}
	free(first);
	free(text);
	return 0;
}
