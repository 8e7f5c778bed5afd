#!/usr/bin/env bats
# cdo-fetch: sources, options, endings and simulators; cdo-fetch-formats.bats has
# the formats, cdo-fetch-web.bats the network.

load helper

setup() { cd "$BATS_TEST_TMPDIR"; }

# fetch ARG...: sets out, err and status.
fetch() { run_filter '' timeout 20 cdo-fetch "$@"; }

@test "cdo-fetch: --limit counts the records of all sources" {
	seq 5 >in.ndjson
	fetch --limit 7 file:in.ndjson file:in.ndjson file:none
	assert_status 0
	assert_out '1
2
3
4
5
1
2'
}

@test "cdo-fetch: a control line from elsewhere is refused" {
	printf '{"_cdo":{"checkpoint":{"seq":1}}}\n{"a":1}\n' >in.ndjson
	fetch file:in.ndjson
	assert_status 65
	assert_out '{"a":1}'
	assert_err 'cdo-fetch: in.ndjson:1: a control line, not a record'
}

@test "cdo-fetch: files by path and by URL; a directory; none" {
	echo 1 >'a b%41.ndjson'
	fetch 'file:a b%41.ndjson' "file://$PWD/a%20b%2541.ndjson" "FILE://localhost$PWD/a%20b%2541.ndjson"
	assert_status 0
	assert_out $'1\n1\n1'
	fetch file:none
	assert_status 66
	assert_err 'cdo-fetch: none: open: No such file or directory'
	fetch file:/
	assert_status 74
	assert_err 'cdo-fetch: /: read: Is a directory'
	fetch file://host/x
	assert_status 64
	fetch file:///x%00y
	assert_status 64
}

@test "cdo-fetch: one source fails, the others go on: 3" {
	echo 1 >a.ndjson
	fetch file:none file:a.ndjson
	assert_status 3
	assert_out 1
	fetch file:none file:/
	assert_status 66
}

@test "cdo-fetch: --max-size" {
	seq 100 >a.ndjson
	fetch --max-size 100 file:a.ndjson
	assert_status 65
	assert_out ''
	assert_err 'cdo-fetch: a.ndjson: larger than --max-size'
}

@test "cdo-fetch: a value beyond 16 MiB is refused, the next one is not" {
	{ printf '[1,"'; head -c 17000000 /dev/zero | tr '\0' x; printf '",2]'; } >a.json
	fetch file:a.json
	assert_status 65
	assert_out $'1\n2'
	assert_err 'cdo-fetch: a.json: value 2: at byte 3: value too long'
	fetch -x 'map(length)' file:a.json
	assert_status 0
	assert_out '[1,17000000,2]'
	tr , '\n' <a.json | tr -d '[]' >a.ndjson
	fetch file:a.ndjson
	assert_status 65
	assert_out $'1\n2'
	assert_err 'cdo-fetch: a.ndjson:2: line too long'
}

@test "cdo-fetch: what is wrong on the command line is told before anything" {
	echo 1 >a.ndjson
	for wrong in gopher://b/k sim:x sim:weather?n=-1 sim:weather?n \
		sim:weather?start=never sim:weather?faults=2 'sim:weather?step=x' \
		'sim:weather?n=1000000000&step=366d' \
		'--limit 0 file:a.ndjson' '--format xml file:a.ndjson' \
		'--timeout 0 file:a.ndjson' '--retries -1 file:a.ndjson' \
		'--hold x file:a.ndjson' '--redirects all file:a.ndjson' \
		'-H x file:a.ndjson' '-H a=b file:a.ndjson' ''; do
		# shellcheck disable=SC2086
		fetch file:a.ndjson $wrong
		[[ -n $wrong ]] || fetch
		assert_status 64
		assert_out ''
		[[ $err == 'cdo-fetch: '* ]] || fail "$err"
	done
	fetch a.ndjson
	assert_err 'cdo-fetch: a.ndjson: a file is named by file:a.ndjson'
	fetch sim:wether
	assert_err 'cdo-fetch: sim:wether: wether: unknown simulator; did you mean weather?'
	fetch 'sim:weather?sed=1'
	assert_err 'cdo-fetch: sim:weather?sed=1: sed: unknown parameter; did you mean seed?'
	fetch 'sim:weather?count=1'
	assert_err 'cdo-fetch: sim:weather?count=1: count: unknown parameter; known are n, seed, faults, start, step'
	fetch --format parquet file:a.ndjson
	assert_status 64
	[[ $err == 'cdo-fetch: --format: parquet: unknown; known are auto, json, ndjson, csv, tsv, text'$'\n'usage:* ]]
}

