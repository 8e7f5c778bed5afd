#!/usr/bin/env bats
# cdo-detect: series: time, rest, direction, and what is kept of them.

load helper

setup() {
	export CDO_STATE_DIR=$BATS_TEST_TMPDIR/state
	cd "$BATS_TEST_TMPDIR"
}

# Records FIRST to LAST, one an hour from 1970: a rhythm of a day with some
# noise that repeats nowhere; 60 more at SPIKE.
hours() {
	awk -v a="$1" -v b="$2" -v spike="${3:--1}" 'BEGIN {
		for (i = a; i <= b; i++) {
			x = i * 7919 % 1009 / 100 + (i % 24 < 8 ? 10 : 50)
			x += i == spike ? 60 : 0
			printf "{\"t\":%d,\"x\":%s}\n", i * 3600, x
		}
	}'
}

verdict() { jq -c "._cdo.detect$1" <<<"$out"; }
flagged() { jq -c 'select(._cdo.detect.anomaly).t/3600' <<<"$out"; }

@test "cdo-detect: with -t the method is auto, which finds the odd hour" {
	run_filter "$(hours 0 400 300)" cdo-detect -f .x -t .t
	assert_status 0
	assert_err ''
	[[ $(verdict .method | sort -u) == '"auto"' ]]
	[[ $(flagged) == 300 ]] || fail "$(flagged)"
	[[ $(verdict '|select(.warming_up)|1' | wc -l) -eq 20 ]]
}

@test "cdo-detect: a night that is like a day is odd to who knows the time" {
	input=$(hours 0 400 | jq -c 'if .t == 1051200 then .x = 55 else . end')
	for m in seasonal auto; do
		run_filter "$input" cdo-detect -m $m -f .x -t .t
		[[ $(flagged) == 292 ]] || fail "$m: $(flagged)"
	done
	run_filter "$input" cdo-detect -m ewma -f .x -t .t
	[[ $(flagged) == '' ]] || fail "$(flagged)"
}

@test "cdo-detect: a score once written depends on nothing that follows" {
	for m in $(cdo-detect --list | awk '$2 == "stream" { print $1 }'); do
		hours 0 400 300 | cdo-detect -m "$m" -f .x -t .t >all
		hours 0 300 300 | cdo-detect -m "$m" -f .x -t .t >part
		cmp part <(head -n 301 all) || fail "$m"
		grep -q '"score":[0-9]' all || fail "$m"
	done
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
		[[ $err == 'cdo-detect: state s: is about {"version":1,"method":"ewma"'* ]] ||
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
	[[ $(head -n 1 <<<"$out") == '{"version":1,"method":"iqr","fields":[".x"],"key":".k","window":100}' ]] || fail "$out"
	[[ $(tail -n 1 <<<"$out" | jq -c '[.key,.rows,.model.window.n]') == '[null,31,31]' ]]
}

@test "cdo-detect: late records and those without a time are not scored" {
	input=$(hours 0 40)'
{"t":3600,"x":900}
{"t":"1970-01-02T17:00:00Z","x":900}
{"x":900}
{"t":"soon","x":900}'
	run_filter "$input" cdo-detect -f .x -t .t
	[[ $(verdict '|[.late,.missing,.score!=null]' | tail -n 4) == '[true,null,false]
[null,null,true]
[null,[".t"],false]
[null,[".t"],false]' ]] || fail "$out"
}

@test "cdo-detect: seconds, milliseconds and RFC 3339 are the same time" {
	for t in 1700000000 1700000000000 '"2023-11-14T22:13:20Z"'; do
		n=$((n + 1))
		echo "{\"t\":$t,\"x\":1}" |
			cdo-detect -f .x -t .t --state "s$n" >/dev/null
		[[ $(cdo-detect show "s$n" | jq .newest) == $'null\n1700000000000' ]]
	done
}

@test "cdo-detect: --direction scores one side alone" {
	input=$(hours 0 800 | jq -c 'if .t == 2520000 then .x = 600
		elif .t == 2340000 then .x = -600 else . end')
	for m in ewma seasonal auto z_score; do
		for d in up:700 down:650; do
			run_filter "$input" cdo-detect -m $m -f .x -t .t \
				--direction "${d%:*}"
			[[ $(flagged) == "${d#*:}" ]] || fail "$m $d $(flagged)"
		done
	done
}

@test "cdo-detect: --cooldown tells an incident once, and again if it is worse" {
	spikes() {
		hours 0 300 | jq -c 'if .t == 720000 then .x = 150
			elif .t == 727200 then .x = 140 elif .t == 734400 then .x = 300 else . end'
	}
	run_filter "$(spikes)" cdo-detect -m z_score -f .x -t .t --cooldown 50
	[[ $(flagged) == $'200\n204' ]] || fail "$(flagged)"
	[[ $(verdict '|select(.resting and .score == 0)|1' | wc -l) -gt 0 ]]
	for none in '' '--cooldown 0' '--cooldown 1' '--cooldown 1h'; do
		run_filter "$(spikes)" cdo-detect -m z_score -f .x -t .t $none
		[[ $(flagged) == $'200\n202\n204' ]] || fail "$(flagged)"
	done
	run_filter "$(spikes)" cdo-detect -m z_score -f .x -t .t --cooldown 2h
	[[ $(flagged) == $'200\n204' ]] || fail "$(flagged)"
}

@test "cdo-detect: --explain: methods of all fields say which one it was" {
	input=$(hours 0 500 | jq -c '.y = .x * 3 % 17 | .z = .t * 7 % 11 |
		if .t == 1728000 then .y = 90 else . end')
	for m in rrcf half_space_trees; do
		run_filter "$input" cdo-detect -m $m -f .x -f .y -f .z --explain
		[[ $(jq -r 'select(.t == 1728000)._cdo.detect.why[0].field' <<<"$out") == .y ]] ||
			fail "$m"
		[[ $(verdict '|select(.why).why|map(.share)|add|.>0.999 and .<1.001' |
			sort -u) == true ]] || fail "$m"
	done
}

@test "cdo-detect: the same seed gives the same scores, another one others" {
	hours 0 400 >in
	for m in rrcf half_space_trees; do
		for seed in 1 2; do
			cdo-detect -m $m -f .x -f .t --seed $seed in >"$m.$seed"
		done
		cdo-detect -m $m -f .x -f .t in | cmp - "$m.1"
		! cmp -s "$m.1" "$m.2"
	done
}

@test "cdo-detect: --state with fewer --max-keys keeps those seen last" {
	hours 0 40 | jq -c '.k = .t / 3600 % 4' >in
	cdo-detect -m z_score -f .x -k .k --state s in >/dev/null
	tail -n 2 in | cdo-detect -m z_score -f .x -k .k --state s \
		--max-keys 2 >/dev/null
	[[ $(cdo-detect show s | jq -c '[.key,.rows]' | tail -n +2) == $'[3,11]\n[0,12]' ]]
}

@test "cdo-detect: a feed that repeats itself is too calm for auto" {
	input=$(hours 0 800 | jq -c 'if .t > 2520000 then .x = 30 else . end')
	run_filter "$input" cdo-detect -f .x -t .t --explain
	[[ $(flagged) != '' ]]
	for t in $(flagged); do ((t > 700)); done
}
