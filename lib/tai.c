/* TAI64N labels: 25 characters that sort by time. */
#include "tai.h"

#include <errno.h>

#include "num.h"

enum {
	TAI_SECONDS = 16, /* hex digits of each part */
	TAI_NS = 8,
};

#define TAI_S INT64_C(1000000000)

static void
put_hex(char *p, int digits, uint64_t value)
{
	while (digits > 0) {
		p[--digits] = "0123456789abcdef"[value & 15];
		value >>= 4;
	}
}

static int
get_hex(const char *p, int digits, uint64_t *value)
{
	int i;

	*value = 0;
	for (i = 0; i < digits; i++) {
		int d = num_hex(p[i]);

		if (d < 0)
			return -EINVAL;
		*value = *value << 4 | (uint64_t)d;
	}
	return 0;
}

void
tai_label(char label[TAI_LABEL], int64_t ns)
{
	label[0] = '@';
	put_hex(label + 1, TAI_SECONDS, TAI_EPOCH + (uint64_t)(ns / TAI_S));
	put_hex(label + 1 + TAI_SECONDS, TAI_NS, (uint64_t)(ns % TAI_S));
}

void
tai_label_next(char label[TAI_LABEL], int64_t last, int64_t ns)
{
	if (ns / TAI_S != last / TAI_S) {
		tai_label(label, ns);
		return;
	}
	put_hex(label + 1 + TAI_SECONDS, TAI_NS, (uint64_t)(ns % TAI_S));
}

int
tai_parse(struct view label, int64_t *ns)
{
	uint64_t s, part;

	if (label.n != TAI_LABEL || label.p[0] != '@' ||
	    get_hex(label.p + 1, TAI_SECONDS, &s) < 0 ||
	    get_hex(label.p + 1 + TAI_SECONDS, TAI_NS, &part) < 0)
		return -EINVAL;
	if (s < TAI_EPOCH || part >= (uint64_t)TAI_S)
		return -EINVAL;
	s -= TAI_EPOCH;
	if (s > ((uint64_t)INT64_MAX - part) / (uint64_t)TAI_S)
		return -EINVAL;
	*ns = (int64_t)(s * (uint64_t)TAI_S + part);
	return 0;
}
