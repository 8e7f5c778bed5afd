#!/usr/bin/env bats
# cdo-cache run: a command runs once, its result is replayed.

load helper
load store
load counted

@test "cdo-cache run: output, errors and status come again, each where it was" {
	for _ in 1 2; do
		call cdo-cache run -- ./count
		assert_status 0
		assert_out 'out 1'
		assert_err err
	done
	assert_runs 1
	printf 'a\0\nb' >bytes
	cdo-cache run -- cat "$PWD/bytes" | cmp - bytes
	cdo-cache run -- cat "$PWD/bytes" | cmp - bytes
}

@test "cdo-cache run: a replay keeps the order of output and errors" {
	cat >both <<'END'
for i in 1 2 3; do
	echo "out $i"
	sleep 0.05
	echo "err $i" >&2
	sleep 0.05
done
END
	for _ in 1 2; do
		call sh -c 'cdo-cache run -- sh both 2>&1'
		assert_out $'out 1\nerr 1\nout 2\nerr 2\nout 3\nerr 3'
	done
}

@test "cdo-cache run: it runs again when the time is over" {
	call at 00:00:00 cdo-cache run -t 1m -- ./count
	call at 00:00:59 cdo-cache run -t 1m -- ./count
	assert_out 'out 1'
	call at 00:01:00 cdo-cache run -t 1m -- ./count
	assert_out 'out 2'
	assert_runs 2
}

@test "cdo-cache run: the key is the command with its arguments, whole" {
	cdo-cache run -- ./count 0 ''
	cdo-cache run -- ./count 0
	cdo-cache run -- ./count '0 '
	cdo-cache run -- ./count
	assert_runs 4
	call cdo-cache ls run:count:
	[[ $(grep -cE '^run:count:[0-9a-f]{64}$' <<<"$out") -eq 4 ]] || fail "$out"
	cdo-cache ls -0 run:count: | xargs -0 cdo-cache del
	cdo-cache run -- ./count
	assert_runs 5
}

@test "cdo-cache run: --key, --env, --cwd and --dep say what else counts" {
	cdo-cache run --key a -- ./count
	cdo-cache run --key a -- ./count 0
	assert_runs 1
	A=1 cdo-cache run --env A --env B -- ./count
	A=1 B= cdo-cache run --env A --env B -- ./count
	A=2 cdo-cache run --env A --env B -- ./count
	A=1 C=3 cdo-cache run --env A --env B -- ./count
	assert_runs 4
	call cdo-cache run --env A=1 -- ./count
	assert_status 64
	[[ $err == 'cdo-cache: --env: A=1: not the name of a variable'* ]]
	cdo-cache run --cwd -- "$PWD/count"
	mkdir sub
	(cd sub && cdo-cache run --cwd -- ../count)
	(cd sub && cdo-cache run --cwd -- ../count)
	[[ $(wc -l <sub/runs) -eq 1 ]]
	rm runs
	echo 1 >dep
	cdo-cache run --dep dep -- ./count
	cdo-cache run --dep dep -- ./count
	assert_runs 1
	echo 22 >dep
	cdo-cache run --dep dep -- ./count
	assert_runs 2
	call cdo-cache run --dep none -- ./count
	assert_status 125
	assert_err 'cdo-cache: none: No such file or directory'
	assert_runs 2
}

@test "cdo-cache run: --stdin feeds the command, and counts; else it has none" {
	for i in 1 2 1 1; do
		[[ $(echo $i | cdo-cache run --stdin -- sh -c 'cat; echo x >>runs') == "$i" ]]
	done
	assert_runs 2
	out=$(echo 1 | cdo-cache run -- cat)
	assert_out ''
	status=0
	echo 12345 | cdo-cache run --stdin --max-size 3 -- ./count || status=$?
	assert_status 125
	assert_runs 2
}

@test "cdo-cache run: a failure is passed on, and kept only with --fail-ttl" {
	for n in 1 2; do
		call at 00:00:00 cdo-cache run -- ./count 7
		assert_status 7
		assert_out "out $n"
		assert_err err
	done
	for _ in 1 2; do
		call at 00:00:00 cdo-cache run --fail-ttl 10s -- ./count 7
		assert_status 7
		assert_out 'out 3'
	done
	call at 00:00:10 cdo-cache run --fail-ttl 10s -- ./count 7
	assert_out 'out 4'
}

@test "cdo-cache run: a command that a signal ended is never kept" {
	for n in 1 2; do
		call cdo-cache run --fail-ttl 1h -- ./count 0 KILL
		assert_status 137
		assert_out "out $n"
	done
	call cdo-cache ls
	assert_out ''
}

@test "cdo-cache run: what cannot be run is told (126, 127) and not kept" {
	echo x >plain
	call cdo-cache run --fail-ttl 1h -- ./plain
	assert_status 126
	assert_err 'cdo-cache: ./plain: Permission denied'
	call cdo-cache run --fail-ttl 1h -- ./none
	assert_status 127
	assert_err 'cdo-cache: ./none: No such file or directory'
	call cdo-cache ls
	assert_out ''
}

@test "cdo-cache run: --stale-if-error lets the last result stand in" {
	echo 0 >with
	cat >flaky <<'END'
#!/bin/sh
echo run >>runs
echo "result $(grep -c . runs)"
exit $(cat with)
END
	chmod +x flaky
	flaky() { call at "$1" cdo-cache run -t 1m --stale-if-error 1h "${@:2}" -- ./flaky; }
	flaky 00:00:00
	assert_out 'result 1'
	echo 5 >with
	flaky 00:05:00
	assert_status 0
	assert_out 'result 1'
	assert_err 'cdo-cache: warning: ./flaky: failed; its result of 5m ago stands in'
	assert_runs 2
	# and it is not tried again at once, if so wanted
	flaky 00:06:00 --fail-ttl 30s
	assert_out 'result 1'
	flaky 00:06:29 --fail-ttl 30s
	assert_out 'result 1'
	assert_err ''
	assert_runs 3
	flaky 00:06:30 --fail-ttl 30s
	assert_err 'cdo-cache: warning: ./flaky: failed; its result of 6m30s ago stands in'
	assert_runs 4
	# not for ever
	flaky 01:01:00
	assert_status 5
	assert_out 'result 5'
	echo 0 >with
	flaky 01:02:00
	assert_status 0
	assert_out 'result 6'
}

@test "cdo-cache run: output over --max-size passes, but is not kept" {
	for n in 1 2; do
		call cdo-cache run --max-size 3 -- ./count
		assert_status 0
		assert_out "out $n"
		assert_err $'err\ncdo-cache: warning: ./count: more than 3 bytes of output: not kept'
	done
}
