# fish completion for sv(8); `make install` puts in where services are

# Services are the directories in SVDIR; one that has a log is two.
function __sv_services
    set -l dir @SVDIR@
    set -q SVDIR; and set dir $SVDIR
    for path in $dir/*/
        set -l name (basename $path)
        echo $name
        test -d $path/log; and echo $name/log
    end
end

# Whether the command is there already.
function __sv_has_command
    set -l words (commandline -opc)
    set -e words[1]
    while set -q words[1]
        switch $words[1]
            case -w
                set -e words[1]
            case '-*'
            case '*'
                return 0
        end
        set -e words[1]
    end
    return 1
end

set -l commands \
    status\t'what it is doing' s\tstatus \
    up\t'start it, and whenever it stops' u\tup \
    down\t'stop it' d\tdown \
    once\t'start it once' o\tonce \
    pause\t'send it STOP' p\tpause \
    cont\t'send it CONT' c\tcont \
    hup\t'send it HUP' h\thup \
    alarm\t'send it ALRM' a\talarm \
    interrupt\t'send it INT' i\tinterrupt \
    quit\t'send it QUIT' q\tquit \
    1\t'send it USR1' 2\t'send it USR2' \
    term\t'send it TERM' t\tterm \
    kill\t'send it KILL' k\tkill \
    exit\t'stop it, and its runsv' e\texit x\texit \
    start\t'up, and wait' stop\t'down, and wait' \
    restart\t'stop and start it, and wait' \
    reload\t'hup, and tell' shutdown\t'exit, and wait' \
    try-restart\t'restart it if it runs' \
    check\t'wait for what was wanted' \
    force-stop\t'stop, by KILL in the end' \
    force-reload\t'try-restart, by KILL in the end' \
    force-restart\t'restart, by KILL in the end' \
    force-shutdown\t'shutdown, by KILL in the end' \
    D\tforce-stop T\tforce-reload X\tforce-shutdown E\tforce-shutdown \
    list\t'a table of services' log\t'read its log'

complete -c sv -f
complete -c sv -n 'not __sv_has_command' -s v -d 'wait, and tell'
complete -c sv -n 'not __sv_has_command' -s w -x -d 'wait, seconds at most'
complete -c sv -n 'not __sv_has_command' -s j -d 'JSON'
complete -c sv -n 'not __sv_has_command' -s V -d 'the version'
complete -c sv -n 'not __sv_has_command' -a "$commands"
complete -c sv -n __sv_has_command -a '(__sv_services)'
complete -c sv -n __sv_has_command -a '(__fish_complete_directories)'
