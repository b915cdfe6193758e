/* A directory of its own for each test that is set up with it: `home`, open,
 * at `home_path`; gone afterwards. And files in it. */
#ifndef WEIR_TEST_HOME_H
#define WEIR_TEST_HOME_H

#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static char home_path[64];
static int home;

static int
enter(void **state)
{
	(void)state;
	strcpy(home_path, "/tmp/weir-unit-XXXXXX");
	if (mkdtemp(home_path) == NULL)
		return -1;
	home = open(home_path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	return home < 0 ? -1 : 0;
}

static int
leave(void **state)
{
	char command[192];

	(void)state;
	close(home);
	snprintf(command, sizeof(command), "chmod -R u+rwX %s; rm -rf %s",
	    home_path, home_path);
	return system(command);
}

/* Its path; some at a time. */
static inline const char *
home_in(const char *name)
{
	static char paths[4][128];
	static unsigned next;
	char *path = paths[next++ % 4];

	snprintf(path, sizeof(paths[0]), "%s/%s", home_path, name);
	return path;
}

static inline bool
home_has(const char *name)
{
	return faccessat(home, name, F_OK, AT_SYMLINK_NOFOLLOW) == 0;
}

/* A file with that text and mode, whatever was there. */
static inline void
home_put(const char *name, const char *text, mode_t mode)
{
	int fd = openat(home, name, O_WRONLY | O_CREAT | O_TRUNC, mode);

	assert_return_code(fd, errno);
	assert_int_equal(write(fd, text, strlen(text)), strlen(text));
	assert_return_code(fchmod(fd, mode), errno);
	close(fd);
}

/* A file's text, until the next call, or NULL. */
static inline const char *
home_text(const char *name)
{
	static char text[128];
	int fd = openat(home, name, O_RDONLY);
	ssize_t n;

	if (fd < 0)
		return NULL;
	n = read(fd, text, sizeof text - 1);
	close(fd);
	text[n > 0 ? n : 0] = 0;
	return text;
}

/* Its type and mode, not of where it leads; or 0. */
static inline mode_t
home_mode(const char *name)
{
	struct stat st;

	return fstatat(home, name, &st, AT_SYMLINK_NOFOLLOW) < 0 ? 0
	                                                         : st.st_mode;
}

static inline void
home_mkdir(const char *name)
{
	assert_return_code(mkdirat(home, name, 0755), errno);
}

/* How many descriptors are open. */
static inline int
open_fds(void)
{
	int n = 0;

	for (int fd = 0; fd < 1024; fd++)
		n += fcntl(fd, F_GETFD) >= 0;
	return n;
}

/* A test in it. One that needs more has a set-up that begins with enter(), and
 * a teardown that ends with leave(). Before the inclusion: _GNU_SOURCE,
 * cmocka.h. */
#define TEST(name) cmocka_unit_test_setup_teardown(name, enter, leave)

#endif
