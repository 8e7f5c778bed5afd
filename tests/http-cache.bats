#!/usr/bin/env bats
# lib/http/cache between processes and a server that counts (tests/peers/httpd.c),
# by tests/peers/ask.c.

load helper

setup() {
	cd "$BATS_TEST_TMPDIR"
	export CDO_STATE_DIR=$PWD/store CDO_NOW=2026-01-01T00:00:00Z
	mkdir www
	echo '[1,2]' >www/a.json
	start_httpd --root www
}

# ask [OPTION=VALUE]... URL: sets out, err and status.
ask() { run_filter '' timeout 30 "$CDO_PEERS/ask" "$@"; }

# came HOW REQUESTS: that way, a.json's answer, after so many requests for it.
came() {
	assert_status 0
	assert_out '[1,2]'
	[[ $err == "$1 200"* ]] || fail "stderr: $err"
	[[ $(requests /a.json) -eq $2 ]] || fail "requests: $(requests /a.json)"
}

# header TEXT: as a parameter of the test server.
header() { echo "header=${1// /%20}"; }

@test "http cache: max-age: one request until it is over" {
	a="$url/a.json?$(header 'Cache-Control:max-age=100')"
	ask "$a"
	came miss 1
	CDO_NOW=2026-01-01T00:01:29Z ask "$a"
	came hit 1
	CDO_NOW=2026-01-01T00:01:41Z ask "$a"
	came miss 2
}

@test "http cache: Expires counts against the server's own Date, whatever the clocks" {
	unset CDO_NOW
	for skew in -7200 0 7200; do
		# the server's clock, and what expires 100 s later by it
		expires=$(date -u -d "$((skew + 100)) seconds" '+%a,%%20%d%%20%b%%20%Y%%20%T%%20GMT')
		date=$(date -u -d "$skew seconds" '+%a,%%20%d%%20%b%%20%Y%%20%T%%20GMT')
		ask "$url/a.json?header=Expires:$expires&header=Date:$date"
		[[ $err == miss* ]]
		ask "$url/a.json?header=Expires:$expires&header=Date:$date"
		[[ $err == hit* ]] || fail "$skew: $err"
	done
	[[ $(requests /a.json) -eq 3 ]]
	CDO_NOW=2020-01-01T00:00:00Z ask "$url/a.json?header=Expires:$expires&header=Date:$date"
	came miss 4 # our clock was set back
}

@test "http cache: nothing said: not kept for use; ttl says it, no-store forbids" {
	ask "$url/a.json"
	ask "$url/a.json"
	came miss 2
	ask ttl=1m "$url/a.json"
	came hit 2
	a="$url/a.json?$(header 'Cache-Control:no-store')"
	ask ttl=1m "$a"
	ask ttl=1m "$a"
	came miss 4
	a="$url/a.json?$(header 'Vary:*')"
	ask ttl=1m "$a"
	ask ttl=1m "$a"
	came miss 6
}

@test "http cache: 304: the kept body, with new headers" {
	a="$url/a.json?etag=\"x\"&$(header 'Cache-Control:max-age=10')"
	ask "$a"
	came miss 1
	export CDO_NOW=2026-01-01T01:00:00Z
	ask "$a"
	came revalidated 2
	ask "$a"
	came hit 2
	ask reload=1 "$a"
	came miss 3
}

@test "http cache: 304 to nobody's condition: one unconditional request, then an error" {
	ask "$url/a.json?status=304"
	assert_status 76
	[[ $err == 'failed 304 HTTP 304'* ]] || fail "$err"
	[[ $(requests /a.json) -eq 2 ]]
}

@test "http cache: Vary tells answers apart" {
	a="$url/a.json?$(header 'Vary:Accept-Language')&$(header 'Cache-Control:max-age=60')"
	ask 'header=Accept-Language: en' "$a"
	came miss 1
	ask 'header=Accept-Language: de' "$a"
	came miss 2
	ask 'header=Accept-Language: en' "$a"
	came hit 2
}

@test "http cache: 404 is kept only for the time that is asked for" {
	ask "$url/none.json"
	ask "$url/none.json"
	[[ $(requests /none.json) -eq 2 ]]
	ask negative=1m "$url/none.json"
	ask negative=1m "$url/none.json"
	assert_status 66
	[[ $err == 'hit 404 HTTP 404' ]]
	[[ $(requests /none.json) -eq 3 ]]
}

@test "http cache: an old answer for 503, a reset, a dead server; not for 404, not for too old" {
	a="$url/a.json?good=1&$(header 'Cache-Control:max-age=10')"
	ask stale=1h "$a"
	came miss 1
	CDO_NOW=2026-01-01T00:30:00Z ask stale=1h "$a"
	came stale 2
	[[ $err == 'stale 200 HTTP 503' ]]
	CDO_NOW=2026-01-01T00:30:01Z ask stale=1h "$a"
	came stale 2 # it has just failed
	CDO_NOW=2026-01-01T02:00:00Z ask stale=1h "$a"
	assert_status 75
	assert_out ''
	[[ $err == 'failed 503 HTTP 503' ]]
	stop_httpd
	CDO_NOW=2026-01-01T00:40:00Z ask stale=1h "$a"
	assert_status 0
	assert_out '[1,2]'
	[[ $err == 'stale 200 connect: Connection refused' ]] || fail "$err"
}

@test "http cache: must-revalidate: no old answer, unless forced" {
	a="$url/a.json?good=1&$(header 'Cache-Control:max-age=10,must-revalidate')"
	ask stale=1h "$a"
	export CDO_NOW=2026-01-01T00:30:00Z
	ask stale=1h "$a"
	assert_status 75
	ask stale=1h forced=1 "$a"
	came stale 2
}

@test "http cache: eight processes, one request" {
	a="$url/a.json?delay=500"
	for i in 1 2 3 4 5 6 7 8; do
		"$CDO_PEERS/ask" ttl=1h "$a" >"out$i" 2>"err$i" 3>&- &
		pids[i]=$!
	done
	wait "${pids[@]}"
	for i in 1 2 3 4 5 6 7 8; do
		[[ $(<"out$i") == '[1,2]' ]] || fail "$(<"err$i")"
	done
	[[ $(requests /a.json) -eq 1 ]]
	[[ $(cat err? | grep -c '^hit') -eq 7 ]]
}

@test "http cache: eight processes, one failure: they do not all try" {
	unset CDO_NOW
	a="$url/a.json?delay=500&fail=100"
	for i in 1 2 3 4 5 6 7 8; do
		"$CDO_PEERS/ask" ttl=1h "$a" >"out$i" 2>"err$i" 3>&- &
		pids[i]=$!
	done
	wait "${pids[@]}" || true
	[[ $(cat err? | grep -c '^failed 503 HTTP 503') -eq 8 ]] || fail "$(cat err?)"
	[[ $(requests /a.json) -eq 1 ]]
}

