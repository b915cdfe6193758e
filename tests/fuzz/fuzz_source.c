/* Property: a file of any bytes gives blocks that are no larger than a block,
 * say of themselves what is true, and come to an end; a plain file gives its
 * bytes, and any place that is found is the beginning of a line. The first byte
 * is the time that is looked for. */
#include <stdint.h>
#include <stdlib.h>
#include <unistd.h>

#include "fuzz/fuzz.h"
#include "source.h"
#include "sys.h"

enum { BLOCKS = 4096 }; /* some input inflates a thousandfold */

static uint64_t
read_all(struct source *s, const uint8_t *data)
{
	bool open = false;
	struct block b;
	uint64_t n = 0;

	for (int i = 0; i < BLOCKS; i++) {
		int r = source_next(s, &b);

		if (r <= 0)
			return n;
		if (b.text.n == 0 || b.text.n > SOURCE_ROOM ||
		    b.goes_on != open)
			abort();
		open = b.text.p[b.text.n - 1] != '\n';
		if (b.open != open)
			abort();
		if (data && memcmp(data + n, b.text.p, b.text.n) != 0)
			abort();
		n += b.text.n;
	}
	return n;
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static struct source s = { .fd = -1 };
	uint64_t at, end = SOURCE_END;
	int64_t since_ns;
	int fd;

	if (size == 0)
		return 0;
	since_ns = INT64_C(1) << (data[0] & 63) % 63;
	data++;
	size--;
	fd = os_memfd("fuzz", (off_t)size);
	if (fd < 0 || sys_pwrite(fd, data, size, 0) != (ssize_t)size)
		abort();
	if (source_open(&s, fd) < 0)
		abort();
	if (s.kind == SOURCE_PLAIN) {
		if (read_all(&s, data) != size)
			abort();
	} else {
		read_all(&s, NULL);
	}
	if (source_find(&s, since_ns, &at) < 0 || (at > 0 && at >= size))
		abort();
	if (s.kind == SOURCE_PLAIN && at > 0 && data[at - 1] != '\n')
		abort();
	for (int i = 0; end > 0 && i < 64; i++) {
		if (source_before(&s, end, &at) < 0 || (at > 0 && at >= end))
			abort();
		end = at;
	}
	source_close(&s);
	return 0;
}
