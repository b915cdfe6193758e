/* A service directory and its runsv, for drivers with scenes: one of each. */
#ifndef WEIR_TEST_SVC_H
#define WEIR_TEST_SVC_H

#include "kit/kit.h"
#include "status.h"

#define MARK "echo $0 >>trace; " /* a script that says in `trace` it ran */
#define SLEEP "exec sleep 1000"

struct svc {
	const struct stage *stage;
	const char *program;
	struct program pg; /* what a scene adds to it, the next start has */
	char dir[PATH_ROOM];
	char said[PATH_ROOM]; /* the file with its words */
	pid_t pid;            /* of runsv; 0: none */
};

extern struct svc svc;

/* The scene's: an empty directory, which is the driver's own from then on;
 * the program is not started. */
void svc_enter(const struct stage *st);

/* A file of the directory; valid until the fourth call from now. */
const char *svc_path(const char *name);

/* A file there, and a directory of it, made if need be. A script is a shell's,
 * without its first line, and executable. */
void svc_put(const char *name, const char *text);
void svc_script(const char *name, const char *text);

/* A logger that appends its input to log/lines. */
void svc_log(void);

/* Starts runsv; the second returns when it says that it is there. */
void svc_launch(void);
void svc_start(void);

/* To supervise/control, or with svc_tell_log() to the logger's. */
void svc_tell(const char *bytes);
void svc_tell_log(const char *bytes);

/* Waits until supervise/stat, or the logger's, is this text and a newline, and
 * supervise/status says so too. */
void svc_await(const char *stat);
void svc_await_log(const char *stat);

/* Waits until a file there is this text, or has it somewhere. */
void svc_await_text(const char *name, const char *text);
void svc_await_part(const char *name, const char *part);

/* What supervise/status, or another file like it, says. */
struct status svc_status(const char *name);

/* The pid in supervise/pid or log/supervise/pid; 0: none. */
pid_t svc_process(void);
pid_t svc_logger(void);

/* All that runsv and its children said on standard error. */
const char *svc_words(void);

/* How often a text comes in another. */
size_t times(const char *text, const char *part);

/* Waits for runsv's end, and how it was. */
int svc_ended(void);

/* The same, and it has to be exit 0; TERM is sent first. */
void svc_stop(void);

#endif
