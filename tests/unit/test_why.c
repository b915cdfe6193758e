/* lib/why */
#include <errno.h>
#include <limits.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "why.h"

static const struct {
	int err;
	const char *words;
} known[] = {
	{ 0, "no error" },
	{ ENOENT, "file does not exist" },
	{ EACCES, "access denied" },
	{ EPERM, "permission denied" },
	{ EAGAIN, "temporary failure" },
	{ ENXIO, "device not configured" },
	{ ENOMEM, "out of memory" },
	{ EISDIR, "is a directory" },
	{ ENOTDIR, "not a directory" },
	{ EEXIST, "file already exists" },
	{ ETXTBSY, "text busy" },
	{ EROFS, "read-only file system" },
	{ ENOSPC, "out of disk space" },
	{ EDQUOT, "disk quota exceeded" },
	{ EPIPE, "broken pipe" },
	{ EIO, "input/output error" },
	{ ENOEXEC, "exec format error" },
	{ ELOOP, "symbolic link loop" },
	{ ECONNREFUSED, "connection refused" },
	{ EMSGSIZE, "message too long" },
	{ EINTR, "interrupted system call" },
	{ EMFILE, "process cannot open more files" },
	{ ENFILE, "system cannot open more files" },
	{ EFBIG, "file too big" },
	{ ENOTSUP, "operation not supported" },
	{ EBADMSG, "damaged data" },
	{ 9999, "unknown error" },
	{ INT_MAX, "unknown error" },
};

static void
the_words_are_the_ones_scripts_match(void **state)
{
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(known) / sizeof(known[0]); i++)
		assert_string_equal(why(known[i].err), known[i].words);
}

static void
the_sign_does_not_matter(void **state)
{
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(known) / sizeof(known[0]); i++)
		assert_string_equal(why(-known[i].err), known[i].words);
	assert_string_equal(why(INT_MIN), "unknown error");
}

static void
no_number_is_without_words(void **state)
{
	int err;

	(void)state;
	for (err = -300; err < 300; err++)
		assert_true(why(err) != NULL && why(err)[0] != '\0');
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_words_are_the_ones_scripts_match),
		cmocka_unit_test(the_sign_does_not_matter),
		cmocka_unit_test(no_number_is_without_words),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
