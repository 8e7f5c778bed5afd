#!/usr/bin/env bats
# The job in share/examples, as a pipeline and by make, against a web API that
# fails now and then.

load helper

setup() {
	cd "$BATS_TEST_TMPDIR"
	mkdir a b
	start_httpd --table seattle="$ROOT/share/examples/seattle-weather.csv" \
		--faults 0.2 --seed 3 --hooks hooks
	export SEATTLE_HOOK=$url/hook CDO_NOW=2026-11-24T15:37:39Z
}

by_make() {
	CDO_STATE_DIR=$PWD/b/state make -s -f "$ROOT/share/examples/seattle.mk" OUT=b "API=$url/api/seattle" \
		2>err
}

@test "demo: as a pipeline the job collects all, and delivers its alerts" {
	"$ROOT/share/examples/seattle.sh" "$url/api/seattle" a 2>err
	grep -q 'retrying' err
	[[ $(wc -l <a/records.ndjson) -eq 1461 && ! -s a/rejects.ndjson ]]
	jq -r 'del(._cdo) | map(. // "") | @csv' a/records.ndjson | tr -d '"' |
		cmp - <(tail -n +2 "$ROOT/share/examples/seattle-weather.csv" |
			jq -Rr 'split(",") | map(tonumber? // .) | @csv' | tr -d '"')
	[[ $(jq .score a/score.json) == 100 ]]
	sent=$(jq -s 'map(.alerts | length) | add' hooks)
	[[ $sent -gt 0 ]]
	[[ $(grep -c '"event":"failed"' a/events.ndjson) -eq 0 ]]
	# what had ended before anybody was told is not told
	[[ $(grep -c '"event":"notified"' a/events.ndjson) -eq $sent ]]
	[[ $(grep -c '"event":"firing"' a/events.ndjson) -ge $sent ]]
}

@test "demo: by make it comes to the same, and nothing is done twice" {
	"$ROOT/share/examples/seattle.sh" "$url/api/seattle" a 2>err
	by_make
	for file in collected records rejects; do
		cmp a/$file.ndjson b/$file.ndjson
	done
	cmp <(sed 's,"a/,"b/,' a/score.json) b/score.json
	[[ $(jq -r .fingerprint a/events.ndjson | sort -u) == \
		$(jq -r .fingerprint b/events.ndjson | sort -u) ]]
	n=$(requests /api/seattle)
	by_make
	[[ $(requests /api/seattle) -eq $n ]]
	touch b/records.ndjson
	by_make
	[[ $(requests /api/seattle) -eq $n ]]
}

@test "demo: a page that never comes ends the job, not silently" {
	stop_httpd
	status=0
	"$ROOT/share/examples/seattle.sh" http://127.0.0.1:1/api a 2>err ||
		status=$?
	assert_status 75
	grep -q '127.0.0.1:1/api?page=1&per_page=100: .*refused' err
}
