#!/usr/bin/env bats
# cdo-retry: breakers and budgets that all processes share, and the verbs.

load helper
load store
load counted

# fail_at HH:MM:SS N: N attempts fail then, with the breaker b.
fail_at() {
	for ((i = 0; i < $2; i++)); do
		at "$1" cdo-retry -q -n 1 --breaker b -- ./count 75 \
		    >/dev/null 2>&1 || true
	done
}

# state_at HH:MM:SS: what status says of b.
state_at() { at "$1" cdo-retry status --json b | jq -r .state; }

@test "cdo-retry: five failures in a row open the breaker, for all (69)" {
	fail_at 00:00:00 4
	[[ $(state_at 00:00:00) == closed ]]
	fail_at 00:00:00 1
	[[ $(state_at 00:00:00) == open ]]
	assert_runs 5
	call at 00:00:29 cdo-retry --breaker b -- ./count
	assert_status 69
	assert_out ''
	[[ $err == 'cdo-retry: ./count: the breaker b is open until 2026-01-01T00:00:3'* ]] || fail "$err"
	assert_runs 5
	call at 00:00:00 cdo-retry --breaker other -- ./count
	assert_status 0
}

@test "cdo-retry: then one attempt is let through, and its success closes it" {
	fail_at 00:00:00 5
	[[ $(state_at 00:00:40) == half-open ]]
	mkfifo gate
	at 00:00:40 cdo-retry --breaker b -- sh -c 'echo run >>runs; cat gate' \
	    >first 3>&- &
	within 5 bash -c '[[ $(wc -l <runs) -eq 6 ]]'
	call at 00:00:41 cdo-retry --breaker b -- ./count
	assert_status 69
	echo done >gate
	wait $!
	[[ $(state_at 00:00:42) == closed ]]
	call at 00:00:42 cdo-retry --breaker b -- ./count
	assert_status 0
}

@test "cdo-retry: a probe that was killed is nobody's, the next one goes" {
	fail_at 00:00:00 5
	CDO_NOW=2026-01-01T00:00:40Z cdo-retry --breaker b -- \
	    sh -c 'echo run >>runs; exec sleep 100' 3>&- &
	within 5 bash -c '[[ $(wc -l <runs) -eq 6 ]]'
	kill -KILL $!
	wait $! || true
	call at 00:00:41 cdo-retry --breaker b -- ./count
	assert_status 0
}

@test "cdo-retry: a probe that fails opens it for longer" {
	fail_at 00:00:00 5
	fail_at 00:00:40 1
	assert_runs 6
	fail_at 00:01:30 1
	assert_runs 6
	fail_at 00:01:50 1
	assert_runs 7
}

@test "cdo-retry: when it opens, the attempts that were left are dropped" {
	fail_at 00:00:00 3
	call at 00:00:00 cdo-retry -q -b fixed:1ms -n 9 --breaker b -- ./count 75
	assert_status 75
	assert_runs 5
	[[ $err == *'attempt 2 of 9: exit status 75; the breaker b is open until 2026-01-01T00:00:3'* ]] || fail "$err"
}

@test "cdo-retry: what is not tried again says nothing to the breaker" {
	for code in 1 1 1 1 1 1 126; do
		cdo-retry --breaker b -- ./count $code || true
	done
	[[ -z $(cdo-retry status) ]]
	call cdo-retry --breaker b -- ./count
	assert_status 0
	[[ $(cdo-retry status --json | jq -c '[.breaker, .state, .calls, .failed]') == '["b","closed",1,0]' ]]
}

@test "cdo-retry: the fallback stands in while it is open" {
	fail_at 00:00:00 5
	echo hi | at 00:00:10 cdo-retry --breaker b --fallback cat -- ./count >out 2>err
	[[ $(<out) == hi ]]
	assert_runs 5
}

