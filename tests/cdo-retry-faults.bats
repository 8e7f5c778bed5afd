#!/usr/bin/env bats
# cdo-retry: ends by force, pipes, disks, terminals, secrets.

load helper
load store
load counted

setup() {
	cd "$BATS_TEST_TMPDIR" || return
	export CDO_STATE_DIR=$PWD/store TMPDIR=$PWD
	# ./wait: say who runs, and wait; tell the signal that came
	cat >wait <<'END'
#!/bin/sh
trap 'echo TERM >>got; exit 75' TERM
trap 'echo INT >>got; exit 75' INT
echo $$ >>pids
while :; do sleep 0.05; done
END
	chmod +x wait
}

# begun N: attempt N runs.
begun() { [[ -s pids && $(wc -l <pids) -ge $1 ]]; }

@test "cdo-retry: TERM and INT go to the command, and end it all" {
	for signal in TERM INT; do
		rm -f pids got
		# a background job of a shell ignores INT: env does not
		env --default-signal=INT cdo-retry -- ./wait 2>err 3>&- &
		within 5 begun 1
		kill -$signal $!
		status=0
		wait $! || status=$?
		assert_status $((128 + $(kill -l $signal)))
		[[ $(<got) == "$signal" && $(wc -l <pids) -eq 1 ]] || fail "$(<got)"
		! grep cdo-retry err || fail 'it has something to say'
	done
}

@test "cdo-retry: TERM while it waits ends it at once" {
	cdo-retry -b fixed:1h -- sh -c 'echo $$ >>pids; exit 75' 2>err 3>&- &
	within 5 grep -q retrying err
	kill -TERM $!
	status=0
	wait $! || status=$?
	assert_status 143
	[[ $(wc -l <pids) -eq 1 ]]
}

@test "cdo-retry: TERM while it reads its input ends it, nothing has run" {
	mkfifo in
	cdo-retry -- sh -c 'echo $$ >>pids' <in 3>&- &
	pid=$!
	exec 4>in
	echo some >&4
	kill -TERM $pid
	status=0
	wait $pid || status=$?
	exec 4>&-
	assert_status 143
	[[ ! -e pids ]]
}

@test "cdo-retry: kill -9 takes the command with it" {
	cdo-retry -- ./wait 3>&- &
	within 5 begun 1
	kill -KILL $!
	wait $! || true
	within 5 is_over "$(<pids)"
	[[ $(<got) == TERM ]]
	[[ -z $(find . -name 'cdo-*') ]] # no temporary file
}

@test "cdo-retry: the command gets no descriptor of ours" {
	head -c 2000000 /dev/zero >large
	in_child='ls -l /proc/self/fd | grep -c -- "->"'
	want=$(sh -c "$in_child" <large 2>/dev/null)
	for options in '--input spool' '--input none' '--breaker b' '--prefix'; do
		# shellcheck disable=SC2086
		got=$(CDO_LOG_FILE=$PWD/log cdo-retry $options -- sh -c "$in_child" <large)
		[[ $got -eq $want ]] || fail "$options: $got, not $want"
	done
	exec 7<large
	got=$(cdo-retry -- sh -c 'cat <&7 | wc -c' </dev/null)
	exec 7<&-
	[[ $got -eq 2000000 ]] || fail 'those of the caller are the command'\''s'
}

@test "cdo-retry: a closed pipe ends it quietly (141), a full disk with 74" {
	status=$({ cdo-retry -- seq 1000000 3>&-; echo $? >&3; } 3>&1 >/dev/null | cat)
	[[ $status -eq 0 ]]
	status=$({ { cdo-retry -- seq 1000000 2>err; echo $? >&3; } | head -n 1 >/dev/null; } 3>&1)
	[[ $status -eq 141 && ! -s err ]] || fail "$status"
	status=$({ { cdo-retry --output stream --on any -- yes 2>err; echo $? >&3; } |
		head -n 1 >/dev/null; } 3>&1)
	[[ $status -eq 141 && ! -s err ]] || fail "$status"
	status=0
	cdo-retry -- echo >/dev/full 2>err || status=$?
	assert_status 74
	[[ $(<err) == 'cdo-retry: <stdout>: write: No space left on device' ]] || fail "$(<err)"
}

