#!/usr/bin/env bats
# cdo-cache dump, load, check; and the state by hand.

load helper
load store

setup() {
	cd "$BATS_TEST_TMPDIR"
	start_store
}

at() { CDO_NOW=2026-01-01T$1Z "${@:2}"; }
put() { printf '%s' "$2" | cdo-cache put "${@:3}" "$1"; }

@test "dump: a line an entry, with its times, in the order of the keys" {
	at 00:00:00 put b '1 "é"' -t 1m30s
	at 00:00:00 put a ''
	run_filter '' at 00:00:00 cdo-cache dump
	assert_status 0
	assert_out '{"db":"cache","key":"a","value":"","created":"2026-01-01T00:00:00Z","expires":null}
{"db":"cache","key":"b","value":"1 \"é\"","created":"2026-01-01T00:00:00Z","expires":"2026-01-01T00:01:30Z"}'
	run_filter '' at 00:00:00 cdo-cache dump b
	[[ $(wc -l <<<"$out") -eq 1 ]]
	run_filter '' at 00:00:00 cdo-cache dump --state
	assert_out ''
}

@test "dump: load gives back every byte and every time, as often as you like" {
	head -c 3000000 /dev/urandom >big
	cdo-cache put big <big
	printf 'a\0b' | cdo-cache put $'bin\xff'
	put $'line\nbreak' x -t 1h
	cdo-cache run -t 1h --stale-if-error 1d -- echo memo
	for i in $(seq 1500); do
		printf '{"db":"state","key":"many:%d","value":"%d"}\n' "$i" "$i"
	done | cdo-cache load
	cdo-cache dump >cache
	cdo-cache dump --state >state
	[[ $(wc -l <cache) -eq 4 && $(wc -l <state) -eq 1500 ]]
	cdo-cache clear
	cdo-cache ls -0 --state | xargs -0 cdo-cache del --state
	[[ -z $(cdo-cache dump; cdo-cache dump --state) ]]
	for _ in 1 2; do
		cat cache state | cdo-cache load
		cdo-cache dump | cmp - cache
		cdo-cache dump --state | cmp - state
	done
	cdo-cache get big | cmp - big
	cdo-cache get $'bin\xff' | od -An -c | grep -q 'a  .0   b'
	cdo-cache check
}

@test "load: lines that are no entry are named and left out (65)" {
	run_filter '{"db":"cache","key":"a","value":"1"}
{"db":"cash","key":"b","value":"1"}
{"db":"cache","value":"1"}
{"db":"cache","key":"","value":"1"}
{"db":"cache","key":"b","value":1}
{"db":"cache","key":"b","value":"1","value_base64":"MQ=="}
{"db":"cache","key":"b","value_base64":"M"}
{"db":"cache","key":"b","value":"1","expires":"soon"}
{"db":"cache","key":"b","value":"1","expires":null,"stale_until":"2026-01-01"}
[1]
{"db":
{"db":"state","key":"c","value":"1"}' cdo-cache load
	assert_status 65
	assert_out ''
	assert_err 'cdo-cache: <stdin>:2: db is neither cache nor state
cdo-cache: <stdin>:3: neither a good key nor a good key_base64
cdo-cache: <stdin>:4: a key has 1 to 1024 bytes, and no NUL
cdo-cache: <stdin>:5: neither a good value nor a good value_base64
cdo-cache: <stdin>:6: neither a good value nor a good value_base64
cdo-cache: <stdin>:7: neither a good value nor a good value_base64
cdo-cache: <stdin>:8: expires is neither a time nor null
cdo-cache: <stdin>:9: stale_until is no time from expires on
cdo-cache: <stdin>:10: not an object
cdo-cache: <stdin>:11:7: the text ends too early (byte 417)'
	[[ $(cdo-cache ls; cdo-cache ls --state) == $'a\nc' ]]
}

@test "load: what is over its time is left out; what is there is replaced" {
	put a old
	run_filter '{"db":"cache","key":"a","value":"new","created":"2020-01-01T00:00:00Z","expires":null}
{"db":"cache","key":"b","value":"x","expires":"2020-01-01T00:00:00Z"}' cdo-cache load -v
	assert_status 0
	[[ $err == 'cdo-cache: 1 entries loaded, 1 whose time is over'* ]] || fail "$err"
	[[ $(cdo-cache ls --json) == '{"key":"a","size":3,"created":"2020-01-01T00:00:00Z","expires":null}' ]]
}

@test "load: a missing file exits 66, a failing store tells how to go on" {
	run_filter '' cdo-cache load none
	assert_status 66
	echo file >plain
	CDO_STORE=$PWD/plain run_filter '{"db":"cache","key":"a","value":"1"}' cdo-cache load
	assert_status 73
	assert_err "cdo-cache: $PWD/plain: Not a directory; about 0 entries are loaded; load again, that does no harm"
}

@test "dump: a full disk is told (74), a closed pipe ends it (141)" {
	put a 1
	run_filter '' sh -c 'cdo-cache dump >/dev/full'
	assert_status 74
	for i in $(seq 3000); do
		printf '{"db":"cache","key":"k%d","value":"%0500d"}\n' "$i" 1
	done | cdo-cache load
	cdo-cache dump | true
	[[ ${PIPESTATUS[0]} -eq 141 ]]
}

@test "cdo-cache: --state looks at the state, and takes from it" {
	put a cache
	echo '{"db":"state","key":"a","value":"state"}' | cdo-cache load
	[[ $(cdo-cache get a) == cache && $(cdo-cache get --state a) == state ]]
	[[ $(cdo-cache ls --state) == a ]]
	run_filter '' cdo-cache stats --state
	[[ $out =~ ^'{"entries":1,"bytes":6,"disk_bytes":'[0-9]+',"prefixes":{"":{"entries":1,"bytes":6}}}'$ ]] || fail "$out"
	cdo-cache del --state a
	run_filter '' cdo-cache get --state a
	assert_status 1
	[[ $(cdo-cache get a) == cache ]]
	for wrong in 'put --state a' 'clear --state' 'load --state' 'check x'; do
		# shellcheck disable=SC2086
		run_filter '' cdo-cache $wrong
		assert_status 64
	done
}

@test "cdo-cache: stats tells entries and bytes by prefix" {
	put x:a 12
	put x:b 3
	put 'y"z:' ''
	put $'\xff:a' 1
	put plain 1
	[[ $(cdo-cache stats | jq -c .prefixes) == '{"":{"entries":2,"bytes":10},"x":{"entries":2,"bytes":9},"y\"z":{"entries":1,"bytes":4}}' ]] ||
		fail "$(cdo-cache stats)"
}

@test "check: nothing to find in a store, old or new" {
	run_filter '' cdo-cache check
	assert_status 0
	assert_err ''
	assert_out '{"db":"cache","entries":0,"findings":0}
{"db":"state","entries":0,"findings":0}'
	put a 1 -t 1h
	put a 2 -t 2h
	put b 1
	put c 1 -t 1s
	cdo-cache del c
	run_filter '' cdo-cache check
	assert_status 0
	assert_err ''
	assert_out '{"db":"cache","entries":2,"findings":0}
{"db":"state","entries":0,"findings":0}'
}
