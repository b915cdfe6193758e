/* The words for an error number. */
#include "why.h"

#include <errno.h>
#include <stddef.h>

/* The first row of a number counts: some systems have one number for two of
 * these names. */
static const struct {
	int err;
	const char *words;
} reasons[] = {
	{ 0, "no error" },
	{ EPERM, "permission denied" },
	{ ENOENT, "file does not exist" },
	{ ESRCH, "no such process" },
	{ EINTR, "interrupted system call" },
	{ EIO, "input/output error" },
	{ ENXIO, "device not configured" },
	{ E2BIG, "argument list too long" },
	{ ENOEXEC, "exec format error" },
	{ EBADF, "file descriptor not open" },
	{ ECHILD, "no child processes" },
	{ EAGAIN, "temporary failure" },
	{ EWOULDBLOCK, "input/output would block" },
	{ ENOMEM, "out of memory" },
	{ EACCES, "access denied" },
	{ EFAULT, "bad address" },
	{ EBUSY, "device busy" },
	{ EEXIST, "file already exists" },
	{ EXDEV, "cross-device link" },
	{ ENODEV, "device does not support operation" },
	{ ENOTDIR, "not a directory" },
	{ EISDIR, "is a directory" },
	{ EINVAL, "invalid argument" },
	{ ENFILE, "system cannot open more files" },
	{ EMFILE, "process cannot open more files" },
	{ ENOTTY, "not a tty" },
	{ ETXTBSY, "text busy" },
	{ EFBIG, "file too big" },
	{ ENOSPC, "out of disk space" },
	{ ESPIPE, "unseekable descriptor" },
	{ EROFS, "read-only file system" },
	{ EMLINK, "too many links" },
	{ EPIPE, "broken pipe" },
	{ EDOM, "input out of range" },
	{ ERANGE, "output out of range" },
	{ EDEADLK, "operation would cause deadlock" },
	{ ENAMETOOLONG, "file name too long" },
	{ ENOLCK, "no locks available" },
	{ ENOSYS, "system call not available" },
	{ ENOTEMPTY, "directory not empty" },
	{ ELOOP, "symbolic link loop" },
	{ ENOLINK, "symbolic link to nothing" },
	{ EDQUOT, "disk quota exceeded" },
	{ ESTALE, "stale NFS file handle" },
	{ EPROTO, "protocol error" },
	{ EBADMSG, "damaged data" },
	{ EOVERFLOW, "value too large" },
	{ EILSEQ, "invalid byte sequence" },
	{ ECANCELED, "operation canceled" },
	{ ENOTSUP, "operation not supported" },
	{ EOPNOTSUPP, "operation not supported" },
	{ ENOTSOCK, "not a socket" },
	{ EDESTADDRREQ, "destination address required" },
	{ EMSGSIZE, "message too long" },
	{ EPROTOTYPE, "incorrect protocol type" },
	{ ENOPROTOOPT, "protocol not available" },
	{ EPROTONOSUPPORT, "protocol not supported" },
	{ EAFNOSUPPORT, "address family not supported" },
	{ EADDRINUSE, "address already used" },
	{ EADDRNOTAVAIL, "address not available" },
	{ ENETDOWN, "network down" },
	{ ENETUNREACH, "network unreachable" },
	{ ENETRESET, "network reset" },
	{ ECONNABORTED, "connection aborted" },
	{ ECONNRESET, "connection reset" },
	{ ENOBUFS, "out of buffer space" },
	{ EISCONN, "already connected" },
	{ ENOTCONN, "not connected" },
	{ ETIMEDOUT, "timed out" },
	{ ECONNREFUSED, "connection refused" },
	{ EHOSTUNREACH, "host unreachable" },
	{ EALREADY, "operation already in progress" },
	{ EINPROGRESS, "operation in progress" },
#ifdef EHOSTDOWN
	{ EHOSTDOWN, "host down" },
#endif
#ifdef ESHUTDOWN
	{ ESHUTDOWN, "socket shut down" },
#endif
};

const char *
why(int err)
{
	size_t i;

	for (i = 0; i < sizeof(reasons) / sizeof(reasons[0]); i++)
		if (reasons[i].err == err || -reasons[i].err == err)
			return reasons[i].words;
	return "unknown error";
}
