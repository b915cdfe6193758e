/* What process 1 has children for. */
#include "task.h"

#include <unistd.h>

#include "flag.h"
#include "spawn.h"
#include "sys.h"

enum { EXIT_TROUBLE = 111 };

#define SCRIPT(path) path, "unable to start child: " path

struct script {
	const char *path, *unable, *words;
};

static const struct script stages[] = {
	[1] = { SCRIPT(FLAG_STAGE_1), NULL },
	[2] = { SCRIPT(FLAG_STAGE_2), NULL },
	[3] = { SCRIPT(FLAG_STAGE_3), NULL },
};

static const struct script scripts[ORDER_SCRIPTS] = {
	[ORDER_CTRLALTDEL] = { SCRIPT(FLAG_CTRLALTDEL),
	    "ctrl-alt-del request..." },
	[ORDER_PWRFAIL] = { SCRIPT(FLAG_PWRFAIL), "power failure request..." },
};

static pid_t
start_script(const struct script *script, bool session)
{
	const char *const argv[] = { script->path, NULL };
	const struct spawn sp = {
		.argv = argv,
		.cwd = -1,
		.session = session,
		.words = script->unable,
	};

	return spawn_start(&sp);
}

static pid_t
start_call(int (*call)(void))
{
	pid_t pid = sys_fork();

	if (pid != 0)
		return pid;
	os_signal_clear();
	_exit(call() < 0 ? EXIT_TROUBLE : 0);
}

static int
reboot_as_told(void)
{
	return os_reboot(flag_is(FLAG_REBOOT) ? SYS_RESTART : SYS_POWER_OFF);
}

static int
halt(void)
{
	return os_reboot(SYS_HALT);
}

pid_t
task_start(enum stage_state state)
{
	int number = stage_number(state);

	if (number != 0)
		return start_script(&stages[number], number != 1);
	if (state == STAGE_SYNC)
		return start_call(sys_sync);
	return start_call(state == STAGE_DOWN ? reboot_as_told : halt);
}

const char *
task_stage(int number)
{
	return stages[number].path;
}

const char *
task_name(enum stage_state state)
{
	int number = stage_number(state);

	return number != 0 ? task_stage(number) : "the end";
}

pid_t
task_start_script(enum order_script script)
{
	return start_script(&scripts[script], false);
}

const char *
task_script(enum order_script script)
{
	return scripts[script].path;
}

const char *
task_script_words(enum order_script script)
{
	return scripts[script].words;
}
