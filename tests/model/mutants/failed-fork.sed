# a fork that failed is tried again at once, and then never
/\[SERVICE_FINISH\] = {/,/},/s/\[ON_FAILED\] = .*/[ON_FAILED] = STAY(0),/
