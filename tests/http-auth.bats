#!/usr/bin/env bats
# lib/http/auth against a server that counts (tests/peers/httpd.c), by
# tests/peers/ask.c.

load helper

setup() {
	cd "$BATS_TEST_TMPDIR"
	export CDO_STATE_DIR=$PWD/store CANARY=canary-51c0
	mkdir www
	echo '[1,2]' >www/a.json
	token tok-1 3600
	start_httpd --root www
	auth="{\"oauth2\":{\"token_url\":\"$url/token.json\",\"client_id\":\"id\",
		\"client_secret\":{\"secret\":\"env:CANARY\"}}}"
}

# token WORD SECONDS: what the token's server says.
token() {
	printf '{"access_token":"%s","token_type":"bearer","expires_in":%d}' \
		"$@" >www/token.json
}

ask() { run_filter '' timeout 30 "$CDO_PEERS/ask" cached=0 "$@"; }

# sent NAME: the header that came to the server.
sent() { jq -r ".headers[\"$1\"]" <<<"$out"; }

@test "http auth: header, basic, bearer, query" {
	ask auth='{"header":{"name":"X-Key","value":{"secret":"env:CANARY"}}}' "$url/echo"
	[[ $(sent x-key) == "$CANARY" ]]
	ask auth='{"basic":{"user":"u","password":{"secret":"env:CANARY"}}}' "$url/echo"
	[[ $(sent authorization) == "Basic $(printf 'u:%s' "$CANARY" | base64)" ]]
	ask auth='{"bearer":{"secret":"env:CANARY"}}' "$url/echo"
	[[ $(sent authorization) == "Bearer $CANARY" ]]
	ask auth='{"query":{"name":"k","value":{"secret":"env:CANARY"}}}' "$url/echo?a=1"
	[[ $(jq -c .query <<<"$out") == "{\"a\":\"1\",\"k\":\"$CANARY\"}" ]] || fail "$out"
}

@test "http auth: oauth2: a token for several processes, kept in a file of mode 0600" {
	for i in 1 2 3; do
		ask auth="$auth" tokens="$PWD/tokens" "$url/echo"
		[[ $(sent authorization) == 'Bearer tok-1' ]]
	done
	[[ $(requests /token.json) -eq 1 ]]
	[[ $(stat -c %a tokens/*) == 600 && $(stat -c %a tokens) == 700 ]]
	! grep -aqr "$CANARY" tokens store 2>/dev/null
	! grep -aqr tok-1 store 2>/dev/null
	chmod 644 tokens/* # not to be trusted any more
	ask auth="$auth" tokens="$PWD/tokens" "$url/echo"
	[[ $(requests /token.json) -eq 2 && $(stat -c %a tokens/*) == 600 ]]
}

@test "http auth: oauth2: a token that is over is asked for anew" {
	export CDO_NOW=2026-01-01T00:00:00Z
	ask auth="$auth" tokens="$PWD/tokens" "$url/echo"
	token tok-2 3600
	CDO_NOW=2026-01-01T00:58:00Z ask auth="$auth" tokens="$PWD/tokens" "$url/echo"
	[[ $(sent authorization) == 'Bearer tok-1' ]]
	CDO_NOW=2026-01-01T01:00:00Z ask auth="$auth" tokens="$PWD/tokens" "$url/echo"
	[[ $(sent authorization) == 'Bearer tok-2' ]]
	CDO_NOW=2025-01-01T00:00:00Z ask auth="$auth" tokens="$PWD/tokens" "$url/echo"
	[[ $(requests /token.json) -eq 3 ]] # the clock was set back
}

@test "http auth: 401: a new token and the request again, once" {
	ask auth="$auth" "$url/a.json?fail=1&fail_status=401"
	assert_status 0
	assert_out '[1,2]'
	[[ $(requests /a.json) -eq 2 && $(requests /token.json) -eq 2 ]]
	ask auth="$auth" "$url/b.json?fail=9&fail_status=401"
	assert_status 77
	[[ $err == 'passed 401 HTTP 401' ]] || fail "$err"
	[[ $(requests /b.json) -eq 2 && $(requests /token.json) -eq 4 ]]
}

@test "http auth: oauth2: a refusal and an answer that is none are told, without secrets" {
	ask auth="${auth/token.json/token.json?status=401}" "$url/a.json"
	assert_status 77
	[[ $err == *'token: HTTP 401' ]] || fail "$err"
	echo '{"error":"canary"}' >www/token.json
	ask auth="$auth" "$url/a.json"
	assert_status 76
	[[ $err == *'token: the answer has no access_token' ]] || fail "$err"
	[[ $(requests /a.json) -eq 0 ]]
}

@test "http auth: a secret that is not there, or that all can read" {
	ask auth='{"bearer":{"secret":"env:NOT_THERE"}}' "$url/a.json"
	assert_status 78
	echo "$CANARY" >secret
	chmod 644 secret
	ask auth='{"bearer":{"secret":"file:secret"}}' "$url/a.json"
	assert_status 78
	[[ $(requests /a.json) -eq 0 && $err != *$CANARY* ]]
}

@test "http auth: credentials do not follow a redirect to another origin" {
	first=$url pid=$httpd_pid
	start_httpd --root www
	for a in '{"bearer":{"secret":"env:CANARY"}}' \
		'{"header":{"name":"X-Key","value":{"secret":"env:CANARY"}}}'; do
		ask auth="$a" "$first/a.json?redirect=$url/echo"
		[[ $out$err != *$CANARY* ]] || fail "$out"
	done
	kill "$pid"
}
