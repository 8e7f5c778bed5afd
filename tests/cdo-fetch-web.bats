#!/usr/bin/env bats
# cdo-fetch: over HTTP, with a server that misbehaves (tests/peers/httpd.c).

load helper

setup() {
	cd "$BATS_TEST_TMPDIR"
	mkdir www
	printf '[{"a":1},{"a":2},{"a":3}]' >www/a.json
	seq 3 >www/a.ndjson
	printf 'a,b\n1,"x, y"\n' >www/a.csv
	: >www/empty.json
	all='{"a":1}
{"a":2}
{"a":3}'
	start_httpd --root www
}

# fetch ARG...: sets out, err (ports and waits left out) and status.
fetch() {
	run_filter '' timeout 30 cdo-fetch --retry-delay 20ms "$@"
	err=$(sed -E 's/(127.0.0.1):[0-9]+/\1/; s/retrying in [0-9]+ms/retrying/' <<<"$err")
}

@test "cdo-fetch: over HTTP: the format by type, by name, by option" {
	fetch "$url/a.json" "$url/a.ndjson" "$url/a.csv"
	assert_status 0
	assert_out "$all
1
2
3
{\"a\":1,\"b\":\"x, y\"}"
	assert_err ''
	fetch "$url/a.csv?type=text/plain"
	assert_out '{"a":1,"b":"x, y"}'
	fetch "$url/a.ndjson?type=application/vnd.x%2bjson;charset=utf-8"
	assert_out $'1\n2\n3'
	fetch --format text "$url/a.csv"
	assert_out '{"line":"a,b"}
{"line":"1,\"x, y\""}'
}

@test "cdo-fetch: a compressed body, an empty one, one in pieces" {
	fetch "$url/a.json?gzip=1"
	assert_out "$all"
	fetch "$url/empty.json"
	assert_status 0
	assert_out ''
	assert_err ''
	fetch "$url/a.json?chunk=1"
	assert_out "$all"
}

@test "cdo-fetch: 500 then good: one retry, nothing doubled" {
	fetch "$url/a.json?fail=1&fail_status=500"
	assert_status 0
	assert_out "$all"
	assert_err 'cdo-fetch: warning: http://127.0.0.1/a.json?fail=1&fail_status=500: HTTP 500 (retrying)'
	[[ $(requests /a.json) -eq 2 ]]
}

@test "cdo-fetch: 500 always: as many requests as asked for, then 75" {
	fetch --retries 2 "$url/a.json?status=500"
	assert_status 75
	assert_out ''
	[[ $(requests /a.json) -eq 3 ]]
	[[ $(grep -c retrying <<<"$err") -eq 2 ]]
	[[ ${err##*$'\n'} == 'cdo-fetch: http://127.0.0.1/a.json?status=500: HTTP 500' ]]
	CDO_ATTEMPT=1 fetch "$url/a.ndjson?status=503"
	assert_status 75
	[[ $(requests /a.ndjson) -eq 1 ]]
}

@test "cdo-fetch: what is tried again, and what is not, by status" {
	local n=0 code want
	for code in 400:69:1 401:77:1 403:77:1 404:66:1 408:75:2 409:69:1 410:66:1 425:75:2 \
		429:75:2 500:75:2 501:69:1 502:75:2 503:75:2 504:75:2 505:69:1 507:75:1 524:75:2 304:76:1; do
		IFS=: read -r code status_wanted want <<<"$code"
		n=$((n + 1))
		echo '[]' >www/$n.json
		export CDO_STATE_DIR=$PWD/state-$n # its breaker is closed
		fetch --retries 1 "$url/$n.json?status=$code"
		assert_status "$status_wanted"
		assert_out ''
		[[ $(requests /$n.json) -eq $want ]] || fail "$code: $(requests /$n.json) requests"
	done
}

@test "cdo-fetch: 425 is tried again once" {
	fetch --retries 3 "$url/a.json?status=425"
	[[ $(requests /a.json) -eq 2 ]]
}

@test "cdo-fetch: Retry-After is kept; one that is too long is not waited for" {
	SECONDS=0
	fetch "$url/a.json?fail=1&fail_status=429&retry_after=1"
	assert_status 0
	[[ $SECONDS -ge 1 ]]
	fetch "$url/a.ndjson?status=503&header=Retry-After:3600"
	assert_status 75
	[[ $(requests /a.ndjson) -eq 1 ]]
	assert_err 'cdo-fetch: http://127.0.0.1/a.ndjson?status=503&header=***: HTTP 503'
	fetch "$url/a.csv" # nor does the next run ask before
	assert_status 75
	[[ $err == *': not called, the server wants no call before '* ]] || fail "$err"
	[[ $(requests /a.csv) -eq 0 ]]
	export CDO_STATE_DIR=$PWD/state-2
	fetch "$url/a.csv?fail=1&header=Retry-After:Tue,%2024%20Nov%202020%2015:00:00%20GMT"
	assert_status 0 # long past: it does not count
}

@test "cdo-fetch: --deadline: no retry would begin later" {
	fetch --deadline 100ms --retry-delay 10s "$url/a.json?status=503"
	assert_status 75
	[[ $(requests /a.json) -eq 1 ]]
}

@test "cdo-fetch: a body cut short leaves nothing behind" {
	for spoil in cut=12 reset=1; do
		fetch --retries 1 "$url/a.json?$spoil"
		assert_status 75
		assert_out ''
		[[ $(wc -l <<<"$err") -eq 2 ]]
	done
	[[ $(requests /a.json) -eq 4 ]]
}

@test "cdo-fetch: JSON that ends in the middle is asked for again; then whole values count" {
	printf '[{"a":1},{"a"' >www/half.json
	fetch --retries 1 "$url/half.json"
	assert_status 65
	assert_out '{"a":1}'
	[[ $(requests /half.json) -eq 2 ]]
	assert_err 'cdo-fetch: warning: http://127.0.0.1/half.json: body ends in the middle of a value (retrying)
cdo-fetch: http://127.0.0.1/half.json: value 2: at byte 9: value without an end'
}

@test "cdo-fetch: once records went out there is no retry: 3" {
	seq 200000 >www/big.ndjson
	fetch --hold 64K "$url/big.ndjson?cut=1000000"
	assert_status 3
	[[ $(requests /big.ndjson) -eq 1 ]]
	n=$(wc -l <<<"$out")
	[[ $out == "$(seq "$n")" ]]
	assert_err "cdo-fetch: http://127.0.0.1/big.ndjson?cut=***: body cut short, after $n records went out"
	fetch --retries 1 "$url/big.ndjson?cut=1000000"
	assert_status 75
	assert_out ''
}

@test "cdo-fetch: no server: 75; no such host: 69, once more; no URL: 64" {
	stop_httpd
	fetch --retries 2 "$url/a.json"
	assert_status 75
	[[ $(grep -c 'connect: Connection refused' <<<"$err") -eq 3 ]]
	fetch --retries 3 http://no-such-host.invalid/
	assert_status 69
	assert_err 'cdo-fetch: warning: http://no-such-host.invalid/: host not found (retrying)
cdo-fetch: http://no-such-host.invalid/: host not found'
	fetch 'http://'
	assert_status 64
	assert_err 'cdo-fetch: http://: malformed URL'
	fetch 'http://me:secret@127.0.0.1/'
	assert_status 64
	[[ $err != *secret* ]]
}

@test "cdo-fetch: no HTTP behind http, no TLS behind https: 76" {
	fetch "https${url#http}/a.json" --retries 0
	assert_status 76
	[[ $err == *': TLS handshake failed' ]] || fail "$err"
}

@test "cdo-fetch: --timeout" {
	fetch --timeout 200ms --retries 1 "$url/a.json?delay=20000"
	assert_status 75
	assert_err 'cdo-fetch: warning: http://127.0.0.1/a.json?delay=20000: timed out after 200ms (retrying)
cdo-fetch: http://127.0.0.1/a.json?delay=20000: timed out after 200ms'
	fetch --timeout 200ms --retries 0 "$url/a.json?chunk=10&pause=150"
	assert_status 75
	assert_out ''
}

@test "cdo-fetch: time in which nobody reads does not count" {
	yes '{"a":"0123456789012345678901234567890123456789"}' | head -n 100000 >www/big.ndjson
	timeout 20 cdo-fetch --timeout 700ms --hold 0 "$url/big.ndjson" | { sleep 1.5; wc -l; } >n
	[[ $(<n) -eq 100000 ]]
}

@test "cdo-fetch: a body that is too large, packed or not" {
	head -c 300000 /dev/zero | tr '\0' ' ' >www/large.json
	for how in gzip=1 x=1; do
		fetch --max-size 100K "$url/large.json?$how"
		assert_status 65
		[[ $err == *': body larger than 102400 bytes' ]] || fail "$err"
	done
	[[ $(requests /large.json) -eq 2 ]]
}

@test "cdo-fetch: a body that is no record: 65, and one request" {
	printf '<!doctype html>\n<p>try later' >www/page.html
	fetch "$url/page.html"
	assert_status 65
	assert_out ''
	assert_err 'cdo-fetch: http://127.0.0.1/page.html: body is HTML or XML, not records'
	fetch "$url/page.html?type=application/json"
	assert_status 65
	[[ $err == 'cdo-fetch: http://127.0.0.1/page.html?type=***: value 1: at byte 0: '* ]] || fail "$err"
	fetch "$url/a.json?header=Content-Encoding:gzip" --retries 0
	assert_status 76
	assert_err 'cdo-fetch: http://127.0.0.1/a.json?header=***: body is not compressed as its header says'
}

@test "cdo-fetch: redirects within the origin, and no others" {
	fetch "$url/x?redirect=/a.json"
	assert_status 0
	assert_out "$all"
	other=http://localhost:${url##*:}
	fetch "$url/x?redirect=$other/a.json"
	assert_status 76
	[[ $err == *': HTTP 302: redirect to another origin (http://localhost:'* ]]
	fetch --redirects none "$url/x?redirect=/a.json"
	assert_status 76
	fetch "$url/x?redirect=file:///etc/passwd"
	assert_status 76
	assert_out ''
	fetch "$url/loop?redirect=/loop?redirect=/loop"
	assert_status 66
	echo '[]' >www/loop
	fetch "$url/y?redirect=/y%3fredirect=/y%253fredirect=/y%25253fredirect=/y%2525253fredirect=/y%252525253fredirect=/y%25252525253fredirect=/a.json"
	assert_status 76
	[[ $err == *': HTTP 302: more than 5 redirects' ]] || fail "$err"
}

@test "cdo-fetch: headers, and secrets by reference only" {
	export TOKEN=s3cr3t-token
	printf 'f1le-secret\n' >key
	chmod 600 key
	fetch -H 'X-A: b' -H 'Authorization=Bearer env:TOKEN' -H X-Key=file:key -x '.headers' "$url/echo"
	[[ $(jq -c '[.["x-a"],.authorization,.["x-key"]]' <<<"$out") == '["b","Bearer s3cr3t-token","f1le-secret"]' ]] || fail "$out"
	fetch -H 'Authorization: Bearer x' "$url/echo"
	assert_status 64
	[[ $err == *"name the secret: -H 'Authorization=env:VAR'"* ]]
	fetch -H Authorization=env:NOT_SET_AT_ALL "$url/echo"
	assert_status 78
	chmod 644 key
	fetch -H X-Key=file:key "$url/echo"
	assert_status 78
	fetch -H $'X-A: b\r\nX-C: d' "$url/echo"
	assert_status 64
	assert_out ''
}

@test "cdo-fetch: elsewhere goes no header but harmless ones" {
	other=http://localhost:${url##*:}
	TOKEN=s3cr3t-token fetch --redirects any -H 'X-A: b' -H 'Accept: text/x' \
		-H Authorization=env:TOKEN -x .headers "$url/x?redirect=$other/echo"
	assert_status 0
	[[ $(jq -c '[.accept,.["x-a"],.authorization]' <<<"$out") == '["text/x",null,null]' ]] || fail "$out"
	TOKEN=s3cr3t-token fetch -H Authorization=env:TOKEN -x .headers.authorization "$url/x?redirect=/echo"
	assert_out '"s3cr3t-token"'
}

@test "cdo-fetch: a secret is shown nowhere" {
	TOKEN=s3cr3t-token run_filter '' timeout 20 cdo-fetch -v --retry-delay 1ms \
		-H 'X-A=Bearer env:TOKEN' "$url/a.json?key=s3cr3t-token&status=503"
	assert_status 75
	[[ -n $err && $err != *s3cr3t* && $out != *s3cr3t* ]]
}

@test "cdo-fetch: some sources fail, others do not: 3" {
	fetch "$url/none.json" "$url/a.json" "$url/a.json?status=401"
	assert_status 3
	assert_out "$all"
	fetch "$url/none.json" "$url/a.json?status=401"
	assert_status 66
}

@test "cdo-fetch: --limit ends the transfer" {
	yes '{"a":1}' | head -n 3000000 >www/endless.ndjson
	fetch --limit 2 "$url/endless.ndjson?chunk=1000&pause=10"
	assert_status 0
	assert_out $'{"a":1}\n{"a":1}'
}

@test "cdo-fetch: TERM ends a transfer at once, whole records go out" {
	cdo-fetch --hold 0 "$url/a.ndjson?chunk=3&pause=60000" >out 2>err 3>&- &
	within 10 grep -q 1 out
	kill -TERM $!
	SECONDS=0 status=0
	wait $! || status=$?
	assert_status 143
	[[ $SECONDS -lt 5 && $(<out) == 1 && ! -s err ]]
}

@test "cdo-fetch: TERM ends a wait for a retry at once" {
	cdo-fetch --retry-delay 60s "$url/a.json?status=503" >out 2>err 3>&- &
	within 10 grep -q retrying err
	kill -TERM $!
	SECONDS=0 status=0
	wait $! || status=$?
	assert_status 143
	[[ $SECONDS -lt 5 && ! -s out ]]
}

@test "cdo-fetch: a slow stream is answered at once with --hold 0" {
	timeout 60 cdo-fetch --hold 0 "$url/a.ndjson?chunk=3&pause=60000" >out 3>&- &
	within 10 grep -q 1 out
	kill %1
	wait || true
}

@test "cdo-fetch: a closed pipe ends the transfer, 141" {
	yes '{"a":1}' | head -n 1000000 >www/long.ndjson
	rc=$({ { timeout 20 cdo-fetch "$url/long.ndjson" 2>err; echo $? >&3; } | head -n 1 >/dev/null; } 3>&1)
	[[ $rc -eq 141 ]] || fail "status $rc"
	[[ ! -s err ]]
}
