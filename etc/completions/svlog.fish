# fish completion for svlog(8); `make install` puts in where services are

# Services are the directories in SVDIR that have a log.
function __svlog_services
    set -l dir @SVDIR@
    set -q SVDIR; and set dir $SVDIR
    for path in $dir/*/log/
        test -d $path; and basename (dirname $path)
    end
end

set -l times "today yesterday -15m -1h -1d"

complete -c svlog -f
complete -c svlog -n __fish_use_subcommand -a stat -d 'its counters'
complete -c svlog -n __fish_use_subcommand -a verify -d 'whether its files are sound'
complete -c svlog -s f -d 'wait for more'
complete -c svlog -s n -x -d 'only the last ones'
complete -c svlog -s s -x -a $times -d 'lines of then or later'
complete -c svlog -s u -x -a $times -d 'lines of before then'
complete -c svlog -s e -x -d 'lines that match'
complete -c svlog -s v -d 'lines that do not match'
complete -c svlog -s c -d 'only how many'
complete -c svlog -s o -x -a 'text raw json' -n 'not __fish_seen_subcommand_from stat' -d 'the format'
complete -c svlog -s o -x -a 'text json prometheus' -n '__fish_seen_subcommand_from stat' -d 'the format'
complete -c svlog -s V -d 'the version'
complete -c svlog -a '(__svlog_services)'
complete -c svlog -a '(__fish_complete_directories)'