@test "cdo-fetch: sim: the same bytes for the same parameters" {
	for kind in weather currency github; do
		fetch "sim:$kind?n=500&seed=7"
		first=$out
		fetch "sim:$kind?n=500&seed=7"
		[[ $out == "$first" ]]
		fetch "sim:$kind?n=500&seed=8"
		[[ $out != "$first" ]]
	done
	fetch 'sim:weather?n=2000&seed=7&faults=0.02'
	[[ $(sha256sum <<<"$out") == aabcc5129776aea4c843389529bc56d55369541df9f10c69ae2663128db6ddfd* ]]
}

@test "cdo-fetch: sim: records are plausible" {
	fetch 'sim:weather?n=80000&step=1h&start=2025-01-01T00:00:00Z'
	jq -es 'length == 80000
		and all(.humidity >= 0 and .humidity <= 100 and .wind_speed >= 0)
		and all(.temperature > -40 and .temperature < 55)
		and all(.pressure > 900 and .pressure < 1100)
		and (map(select(.city == "London" and (.timestamp[5:7] == "07")).temperature) | add / length > 14)
		and (map(select(.city == "London" and (.timestamp[5:7] == "01")).temperature) | add / length < 8)
		and (map(.id) | unique | length == 80000)' "$BATS_TEST_TMPDIR/out" >/dev/null
	fetch 'sim:currency?n=8000'
	jq -es 'all(.rate > 0) and (map(.target) | unique | length == 8)' "$BATS_TEST_TMPDIR/out" >/dev/null
	fetch 'sim:github?n=2000'
	jq -es 'all(.created_at <= .pushed_at and .stars >= 0 and .forks >= 0)' "$BATS_TEST_TMPDIR/out" >/dev/null
}

@test "cdo-fetch: sim: faults come at their rate, of every kind, the rest is the same" {
	fetch 'sim:weather?n=20000'
	mv out good
	fetch 'sim:weather?n=20000&faults=0.02'
	assert_status 0
	bad=$(diff good out | grep -c '^>')
	[[ $bad -gt 320 && $bad -lt 480 ]] || fail "$bad faults"
	diff good out | sed -n 's/^> //p' >bad
	grep -q '":-9999[,}]' bad
	grep -q '":"n/a"[,}]' bad
	grep -q '"2026-13-45T25:61:00Z"' bad
	grep -q '[^}]$' bad
	grep -vq temperature bad
	fetch -x .id 'sim:weather?n=20000&faults=0.02'
	assert_status 65
}

@test "cdo-fetch: a closed pipe ends it quietly, 141" {
	rc=$({ { timeout 20 cdo-fetch 'sim:weather?n=100000000&step=1s' 2>err; echo $? >&3; } | head -n 1 >/dev/null; } 3>&1)
	[[ $rc -eq 141 ]] || fail "status $rc"
	[[ ! -s err ]]
}

@test "cdo-fetch: a full disk exits 74" {
	status=0
	timeout 20 cdo-fetch 'sim:weather?n=100000000&step=1s' >/dev/full 2>err || status=$?
	assert_status 74
	[[ $(<err) == 'cdo-fetch: <stdout>: write: No space left on device' ]]
}

@test "cdo-fetch: TERM ends it between records" {
	timeout 20 cdo-fetch 'sim:weather?n=100000000&step=1s' >out 3>&- &
	within 10 test -s out
	kill -TERM "$(pgrep -P $!)"
	status=0
	wait $! || status=$?
	assert_status 143
	tail -n 1 out | jq -e .id >/dev/null
}

@test "cdo-fetch: a slow file is answered at once with --hold 0" {
	mkfifo in.ndjson
	timeout 20 cdo-fetch --hold 0 file:in.ndjson >out 3>&- &
	exec 4>in.ndjson
	printf '1\n2\n{"a"' >&4
	within 10 grep -q 2 out
	printf ':3}' >&4
	exec 4>&-
	wait $!
	[[ $(<out) == $'1\n2\n{"a":3}' ]]
}

@test "cdo-fetch: TERM ends an expression that has no end" {
	cd "$BATS_TEST_TMPDIR"
	echo '{}' >a.json
	cdo-fetch -x 'repeat(1)' file:a.json >out 2>err 3>&- &
	within 10 test -s out
	kill -TERM $!
	status=0
	wait $! || status=$?
	assert_status 143
	[[ $(sort -u out) == 1 ]]
}
