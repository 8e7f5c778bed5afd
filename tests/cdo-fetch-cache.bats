#!/usr/bin/env bats
# cdo-fetch: the cache and buckets from the outside; http-cache.bats and
# s3.bats have what is below.

load helper

setup() {
	cd "$BATS_TEST_TMPDIR"
	export CDO_STATE_DIR=$PWD/store
	mkdir www
	printf '[{"a":1},{"a":2}]' >www/a.json
	all='{"a":1}
{"a":2}'
}

fetch() {
	run_filter '' timeout 60 cdo-fetch --retries 0 "$@"
	err=$(sed -E 's/(127.0.0.1):[0-9]+/\1/' <<<"$err")
}

@test "cdo-fetch: eight at once with --cache: one request, eight answers" {
	start_httpd --root www
	for i in 1 2 3 4 5 6 7 8; do
		cdo-fetch --cache 1h "$url/a.json?delay=500" >"out$i" 2>"err$i" 3>&- &
		pids[i]=$!
	done
	wait "${pids[@]}"
	for i in 1 2 3 4 5 6 7 8; do
		[[ $(<"out$i") == "$all" ]] || fail "$(<"err$i")"
	done
	[[ $(requests /a.json) -eq 1 ]]
}

@test "cdo-fetch: old answers are flagged, told, and 4 with --strict-fresh" {
	start_httpd --root www
	a="$url/a.json?good=1"
	CDO_NOW=2026-01-01T00:00:00Z fetch --cache 1m --stale-if-error 24h "$a"
	assert_out "$all"
	export CDO_NOW=2026-01-01T02:00:00Z
	fetch --cache 1m --stale-if-error 24h "$a"
	assert_status 0
	[[ $(jq -c '[.a, ._cdo.fetch.stale]' <<<"$out") == '[1,true]
[2,true]' ]] || fail "$out"
	[[ $err == *'HTTP 503'*2h* ]] || fail "$err"
	fetch --cache 1m --stale-if-error 24h --strict-fresh "$a"
	assert_status 4
	[[ $(jq -c .a <<<"$out") == $'1\n2' ]]
	fetch --cache 1m --stale-if-error 30m "$a"
	assert_status 75
	assert_out ''
}

@test "cdo-fetch: -j: the same URL many times is one request" {
	start_httpd --root www
	fetch -j 8 --cache 1h "$url/a.json?delay=200" "$url/a.json?delay=200" \
		"$url/a.json?delay=200" "$url/a.json?delay=200"
	assert_status 0
	[[ $(wc -l <<<"$out") -eq 8 && $(requests /a.json) -eq 1 ]]
}

@test "cdo-fetch: a body that is no good is not kept" {
	start_httpd --root www
	printf '[{"a":1},{"a":' >www/cut.json
	fetch --cache 1h "$url/cut.json"
	fetch --cache 1h "$url/cut.json"
	[[ $(requests /cut.json) -eq 2 ]]
}

@test "cdo-fetch: oauth2: runs share a token, and renew it after a 401" {
	start_httpd --root www
	export CANARY=canary-91e
	echo '{"access_token":"tok-1","expires_in":3600}' >www/token.json
	cat >a.json <<-END
		{"url": "$url/a.json", "params": {"fail": "{fail}", "fail_status": 401},
		 "auth": {"oauth2": {"token_url": "$url/token.json", "client_id": "id",
		                     "client_secret": {"secret": "env:CANARY"}}}}
	END
	fetch -P fail=0 a.json
	assert_status 0
	assert_out "$all"
	fetch -P fail=0 a.json
	[[ $(requests /token.json) -eq 1 ]]
	[[ $(stat -c %a store/tokens/*) == 600 ]]
	fetch -P fail=3 a.json # the third request for it, then the fourth
	assert_status 0
	assert_out "$all"
	[[ $(requests /a.json) -eq 4 && $(requests /token.json) -eq 2 ]]
	! grep -aqr "$CANARY" store
}

@test "cdo-fetch: --cache 0 asks each time, --stale-if-error 0 takes no old answer, whatever the source says" {
	start_httpd --root www
	echo '{"url": "'"$url"'/a.json?good=2", "cache": {"ttl": "1h", "stale_if_error": "24h"}}' >a.json
	fetch ./a.json
	fetch --cache 0 ./a.json
	assert_out "$all"
	[[ $(requests /a.json) -eq 2 ]]
	fetch --cache 0 --stale-if-error 0 ./a.json # the third is 503
	assert_status 75
	assert_out ''
	fetch ./a.json
	assert_status 0
	assert_out "$all"
}
