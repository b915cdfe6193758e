/* sv's lines about a service, byte for byte as runit's are. */
#include "svtell.h"

#include "loop.h"
#include "sys.h"
#include "why.h"

int64_t
svtell_now(void)
{
	return sys_wall_ns() / LOOP_S;
}

void
svtell_aside(const char *what, const char *name, const char *of,
    const char *file, int err)
{
	char text[1024];
	struct buf b;

	buf_init(&b, text, sizeof text);
	buf_str(&b, "warning: ");
	buf_str(&b, what);
	buf_put(&b, view_first(view_str(name), 512));
	buf_str(&b, of);
	buf_str(&b, file);
	buf_str(&b, ": ");
	buf_str(&b, why(err));
	buf_ch(&b, '\n');
	sys_write(2, b.p, b.n);
}

enum svline_normally
svtell_normally(const char *name, const char *of, const struct svctl *sv)
{
	int r = svctl_down(sv);

	if (r < 0) {
		svtell_aside("unable to stat ", name, of, "/down", r);
		return SVLINE_UNKNOWN;
	}
	return r ? SVLINE_DOWN : SVLINE_UP;
}

void
svtell_state(struct out *out, const char *name, const struct status *st,
    enum svline_normally normally)
{
	char text[SVLINE_ROOM];
	struct buf b;

	buf_init(&b, text, sizeof text);
	svline_state(&b, st, normally, svtell_now());
	out_str(out, status_name(st->state));
	out_str(out, ": ");
	out_str(out, name);
	out_str(out, ": ");
	out_put(out, buf_view(&b));
}

void
svtell_trouble(struct out *out, const char *name, const char *of,
    enum svctl_found found, const struct svctl *sv)
{
	out_str(out, svctl_rows[found].level);
	out_str(out, ": ");
	out_str(out, name);
	out_str(out, of);
	out_str(out, ": ");
	if (svctl_is_barred(found, sv))
		out_str(out, "no permission: ");
	out_str(out, svctl_rows[found].words);
	if (sv->err) {
		out_str(out, ": ");
		out_str(out, why(sv->err));
	}
	out_str(out, "\n");
}

enum outcome
svtell_outcome(enum svctl_found found, const struct svctl *sv)
{
	if (svctl_is_barred(found, sv))
		return OUTCOME_BARRED;
	return *svctl_rows[found].level == 'f' ? OUTCOME_FAILED
	                                       : OUTCOME_UNKNOWN;
}
