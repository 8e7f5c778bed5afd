#!/usr/bin/env bats
# cdo-fetch: what can happen to a request, with the number that the server saw.

load helper

setup() {
	cd "$BATS_TEST_TMPDIR"
	mkdir www
	printf '[{"a":1},{"a":2},{"a":3}]' >www/a.json
	all='{"a":1}
{"a":2}
{"a":3}'
	start_httpd --root www
}

# fetch ARG...: sets out, err (ports left out) and status.
fetch() {
	run_filter '' timeout 30 cdo-fetch --retry-delay 20ms "$@"
	err=$(sed -E 's/(127.0.0.1):[0-9]+/\1/' <<<"$err")
}

# So much was waited for, by the server's word, and a little more.
assert_waits() { [[ $err =~ \(retrying\ in\ ($1)\)$ ]] || fail "$err"; }

now_ms() { date +%s%3N; }

@test "cdo-fetch: 429 with Retry-After in seconds: one retry, not earlier" {
	local start
	start=$(now_ms)
	fetch "$url/a.json?fail=1&fail_status=429&retry_after=1"
	assert_status 0
	assert_out "$all"
	assert_waits '1s|1.[01][0-9]*s|1[01][0-9][0-9]ms'
	[[ $(($(now_ms) - start)) -ge 1000 ]]
	[[ $(requests /a.json) -eq 2 ]]
}

@test "cdo-fetch: 429 with Retry-After as a date: by the server's clock, however wrong" {
	for clock in 0 3600 -86400; do
		echo '[]' >"www/$clock.json"
		fetch "$url/$clock.json?fail=1&fail_status=429&retry_date=1&clock=$clock"
		assert_status 0
		assert_waits '1s|1.[01][0-9]*s|1[01][0-9][0-9]ms'
		[[ $(requests "/$clock.json") -eq 2 ]]
	done
}

@test "cdo-fetch: reset before the first byte, and after it: nothing comes out" {
	for spoil in reset=1 abort=0 abort=1 abort=20; do
		echo "$all" >"www/$spoil"
		export CDO_STATE_DIR=$PWD/state-$spoil # its breaker is closed
		fetch --retries 2 "$url/$spoil?$spoil"
		assert_status 75
		assert_out ''
		[[ ${err##*$'\n'} == *': connection lost' ]] || fail "$err"
		[[ $(requests "/$spoil") -eq 3 ]]
	done
}

@test "cdo-fetch: a redirect that leads back: six requests" {
	echo '[]' >www/loop
	loop=/loop
	for _ in 1 2 3 4 5 6 7; do
		loop=/loop?redirect=$(jq -rn --arg l "$loop" '$l | @uri')
	done
	fetch "$url$loop"
	assert_status 76
	[[ $err == *': HTTP 302: more than 5 redirects' ]] || fail "$err"
	[[ $(requests /loop) -eq 6 ]]
}

@test "cdo-fetch: a redirect elsewhere with a secret: nobody there is asked" {
	other=http://localhost:${url##*:}
	TOKEN=s3cr3t fetch -H Authorization=env:TOKEN "$url/x?redirect=$other/a.json"
	assert_status 76
	[[ $(requests /a.json) -eq 0 ]]
	[[ $(requests /x) -eq 1 ]]
}

# refused NAME STATUS TEXT: at once, with one request.
refused() {
	fetch "$url/$1"
	assert_status "$2"
	assert_out ''
	[[ $err == *": $3" ]] || fail "$err"
	[[ $(requests "/$1") -eq 1 ]]
}

@test "cdo-fetch: garbled gzip, a bomb, a body too large: one request" {
	head -c 20000000 /dev/zero | tr '\0' ' ' | gzip >www/bomb.json
	refused bomb.json 65 'body unpacks to more than 100 times its size'
	printf '\x1f\x8b\x08garbled' >www/garbled.json
	refused garbled.json 76 'body is not compressed as its header says'
	truncate -s 80M www/large.json
	refused large.json 65 'body larger than 67108864 bytes'
}

@test "cdo-fetch: what is packed in itself is known by its first bytes" {
	gzip -c www/a.json >www/a.json.gz
	fetch --format json "$url/a.json.gz"
	assert_status 0
	assert_out "$all"
	gzip -c www/a.json.gz >www/b.json
	fetch "$url/b.json?header=Content-Encoding:gzip"
	assert_out "$all"
	# zstd: a frame with one block that is stored
	printf '\x28\xb5\x2f\xfd\x20\x09\x49\x00\x00[{"a":1}]' >www/z.json
	fetch "$url/z.json" "$url/z.json?header=Content-Encoding:zstd"
	assert_status 0
	assert_out $'{"a":1}\n{"a":1}'
	head -c 17 www/z.json >www/cut.json
	fetch --retries 1 "$url/cut.json"
	assert_status 75
	assert_out ''
	[[ $(requests /cut.json) -eq 2 ]]
}
