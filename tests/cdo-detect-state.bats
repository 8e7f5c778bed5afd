#!/usr/bin/env bats
# cdo-detect: what is kept of series from run to run.

load helper
load hours

setup() {
	export CDO_STATE_DIR=$BATS_TEST_TMPDIR/state
	cd "$BATS_TEST_TMPDIR"
}

@test "cdo-detect: --state: in two parts the same bytes as in one" {
	key='if .t % 36000 == 0 then .k = "a" else .k = 1 end'
	hours 0 700 350 | jq -c "$key" >all
	head -n 377 all >one
	tail -n +378 all >two
	for m in $(cdo-detect --list | awk '$2 == "stream" { print $1 }'); do
		args=(-m "$m" -f .x -t .t -k .k --explain)
		cdo-detect "${args[@]}" all >want
		cdo-detect "${args[@]}" --state "s.$m" one >got
		cdo-detect "${args[@]}" --state "s.$m" two >>got
		cmp want got || fail "$m"
	done
}

@test "cdo-detect: --state is kept at control lines and when TERM comes" {
	mkfifo in
	cdo-detect -m ewma -f .x --state s <in >out 3>&- &
	pid=$!
	exec 4>in
	hours 0 9 >&4
	echo '{"_cdo":{"checkpoint":{"seq":1}}}' >&4
	within 5 grep -q seq out
	[[ $(cdo-detect show s | jq .rows) == $'null\n10' ]]
	hours 10 14 >&4
	within 5 grep -q '"t":50400' out
	kill -TERM $pid
	wait $pid || [[ $? -eq 143 ]]
	exec 4>&-
	[[ $(cdo-detect show s | jq .rows) == $'null\n15' ]]
}

@test "cdo-detect: killed at any time, the state is whole" {
	hours 0 60 >a
	cdo-detect -m auto -f .x -t .t --state s a >/dev/null
	for i in 1 2 3 4 5 6 7 8; do
		(while :; do
			hours $((i * 1000)) $((i * 1000 + 50))
			echo '{"_cdo":{"checkpoint":{"seq":1}}}'
		done) | head -n 5000 |
			cdo-detect -m auto -f .x -t .t --state s >/dev/null 3>&- &
		sleep "0.0$i"
		kill -9 $! 2>/dev/null || true
		wait $! 2>/dev/null || true
		cdo-detect show s >shown
		[[ $(wc -l <shown) -eq 2 ]]
	done
}

@test "cdo-detect: two runs on one state: the second to save fails with 75" {
	mkfifo in
	cdo-detect -m ewma -f .x --state s <in >out 2>err 3>&- &
	pid=$!
	exec 4>in
	hours 0 3 >&4
	within 5 grep -q '"t":10800' out
	hours 0 9 | cdo-detect -m ewma -f .x --state s >/dev/null
	exec 4>&-
	wait $pid || status=$?
	[[ $status -eq 75 ]]
	[[ $(<err) == 'cdo-detect: state s: another process has kept its own'* ]]
	[[ $(cdo-detect show s | jq .rows) == $'null\n10' ]]
}

@test "cdo-detect: --state of other options is refused, of another threshold not" {
	hours 0 30 | cdo-detect -m ewma -f .x --state s >/dev/null
	for other in '-m auto -f .x' '-m ewma -f .y' '-m ewma -f .x -k .k' \
		'-m ewma -f .x -t .t' '-m ewma -f .x --window 9'; do
		run_filter "$(hours 31 40)" cdo-detect $other --state s
		assert_status 78
		assert_out ''
		[[ $err == 'cdo-detect: state s: is about {"version":2,"method":"ewma"'* ]] ||
			fail "$err"
	done
	run_filter "$(hours 31 40)" cdo-detect -m ewma -f .x --state s \
		--threshold 4 --direction up --cooldown 7
	assert_status 0
}

@test "cdo-detect: a state that is damaged is refused" {
	hours 0 30 | cdo-detect -m ewma -f .x --state s >/dev/null
	cdo-cache dump --state detect:s: >whole
	# the hash, the length, the version, no head at all
	for bad in '.[3] = "1f"' '.[2] = "9"' '.[0] = "2"' '[""]'; do
		grep ':head' whole |
			jq -c ".value |= (split(\" \") | $bad | join(\" \"))" |
			cdo-cache load
		run_filter "$(hours 31 40)" cdo-detect -m ewma -f .x --state s
		assert_status 65
		assert_out ''
		[[ $err == *'state s: what is kept is damaged'* ]] || fail "$err"
		cdo-cache load <whole
	done
	cdo-cache del --state "$(grep -v ':head' whole | jq -r .key)"
	run_filter "$(hours 31 40)" cdo-detect -m ewma -f .x --state s
	assert_status 65
	[[ $err == *'state s: what is kept is damaged'* ]] || fail "$err"
	cdo-cache del --state detect:s:head # as the message has it
	run_filter "$(hours 31 40)" cdo-detect -m ewma -f .x --state s
	assert_status 0
}

@test "cdo-detect: show tells of a state, or that there is none" {
	run_filter '' cdo-detect show s
	assert_status 66
	assert_err 'cdo-detect: state s: nothing is kept under that name'
	hours 0 30 | cdo-detect -m iqr -f .x -k .k --state s >/dev/null
	run_filter '' cdo-detect show s
	assert_status 0
	[[ $(head -n 1 <<<"$out") == '{"version":2,"method":"iqr","fields":[".x"],"key":".k","window":100}' ]] || fail "$out"
	[[ $(tail -n 1 <<<"$out" | jq -c '[.key,.rows,.model.window.n]') == '[null,31,31]' ]]
}

@test "cdo-detect: --state with fewer --max-keys keeps those seen last" {
	hours 0 40 | jq -c '.k = .t / 3600 % 4' >in
	cdo-detect -m z_score -f .x -k .k --state s in >/dev/null
	tail -n 2 in | cdo-detect -m z_score -f .x -k .k --state s \
		--max-keys 2 >/dev/null
	[[ $(cdo-detect show s | jq -c '[.key,.rows]' | tail -n +2) == $'[3,11]\n[0,12]' ]]
}
