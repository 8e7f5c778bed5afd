#!/usr/bin/env bats
# cdo-cache: values and results of commands, kept for a time.

load helper
load store

setup() {
	cd "$BATS_TEST_TMPDIR"
	start_store
}

# call CMD...: as run_filter, without input and without losing any byte.
call() {
	status=0
	"$@" </dev/null >out 2>err || status=$?
	out=$(tr '\0' '@' <out) err=$(<err)
}

put() { printf '%s' "$2" | cdo-cache put "${@:3}" "$1"; }

# at TIME CMD...: the clock stands still.
at() { CDO_NOW=2026-01-01T$1Z "${@:2}"; }

@test "cdo-cache: what was put is got, byte for byte" {
	head -c 10000000 /dev/urandom >big
	cdo-cache put big <big
	cdo-cache get big | cmp - big
	printf 'a\0b\n\xff\0' >binary
	cdo-cache put binary <binary
	cdo-cache get binary | cmp - binary
	cdo-cache put empty </dev/null
	call cdo-cache get empty
	assert_status 0
	assert_out ''
}

@test "cdo-cache: get of what is not there exits 1, in silence" {
	put other x
	call cdo-cache get none
	assert_status 1
	assert_out ''
	assert_err ''
}

@test "cdo-cache: put again replaces, del removes, also what is not there" {
	put a 1
	put a 2
	put b 3
	call cdo-cache get a
	assert_out 2
	call cdo-cache del a none b
	assert_status 0
	call cdo-cache ls
	assert_status 0
	assert_out ''
}

@test "cdo-cache: a value is there until its time is over" {
	at 00:00:00 put a 1 -t 1m30s
	at 00:00:00 put b 2
	call at 00:01:29 cdo-cache get a
	assert_status 0
	assert_out 1
	call at 00:01:30 cdo-cache get a
	assert_status 1
	call at 00:01:30 cdo-cache ls
	assert_out b
	call at 23:59:59 cdo-cache get b
	assert_out 2
}

@test "cdo-cache: ls is in the order of bytes, by prefix, also of 1000 keys" {
	for i in $(seq 1000 | shuf --random-source=/dev/zero); do
		echo "$i" | cdo-cache put "k:$i"
	done
	put K:0 x
	put l:0 x
	cdo-cache ls k: >got
	seq -f 'k:%.0f' 1000 | LC_ALL=C sort | cmp - got
	call cdo-cache ls k:99
	assert_out $'k:99\nk:990\nk:991\nk:992\nk:993\nk:994\nk:995\nk:996\nk:997\nk:998\nk:999'
	[[ $(cdo-cache ls | sed -n '1p;$p') == $'K:0\nl:0' ]]
}

@test "cdo-cache: ls --json names key, size and times; any key can be told" {
	at 00:00:00 put 'a"b' 12345 -t 1h
	at 00:00:00 put $'x\ny' 1
	at 00:00:00 put $'z\xff' 1
	call at 00:00:00 cdo-cache ls --json
	assert_status 0
	assert_out '{"key":"a\"b","size":5,"created":"2026-01-01T00:00:00Z","expires":"2026-01-01T01:00:00Z"}
{"key":"x\ny","size":1,"created":"2026-01-01T00:00:00Z","expires":null}
{"key_base64":"ev8=","size":1,"created":"2026-01-01T00:00:00Z","expires":null}'
	call at 00:00:00 cdo-cache ls -0 x
	assert_out $'x\ny@'
	call at 00:00:00 cdo-cache ls
	assert_status 3
	assert_out $'a"b\nz\xff'
	assert_err 'cdo-cache: warning: keys with control characters left out: 1; use -0 or --json'
}

