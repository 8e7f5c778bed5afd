#!/usr/bin/env bats
# cdo-detect: what methods that look at all records learned is kept in a file,
# and windows of values, as its page says.

load helper

setup() {
	cd "$BATS_TEST_TMPDIR"
	seq 300 | jq -c '{k:(.%2), x:(.*7919%101), y:(.*104729%97)}' >in
}

# fit METHOD OPTION...: learn from what there is
fit() { run_filter "$(cat in)" cdo-detect -f .x -f .y --fit m.json -m "$@"; }
by_model() { run_filter "$1" cdo-detect --model m.json "${@:2}"; }
scores() { jq -c '._cdo.detect.score' <<<"$out"; }

# change FILTER: another model, with a digest that fits
change() {
	jq -c ".model|$1" m.json | tr -d '\n' >model
	printf '{"sha256":"%s","model":%s}\n' \
		"$(openssl sha256 -r model | cut -d ' ' -f 1)" "$(cat model)" >m.json
}

@test "cdo-detect: --model scores as --fit did" {
	for m in isolation_forest extended_isolation_forest mahalanobis \
		elliptic_envelope pca z_score robust_z iqr hbos ecod; do
		for more in '' --scale '-k .k'; do
			fit $m --contamination 0.05 $more
			assert_status 0
			assert_err ''
			one=$(scores) flagged=$(grep -c 'anomaly":true' <<<"$out")
			by_model "$(cat in)"
			assert_status 0
			assert_err ''
			[[ $(scores) == "$one" ]] || fail "$m $more"
			# of equal scores some may have been flagged to make the share
			[[ $(grep -c 'anomaly":true' <<<"$out") -le $flagged ]] ||
				fail "$m $more"
		done
	done
}

@test "cdo-detect: --model knows what is odd, with every method" {
	for m in ensemble local_outlier_factor knn dbscan one_class_svm; do
		fit $m --contamination 0.01 --scale
		assert_status 0
		by_model '{"x":50,"y":50}
{"x":5e3,"y":-5e3}' --explain
		assert_status 0
		jq -es 'map(._cdo.detect)|.[0].score<.[1].score/2 and .[1].anomaly
			and (.[1].why|length)==2' <<<"$out" >/dev/null || fail "$m: $out"
	done
}

