#!/usr/bin/env bats
# The test server keeps its word; other tests rest on it.

load helper

get() { curl -sS --max-time 10 "$@"; }

setup() {
	cd "$BATS_TEST_TMPDIR"
	echo '{"a":1}' >a.json
	printf 'day,t,note\n2012-01-01,1.50,"x, ""y"""\n2012-01-02,-3,\n2012-01-03,007,z' >t.csv
}

@test "httpd: files, their type, and what is not there" {
	start_httpd --root .
	[[ $(get "$url/a.json") == '{"a":1}' ]]
	[[ $(get -o /dev/null -w '%{content_type}' "$url/a.json") == application/json ]]
	[[ $(get -o /dev/null -w '%{http_code}' "$url/b.json") == 404 ]]
	[[ $(get --path-as-is "$url/../a.json") == 'not found' ]]
	[[ $(requests /a.json) -eq 2 ]]
}

@test "httpd: an answer is spoilt as asked" {
	start_httpd --root .
	[[ $(get -o /dev/null -w '%{http_code}' "$url/a.json?status=418") == 418 ]]
	get -D head -o body "$url/a.json?header=X-A:%20b&etag=%22e%22"
	grep -q $'^X-A: b\r' head
	grep -q $'^ETag: "e"\r' head
	[[ $(get -H 'If-None-Match: "e"' -w '%{http_code}' "$url/a.json?etag=%22e%22") == 304 ]]
	[[ $(get -L -w '%{url_effective}' "$url/x?redirect=/a.json") == $'{"a":1}\n'"$url/a.json" ]]
	run get "$url/a.json?cut=3"
	[[ $status -eq 18 ]]
	run get "$url/a.json?reset=1"
	[[ $status -eq 52 || $status -eq 56 ]]
	[[ $(get --compressed "$url/a.json?gzip=1") == '{"a":1}' ]]
	[[ $(get "$url/a.json?gzip=1" | gunzip) == '{"a":1}' ]]
}

@test "httpd: the first requests for a path fail" {
	start_httpd --root .
	for code in 429 429 200 200; do
		[[ $(get -o body -D head -w '%{http_code}' \
			"$url/a.json?fail=2&fail_status=429&retry_after=3") == "$code" ]]
		[[ $code -eq 200 ]] || grep -q $'^Retry-After: 3\r' head
	done
}

@test "httpd: it waits before and within an answer" {
	start_httpd --root .
	seconds=$(get -o body -w '%{time_total}' "$url/a.json?delay=300&chunk=4&pause=300")
	[[ 10#${seconds/./} -ge 600000 ]]
	cmp body a.json
	run get --max-time 0.3 "$url/a.json?delay=60000"
	[[ $status -eq 28 ]]
}

@test "httpd: a table by pages and whole" {
	start_httpd --table t=t.csv
	all='{"day":"2012-01-01","t":1.50,"note":"x, \"y\""}
{"day":"2012-01-02","t":-3,"note":null}
{"day":"2012-01-03","t":"007","note":"z"}'
	[[ $(get "$url/api/t.ndjson") == "$all" ]]
	[[ $(get "$url/api/t.json") == "[${all//$'\n'/,}]" ]]
	get "$url/api/t.csv" | cmp - t.csv
	[[ $(get "$url/api/t?page=2&per_page=2") == '{"page":2,"pages":2,"total":3,"next":null,"records":['"${all##*$'\n'}"']}' ]]
	next=$(get -D head "$url/api/t?offset=0&per_page=2" | jq -r .next)
	[[ $(get "$next" | jq -c .records) == "[${all##*$'\n'}]" ]]
	grep -q "^Link: <$next>; rel=\"next\"" head
	[[ $(get -o /dev/null -w '%{http_code}' "$url/api/none") == 404 ]]
}

@test "httpd: faults come at their rate, the same ones for a seed" {
	for i in 1 2; do
		start_httpd --table t=t.csv --faults 0.25 --seed 7
		for _ in {1..100}; do
			echo "url = $url/api/t"
			echo 'output = /dev/null'
			echo 'write-out = "%{http_code} %{exitcode}\n"'
		done | get -K - >codes$i 2>/dev/null || true
		stop_httpd
	done
	cmp codes1 codes2
	bad=$(grep -cv '^200 0' codes1)
	[[ $bad -gt 10 && $bad -lt 40 ]]
	grep -q '^500' codes1 && grep -q '^503' codes1 && grep -q ' 18$' codes1
}

@test "httpd: what is posted to /hook becomes a line" {
	start_httpd --hooks hooks --hook-headers heads
	get -d '{"n":0}' "$url/hook/x?fail=1"
	get -d $'{"n":\n1}' -H 'X-Key: k' "$url/hook/x?fail=1"
	[[ $(<hooks) == '{"n": 1}' ]]
	[[ $(jq -r '.path + " " + .headers["x-key"]' heads) == '/hook/x k' ]]
	[[ $(get -X PUT -d 'é"' "$url/echo?q=1%262" | jq -c '[.method,.query,.body]') == '["PUT",{"q":"1&2"},"é\""]' ]]
}

@test "httpd: it ends with TERM at once, and with its parent" {
	start_httpd --root .
	get --max-time 20 "$url/a.json?delay=60000" >/dev/null 2>&1 3>&- &
	within 5 eval '[[ $(requests /a.json) -eq 1 ]]'
	SECONDS=0
	stop_httpd
	[[ $SECONDS -lt 5 ]]
	pid=$(bash -c '"$0" </dev/null >port 3>&- & echo $!; until [[ -s port ]]; do :; done' "$CDO_PEERS/httpd")
	within 5 bash -c "! kill -0 $pid 2>/dev/null"
}
