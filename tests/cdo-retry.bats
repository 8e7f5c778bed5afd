#!/usr/bin/env bats
# cdo-retry: when a command is run again, what it reads, what comes out.

load helper
load store
load counted

setup() {
	cd "$BATS_TEST_TMPDIR" || return
	start_store
	# ./flaky CODE N [COMMAND...]: note the run, say something; before run
	# N exit with CODE
	cat >flaky <<'END'
#!/bin/sh
echo "$CDO_ATTEMPT" >>runs
echo "out $CDO_ATTEMPT"
echo "err $CDO_ATTEMPT" >&2
[ "$(grep -c . runs)" -ge "$2" ] || exit "$1"
END
	chmod +x flaky
}

# retry ARG...: quick, quiet and exact.
retry() { call cdo-retry -q -b fixed:1ms "$@"; }

@test "cdo-retry: a command that works runs once, and is not heard of" {
	call cdo-retry -- ./flaky 75 1
	assert_status 0
	assert_out 'out 1'
	assert_err 'err 1'
	assert_runs 1
}

@test "cdo-retry: 69 and 75 are tried again, four attempts in all" {
	for code in 69 75; do
		rm -f runs
		retry -- ./flaky $code 9
		assert_status $code
		assert_out ''
		[[ $(<runs) == $'1\n2\n3\n4' ]] || fail "$(<runs)"
	done
	rm runs
	retry -n 9 -- ./flaky 75 6
	assert_status 0
	assert_out 'out 6'
	assert_runs 6
}

@test "cdo-retry: other exit statuses pass at once, whatever they are" {
	for code in 1 2 64 65 70 76 124 125 126 127 130 131 255; do
		rm -f runs
		retry -- ./flaky $code 9
		assert_status $code
		assert_runs 1
		assert_err 'err 1'
	done
}

@test "cdo-retry: --on says which are; never those that make no sense" {
	for code in 1 99 255; do
		rm -f runs
		retry --on 1,90-99,255 -- ./flaky $code 9
		assert_status $code
		assert_runs 4
	done
	for code in 75 125 126 127 130 131; do
		rm -f runs
		if [[ $code == 75 ]]; then on=1; else on=any; fi
		retry --on $on -- ./flaky $code 9
		assert_status $code
		assert_runs 1
	done
	for wrong in 0 126 x 5-1 ''; do
		retry --on "$wrong" -- true
		assert_status 64
		[[ $err == "cdo-retry: --on: $wrong: "* ]] || fail "$err"
	done
}

@test "cdo-retry: death by a signal is 128 and its number; INT and QUIT end it" {
	for signal in KILL USR1 INT QUIT; do
		rm -f runs
		retry -n 2 --on any -- sh -c "echo >>runs; kill -$signal \$\$"
		assert_status $((128 + $(kill -l $signal)))
		case $signal in
		INT | QUIT) assert_runs 1 ;;
		*) assert_runs 2 ;;
		esac
		[[ $err == "cdo-retry: sh: "*"killed by signal $(kill -l $signal) ("* ]] || fail "$err"
	done
	rm runs
	retry -- sh -c 'echo >>runs; kill -KILL $$'
	assert_status 137
	assert_runs 1
}

@test "cdo-retry: what cannot be run is 126, what is not there 127; once" {
	call cdo-retry --on any -- ./none
	assert_status 127
	assert_err 'cdo-retry: ./none: No such file or directory'
	call cdo-retry --on any -- "$PWD"
	assert_status 126
	assert_err "cdo-retry: $PWD: Permission denied"
}

@test "cdo-retry: each attempt reads the same input, small and large" {
	printf 'a\0\nb' >small
	seq 400000 >large # 2.7 MB
	for file in small large; do
		rm -f runs
		cdo-retry -q -b fixed:1ms -- sh -c 'cat >got; cat got
			./flaky 75 3 >&2' <$file >out 2>/dev/null
		cmp $file out
		cmp $file got
		assert_runs 3
	done
	# from a pipe, by a command that reads some of it only
	seq 400000 | cdo-retry -q -b fixed:1ms -- \
	    sh -c 'head -n 1; ./flaky 75 3 >&2' >out 2>/dev/null
	[[ $(<out) == 1 ]]
}