@test "cdo-detect: a model is one line of JSON, and says what it is" {
	fit iqr -k .k --quantile 0.9
	[[ $(wc -l <m.json) -eq 1 && $(find . -name "*m.json*") == ./m.json ]]
	[[ $(jq -c '.model|[.version,.method,.fields,.key,.options.quantile,
		(.groups|map(.key,.learned.rows))]' m.json) == \
		'[1,"iqr",[".x",".y"],".k",0.9,["1",150,"0",150]]' ]] || fail "$(cat m.json)"
}

@test "cdo-detect: a key that was not learned has no model, a gap no score" {
	fit iqr -k .k
	by_model '{"k":2,"x":1,"y":1}
{"k":1,"x":1}'
	assert_status 0
	assert_out '{"k":2,"x":1,"y":1,"_cdo":{"detect":{"method":"iqr","score":null,"threshold":null,"anomaly":false,"no_model":true}}}
{"k":1,"x":1,"_cdo":{"detect":{"method":"iqr","score":null,"threshold":1.5,"anomaly":false,"missing":[".y"]}}}'
}

@test "cdo-detect: --model writes at once, and does not grow" {
	fit isolation_forest
	mkfifo records
	cdo-detect --model m.json <records >out &
	exec 7>records
	head -n 1 in >&7
	until [[ -s out ]]; do sleep 0.01; done
	exec 7>&-
	wait $!
	fit iqr
	for i in $(seq 400); do cat in; done >many
	head -n 30000 many >some
	peak=$(peak_kib cdo-detect --model m.json <some)
	[[ $(peak_kib cdo-detect --model m.json <many) -le $((peak + 2048)) ]]
}

peak_kib() { command time -f %M "$@" 2>&1 >/dev/null | tail -n 1; }

@test "cdo-detect: --model refuses what does not agree, in words" {
	refused() {
		run_filter '{}' cdo-detect --model m.json "${@:3}"
		assert_status "$1"
		[[ $err == "cdo-detect: $2"* ]] || fail "$err"
	}
	refused 66 'm.json: No such file'
	fit iqr
	refused 78 'm.json: made with the method iqr, not knn' -m knn
	refused 78 'm.json: made of other fields, 2 from .x on' -f .x
	refused 78 'm.json: made with no key, not with the key .k' -k .k
	refused 64 '--threshold: not with iqr' --threshold 2
	refused 64 '--scale: not with iqr' --scale
	refused 64 '--jobs: not with iqr' -j 2
	refused 64 '--model and --fit: choose one' --fit x.json
	refused 64 '--retrain: only with --fit' --retrain 1h
	cp m.json good
	sed -i 's/"threshold":1.5/"threshold":9.5/' m.json
	refused 78 'm.json: damaged'
	head -c 200 good >m.json
	refused 78 'm.json: damaged'
	for bad in '.version=2:made by another version' '.method="x":its method' \
		'.groups[0].learned.model.unit=[1]:no model' \
		'del(.fields):no model' '.groups+=.groups:no model' '[.]:no model'; do
		cp good m.json
		change "${bad%%:*}"
		refused 78 "m.json: ${bad#*:}"
	done
	cp good m.json
	change .
	by_model '{"x":1,"y":1}'
	assert_status 0
}

@test "cdo-detect: --retrain makes a model anew when it is old, or another" {
	run_at() {
		CDO_NOW=$1 run_filter "$(cat in)" cdo-detect -f .x -f .y \
			--fit m.json --retrain 24h "${@:2}"
		assert_status 0
		fitted=$(jq -r .model.fitted m.json)
	}
	run_at 2026-01-01T00:00:00Z -m pca
	run_at 2026-01-01T23:59:59Z -m pca
	[[ $fitted == 2026-01-01T00:00:00Z ]]
	run_at 2026-01-02T00:00:00Z -m pca
	[[ $fitted == 2026-01-02T00:00:00Z ]]
	run_at 2026-01-02T01:00:00Z -m pca --scale
	[[ $fitted == 2026-01-02T01:00:00Z ]]
	run_at 2026-01-02T00:00:00Z -m pca --scale # the clock went back
	[[ $fitted == 2026-01-02T00:00:00Z ]]
	echo '{' >m.json
	run_at 2026-01-02T02:00:00Z -m pca
	[[ $err == 'cdo-detect: warning: m.json: damaged'*'it is made anew' ]]
	[[ $fitted == 2026-01-02T02:00:00Z ]]
}

@test "cdo-detect: a model that cannot be written is told; the old one stays" {
	fit iqr
	cp m.json old
	run_filter "$(cat in)" cdo-detect -f .x --fit none/m.json -m iqr
	assert_status 73
	[[ $err == 'cdo-detect: none/m.json: write: No such file'* ]] || fail "$err"
	run_filter '' cdo-detect -f .x -f .y --fit m.json -m iqr
	assert_status 0
	cmp m.json old
	run_filter '{"x":1}
{"y":1,"k":2}' cdo-detect -f .x -f .y -k .k --fit m.json -m iqr
	assert_status 66
	assert_err 'cdo-detect: m.json: is left as it was: there was nothing to learn from'
	[[ $(wc -l <<<"$out") -eq 2 ]]
	cmp m.json old
}

@test "cdo-detect: --window looks at what the last values look like" {
	for k in a b; do
		for i in $(seq 60); do
			x=$((i % 4))
			[[ $k$i != b4? ]] || x=1.5
			echo "{\"k\":\"$k\",\"x\":$x}"
		done
	done >in
	run_filter "$(cat in)" cdo-detect -k .k -f .x --window 8 -m robust_z \
		--batch --explain --fit m.json --threshold 10
	assert_status 0
	[[ $(jq -c '._cdo.detect|select(.warming_up)|.score' <<<"$out" | wc -l) -eq 14 ]]
	run_filter "$(cat in)" cdo-detect -k .k -f .x --window 8 -m knn --only --explain \
		--contamination 0.05
	[[ $(jq -r '.k' <<<"$out" | sort -u) == $'a\nb' ]]
	one=$(grep '"k":"b"' <<<"$out" | jq -r '._cdo.detect.why[].field' | sort -u)
	[[ $one == *'mean(.x)'* && $one == *'sd(.x)'* && $one == *'.x'* ]] || fail "$one"
	run_filter "$(grep b in)" cdo-detect --model m.json
	[[ $(jq -c '._cdo.detect|select(.warming_up)|.score' <<<"$out" | wc -l) -eq 7 ]]
	[[ $(sed -n 47p <<<"$out" | jq ._cdo.detect.score) != null ]]
}
