# u during finish starts run at once
/\[SERVICE_FINISH\] = {/,/},/s/\[ON_UP\] = .*/[ON_UP] = TO(START, 0),/