@test "cdo-retry: --input: none is empty, pass goes on where it was" {
	printf 'a\nb\nc\n' >lines
	read_one='read -r line; echo "got $line"; exit 75'
	cdo-retry -q -n 2 --output last --input none -- cat <lines >out
	[[ ! -s out ]]
	cdo-retry -q -n 2 -b fixed:1ms --output last --input pass -- \
	    sh -c "$read_one" <lines >out 2>err || [[ $? -eq 75 ]]
	[[ $(<out) == 'got b' ]]
	status=0
	cdo-retry -- true <&- || status=$?
	[[ $status -eq 0 ]]
}

@test "cdo-retry: no byte of a failed attempt comes out, however many" {
	cat >large <<'END'
seq 300000
[ "$CDO_ATTEMPT" -ge 3 ] || exit 75
END
	cdo-retry -q -b fixed:1ms -- sh large >out
	seq 300000 | cmp - out
	call cdo-retry -b fixed:1ms -n 2 -- sh large
	assert_status 75
	assert_out ''
	[[ $err == *'attempt 2 of 2: exit status 75; giving up'*'dropped 1988895 bytes of its output'* ]] || fail "$err"
}

@test "cdo-retry: --output last writes that of the last attempt" {
	retry -n 2 --output last -- ./flaky 75 9
	assert_status 75
	assert_out 'out 2'
	rm runs
	retry --output last -- ./flaky 1 9
	assert_status 1
	assert_out 'out 1'
}

@test "cdo-retry: --output stream writes at once, and then tries no more" {
	retry --output stream -- ./flaky 75 9
	assert_status 75
	assert_out 'out 1'
	assert_runs 1
	[[ $err == *'giving up, since some of its output is out' ]] || fail "$err"
	rm runs
	retry --output stream -- sh -c './flaky 75 3 >got && cat got'
	assert_status 0
	assert_out 'out 3'
	assert_runs 3
	mkfifo gate
	cdo-retry --output stream -- sh -c 'echo first; cat gate' >out 3>&- &
	within 5 grep -q first out
	echo second >gate
	wait $!
}

@test "cdo-retry: standard error passes at once; --prefix says whose it is" {
	mkfifo gate
	cdo-retry -- sh -c 'echo first >&2; cat gate' 2>err 3>&- &
	within 5 grep -q first err
	echo second >gate
	wait $!
	retry -n 2 --prefix -- sh -c 'echo a >&2; printf b >&2; exit 75'
	assert_err $'sh[1]: a\nsh[1]: b\nsh[2]: a\nsh[2]: b\ncdo-retry: sh: attempt 2 of 2: exit status 75; giving up'
}

@test "cdo-retry: the attempts know their number, and share a key" {
	cdo-retry -q -b fixed:1ms -- sh -c \
	    'echo "$CDO_IDEMPOTENCY_KEY" >>keys; ./flaky 75 3' >/dev/null 2>&1
	[[ $(wc -l <keys) -eq 3 && $(sort -u keys | wc -l) -eq 1 ]]
	grep -qE '^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$' keys
	cdo-retry -- sh -c 'echo "$CDO_IDEMPOTENCY_KEY" >>keys'
	[[ $(sort -u keys | wc -l) -eq 2 ]]
	retry --key order-17 -- sh -c 'echo "$CDO_IDEMPOTENCY_KEY"'
	assert_out order-17
}