@test "cdo-retry: no room for what it keeps is 125, and says where" {
	head -c 3000000 /dev/zero >large
	status=0
	TMPDIR=$PWD/none cdo-retry -- touch ran <large 2>err || status=$?
	assert_status 125
	[[ $(<err) == "cdo-retry: <stdin>: $PWD/none/cdo-"*': create (TMPDIR names the folder): No such file or directory' ]] || fail "$(<err)"
	status=0
	(trap '' XFSZ; ulimit -f 1000; cdo-retry -- touch ran <large) 2>err || status=$?
	assert_status 125
	[[ $(<err) == 'cdo-retry: <stdin>: temporary file: write (TMPDIR names the folder): File too large' ]] || fail "$(<err)"
	[[ ! -e ran ]]
	# of the output: an endless one is ended, and not tried again
	status=0
	(trap '' XFSZ; ulimit -f 1000; cdo-retry --on any -- yes) >out 2>err || status=$?
	assert_status 125
	[[ $(<err) == 'cdo-retry: yes: temporary file: write (TMPDIR names the folder): File too large'* && ! -s out ]] || fail "$(<err)"
}

@test "cdo-retry: more than --max-hold of input or output is refused (125)" {
	echo 123456789 >ten
	cdo-retry --max-hold 10 -- cat <ten | cmp - ten
	call cdo-retry --max-hold 9 --input none -- cat ten
	assert_status 125
	assert_out ''
	[[ $err == 'cdo-retry: cat: more than 9 bytes; see --max-hold' ]] || fail "$err"
	status=0
	cdo-retry --max-hold 9 -- touch ran <ten 2>err || status=$?
	assert_status 125
	[[ $(<err) == 'cdo-retry: <stdin>: more than 9 bytes; see --max-hold' && ! -e ran ]] || fail "$(<err)"
	call cdo-retry --max-hold 10M --on any -- yes
	assert_status 125
	[[ $(<err) == 'cdo-retry: yes: more than 10485760 bytes; see --max-hold'* ]] || fail "$err"
}

# on_terminal COMMAND: run it by a shell with job control on a new terminal, on
# which "typed" is typed; sets out.
on_terminal() {
	local line=${2:-typed}
	out=$( { sleep 0.3; printf '%b\n' "$line"; sleep 0.3; } |
		timeout 20 script -qec "bash -c '$1'" /dev/null 3>&- | tr -d '\r')
}

@test "cdo-retry: a command that reads the terminal gets it" {
	cat >ask <<'END'
read -r line </dev/tty
echo "got $line ($CDO_ATTEMPT)"
[ "$CDO_ATTEMPT" -ge 2 ] || exit 75
END
	on_terminal 'cdo-retry -q -b fixed:1ms -- sh ask; echo "status $?"; ps -o stat= -p $$' 'one\ntwo'
	[[ $out == *'got two (2)'*'status 0'* ]] || fail "$out"
	# and the shell has it back
	[[ $out == *+* ]] || fail "$out"
	# also as its standard input, which is no spool then
	on_terminal 'cdo-retry -- head -n 1; read -r rest; echo "rest $rest"' 'one\ntwo'
	[[ $out == *one*'rest two'* ]] || fail "$out"
}

@test "cdo-retry: in the background, what wants the terminal waits for fg" {
	cat >ask <<'END'
read -r line </dev/tty
echo "got $line"
END
	cat >job <<'END'
set -m
cdo-retry -- sh ask </dev/null &
within() { until jobs | grep -q "$1"; do sleep 0.02; done; }
within Stopped
$1
wait
echo "status $?"
END
	on_terminal 'source job fg'
	[[ $out == *'got typed'*'status 0'* ]] || fail "$out"
	on_terminal 'source job bg'
	[[ $out == *'sh: it wants the terminal, but runs in the background'* ]] || fail "$out"
}

@test "cdo-retry: no secret of the command is in messages, log or store" {
	secret=canary-7f3a9
	export TOKEN=$secret
	echo "$secret" >in
	for options in '--prefix -n 2' '--timeout 100ms' '--breaker b' '--key k' '--fallback false -v -v'; do
		# shellcheck disable=SC2086
		CDO_LOG_FILE=$PWD/log CDO_LOG_LEVEL=debug cdo-retry -v $options \
		    -n 2 -b fixed:1ms --on any -- \
		    sh -c 'cat >/dev/null; sleep 0.2; exit 3' "$secret" \
		    <in >>out 2>>err || true
	done
	cdo-retry status >>out
	[[ -s err && -s log && -d store ]]
	! grep -raF "$secret" out err log store || fail 'the secret came out'
}

@test "cdo-retry: clocks that are set back do no harm" {
	for now in 2026-01-01T00:00:00Z 2025-01-01T00:00:00Z; do
		CDO_NOW=$now cdo-retry --breaker b -- true
	done
}
