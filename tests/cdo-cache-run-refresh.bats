#!/usr/bin/env bats
# cdo-cache run --refresh, --renew: old results, and what runs behind them.

load helper
load store
load counted

@test "cdo-cache run: --refresh replays an old result and renews it behind" {
	call at 00:00:00 cdo-cache run --refresh 10s -t 1h -- ./count
	assert_out 'out 1'
	call at 00:00:09 cdo-cache run --refresh 10s -t 1h -- ./count
	assert_out 'out 1'
	assert_runs 1
	call at 00:00:10 cdo-cache run --refresh 10s -t 1h -- ./count
	assert_status 0
	assert_out 'out 1'
	assert_err err
	within 10 renewed 00:00:11
	assert_runs 2
}

# Is the second result kept?
renewed() {
	[[ $(at "$1" cdo-cache run --refresh 10s -t 1h -- ./count 2>/dev/null) == 'out 2' ]]
}

@test "cdo-cache run: nothing waits for what runs in the background" {
	mkfifo gate
	cat >slow <<'END'
#!/bin/sh
echo run >>runs
ls -l /proc/self/fd >fds
[ ! -e wait ] || read -r x <gate
END
	chmod +x slow
	at 00:00:00 cdo-cache run --refresh 1s -- ./slow
	touch wait
	exec 9>held
	start=$SECONDS
	(at 00:01:00 cdo-cache run --refresh 1s -- ./slow; true) 9>&- 3>&- | cat
	at 00:01:00 cdo-cache run --refresh 1s -- ./slow | cat
	(cdo-cache get none; true) | cat
	within 10 bash -c '[[ $(wc -l <runs) -eq 2 ]]'
	[[ $((SECONDS - start)) -lt 8 ]]
	# it has nothing of ours: no stdout, no stderr, no 9, no store
	! grep -E 'held|store|/dev/(tty|pts)' fds || fail "$(<fds)"
	# one at a time
	assert_runs 2
	rm wait
	: >gate
	within 10 bash -c '[[ -z $(cdo-cache ls lease:) ]]'
}

@test "cdo-cache run: what runs in the background has no descriptor of ours" {
	local keyed='cdo-cache run --refresh 1s --key k --'
	at 00:00:00 $keyed true
	exec 8>held
	at 00:01:00 $keyed sh -c 'readlink /proc/$PPID/fd/* | grep -c held; readlink /proc/$PPID/fd/0 /proc/$PPID/fd/1 /proc/$PPID/fd/2; exec ls /proc/self/fd'
	exec 8>&-
	# at the time of the first run nothing is old: looking renews nothing
	within 10 bash -c "[[ -n \$(CDO_NOW=2026-01-01T00:00:00Z $keyed true) ]]"
	[[ $(at 00:00:00 $keyed true) == $'0\n/dev/null\n/dev/null\n/dev/null\n0\n1\n2\n3' ]] ||
		fail "$(at 00:00:00 $keyed true)"
}

@test "cdo-cache run: --renew runs whatever is kept, and keeps what comes" {
	cdo-cache run -- ./count
	call cdo-cache run --renew -- ./count
	assert_out 'out 2'
	call cdo-cache run -- ./count
	assert_out 'out 2'
	assert_runs 2
}

@test "cdo-cache run: a failure in the background leaves what was kept" {
	cat >flaky <<'END'
#!/bin/sh
echo run >>runs
echo result
exit "$(cat with)"
END
	chmod +x flaky
	echo 0 >with
	at 00:00:00 cdo-cache run --refresh 1s -t 1h -- ./flaky
	echo 1 >with
	call at 00:01:00 cdo-cache run --refresh 1s -t 1h -- ./flaky
	assert_status 0
	within 10 bash -c '[[ $(wc -l <runs) -eq 2 && -z $(cdo-cache ls lease:) ]]'
	call at 00:01:00 cdo-cache run -t 1h -- ./flaky
	assert_status 0
	assert_out result
}

@test "cdo-cache run: --refresh and --stdin exclude each other" {
	call cdo-cache run --refresh 1s --stdin -- cat
	assert_status 64
}

@test "cdo-cache run: one process renews an old result, however many replay it" {
	cat >slow <<'END'
#!/bin/sh
echo run >>runs
[ ! -e wait ] || until [ -e go ]; do sleep 0.1; done
echo out
END
	chmod +x slow
	call cdo-cache run --refresh 1ms -t 1h -- "$PWD/slow"
	touch wait
	call cdo-cache run --refresh 1ms -t 1h -- "$PWD/slow"
	assert_out out
	within 10 runs_are 2
	for _ in 1 2 3 4 5; do
		call cdo-cache run --refresh 1ms -t 1h -- "$PWD/slow"
		assert_out out
	done
	n=$(renewing)
	touch go
	within 10 none_renews
	[[ $n -eq 1 ]] || fail "$n processes"
}

renewing() { pgrep -cf "^cdo-cache run --renew .*$PWD/slow\$" || true; }
none_renews() { [[ $(renewing) -eq 0 ]]; }
runs_are() { [[ $(wc -l <runs) -eq $1 ]]; }
