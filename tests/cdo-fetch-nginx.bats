#!/usr/bin/env bats
# cdo-fetch: with a real web server, over HTTP/1.1, HTTP/2 and TLS.

load helper
load nginx

setup() {
	cd "$BATS_TEST_TMPDIR"
	start_nginx
	export SSL_CERT_FILE=$PWD/cert.pem
	seq 3 >www/a
}

teardown() { stop_nginx; }

# fetch ARG...: sets out, err (ports and waits left out) and status.
fetch() {
	run_filter '' timeout 30 cdo-fetch --retry-delay 20ms "$@"
	err=$(sed -E 's/(localhost|127.0.0.1):[0-9]+/\1/; s/retrying in [0-9]+ms/retrying/' <<<"$err")
}

@test "cdo-fetch: HTTP/2 where the server speaks it over TLS, one connection for all" {
	fetch "$https/a?1" "$https/a?2" "$https/a?3"
	assert_status 0
	assert_out $'1\n2\n3\n1\n2\n3\n1\n2\n3'
	assert_err ''
	[[ $(grep -c '^/a?[123] HTTP/2.0 ' nginx.log) -eq 3 ]]
	[[ $(grep '^/a' nginx.log | cut -d ' ' -f 3 | sort -u | wc -l) -eq 1 ]]
	fetch "$http/a?4" "$http/a?5"
	[[ $(grep -c '^/a?[45] HTTP/1.1 ' nginx.log) -eq 2 ]]
	[[ $(grep '^/a?[45]' nginx.log | cut -d ' ' -f 3 | sort -u | wc -l) -eq 1 ]]
}

@test "cdo-fetch: a certificate whose time is over, of another host, of an unknown authority: 76, and no request" {
	cat old.pem >>cert.pem
	: >nginx.log
	for where in "$expired/a" "${expired/localhost/127.0.0.1}/a"; do
		fetch "$where"
		assert_status 76
		[[ $err == *': certificate not trusted, or not of this host' ]] || fail "$err"
	done
	SSL_CERT_FILE='' fetch "$https/a"
	assert_status 76
	[[ $err == *': certificate not trusted, or not of this host' ]] || fail "$err"
	SSL_CERT_FILE=$PWD/none fetch "$https/a"
	assert_status 78
	[[ ! -s nginx.log ]]
}

@test "cdo-fetch: a server that closes without an answer: as many requests as asked for" {
	fetch --retries 2 "$http/closed"
	assert_status 75
	assert_out ''
	[[ $(asked /closed) -eq 3 ]]
	[[ ${err##*$'\n'} == 'cdo-fetch: http://127.0.0.1/closed: no answer' ]] || fail "$err"
}

@test "cdo-fetch: a body that is packed as it is sent, over both" {
	seq 1 20000 >www/packed
	for where in "$http" "$https"; do
		run_filter '' timeout 30 cdo-fetch "$where/packed"
		assert_status 0
		cmp out www/packed
	done
}

@test "cdo-fetch: a body that is too slow leaves nothing behind" {
	seq 1 200000 >www/slow
	for where in "$http" "$https"; do
		: >nginx.log
		fetch --retries 1 --timeout 300ms "$where/slow"
		assert_status 75
		assert_out ''
		[[ ${err##*$'\n'} == *'/slow: timed out after 300ms' ]] || fail "$err"
		within 5 test "$(asked /slow)" -eq 2
	done
}

@test "cdo-fetch: a server that limits its rate: what is refused is asked for again" {
	seq 3 >www/limited
	fetch --retries 6 --retry-delay 150ms "$http/limited?1" "$http/limited?2" "$http/limited?3"
	assert_status 0
	[[ $(wc -l <<<"$out") -eq 9 ]]
	[[ $(grep -c 'HTTP 429 (retrying' <<<"$err") -eq $(($(grep -c ^/limited nginx.log) - 3)) ]]
}
