#!/usr/bin/env bats
# cdo-fetch explain and probe: what would happen, what is there.

load helper

setup() {
	cd "$BATS_TEST_TMPDIR" || return
	unset CDO_HOME CDO_STORE
	export CDO_STATE_DIR=$PWD/state
	mkdir www sources
	start_httpd --root www
	echo '{"id":1}' >www/a.json
}

@test "cdo-fetch explain: call, cache, breaker, cursor; nobody is asked" {
	echo "{\"url\": \"$url/a.json\", \"params\": {\"s\": {\"secret\": \"env:T\"}}, \"cache\": {\"ttl\": \"1h\"}, \"cursor\": {\"field\": \".id\", \"type\": \"integer\"}}" >sources/s.json
	export T=c4n4ry-value
	run_filter '' cdo-fetch explain s
	assert_status 0
	[[ $out == '{"source":"s","url":"'*'?s=***","cache":null,"breaker":"closed"'*'"since":null},"would":"call"}' ]] || fail "$out"
	[[ $(requests /a.json) -eq 0 ]]
	cdo-fetch --commit eof s
	run_filter '' cdo-fetch explain s
	[[ $out == *'"would":"serve from the cache","until":'* && $out == *'"since":"1"'* ]] || fail "$out"
	[[ $(requests /a.json) -eq 1 ]]
	stop_httpd
	echo "{\"url\": \"$url/b.json\", \"retries\": 5, \"retry_delay\": \"1ms\"}" >sources/b.json
	cdo-fetch -q b || true
	run_filter '' cdo-fetch explain b
	[[ $out == *'"breaker":"open"'*'"would":"not call: the breaker is open until"'* ]] || fail "$out"
}

@test "cdo-fetch probe: proposes a source file that is sound" {
	echo '{"meta": {"next": "/page/2"}, "data": {"items": [{"id": 1, "updated_at": "2026-01-01T00:00:00Z", "main": {"temp": 1}}, {"id": 2}]}}' >www/p.json
	cdo-fetch probe "$url/p.json" >p.json
	[[ $(jq -c '[.records, .map, .paginate, .cursor.field]' p.json) == \
		'[".data.items[]","{id: .id, updated_at: .updated_at, main_temp: .main.temp}",{"kind":"next_url","url":".meta.next"},".updated_at"]' ]] || fail "$(<p.json)"
	cdo-fetch check ./p.json
	run_filter '' cdo-fetch probe "$url/gone"
	assert_status 66
	assert_out ''
}
