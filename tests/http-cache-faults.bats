#!/usr/bin/env bats
# lib/http/cache when things break: processes, disks, breakers, secrets.

load helper

setup() {
	cd "$BATS_TEST_TMPDIR"
	export CDO_STATE_DIR=$PWD/store
	mkdir www
	echo '[1,2]' >www/a.json
	start_httpd --root www
}

ask() { run_filter '' timeout 30 "$CDO_PEERS/ask" "$@"; }

@test "http cache: kill -9 at any moment leaves the old answer, the new one, or none" {
	seq 200000 >www/big.ndjson
	for round in 1 2 3 4 5 6 7 8 9 10; do
		"$CDO_PEERS/ask" ttl=1h reload=1 "$url/big.ndjson" \
			>/dev/null 2>&1 3>&- &
		sleep "0.0$((RANDOM % 10))"
		kill -KILL $! 2>/dev/null || true
		wait $! || true
		ask ttl=1h "$url/big.ndjson"
		assert_status 0
		cmp -s out www/big.ndjson || fail "round $round: $err"
	done
}

@test "http cache: the turn of a process that was killed is free at once" {
	"$CDO_PEERS/ask" ttl=1h pause=60s "$url/a.json" >/dev/null 2>&1 3>&- &
	pid=$!
	within 10 bash -c "[[ \$(curl -sS '$url/count?path=/a.json') -ge 1 ]]"
	kill -KILL $pid
	wait $pid || true
	ask ttl=1h wait=20s "$url/a.json"
	assert_out '[1,2]'
	[[ $err == miss* ]]
}

@test "http cache: who waits for too long takes an old answer, or asks" {
	ask ttl=1h "$url/a.json"
	"$CDO_PEERS/ask" ttl=0 pause=60s "$url/a.json" >/dev/null 2>&1 3>&- &
	slow=$!
	within 10 bash -c "[[ \$(curl -sS '$url/count?path=/a.json') -ge 2 ]]"
	ask ttl=0 stale=1h wait=100ms "$url/a.json"
	assert_out '[1,2]'
	[[ $err == 'stale 200 another process asks, and waits' ]] || fail "$err"
	[[ $(requests /a.json) -eq 2 ]]
	ask ttl=0 wait=100ms "$url/a.json"
	assert_out '[1,2]'
	[[ $err == miss* ]] || fail "$err"
	kill $slow
}

@test "http cache: a full disk: what came is handed over, with a warning" {
	seq 400000 >www/big.ndjson
	ask ttl=1h "$url/a.json"
	status=0
	(trap '' XFSZ; ulimit -f 1000; "$CDO_PEERS/ask" ttl=1h "$url/big.ndjson") \
		2>err | cmp - www/big.ndjson
	[[ $(<err) == *'File too large; the answer is not kept'* ]] || fail "$(<err)"
	ask ttl=1h "$url/a.json"
	[[ $err == hit* ]] || fail "$err"
}

@test "http cache: no store: asked, with a warning" {
	: >file
	CDO_STATE_DIR=$PWD/file/store ask ttl=1h "$url/a.json"
	assert_status 0
	assert_out '[1,2]'
	[[ $err == 'ask: warning: '*'; asking without the cache'* ]] || fail "$err"
}

@test "http cache: an open breaker: an old answer, and nobody asks" {
	a="$url/a.json?good=1"
	export CDO_NOW=2026-01-01T00:00:00Z
	ask stale=24h breaker=1 "$a"
	for i in $(seq 10 29); do
		CDO_NOW=2026-01-01T00:00:${i}Z ask stale=24h breaker=1 reload=1 "$a"
		assert_status 0
		assert_out '[1,2]'
		[[ $err != *breaker* ]] || break
	done
	[[ $err == stale*breaker* ]] || fail "$err"
	n=$(requests /a.json)
	CDO_NOW=2026-01-01T00:00:30Z ask stale=24h breaker=1 reload=1 "$a"
	[[ $err == stale*breaker* ]] || fail "$err"
	[[ $(requests /a.json) -eq $n ]]
}

@test "http cache: no secret is in the store, nor in a key" {
	export CANARY=canary-7f3a
	auth='{"query":{"name":"appid","value":{"secret":"env:CANARY"}}}'
	for i in 1 2; do
		ask ttl=1h auth="$auth" "$url/a.json"
		assert_out '[1,2]'
	done
	[[ $err == hit* && $(requests /a.json) -eq 1 ]] || fail "$err"
	# the server echoes it: the answer is not kept
	ask ttl=1h auth="$auth" "$url/echo"
	[[ $out == *$CANARY* && $err == miss* ]]
	ask ttl=1h auth="$auth" "$url/echo"
	[[ $err == miss* ]]
	ask ttl=1h "header=Authorization: Bearer $CANARY" "$url/a.json"
	[[ $err == miss* ]]
	cdo-cache dump >dump
	! grep -aqr "$CANARY" store dump
	[[ $(grep -c '"http:' dump) -eq 2 ]] || fail "$(<dump)"
}

@test "http cache: other credentials have other answers" {
	export CANARY=canary-7f3a
	ask ttl=1h "$url/a.json"
	ask ttl=1h auth='{"bearer":{"secret":"env:CANARY"}}' "$url/a.json"
	ask ttl=1h auth='{"bearer":{"secret":"env:CANARY"},"profile":"b"}' \
		"$url/a.json"
	[[ $err == miss* && $(requests /a.json) -eq 3 ]]
	ask ttl=1h auth='{"bearer":{"secret":"env:CANARY"},"profile":"b"}' \
		"$url/a.json"
	[[ $err == hit* ]]
}
