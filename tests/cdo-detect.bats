#!/usr/bin/env bats
# cdo-detect: each promise of its page.  The numbers themselves are checked
# by tests/unit/detect.c against values worked independently.

load helper

# One record a number, named t.
numbers() { printf '{"t":%s}\n' "$@"; }

# What the option --window 4 and these score next: mean 20, sd 2, quartiles
# 18 and 22 (iqr 4).
four=(18 22 18 22)

detect() { run_filter "$1" cdo-detect -f .t --window 4 "${@:2}"; }
verdict() { jq -c "._cdo.detect$1" <<<"$out"; }

@test "cdo-detect: warms up, then scores by the values before, in order" {
	detect "$(numbers "${four[@]}" 25 21.75)" -m z_score
	assert_status 0
	assert_err ''
	cold='"_cdo":{"detect":{"method":"z_score","score":null,"threshold":3,"anomaly":false,"warming_up":true}}}'
	assert_out "{\"t\":18,$cold
{\"t\":22,$cold
{\"t\":18,$cold
{\"t\":22,$cold
"'{"t":25,"_cdo":{"detect":{"method":"z_score","score":2.5,"threshold":3,"anomaly":false,"expected":20}}}
{"t":21.75,"_cdo":{"detect":{"method":"z_score","score":0,"threshold":3,"anomaly":false,"expected":21.75}}}'
}

@test "cdo-detect: 20 values are enough for the default window" {
	run_filter "$(numbers $(seq 25))" cdo-detect -m iqr -f .t
	[[ $(verdict '|select(.warming_up)|1' | wc -l) -eq 20 ]]
	[[ $(verdict '|select(.score!=null)|1' | wc -l) -eq 5 ]]
}

@test "cdo-detect: --only writes the anomalies alone" {
	for method in z_score iqr; do
		detect "$(numbers "${four[@]}" 20 60 21 -60 20)" -m $method --only
		assert_status 0
		[[ $(jq .t <<<"$out") == $'60\n-60' ]] || fail "$out"
		[[ $(verdict .anomaly) == $'true\ntrue' ]]
	done
}

@test "cdo-detect: above the threshold, not at it" {
	detect "$(numbers "${four[@]}" 26)" -m z_score --threshold 3 --only
	assert_out ''
	detect "$(numbers "${four[@]}" 26)" -m z_score --threshold 2.99 --only
	[[ $(verdict .score) == 3 ]]
	# 28 is 6 from the quartile, 1.5 iqr; 28.5 is more
	detect "$(numbers "${four[@]}" 28)" -m iqr --only
	assert_out ''
	detect "$(numbers "${four[@]}" 28.5)" -m iqr --only
	[[ $(verdict .score) == 1.625 ]]
}

@test "cdo-detect: --explain names field, share, expected value and range" {
	run_filter '{"a":1,"b":{"c":[10]}}
{"a":3,"b":{"c":[30]}}
{"a":1,"b":{"c":[10]}}
{"a":3,"b":{"c":[30]}}
{"a":3,"b":{"c":[50]}}' cdo-detect -m z_score -f .a -f '.b.c[0]' \
		--window 4 --threshold 2 --explain
	[[ $(verdict '' | tail -n 1) == '{"method":"z_score","score":3,"threshold":2,"anomaly":true,"expected":20,"why":[{"field":".b.c[0]","share":0.75,"expected":20,"low":0,"high":40},{"field":".a","share":0.25,"expected":2,"low":0,"high":4}]}' ]] || fail "$out"
	[[ $(verdict '|has("why")' | head -n 4 | sort -u) == false ]]
}

@test "cdo-detect: -k keeps a window a key, of whatever type" {
	input=
	for key in '"a"' '"b"' 1 true '["a"]' null; do
		for t in "${four[@]}"; do
			input+="{\"t\":$t,\"k\":$key}"$'\n'
		done
	done
	input+='{"t":60,"k":"b"}
{"t":60,"k":"c"}
{"t":60,"k":1.0}
{"t":60,"k":"1"}
{"t":60,"k":true}
{"t":60,"k":["a"]}
{"t":60,"k":null}
{"t":60}
{"t":60,"k":"null"}'
	detect "$input" -m z_score -k .k --only
	[[ $(jq -c .k <<<"$out") == $'"b"\n1\ntrue\n["a"]\nnull\nnull' ]] || fail "$out"
}

@test "cdo-detect: --max-keys forgets the key unseen for longest, and says so" {
	input=$(for k in a b; do
		for t in "${four[@]}"; do echo "{\"t\":$t,\"k\":\"$k\"}"; done
	done
	echo '{"t":20,"k":"a"}
{"t":20,"k":"c"}
{"t":60,"k":"a"}
{"t":60,"k":"b"}')
	detect "$input" -m z_score -k .k --max-keys 2 --only
	[[ $(jq -r .k <<<"$out") == a ]] || fail "$out"
	assert_err 'cdo-detect: warning: more than 2 keys: those not seen for longest are forgotten and start over; raise --max-keys'
	detect "$input" -m z_score -k .k --max-keys 3 --only
	[[ $(jq -r .k <<<"$out") == $'a\nb' ]] || fail "$out"
	assert_err ''
}

@test "cdo-detect: without --max-keys, the keys take 512 MiB at most" {
	for i in '1030 auto' '385 rrcf' '10000 z_score'; do
		read -r n m <<<"$i"
		seq "$n" | jq -c '{k:., x:1}' >"$BATS_TEST_TMPDIR/keys"
		run_filter "$(cat "$BATS_TEST_TMPDIR/keys")" cdo-detect -m "$m" -k .k -f .x --only
		assert_err ''
		run_filter "$(cat "$BATS_TEST_TMPDIR/keys"; echo '{"k":0,"x":1}')" cdo-detect -m "$m" -k .k -f .x --only
		[[ $err == *": more than $n keys: "* ]] || fail "$m: $err"
	done
}

@test "cdo-detect: what is missing or no number is named, and teaches nothing" {
	detect "$(numbers "${four[@]}")"'
{"t":"60"}
{"t":null}
{"u":60}
{"t":[60]}
{"t":60}' -m z_score
	[[ $(verdict '|[.score,.anomaly,.warming_up,.missing]' | tail -n 5) == '[null,false,null,[".t"]]
[null,false,null,[".t"]]
[null,false,null,[".t"]]
[null,false,null,[".t"]]
[20,true,null,null]' ]] || fail "$out"
}

@test "cdo-detect: a field that is missing leaves the others their score" {
	run_filter "$(for t in "${four[@]}"; do echo "{\"t\":$t,\"u\":$t}"; done)"'
{"u":60}
{"t":60,"u":"60"}
{}' cdo-detect -m z_score -f .t -f .u --window 4 --explain
	[[ $(verdict '|[.score,.missing,[.why[]?.field]]' | tail -n 3) == '[20,[".t"],[".u"]]
[20,[".u"],[".t"]]
[null,[".t",".u"],[]]' ]] || fail "$out"
}

@test "cdo-detect: a field that no record has is told at the end" {
	run_filter '{"t":1,"u":"2"}' cdo-detect -m iqr -f .t -f .u -f .v --only
	assert_status 0
	assert_err 'cdo-detect: warning: no record has a number at .u
cdo-detect: warning: no record has a number at .v'
	run_filter '' cdo-detect -m iqr -f .t
	assert_err ''
}

@test "cdo-detect: a time that no record has is told at the end" {
	run_filter '{"x":1,"t":"2026-11-28 12:00"}
{"x":2}' cdo-detect -f .x -t .t
	assert_status 0
	assert_err 'cdo-detect: warning: no record has a time at .t: neither RFC 3339 nor seconds or milliseconds since 1970'
	run_filter '{"x":1,"t":"noon"}
{"x":1,"t":7}' cdo-detect -f .x -t .t
	assert_err ''
}

@test "cdo-detect: records that are no objects pass as they are" {
	detect $'[1]\n"x"\n60\nnull' -m z_score
	assert_status 0
	assert_out $'[1]\n"x"\n60\nnull'
	detect $'[1]\n"x"\n60\nnull' -m z_score --only
	assert_out ''
}

@test "cdo-detect: five anomalies in a row are learned, four are not" {
	# the window holds two 18 and two 22 after the last 22, too
	base=("${four[@]}" 22 18 22 18)
	detect "$(numbers "${base[@]}" 60 60 60 60 22 60)" -m z_score
	[[ $(verdict .score | tail -n 6) == $'20\n20\n20\n20\n1\n20' ]] || fail "$out"
	detect "$(numbers "${base[@]}" 60 60 60 60 60 60 60 60 60)" -m z_score
	[[ $(verdict .anomaly | tail -n 9) == $'true\ntrue\ntrue\ntrue\ntrue\nfalse\nfalse\nfalse\nfalse' ]] || fail "$out"
}

@test "cdo-detect: a constant series scores 0, a change 1000000, and is learned" {
	detect "$(numbers 5 5 5 5 5 6 5.25)" -m z_score
	[[ $(verdict .score | tail -n 3) == $'0\n1000000\n0' ]] || fail "$out"
	[[ $(verdict .anomaly | tail -n 3) == $'false\ntrue\nfalse' ]]
	# a quartile must move first: 5 5 5 6, then 5 5 6 6
	detect "$(numbers 5 5 5 5 5 6 7)" -m iqr --explain
	[[ $(verdict '|[.score,.why[0].high]' | tail -n 2) == $'[1000000,5]\n[7,5.625]' ]] || fail "$out"
}

@test "cdo-detect: huge and tiny numbers give finite scores" {
	for method in z_score iqr; do
		detect "$(numbers 1e308 -1e308 1e308 -1e308 1e308 0 5e-324 12345678901234567890123)" \
			-m $method --explain
		assert_status 0
		[[ $(verdict '|.score|type' | sort | uniq -c | tr -s ' ') == $' 4 "null"\n 4 "number"' ]] || fail "$out"
		! grep -q 'expected":null\|low":null\|inf\|nan' <<<"$out"
	done
}

@test "cdo-detect: an earlier verdict is replaced; control lines stay in place" {
	detect '{"t":1,"_cdo":{"detect":{"score":9},"score":{"score":50}}}
{"_cdo":{"checkpoint":{"seq":1}}}' -m iqr
	assert_out '{"t":1,"_cdo":{"score":{"score":50},"detect":{"method":"iqr","score":null,"threshold":1.5,"anomaly":false,"warming_up":true}}}
{"_cdo":{"checkpoint":{"seq":1}}}'
	detect '{"_cdo":{"checkpoint":{"seq":1}}}' -m iqr --only
	assert_out '{"_cdo":{"checkpoint":{"seq":1}}}'
}

@test "cdo-detect: a malformed line is left out and exits 65; the rest counts" {
	detect "$(numbers "${four[@]}")"$'\n{"t":\n'"$(numbers 60)" -m z_score --only
	assert_status 65
	[[ $(jq .t <<<"$out") == 60 ]]
	[[ $err == 'cdo-detect: <stdin>:5:'* ]] || fail "$err"
}

@test "cdo-detect: several files are one series" {
	cd "$BATS_TEST_TMPDIR"
	numbers "${four[@]}" >a
	numbers 60 >b
	run_filter '' cdo-detect -m z_score -f .t --window 4 --only a b
	[[ $(jq .t <<<"$out") == 60 ]]
	run_filter '' cdo-detect -m z_score -f .t none a
	assert_status 66
}

@test "cdo-detect: a slow stream is answered record by record" {
	mkfifo "$BATS_TEST_TMPDIR/in"
	cdo-detect -m iqr -f .t <"$BATS_TEST_TMPDIR/in" >"$BATS_TEST_TMPDIR/out" 3>&- &
	exec 4>"$BATS_TEST_TMPDIR/in"
	numbers 1 >&4
	within 5 grep -q warming "$BATS_TEST_TMPDIR/out"
	exec 4>&-
	wait $!
}

@test "cdo-detect: --list names each method that -m takes" {
	run_filter '' cdo-detect --list
	assert_status 0
	[[ $(head -n 1 <<<"$out" | cut -d' ' -f1) == auto ]] || fail "$out"
	while read -r method kind _; do
		[[ $kind == stream ]] && kind='-t .at' || kind=--batch
		cdo-detect -m "$method" $kind -f .t </dev/null
	done <<<"$out"
}

@test "cdo-detect: wrong calls exit 64 and say why" {
	wrong() {
		run_filter '{}' cdo-detect "${@:2}"
		assert_status 64
		assert_out ''
		[[ $err == "cdo-detect: $1"* ]] || fail "$err"
	}
	wrong 'which method?' -f .t
	wrong 'seasonal: when was it? see --time' -m seasonal -f .t
	wrong '--time: there can be only one' -f .t -t .a -t .b
	wrong '--period: not with iqr' -m iqr -f .t -t .a --period 24h
	wrong '--period: needs --time' -m auto -f .t --period 24h
	wrong '--period: 1: neither auto nor' -f .t -t .a --period 1
	wrong '--direction: left: not up' -f .t -t .a --direction left
	wrong '--cooldown: x: neither' -f .t -t .a --cooldown x
	wrong '--cooldown: a duration needs --time' -m iqr -f .t --cooldown 1h
	wrong '--state: a/b: not 1 to 100' -f .t -t .a --state a/b
	wrong '--window: not with seasonal' -m seasonal -f .t -t .a --window 9
	wrong '--seed: not with ewma' -m ewma -f .t --seed 2
	wrong '--state: not with knn' -m knn -f .t --state a
	wrong 'show: the name of which --state?' show
	wrong 'which field?' -m iqr
	wrong '--method: zscore: unknown' -m zscore -f .t
	wrong '--field: t: at byte 0: ' -m iqr -f t
	wrong '--key: .[: at byte ' -m iqr -f .t -k '.['
	wrong '--key: there can be only one' -m iqr -f .t -k .a -k .b
	wrong '--window: 3: not a number from 4 to 1000000' -m iqr -f .t --window 3
	wrong '--max-keys: 0: not a number from 1' -m iqr -f .t --max-keys 0
	for x in -1 1.1e6 nan inf ''; do
		wrong "--threshold: $x: not a number from 0 to 1000000" \
			-m iqr -f .t --threshold "$x"
	done
}
