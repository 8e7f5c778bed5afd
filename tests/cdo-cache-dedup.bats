#!/usr/bin/env bats
# cdo-cache dedup: records go out once.

load helper
load store

setup() {
	cd "$BATS_TEST_TMPDIR"
	start_store
}

at() { CDO_NOW=2026-01-01T$1Z "${@:2}"; }

@test "dedup: a record passes once, in this run and in the next one" {
	run_filter $'{"id":1,"n":1}\n{"id":2,"n":2}\n{"id":1,"n":3}' \
	    cdo-cache dedup -k .id
	assert_status 0
	assert_out $'{"id":1,"n":1}\n{"id":2,"n":2}'
	assert_err ''
	run_filter $'{"id":2}\n{"id":3}\n{"id":3}' cdo-cache dedup -k .id
	assert_out '{"id":3}'
	run_filter '{"id":3}' cdo-cache dedup -v -k .id
	assert_out ''
	[[ $err == 'cdo-cache: 1 records seen before, 0 without a key'* ]] ||
		fail "$err"
}

@test "dedup: keys are compared as JSON, whatever their spelling" {
	run_filter '{"k":1}
{"k":1.0}
{"k":10e-1}
{"k":"1"}
{"k":[1,{"b":2,"a":1}]}
{"k":[1.0,{"a":1,"b":2e0}]}
{"k":[{"a":1,"b":2},1]}
{"k":null}
{"k":null}
{"k":false}
{"k":"\u00e9"}
{"k":"é"}
{"k":18446744073709551615}
{"k":18446744073709551615}
{"k":0}
{"k":-0.0}
{"k":{"a":1,"a":2}}
{"k":{"a":2}}' cdo-cache dedup -k .k
	assert_out '{"k":1}
{"k":"1"}
{"k":[1,{"b":2,"a":1}]}
{"k":[{"a":1,"b":2},1]}
{"k":null}
{"k":false}
{"k":"\u00e9"}
{"k":18446744073709551615}
{"k":0}
{"k":{"a":1,"a":2}}'
}

@test "dedup: several paths are one key; parts cannot be mistaken" {
	run_filter '{"a":"x","b":"y"}
{"a":"y","b":"x"}
{"a":"x","b":"y","c":1}
{"a":"x\n\"y\"","b":""}' cdo-cache dedup -k .a -k .b
	assert_out '{"a":"x","b":"y"}
{"a":"y","b":"x"}
{"a":"x\n\"y\"","b":""}'
}

@test "dedup: a record without the key passes, or is dropped if so wanted" {
	local in=$'{"id":1}\n{"x":1}\n{"x":1}\n[]\n7\n{"id":1}'
	run_filter "$in" cdo-cache dedup -k .id
	assert_status 0
	assert_out $'{"id":1}\n{"x":1}\n{"x":1}\n[]\n7'
	run_filter "$in" cdo-cache dedup -k .id --name b --missing drop
	assert_status 0
	assert_out '{"id":1}'
}

@test "dedup: what was seen is forgotten after -t" {
	run_filter '{"id":1}' at 00:00:00 cdo-cache dedup -k .id -t 1m
	run_filter '{"id":1}' at 00:00:59 cdo-cache dedup -k .id -t 1m
	assert_out ''
	run_filter '{"id":1}' at 00:01:00 cdo-cache dedup -k .id -t 1m
	assert_out '{"id":1}'
}

@test "dedup: names keep sets apart; the paths are the default" {
	run_filter '{"id":1,"x":1}' cdo-cache dedup -k .id
	run_filter '{"id":1,"x":1}' cdo-cache dedup -k .x
	assert_out '{"id":1,"x":1}'
	run_filter '{"id":1,"x":1}' cdo-cache dedup -k .x --name .id
	assert_out ''
	run_filter '{"id":1,"x":1}' cdo-cache dedup -k .x --name 'a:b'
	assert_out '{"id":1,"x":1}'
	[[ $(cdo-cache ls --state dedup:a%3Ab: | wc -l) -eq 1 ]]
}

