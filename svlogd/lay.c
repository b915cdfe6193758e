/* A cut in the making. */
#include "lay.h"

#include "ticks.h"

void
lay_part(struct lay *y, char *p, size_t n)
{
	struct cut *cut = y->cut;

	if (n == 0)
		return;
	cut->part[cut->n_parts].iov_base = p;
	cut->part[cut->n_parts++].iov_len = n;
	cut->bytes += n;
}

struct view
lay_stamp(struct lay *y)
{
	struct route *rt = y->rt;
	struct ticks t = ticks_of(y->next);

	if (rt->stamp.style == STAMP_NONE && !rt->datagrams)
		return view_of("", 0);
	y->next->last_ns = ticks_next(&t);
	return stamp_text(&rt->stamp, y->next->last_ns);
}