@test "cdo-cache: stats count entries, bytes, hits, misses, expired" {
	local misses=1 expired=1
	# the question whether it answers was a miss; a server expires by itself
	on directory || misses=2 expired=0
	at 00:00:00 put abc 12345 -t 1s
	at 00:00:00 put de 1
	at 00:00:00 cdo-cache get abc >/dev/null
	at 00:00:00 cdo-cache get de >/dev/null
	at 00:00:02 cdo-cache get abc || true
	at 00:00:02 cdo-cache gc
	call at 00:00:02 cdo-cache stats
	assert_status 0
	[[ $out =~ ^'{"entries":1,"bytes":3,"hits":2,"misses":'$misses',"expired":'$expired',"evicted":0,"disk_bytes":'[0-9]+',"prefixes":{"":{"entries":1,"bytes":3}}}'$ ]] || fail "$out"
}

@test "cdo-cache: gc gives space back" {
	call cdo-cache gc
	assert_status 0
	on directory || return 0 # a server does the rest by itself
	head -c 3000000 /dev/urandom >big
	at 00:00:00 cdo-cache put -t 1s big <big
	at 00:00:00 put small x
	full=$(at 00:00:00 cdo-cache stats | jq .disk_bytes)
	call at 00:00:02 cdo-cache -v gc
	[[ $err == *'1 entries removed'* ]] || fail "$err"
	[[ $(at 00:00:02 cdo-cache stats | jq .disk_bytes) -lt $((full / 10)) ]]
}

@test "cdo-cache: clear removes everything" {
	put a 1
	put b 2 -t 1h
	call cdo-cache clear
	assert_status 0
	call cdo-cache ls
	assert_out ''
	put again x
	call cdo-cache ls
	assert_out again
	! on directory || [[ $(ls store) == $'cache\ncache.lock' ]] || fail "$(ls store)"
}

@test "cdo-cache: a value over --max-size is refused, and nothing is put" {
	put a old
	call sh -c 'printf 12345 | cdo-cache put --max-size 4 a'
	assert_status 65
	assert_err 'cdo-cache: <stdin>: more than 4 bytes; see --max-size'
	call cdo-cache get a
	assert_out old
	printf 1234 | cdo-cache put --max-size 4 a
	call cdo-cache get a
	assert_out 1234
}

@test "cdo-cache: wrong calls exit 64" {
	long=$(printf '%1025s' '')
	for wrong in '' gett get 'get a b' put 'put -t 0 a' 'put -t 1 a' \
	    'put --max-size 1G a' del 'ls a b' 'ls -0 --json' 'stats a' \
	    'get -t 1s a' run 'run --wait x true'; do
		# shellcheck disable=SC2086
		call cdo-cache $wrong
		assert_status 64
		assert_out ''
	done
	for key in '' "$long"; do
		call cdo-cache get "$key"
		assert_status 64
		call cdo-cache del "$key"
		assert_status 64
	done
	put "${long#?}" x
	call cdo-cache get "${long#?}"
	assert_out x
}

@test "cdo-cache: a value as an argument, and options of another command" {
	call cdo-cache put a value
	assert_status 64
	assert_err $'cdo-cache: put: value: one too many; the value comes from standard input\nusage: cdo-cache put [-t ttl] [--max-size size] key'
	call cdo-cache get -t 1h a
	assert_status 64
	assert_err $'cdo-cache: -t: unknown option\nusage: cdo-cache get [--state] key'
	call cdo-cache gc x
	assert_err $'cdo-cache: gc: x: one too many\nusage: cdo-cache stats|gc [--state]'
	call cdo-cache get -h
	assert_out 'usage: cdo-cache get [--state] key'
}

@test "cdo-cache: a full stdout is told (74), a closed pipe ends it (141)" {
	head -c 200000 /dev/zero >big
	cdo-cache put a <big
	status=0
	cdo-cache get a >/dev/full 2>err || status=$?
	assert_status 74
	[[ $(<err) == 'cdo-cache: <stdout>: write: No space left on device' ]]
	cdo-cache get a | true
	[[ ${PIPESTATUS[0]} -eq 141 ]]
}