@test "dedup: bytes pass as they are, --strip takes _cdo" {
	run_filter $'{ "id" : 1.50 }\n{"id":2,"_cdo":{"x":{}}}' \
	    cdo-cache dedup -k .id
	assert_out $'{ "id" : 1.50 }\n{"id":2,"_cdo":{"x":{}}}'
	run_filter '{"id":3,"_cdo":{"x":{}}}' cdo-cache dedup -k .id --strip
	assert_out '{"id":3}'
}

@test "dedup: marks come before the control line that follows" {
	local line='{"_cdo":{"checkpoint":{"source":"s","stream":"t","seq":1,"cursor":2}}}'
	mkfifo in out
	cdo-cache dedup -k .id <in >out 3>&- &
	exec 4>in 5<out
	printf '{"id":1}\n%s\n' "$line" >&4
	read -r -t 10 first <&5
	read -r -t 10 second <&5
	[[ $first == '{"id":1}' && $second == "$line" ]]
	# it is still at work, and yet the mark is there
	[[ $(cdo-cache ls --state dedup: | wc -l) -eq 1 ]]
	printf '{"id":2}\n' >&4
	read -r -t 10 first <&5
	exec 4>&- 5<&-
	wait $!
	[[ $(cdo-cache ls --state dedup: | wc -l) -eq 2 ]]
}

@test "dedup: many records, in many batches, each once and in order" {
	seq 100000 | sed 's/.*/{"id":&}/' >in
	cdo-cache dedup -k .id in | cmp - in
	sed 's/\(.*\)}/\1.0,"x":1}/' in >again
	[[ $(cdo-cache dedup -k .id again in | wc -l) -eq 0 ]]
	# half known, half new
	seq 50001 150000 | sed 's/.*/{"id":&}/' | cdo-cache dedup -k .id >got
	seq 100001 150000 | sed 's/.*/{"id":&}/' | cmp - got
}

@test "dedup: two at once lose nothing" {
	seq 20000 | sed 's/.*/{"id":&}/' >in
	cdo-cache dedup -k .id in >a 3>&- &
	cdo-cache dedup -k .id in >b
	wait $!
	sort -u a b | wc -l >n
	[[ $(<n) -eq 20000 ]]
	[[ $(cdo-cache dedup -k .id in | wc -l) -eq 0 ]]
}

@test "dedup: kill -9 loses no record; some may pass twice" {
	seq 200000 | sed 's/.*/{"id":&}/' >in
	: >got
	for round in 1 2 3 4 5 6; do
		cdo-cache dedup -k .id in >>got 3>&- &
		sleep "0.0$((RANDOM % 9))"
		kill -KILL $!
		wait $! || true
		# a line that was cut is written again by the next one
		sed -i '${/}$/!d}' got
	done
	cdo-cache dedup -k .id in >>got
	sort -u got >unique
	sort in | cmp - unique
}

@test "dedup: when the store fails it warns and goes on, or stops" {
	echo file >plain
	local in=$'{"id":1}\n{"id":1}\n{"id":2}'
	CDO_STORE=$PWD/plain run_filter "$in" cdo-cache dedup -k .id
	assert_status 0
	assert_out $'{"id":1}\n{"id":2}'
	[[ $err == "cdo-cache: warning: $PWD/plain: Not a directory; going on without it: records may pass twice" ]] || fail "$err"
	CDO_STORE=$PWD/plain run_filter "$in" \
	    cdo-cache dedup -k .id --on-store-error fail
	assert_status 73
	assert_out ''
	[[ $err == "cdo-cache: $PWD/plain: Not a directory; stopped before anything unknown passed" ]] || fail "$err"
}

@test "dedup: wrong calls exit 64" {
	for wrong in '' '-k' '-k x' '-k .a -t 0' '-k .a --missing no' \
	    '-k .a --on-store-error x' '-k .a -j 2'; do
		# shellcheck disable=SC2086
		run_filter '' cdo-cache dedup $wrong
		assert_status 64
	done
	run_filter '' cdo-cache dedup -k .a --name ''
	assert_status 64
}
