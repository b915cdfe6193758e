# o to what is down starts nothing
/\[SERVICE_DOWN\] = {/,/},/s/\[ON_ONCE\] = .*/[ON_ONCE] = TO(START, 0),/
