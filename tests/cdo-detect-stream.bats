#!/usr/bin/env bats
# cdo-detect: series: time, rest, direction, and who finds what.

load helper
load hours

setup() {
	export CDO_STATE_DIR=$BATS_TEST_TMPDIR/state
	cd "$BATS_TEST_TMPDIR"
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

@test "cdo-detect: a clock that was far ahead once blinds it for 20 records" {
	input=$(hours 0 400 300 | jq -c '., (select(.t == 360000).t = 4e9)')
	run_filter "$input" cdo-detect -f .x -t .t
	[[ $(verdict '|select(.late)|1' | wc -l) -eq 19 ]]
	[[ $(flagged) == 300 ]] || fail "$(flagged)"
}

@test "cdo-detect: a feed that repeats itself is too calm for auto" {
	input=$(hours 0 800 | jq -c 'if .t > 2520000 then .x = 30 else . end')
	run_filter "$input" cdo-detect -f .x -t .t --explain
	[[ $(flagged) != '' ]]
	for t in $(flagged); do ((t > 700)); done
}
