/* pack: a log into the gzip that svlogd makes of old files, without the rest.
 *
 *     pack LEVEL <log >packed       as gzip -LEVEL
 *     pack check PACKED <log        whether the one holds the other */
#include <fcntl.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include "gzip.h"
#include "num.h"
#include "sys.h"

int
main(int argc, char **argv)
{
	uint64_t level;
	int rc;

	if (argc == 3 && strcmp(argv[1], "check") == 0) {
		rc = sys_open(argv[2], O_RDONLY, 0);
		if (rc >= 0)
			rc = gzip_check(rc, 0);
	} else if (argc == 2 && num_parse(view_str(argv[1]), NULL, 1, GZIP_BEST,
				    &level) == 0) {
		rc = gzip_pack(0, 1, (int)level, 0, INT64_MAX);
	} else {
		fprintf(stderr, "usage: pack LEVEL, pack check PACKED\n");
		return 100;
	}
	if (rc < 0)
		fprintf(stderr, "pack: %s\n", strerror(-rc));
	return rc < 0;
}
