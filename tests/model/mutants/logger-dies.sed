# a logger that waits is not started for what is left
/\[SERVICE_WAIT\] = {/,/},/s/\[ON_RELEASE\] = .*/[ON_RELEASE] = TO(OVER, 0),/
