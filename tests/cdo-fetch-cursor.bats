#!/usr/bin/env bats
# cdo-fetch: cursors - what is new, and what a sink made durable.

load helper

setup() {
	cd "$BATS_TEST_TMPDIR" || return
	unset CDO_HOME CDO_STORE
	export CDO_STATE_DIR=$PWD/state CDO_NOW=2026-02-01T00:00:00Z
	mkdir www sources
	start_httpd --root www
	one='{"id":1,"at":"2026-01-01T00:00:00Z"}'
	two='{"id":2,"at":"2026-01-02T00:00:00Z"}'
	twin='{"id":3,"at":"2026-01-02T00:00:00Z"}'
	four='{"id":4,"at":"2026-01-04T00:00:00Z"}'
	cursor asc
}

# cursor ORDER [MORE]: a source of www/a, with a cursor.
cursor() {
	echo "{\"url\": \"$url/a.ndjson\", \"retries\": 0, \"cursor\": {\"field\": \".at\", \"order\": \"$1\" $2}}" \
		>sources/s.json
}

fetch() { run_filter '' timeout 30 cdo-fetch "$@"; }
# collect ARG...: into the file all, with a sink that commits.
collect() { timeout 30 cdo-fetch "$@" | cdo-cache commit >>all; }
was_asked() { [[ $(requests "$1") -ge 1 ]]; }
ids() { jq -rc '.id // "c"' | paste -sd' '; }

@test "cdo-fetch: a cursor: only what is new, the twins at the boundary once" {
	printf '%s\n' "$one" "$two" >www/a.ndjson
	collect s
	printf '%s\n' "$one" "$two" "$twin" >www/a.ndjson
	collect s
	collect s
	printf '%s\n' "$one" "$two" "$twin" "$four" >www/a.ndjson
	collect s
	[[ $(ids <all) == '1 2 3 4' ]] || fail "$(<all)"
	cdo-cache dump --state | grep cursor:s:main | grep -q '2026-01-04'
}

@test "cdo-fetch: a cursor: nothing is committed without a sink, all comes again" {
	printf '%s\n' "$one" "$two" >www/a.ndjson
	fetch s
	[[ $(ids <<<"$out") == '1 2 c' ]]
	fetch s
	[[ $(ids <<<"$out") == '1 2 c' ]]
	fetch --commit eof s
	fetch s
	[[ $(ids <<<"$out") == c ]] # a checkpoint also where nothing is new
	fetch --cursor other s
	[[ $(ids <<<"$out") == '1 2 c' ]]
	fetch --since 2026-01-02T00:00:00Z --cursor other s
	[[ $(ids <<<"$out") == '2 c' ]]
	fetch --since soon s
	assert_status 64
}

@test "cdo-fetch: a cursor: killed between page and checkpoint, nothing is lost" {
	echo "{\"url\": \"$url/{f}.json\", \"vars\": {\"f\": \"a\"}, \"records\": \".items[]\", \"retries\": 0,
		\"paginate\": {\"kind\": \"next_url\", \"url\": \".next\"}, \"cursor\": {\"field\": \".at\", \"order\": \"asc\"}}" >sources/k.json
	echo "{\"items\": [$one, $two], \"next\": \"b.json?delay=5000\"}" >www/a.json
	echo "{\"items\": [$twin, $four], \"next\": null}" >www/b.json
	cdo-fetch k > >(cdo-cache commit >>all) &
	pid=$!
	within 10 was_asked /b.json
	kill -9 "$pid"
	wait "$pid" || true
	sed -i 's/?delay=5000//' www/a.json
	within 10 grep -q '"id":2' all
	collect k
	[[ $(ids <all) == '1 2 3 4' ]] || fail "$(<all)"
}

@test "cdo-fetch: a cursor: a sink that dies before it has them gets them again" {
	printf '%s\n' "$one" "$two" >www/a.ndjson
	cdo-fetch s | head -n 1 >all || true
	fetch s
	[[ $(ids <<<"$out") == '1 2 c' ]]
}

@test "cdo-fetch: a cursor: asc that is not in order, desc, none" {
	printf '%s\n' "$two" "$one" >www/a.ndjson
	fetch s
	assert_status 76
	assert_out ''
	assert_err "cdo-fetch: s: records are not in the order that the cursor's order, asc, promises"
	cursor none
	collect s
	printf '%s\n' "$four" "$two" "$twin" "$one" >www/a.ndjson
	cursor desc
	collect s
	[[ $(ids <all) == '2 1 4 3' ]] || fail "$(<all)"
}

@test "cdo-fetch: a cursor: param, format, start, end, lookback, windows" {
	: >www/a.ndjson
	cursor asc ', "param": "since", "end_param": "until", "start": "-7d", "format": "unix"'
	fetch --dry-run s
	[[ $(jq -r .url <<<"$out") == "$url/a.ndjson?since=1769299200" ]] || fail "$out"
	cursor asc ', "param": "since", "end_param": "until", "start": "2026-01-01T00:00:00Z", "end": "2026-01-04T00:00:00Z", "format": "date"'
	fetch --dry-run s
	[[ $(jq -r .url <<<"$out") == "$url/a.ndjson?since=2026-01-01&until=2026-01-04" ]]
	printf '%s\n' "$one" "$four" >www/a.ndjson
	fetch --commit eof s
	assert_out "$one" # a run with an end moves no cursor
	cursor asc
	fetch --commit eof s
	cursor asc ', "param": "since", "lookback": "1d"'
	fetch --dry-run s
	[[ $(jq -r .url <<<"$out") == "$url/a.ndjson?since=2026-01-03T00%3A00%3A00Z" ]] || fail "$out"
	cursor asc ', "param": "since", "end_param": "until", "start": "2026-01-25T00:00:00Z", "step": "3d"'
	: >www/a.ndjson
	before=$(requests /a.ndjson)
	fetch --cursor windows --commit eof s
	[[ $(($(requests /a.ndjson) - before)) -eq 3 ]] || fail "$(requests /a.ndjson)"
	fetch --cursor windows --dry-run s
	[[ $(jq -r .url <<<"$out") == "$url/a.ndjson?since=2026-01-31T00%3A00%3A00Z&until=2026-02-01T00%3A00%3A00Z" ]] || fail "$out"
}

@test "cdo-fetch: a cursor: another field is told, not mixed up" {
	printf '%s\n' "$one" >www/a.ndjson
	fetch --commit eof s
	sed -i 's/\.at/.id/; s/asc"/asc", "type": "integer"/' sources/s.json
	fetch s
	assert_status 78
	[[ $err == *"to begin anew: cdo-cache del --state 'cursor:s:main'" ]] || fail "$err"
	cdo-cache del --state cursor:s:main
	fetch s
	assert_status 0
}

@test "cdo-fetch: a cursor: a second run gives way, or is 75 with --exclusive" {
	printf '%s\n' "$one" >www/a.ndjson
	sed -i 's/a.ndjson/a.ndjson?delay=3000/' sources/s.json
	cdo-fetch s >first &
	pid=$!
	within 10 was_asked /a.ndjson
	fetch s
	assert_status 0
	assert_out ''
	assert_err ''
	fetch --exclusive s
	assert_status 75
	kill "$pid"
	wait "$pid" || true
	sed -i 's/?delay=3000//' sources/s.json
	fetch --exclusive s
	assert_status 0
}
