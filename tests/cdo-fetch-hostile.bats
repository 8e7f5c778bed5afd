#!/usr/bin/env bats
# cdo-fetch: data, servers and moments that mean no good.

load helper

setup() {
	cd "$BATS_TEST_TMPDIR" || return
	unset CDO_HOME CDO_STORE
	mkdir www sources
	start_httpd --root www
}

fetch() { run_filter "$input" timeout 30 cdo-fetch "$@"; }
cursors() { cdo-cache dump --state | grep -c '"cursor:' || true; }

# records FIRST: five of them.
records() {
	for i in 0 1 2 3 4; do
		printf '{"id":%d,"at":"2026-01-0%dT00:00:00Z"},' $(($1 + i)) $((i + 1))
	done | sed 's/,$//'
}

@test "cdo-fetch: a value from data does not climb out of a file's directory" {
	mkdir in
	echo '{"a":1}' >in/a.json
	echo '{"a":2}' >out.json
	echo "{\"url\": \"file://$PWD/in/{name}.json\"}" >sources/f.json
	input='{"source":"f","params":{"name":"a"}}'
	fetch -
	assert_status 0
	assert_out '{"a":1}'
	for name in ../out ../in/../out ./a; do
		input="{\"source\":\"f\",\"params\":{\"name\":\"$name\"}}"
		fetch -
		assert_status 66
		assert_out ''
	done
}

@test "cdo-fetch: nor out of a directory of ftp or sftp" {
	for scheme in ftp sftp; do
		echo "{\"url\": \"$scheme://host.test/in/{name}\"}" >sources/f.json
		input=
		fetch --dry-run -P name=a f
		assert_status 0
		fetch --dry-run -P name=../out f
		assert_status 65
		assert_err 'cdo-fetch: f: name=../out: name: this value cannot stand in the URL there'
	done
}

@test "cdo-fetch: standard input that cannot be read is a failure" {
	run_filter '' sh -c 'cdo-fetch - <.'
	assert_status 74
	run_filter '' sh -c 'cdo-fetch - <&-'
	assert_status 74
	assert_err 'cdo-fetch: <stdin>: read: Bad file descriptor'
}

@test "cdo-fetch: --limit cuts off another stream's records: its cursor stays" {
	# both have all of their records before either is over
	for n in 1 2; do
		printf '[%s]%100s' "$(records $((n * 10)))" ' ' >www/$n.json
	done
	chunk=$(($(stat -c %s www/1.json) - 50))
	for order in none desc asc; do
		echo "{\"url\": \"$url/{n}.json?chunk=$chunk&pause=400\", \"for\": {\"n\": [1, 2]},
			\"cursor\": {\"field\": \".at\", \"order\": \"$order\"}}" >sources/$order.json
		input=
		fetch -j 2 --limit 8 --commit eof $order
		assert_status 0
		[[ $(grep -c '"id"' <<<"$out") -eq 8 ]]
		[[ $(grep -c '"checkpoint"' <<<"$out") -eq 1 ]] || fail "$out"
		[[ $(cdo-cache dump --state | grep -c "\"cursor:$order:") -eq 1 ]]
	done
}

@test "cdo-fetch: TERM amid the records of a page: no cursor moves" {
	echo '[]' >www/a.json
	for order in none desc; do
		echo "{\"url\": \"$url/a.json\", \"cursor\": {\"field\": \".at\", \"order\": \"$order\"},
			\"records\": \"range(0; 1e12) | {id: ., at: \\\"2026-01-01T00:00:00Z\\\"}\"}" >sources/$order.json
		rm -f out # that of the order before is no sign of life
		timeout 60 cdo-fetch --hold 0 --commit eof $order >out 3>&- &
		pid=$!
		within 10 test -s out
		kill -TERM "$pid"
		status=0
		wait "$pid" || status=$?
		assert_status 143
		! grep -q checkpoint out || fail 'a checkpoint'
		[[ $(cursors) -eq 0 ]]
	done
}

@test "cdo-fetch: who waits for a turn does not call when the server says not now" {
	echo '[]' >www/a.json
	input=
	fetch -j 4 --rate 4/s --retries 0 \
		"$url/a.json?"{1,2,3,4}'&fail=9&fail_status=429&retry_after=600'
	assert_status 75
	[[ $(requests /a.json) -eq 1 ]] || fail "$(requests /a.json) requests"
}

