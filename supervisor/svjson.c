/* What is seen of services, as JSON. */
#include "svjson.h"

#include "loop.h"
#include "svtell.h"
#include "why.h"

static void
number(struct out *out, const char *name, uint64_t value)
{
	out_str(out, name);
	out_u64(out, value);
}

/* Or null, where there is none. */
static void
string(struct out *out, const char *name, const char *value)
{
	out_str(out, name);
	if (!value) {
		out_str(out, "null");
		return;
	}
	out_str(out, "\"");
	out_json(out, view_str(value));
	out_str(out, "\"");
}

static void
boolean(struct out *out, const char *name, bool value)
{
	out_str(out, name);
	out_str(out, value ? "true" : "false");
}

static const char *
normally_name(enum svline_normally normally)
{
	switch (normally) {
	case SVLINE_UNKNOWN:
		return NULL;
	case SVLINE_UP:
		return "up";
	case SVLINE_DOWN:
		return "down";
	}
	return NULL;
}

static void
trouble(struct out *out, const struct svsight_one *one)
{
	string(out, "\"state\":null,\"error\":", svctl_rows[one->found].words);
	string(out, ",\"reason\":", one->sv.err ? why(one->sv.err) : NULL);
}

static void
state(struct out *out, const struct svsight_one *one)
{
	const struct status *st = &one->sv.status;

	if (one->found != SVCTL_FINE) {
		trouble(out, one);
		return;
	}
	string(out, "\"state\":", status_name(st->state));
	if (st->pid)
		number(out, ",\"pid\":", (uint64_t)st->pid);
	else
		out_str(out, ",\"pid\":null");
	number(out, ",\"seconds\":", svline_age(st, svtell_now()));
	number(out, ",\"since\":", (uint64_t)(st->since_ns / LOOP_S));
	string(out, ",\"want\":", st->want == WANT_UP ? "up" : "down");
	string(out, ",\"normally\":", normally_name(one->normally));
	boolean(out, ",\"paused\":", st->paused);
	boolean(out, ",\"got_term\":", st->got_term);
}

void
svjson_begin(struct out *out)
{
	out_str(out, "[");
}

void
svjson_sight(struct out *out, size_t n, const struct svsight *s)
{
	out_str(out, n ? ",\n" : "\n");
	string(out, "{\"service\":", s->name);
	out_str(out, ",");
	state(out, &s->service);
	if (s->has_log) {
		out_str(out, ",\"log\":{");
		state(out, &s->log);
		out_str(out, "}}");
	} else {
		out_str(out, ",\"log\":null}");
	}
}

void
svjson_end(struct out *out, size_t n)
{
	out_str(out, n ? "\n]\n" : "]\n");
}