@test "cdo-retry: failures are told with what comes next" {
	call cdo-retry -n 3 -b linear:10ms --no-jitter -- sh -c 'exit 75'
	assert_status 75
	assert_err 'cdo-retry: warning: sh: attempt 1 of 3: exit status 75; retrying in 10ms
cdo-retry: warning: sh: attempt 2 of 3: exit status 75; retrying in 20ms
cdo-retry: sh: attempt 3 of 3: exit status 75; giving up'
	CDO_LOG_FILE=$PWD/log cdo-retry -q -n 3 -b fixed:1ms -- sh -c \
	    'exit 75' 2>/dev/null || true
	[[ $(jq -c 'select(.event == "run") | [.exit, .retries]' log) == '[75,2]' ]] || fail "$(<log)"
}

@test "cdo-retry: an attempt that takes too long is ended, and tried again" {
	retry -n 2 --timeout 200ms -- sh -c 'echo >>runs; sleep 100'
	assert_status 124
	assert_runs 2
	[[ $err == *'attempt 2 of 2: not done within 200ms; giving up' ]] || fail "$err"
	# the group, and who does not listen
	rm runs
	retry -n 1 --timeout 200ms --grace 50ms -- sh -c \
	    'trap "" TERM; echo $$ >pid; sleep 100 & sleep 100; sleep 100'
	assert_status 124
	within 5 is_over "$(<pid)" || fail 'it still runs'
}

@test "cdo-retry: --deadline is for all attempts and waits together" {
	retry -n 99 --deadline 300ms -- sh -c 'echo >>runs; sleep 100'
	assert_status 124
	assert_runs 1
	[[ $err == *'the deadline of 300ms is over; giving up, since'* ]] || fail "$err"
	rm runs
	call cdo-retry -q -b fixed:1h --deadline 1m -- ./flaky 75 9
	assert_status 75
	assert_runs 1
	[[ $err == *'giving up, since the deadline is near' ]] || fail "$err"
}

@test "cdo-retry: --fallback stands in, with the same input, without a shell" {
	echo 'for you' >yesterday
	echo hi | cdo-retry -q -n 2 -b fixed:1ms --fallback \
	    "sh -c 'cat; echo \"\$CDO_ATTEMPT\$1\"' x '; echo \$HOME'" -- \
	    ./flaky 75 9 >out 2>err
	[[ $(<out) == $'hi\n0; echo $HOME' ]] || fail "$(<out)"
	assert_runs 2
	call cdo-retry --fallback 'cat yesterday' -- ./flaky 1 9
	assert_status 0
	assert_out 'for you'
	[[ $err == *'cdo-retry: warning: ./flaky: failed (1); running cat instead' ]] || fail "$err"
	retry --fallback 'sh -c "echo part; exit 9"' -- ./flaky 1 9
	assert_status 9
	assert_out ''
}

@test "cdo-retry: --fallback is not for what worked, cannot run, or was ended" {
	retry --fallback 'echo no' -- echo yes
	assert_out yes
	retry --fallback 'echo no' -- ./none
	assert_status 127
	assert_out ''
	retry --fallback 'echo no' -- sh -c 'kill -INT $$'
	assert_status 130
	assert_out ''
	retry --output stream --fallback 'echo no' -- ./flaky 75 9
	assert_out 'out 1'
	retry --fallback "echo 'no" -- true
	assert_status 64
	[[ $err == 'cdo-retry: --fallback: a quote or backslash without an end'* ]]
}

@test "cdo-retry: wrong calls are told" {
	call cdo-retry
	assert_status 64
	[[ $err == 'cdo-retry: which command?'* ]]
	call cdo-retry -q status
	assert_status 64
	[[ $err == 'cdo-retry: status: a verb comes first; before a command of that name write --'* ]]
	call cdo-retry -n 0 -- true
	assert_status 64
	call cdo-retry -b expo -- true
	assert_status 64
	[[ $err == 'cdo-retry: --backoff: expo: neither fixed, linear nor exponential'* ]]
	call cdo-retry --output finale -- true
	[[ $err == 'cdo-retry: --output: finale: unknown; did you mean final?'* ]]
	call cdo-retry status a b
	assert_status 64
}
