/* runit: process 1, in three stages. */
#include "first.h"

int
main(int argc, char *argv[])
{
	(void)argc;
	return first_run(argv);
}