@test "cdo-fetch: an old answer is told also when it is empty" {
	: >www/a.ndjson
	input=
	for want in 0 4; do
		run_filter '' timeout 30 cdo-fetch --stale-if-error 1h --retries 0 --strict-fresh \
			"$url/a.ndjson?good=1"
		assert_status $want
	done
	[[ $(requests /a.ndjson) -eq 2 ]]
}

@test "cdo-fetch: a header of too many fields, however short they are" {
	echo '{}' >www/a.json
	input=
	fetch --retries 0 "$url/a.json?fields=900"
	assert_status 0
	fetch --retries 0 "$url/a.json?fields=1100"
	assert_status 76
	[[ $err == *': header too large' ]] || fail "$err"
}

@test "cdo-fetch: a secret that the answer tells as the URL had it is not kept" {
	export CANARY='canary+/= &"\z'
	echo '{"a": 1, "next": "/a.json?key=canary%2B%2F%3D%20%26%22%5Cz&page=2"}' >www/a.json
	echo "{\"url\": \"$url/a.json\", \"params\": {\"key\": {\"secret\": \"env:CANARY\"}},
		\"cache\": {\"ttl\": \"1m\"}, \"map\": \".a\"}" >sources/s.json
	input=
	fetch --record recorded s
	assert_status 0
	assert_out 1
	grep -q 'key=\*\*\*&page' recorded/*
	run grep -rq canary recorded "$CDO_STATE_DIR"
	[[ $status -eq 1 ]]
}

peak_kib() { command time -f %M "$@" 2>&1 >/dev/null | tail -n 1; }

@test "cdo-fetch: a name without an end around the records takes no memory" {
	local short long
	echo "{\"url\": \"file://$PWD/{n}\", \"vars\": {\"n\": 0}, \"records\": \".data[]\", \"max_size\": \"1G\"}" >sources/s.json
	for n in 40 140; do
		{
			printf '{"'
			head -c "${n}000000" /dev/zero | tr '\0' a
			printf '": 1, "data": [1]}'
		} >$n
	done
	short=$(peak_kib cdo-fetch -P n=40 s)
	long=$(peak_kib cdo-fetch -P n=140 s)
	[[ $long -le $((short + 8192)) ]] || fail "$short, $long KiB"
}

@test "cdo-fetch: TERM before what on_status tries again: no request follows" {
	echo "{\"url\": \"$url/none.json\", \"on_status\": {\"404\": \"retry\"}, \"retry_delay\": \"10s\"}" >sources/s.json
	cdo-fetch s 2>err &
	pid=$!
	within 10 grep -q retrying err
	kill -TERM "$pid"
	status=0
	wait "$pid" || status=$?
	assert_status 143
	[[ $(requests /none.json) -eq 1 ]]
}

@test "cdo-fetch: a lease that another run got meanwhile ends the run" {
	echo "{\"url\": \"$url/{f}.json\", \"vars\": {\"f\": \"a\"}, \"records\": \".items[]\", \"retries\": 0,
		\"paginate\": {\"kind\": \"next_url\", \"url\": \".next\"}, \"cursor\": {\"field\": \".at\", \"order\": \"asc\"}}" >sources/s.json
	echo "{\"items\": [$(records 0)], \"next\": \"b.json?delay=2000\"}" >www/a.json
	echo '{"items": [{"id": 9, "at": "2026-01-09T00:00:00Z"}], "next": "c.json"}' >www/b.json
	echo '{"items": [], "next": null}' >www/c.json
	cdo-fetch s >out 2>err &
	pid=$!
	within 10 was_asked /b.json
	cdo-cache dump --state lease:fetch:s:main | sed -E 's/(holder[^0-9]*[0-9]+ [0-9]+ )/\1of another host /' | cdo-cache load
	status=0
	wait "$pid" || status=$?
	assert_status 3
	[[ $(requests /c.json) -eq 0 ]]
	[[ $(<err) == 'cdo-fetch: s: another run is at it since the lease ran out' ]] || fail "$(<err)"
}

was_asked() { [[ $(requests "$1") -ge 1 ]]; }
