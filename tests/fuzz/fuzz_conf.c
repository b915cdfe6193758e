/* Properties of any config: it is read to its end, no value is outside what
 * the rest of the program counts on, a last newline changes nothing, and no
 * problem quotes the text. */
#include <stdint.h>
#include <stdlib.h>

#include "conf.h"
#include "fuzz/fuzz.h"
#include "options.h"
#include "route.h"

struct told {
	const struct conf *conf;
	unsigned n, line, errors;
};

static bool
is_inside(const struct conf *c, const char *p)
{
	return p >= c->text && p <= c->text + c->text_n;
}

static void
tell(void *arg, const struct conf_problem *problem)
{
	struct told *told = arg;

	require(problem->line >= told->line && problem->column >= 1);
	require(problem->what && problem->why);
	require(!is_inside(told->conf, problem->what));
	require(!is_inside(told->conf, problem->why));
	told->line = problem->line;
	told->n++;
	told->errors += problem->error;
}

static struct told
parse(struct conf *c, const char *p, size_t n)
{
	struct told told = { .conf = c };

	require(conf_parse(c, view_of(p, n), tell, &told) == 0);
	return told;
}

static void
check_values(const struct conf *c)
{
	require(c->size <= INT64_MAX && c->keep <= INT64_MAX);
	require(c->keep_full <= INT64_MAX && c->total <= INT64_MAX);
	require(c->age_s <= INT64_MAX / 2000000000);
	require(c->total_s <= INT64_MAX / 2000000000);
	require(c->sync_ms <= 86400000);
	require((c->mode & ~(mode_t)0666) == 0);
	require((c->mode & 0600) == 0600);
	require(c->expressions <= CONF_MAX_EXPRESSIONS);
	require(c->interpreted <= c->expressions);
	require(c->masks.n <= c->expressions);
	require(c->n_targets <= CONF_MAX_TARGETS);
	require(!c->only || c->n_targets > 0);
	for (size_t i = 0; i < c->n_targets; i++)
		require(c->targets[i].address.port >= 1 &&
			c->targets[i].address.port <= 65535);
	require(c->form.max >= FRAME_LEAST && c->form.max <= FRAME_MOST);
	if (c->prefix.n) {
		require(is_inside(c, c->prefix.p));
		require(is_inside(c, c->prefix.p + c->prefix.n));
		require(!memchr(c->prefix.p, '\n', c->prefix.n));
	}
	if (c->processor) {
		require(is_inside(c, c->processor));
		require(!strchr(c->processor, '\n'));
		(void)conf_processor_is_gzip(c->processor);
	}
}

static void
check_same(const struct conf *a, const struct conf *b)
{
	require(a->size == b->size && a->keep == b->keep);
	require(a->keep_full == b->keep_full && a->age_s == b->age_s);
	require(a->total == b->total && a->total_s == b->total_s);
	require(a->sync_ms == b->sync_ms && a->mode == b->mode);
	require(a->drop == b->drop && a->copy_out == b->copy_out);
	require(view_eq(a->prefix, b->prefix));
	require(a->select.of[SELECT_LOG].n == b->select.of[SELECT_LOG].n);
	require(a->select.of[SELECT_STDERR].n == b->select.of[SELECT_STDERR].n);
	require(a->masks.n == b->masks.n && a->engine == b->engine);
	require(a->errors == b->errors);
	require(a->n_targets == b->n_targets && a->only == b->only);
	require(a->bad_targets == b->bad_targets);
	require(a->form.style == b->form.style && a->form.max == b->form.max);
	require(!a->processor == !b->processor);
	require(!a->processor || strcmp(a->processor, b->processor) == 0);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char *text = malloc(size + 1);
	struct told told, again;
	struct conf a, b;

	if (!text)
		abort();
	if (size)
		memcpy(text, data, size);
	text[size] = '\n';
	told = parse(&a, text, size);
	again = parse(&b, text, size + 1);
	free(text);
	require(told.n == again.n && told.line == again.line);
	require(told.errors == a.errors && a.lost_masks <= a.errors);
	check_values(&a);
	check_same(&a, &b);
	(void)select_line(&a.select, view_of((const char *)data, size));
	if (a.masks.n > 0)
		(void)masks_apply(&a.masks, view_of((const char *)data, size));
	conf_free(&a);
	conf_free(&b);
	require(!select_has_rules(&a.select) && a.text == NULL);
	return 0;
}
