# k does not reach a finish that hangs
/\[SERVICE_FINISH\] = {/,/},/s/\[ON_KILL\] = .*/[ON_KILL] = STAY(0),/
