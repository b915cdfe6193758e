/* A directory of its own for each test that is set up with it: `home`, open,
 * at `home_path`; gone afterwards. */
#ifndef WEIR_TEST_HOME_H
#define WEIR_TEST_HOME_H

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
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
	char command[96];

	(void)state;
	close(home);
	snprintf(command, sizeof(command), "rm -rf %s", home_path);
	return system(command);
}

/* A test in it. Before its inclusion: _GNU_SOURCE, cmocka.h. */
#define TEST(name) cmocka_unit_test_setup_teardown(name, enter, leave)

#endif
