/* In a coverage build: a child that ends by _exit() tells what it ran too, and
 * so does process 1, before it ends with the machine or starts anew. */
#define _GNU_SOURCE
#include <gcov.h>
#include <unistd.h>

_Noreturn void __real__exit(int code);
_Noreturn void __wrap__exit(int code);
int __real_reboot(int how);
int __wrap_reboot(int how);
int __real_execve(const char *path, char *const argv[], char *const envp[]);
int __wrap_execve(const char *path, char *const argv[], char *const envp[]);

_Noreturn void
__wrap__exit(int code)
{
	__gcov_dump();
	__real__exit(code);
}

/* It is a child that ends the machine: what it knows is process 1's. Who only
 * asks for Ctrl-Alt-Del goes on, and tells the rest later. */
int
__wrap_reboot(int how)
{
	__gcov_dump();
	__gcov_reset();
	return __real_reboot(how);
}

int
__wrap_execve(const char *path, char *const argv[], char *const envp[])
{
	if (getpid() == 1)
		__gcov_dump();
	return __real_execve(path, argv, envp);
}