@test "cdo-retry: the retries of a name are twenty, then there are no more" {
	at 00:00:00 cdo-retry disable --for 2h b # the budget is not
	call at 00:00:00 cdo-retry -q -n 99 -b fixed:0 --breaker b -- ./count 75
	assert_status 75
	assert_runs 21
	[[ $err == *'giving up, since the retries of b are used up' ]] || fail "$err"
	call at 00:00:00 cdo-retry -q -n 99 -b fixed:0 --breaker b -- ./count 75
	assert_runs 22
	# twenty an hour come by themselves
	call at 00:30:00 cdo-retry -q -n 99 -b fixed:0 --breaker b -- ./count 75
	assert_runs 33
}

@test "cdo-retry: a success gives back what its retries took, a timeout costs two" {
	at 00:00:00 cdo-retry disable b
	for _ in 1 2 3; do
		at 00:00:00 cdo-retry -q -n 15 -b fixed:0 --breaker b -- \
		    sh -c '[ "$CDO_ATTEMPT" -eq 15 ] || exit 75'
	done
	[[ $(at 00:00:00 cdo-retry status --json | jq .retries_left) == 20 ]]
	call at 00:00:00 cdo-retry -q -n 2 -b fixed:0 --timeout 10ms \
	    --breaker b -- sleep 100
	[[ $(at 00:00:00 cdo-retry status --json | jq .retries_left) == 18 ]]
}

@test "cdo-retry: a store that fails is a warning, the command runs" {
	stop_store
	: >none
	CDO_STORE=$PWD/none call cdo-retry --breaker b -- ./count
	assert_status 0
	assert_out 'out 1'
	[[ $err == 'cdo-retry: warning: '*none*'; going on without the breaker b'$'\n'err ]] || fail "$err"
}

@test "cdo-retry: status tells of all breakers, those of others included" {
	call cdo-retry status
	assert_status 0
	assert_out ''
	fail_at 00:00:00 5
	at 00:00:00 cdo-retry --breaker https://api.example.org:443 -- true
	call at 00:00:10 cdo-retry status
	assert_status 0
	[[ $out == 'b: open until 2026-01-01T00:00:3'*', for 2'*', 20 retries left'$'\n''https://api.example.org:443: closed, 0 of 1 calls failed, 0 in a row, 20 retries left' ]] || fail "$out"
	call at 00:00:10 cdo-retry status --json https://api.example.org:443
	assert_out '{"breaker":"https://api.example.org:443","state":"closed","until":null,"failures_in_a_row":0,"calls":1,"failed":0,"openings":0,"retries_left":20}'
	call at 00:00:10 cdo-retry status bb
	assert_status 66
	assert_err 'cdo-retry: bb: no such breaker; did you mean b?'
}

@test "cdo-retry: open and disable hold for their time, reset ends all that" {
	at 00:00:00 cdo-retry open --for 10m b
	[[ $(state_at 00:09:59) == forced-open ]]
	call at 00:09:59 cdo-retry --breaker b -- ./count
	assert_status 69
	[[ $err == *'is open until 2026-01-01T00:10:00Z' ]] || fail "$err"
	call at 00:10:00 cdo-retry --breaker b -- ./count
	assert_status 0
	at 00:00:00 cdo-retry disable b
	fail_at 00:59:00 9
	[[ $(state_at 00:59:59) == disabled ]]
	[[ $(state_at 01:00:00) == closed ]]
	assert_runs 10
	fail_at 02:00:00 5
	[[ $(state_at 02:00:00) == open ]]
	at 02:00:00 cdo-retry reset b
	call at 02:00:00 cdo-retry status
	assert_out ''
	call at 02:00:00 cdo-retry reset b
	assert_status 66
	call cdo-retry open
	assert_status 64
	[[ $err == 'cdo-retry: open: which breaker?'* ]]
}

@test "cdo-retry: reset without a name resets all" {
	for name in a b 'c d:%'; do
		cdo-retry open "$name"
	done
	[[ $(cdo-retry status | wc -l) -eq 3 ]]
	cdo-retry reset 'c d:%'
	[[ $(cdo-retry status | wc -l) -eq 2 ]]
	cdo-retry reset
	[[ -z $(cdo-retry status) ]]
}
