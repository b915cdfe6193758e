/* svlog stat: the counters of log directories. */
#include "report.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "counters.h"
#include "dir.h"
#include "say.h"
#include "sys.h"
#include "utf8.h"

#define NS_PER_S UINT64_C(1000000000)

struct report_log {
	const char *name;
	struct counters counters;
};

/* --- a table --------------------------------------------------------------*/

static const struct {
	const char *head, *name;
	int width;
} columns[] = {
	{ "READ", "read_lines", 12 },
	{ "WRITTEN", "written_lines", 12 },
	{ "DESELECTED", "deselected_lines", 12 },
	{ "FORWARDED", "forwarded_lines", 11 },
	{ "DROPPED", "dropped_lines", 9 },
	{ "ROTATED", "rotations", 9 },
	{ "FAILED", "processor_failures", 8 },
};

enum { COLUMNS = sizeof columns / sizeof columns[0] };

enum { NAME_WIDTH = 32 }; /* a longer name moves its own row only */

static size_t
name_width(const struct report_log *v, size_t n)
{
	size_t most = strlen("LOG");

	for (size_t i = 0; i < n; i++) {
		size_t length = strlen(v[i].name);

		if (length > most && length <= NAME_WIDTH)
			most = length;
	}
	return most;
}

static void
put_name(struct out *out, const char *name, size_t width)
{
	size_t n = out_shown(out, view_str(name));

	for (; n < width; n++)
		out_str(out, " ");
}

static void
table(struct out *out, const struct report_log *v, size_t n)
{
	size_t width = name_width(v, n);
	char text[64];

	put_name(out, "LOG", width);
	for (size_t k = 0; k < COLUMNS; k++) {
		snprintf(text, sizeof text, " %*s", columns[k].width,
		    columns[k].head);
		out_str(out, text);
	}
	out_str(out, "\n");
	for (size_t i = 0; i < n; i++) {
		put_name(out, v[i].name, width);
		for (size_t k = 0; k < COLUMNS; k++) {
			snprintf(text, sizeof text, " %*llu", columns[k].width,
			    (unsigned long long)counters_get(&v[i].counters,
				columns[k].name));
			out_str(out, text);
		}
		out_str(out, "\n");
	}
}

/* --- for programs ---------------------------------------------------------*/

/* An object a line. */
static void
json(struct out *out, const struct report_log *v, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		const struct counters *c = &v[i].counters;

		out_str(out, "{\"log\":\"");
		out_json(out, view_str(v[i].name));
		out_str(out, "\"");
		for (size_t k = 0; k < c->n; k++) {
			out_str(out, ",\"");
			out_str(out, c->v[k].name);
			out_str(out, "\":");
			out_u64(out, c->v[k].value);
		}
		out_str(out, "}\n");
	}
}

/* What is no count that only rises. */
static bool
is_gauge(const char *name)
{
	return strcmp(name, "time_ns") == 0 ||
	       strcmp(name, "current_bytes") == 0;
}

/* svlogd_NAME: times are in seconds there, and counts end in _total. */
static void
metric(char text[2 * COUNTERS_NAME], const char *name)
{
	size_t n = strlen(name);
	bool is_time = n > 3 && strcmp(name + n - 3, "_ns") == 0;

	snprintf(text, 2 * COUNTERS_NAME, "svlogd_%.*s%s%s",
	    (int)(is_time ? n - 3 : n), name, is_time ? "_seconds" : "",
	    is_gauge(name) ? "" : "_total");
}

/* A name as the value of a label, which knows no escapes but three: what a
 * terminal might obey, and what is no UTF-8, is the text \xHH. */
static void
label(struct out *out, struct view v)
{
	char text[8];

	while (v.n > 0) {
		size_t n = utf8_shown(v);

		if (n == 0)
			snprintf(text, sizeof text, "\\\\x%02x",
			    (unsigned char)v.p[0]);
		else if (v.p[0] == '"' || v.p[0] == '\\')
			snprintf(text, sizeof text, "\\%c", v.p[0]);
		else
			snprintf(text, sizeof text, "%.*s", (int)n, v.p);
		out_str(out, text);
		v = view_from(v, n ? n : 1);
	}
}

static void
sample(struct out *out, const char *name, const struct report_log *of)
{
	char text[2 * COUNTERS_NAME];
	uint64_t value = counters_get(&of->counters, name);

	metric(text, name);
	out_str(out, text);
	out_str(out, "{log=\"");
	label(out, view_str(of->name));
	out_str(out, "\"} ");
	if (strcmp(name + strlen(name) - 3, "_ns") == 0) {
		out_u64(out, value / NS_PER_S);
		snprintf(text, sizeof text, ".%09u",
		    (unsigned)(value % NS_PER_S));
		out_str(out, text);
	} else {
		out_u64(out, value);
	}
	out_str(out, "\n");
}

static bool
has(const struct counters *c, const char *name)
{
	for (size_t i = 0; i < c->n; i++)
		if (strcmp(c->v[i].name, name) == 0)
			return true;
	return false;
}

/* All samples of a name, from log `from` on, which is the first that has it. */
static void
family(struct out *out, const char *name, const struct report_log *v,
    size_t from, size_t n)
{
	char text[2 * COUNTERS_NAME];

	for (size_t i = 0; i < from; i++)
		if (has(&v[i].counters, name))
			return; /* it had its turn */
	metric(text, name);
	out_str(out, "# TYPE ");
	out_str(out, text);
	out_str(out, is_gauge(name) ? " gauge\n" : " counter\n");
	for (size_t i = from; i < n; i++)
		if (has(&v[i].counters, name))
			sample(out, name, &v[i]);
}

static void
prometheus(struct out *out, const struct report_log *v, size_t n)
{
	for (size_t i = 0; i < n; i++)
		for (size_t k = 0; k < v[i].counters.n; k++)
			family(out, v[i].counters.v[k].name, v, i, n);
}

/* --------------------------------------------------------------------------*/

/* Reads all that can be: how many; *told where something was. */
static size_t
read_all(struct report_log *v, const struct find *f, int *told)
{
	size_t n = 0;

	for (size_t i = 0; i < f->n; i++) {
		int fd = dir_open(f->v[i].path);
		int r = fd < 0 ? fd : counters_read(&v[n].counters, fd);

		sys_drop(&fd);
		if (r < 0) {
			say_warning(r == -EINVAL ? 0 : r,
			    r == -EINVAL ? "no counters that I know: "
					 : "unable to read ",
			    f->v[i].path, "/lock.stats");
			*told = 1;
			continue;
		}
		v[n].name = f->v[i].name;
		if (!counters_agree(&v[n].counters)) {
			say_warning(0, f->v[i].path,
			    "/lock.stats: more or "
			    "less was read than written, deselected, "
			    "forwarded and dropped");
			*told = 1;
		}
		n++;
	}
	return n;
}

int
report_print(struct out *out, const struct find *f, enum ask_format format)
{
	struct report_log *v = calloc(f->n ? f->n : 1, sizeof *v);
	int told = 0, r;
	size_t n;

	if (!v)
		return -ENOMEM;
	n = read_all(v, f, &told);
	if (format == ASK_JSON)
		json(out, v, n);
	else if (format == ASK_PROMETHEUS)
		prometheus(out, v, n);
	else if (n > 0)
		table(out, v, n);
	free(v);
	r = out_flush(out);
	return r < 0 ? r : told;
}
