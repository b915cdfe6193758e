/* What process 1 knows, as a word. */
#include "snapshot.h"

#include <limits.h>
#include <stddef.h>

#include "num.h"

static const char head[] = "weir-resumes=1:";

enum { FIELDS = 13 };

struct field {
	uint64_t value, most;
};

/* Both directions are this list. */
static void
fields_of(const struct snapshot *s, struct field f[FIELDS])
{
	const struct field now[FIELDS] = {
		{ s->stage.state, STAGE_STATES - 1 },
		{ s->stage.container, 1 },
		{ (uint64_t)s->pid, INT_MAX },
		{ (uint64_t)s->number, 3 },
		{ (uint64_t)s->script, INT_MAX },
		{ (uint64_t)s->script_which, ORDER_SCRIPTS - 1 },
		{ s->forced, 1 },
		{ (uint64_t)s->crashes, INT_MAX },
		{ (uint64_t)s->crash_at, INT64_MAX },
		{ (uint64_t)s->due_at, INT64_MAX },
		{ (uint64_t)s->start_at, INT64_MAX },
		{ (uint64_t)s->script_at, INT64_MAX },
		{ (uint64_t)s->end_by, INT64_MAX },
	};
	int i;

	for (i = 0; i < FIELDS; i++)
		f[i] = now[i];
}

static void
fields_to(struct snapshot *s, const struct field f[FIELDS])
{
	int i = 0;

	s->stage.state = (enum stage_state)f[i++].value;
	s->stage.container = f[i++].value != 0;
	s->pid = (pid_t)f[i++].value;
	s->number = (int)f[i++].value;
	s->script = (pid_t)f[i++].value;
	s->script_which = (enum order_script)f[i++].value;
	s->forced = f[i++].value != 0;
	s->crashes = (int)f[i++].value;
	s->crash_at = (int64_t)f[i++].value;
	s->due_at = (int64_t)f[i++].value;
	s->start_at = (int64_t)f[i++].value;
	s->script_at = (int64_t)f[i++].value;
	s->end_by = (int64_t)f[i].value;
}

void
snapshot_write(const struct snapshot *s, struct buf *b)
{
	struct field f[FIELDS];
	int i;

	fields_of(s, f);
	buf_str(b, head);
	for (i = 0; i < FIELDS; i++) {
		buf_u64(b, f[i].value);
		buf_ch(b, i < FIELDS - 1 ? ',' : '\0');
	}
}

bool
snapshot_read(struct snapshot *s, const char *word)
{
	struct view v = view_str(word);
	size_t n = sizeof(head) - 1;
	struct field f[FIELDS];
	int i;

	if (!view_eq(view_first(v, n), view_of(head, n)))
		return false;
	v = view_from(v, n);
	fields_of(s, f);
	for (i = 0; i < FIELDS; i++) {
		struct num num = num_scan(v, NULL, f[i].most);

		if (num.used == 0 || num.over)
			return false;
		f[i].value = num.value;
		v = view_from(v, num.used);
		if (i == FIELDS - 1)
			break;
		if (v.n == 0 || v.p[0] != ',')
			return false;
		v = view_from(v, 1);
	}
	if (v.n != 0)
		return false;
	fields_to(s, f);
	return true;
}
