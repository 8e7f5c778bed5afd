#!/usr/bin/env bats
# cdo-detect: the methods that look at all records, as its page says.  The
# numbers are checked by tests/unit/batch.c.

load helper

# Twenty points in a cluster, and one far away: line 8.
points() {
	for i in $(seq 20); do
		echo "{\"x\":$((i * 7 % 10)),\"y\":$((i * 3 % 10))}"
		[[ $i -ne 7 ]] || echo '{"x":90,"y":-40}'
	done
}

batch() { run_filter "$1" cdo-detect --batch -f .x -f .y "${@:2}"; }
anomalies() { jq -r 'select(._cdo.detect.anomaly)|.x' <<<"$out"; }

methods='isolation_forest extended_isolation_forest ensemble
	local_outlier_factor knn dbscan one_class_svm mahalanobis
	elliptic_envelope pca z_score robust_z iqr ecod hbos'

@test "cdo-detect: every method gives the odd one the highest score" {
	for m in $methods; do
		k=
		[[ $m != local_* ]] || k='--neighbours 5'
		batch "$(points)" -m $m --contamination 0.05 $k
		assert_status 0
		assert_err ''
		[[ $(anomalies) == 90 ]] || fail "$m: $out"
		jq -es 'max_by(._cdo.detect.score).x == 90' <<<"$out" >/dev/null ||
			fail "$m: $out"
	done
}

@test "cdo-detect: records keep their order and their bytes" {
	batch '{"x":1, "y":2}
{"y":2,"x":1e0}
[1]' -m iqr
	assert_status 0
	assert_out '{"x":1, "y":2,"_cdo":{"detect":{"method":"iqr","score":0,"threshold":1.5,"anomaly":false}}}
{"y":2,"x":1e0,"_cdo":{"detect":{"method":"iqr","score":0,"threshold":1.5,"anomaly":false}}}
[1]'
}

@test "cdo-detect: --contamination flags exactly the floor of the share" {
	in=$(seq 100 | jq -c '{x:., y:(. % 3)}')
	for c in 0.01:1 0.29:29 0.019:1 0.5:50 0.001:0; do
		batch "$in" -m z_score --contamination ${c%:*} --only
		[[ $(anomalies | wc -l) -eq ${c#*:} ]] || fail "$c: $out"
	done
}

@test "cdo-detect: of equal scores the first are flagged" {
	batch "$(printf '{"x":%d,"y":0}\n' 5 1 1 5 1 1 5 1)" -m z_score \
		--contamination 0.25
	[[ $(jq -c '._cdo.detect.anomaly' <<<"$out" | tr '\n' ' ') == \
		'true false false true false false false false ' ]] || fail "$out"
}

@test "cdo-detect: without a threshold for all data the hundredth is flagged" {
	in=$(seq 300 | jq -c '{x:., y:0}')
	for m in knn ecod hbos ensemble one_class_svm; do
		batch "$in" -m $m
		[[ $(anomalies | wc -l) -eq 3 ]] || fail "$m"
		[[ $(head -n 1 <<<"$out") == *'"threshold":null'* ]] || fail "$out"
	done
}

@test "cdo-detect: a record without a number in a field has no score" {
	batch "$(points)"'
{"x":1}
{"x":"1","y":2}' -m mahalanobis
	assert_status 0
	[[ $(tail -n 2 <<<"$out" | jq -c '._cdo.detect|[.score,.anomaly,.missing]') == \
		$'[null,false,[".y"]]\n[null,false,[".x"]]' ]] || fail "$out"
	[[ $(anomalies) == 90 ]]
}

@test "cdo-detect: -k looks at each key by itself" {
	in=$( (points | jq -c '.k="a"'; points | jq -c '.k="b"|.x+=1000') )
	batch "$in" -k .k -m mahalanobis
	[[ $(anomalies) == $'90\n1090' ]] || fail "$out"
	one=$(jq -c 'select(.k=="a")|._cdo.detect.score' <<<"$out")
	batch "$(points)" -m mahalanobis
	[[ $(jq -c '._cdo.detect.score' <<<"$out") == "$one" ]]
}

@test "cdo-detect: --scale makes fields of other units count the same" {
	in=$(points | jq -c '.y*=1e6')
	batch "$(points)" -m knn --scale
	want=$(jq -c '._cdo.detect.score*1e6|round' <<<"$out")
	assert_status 0
	batch "$in" -m knn --scale
	assert_status 0
	[[ $(jq -c '._cdo.detect.score*1e6|round' <<<"$out") == "$want" ]]
}

@test "cdo-detect: the same seed gives the same bytes, whatever -j" {
	in=$(seq 9000 | jq -c '{x:(.*7919%1000), y:(.*104729%977)}')
	for m in 'isolation_forest --seed 5' local_outlier_factor dbscan \
		extended_isolation_forest ensemble elliptic_envelope; do
		batch "$in" -m $m
		assert_status 0
		one=$out
		batch "$in" -m $m -j 3
		assert_status 0
		[[ $out == "$one" && -n $one ]] || fail "$m"
	done
	batch "$in" -m isolation_forest --seed 5
	one=$out
	batch "$in" -m isolation_forest --seed 6
	assert_status 0
	[[ $out != "$one" ]]
}

@test "cdo-detect: nothing, one record and equal records have no anomaly" {
	for m in $methods; do
		for n in 0 1 2 30; do
			[[ $m != dbscan || $n -eq 0 || $n -gt 5 ]] || continue
			in=$(yes '{"x":1,"y":2}' | head -n $n)
			batch "$in" -m $m --threshold 1e5
			assert_status 0
			assert_err ''
			[[ -z $(anomalies) ]] || fail "$m $n: $out"
			[[ -z $in ]] || jq -e '._cdo.detect.score | isnormal or . == 0' \
				<<<"$out" >/dev/null || fail "$m $n: $out"
		done
	done
}

@test "cdo-detect: huge numbers give finite scores" {
	for m in $methods; do
		batch "$(points)"$'\n{"x":1e308,"y":-1e308}\n{"x":-1e308,"y":1e-320}' -m $m
		assert_status 0
		[[ $(grep -c '"score":null' <<<"$out") -eq 0 ]] || fail "$m: $out"
	done
}

@test "cdo-detect: control lines keep their place, malformed ones are left out" {
	mark='{"_cdo":{"checkpoint":{"source":"s","stream":"t","seq":1,"cursor":1}}}'
	batch "{\"x\":1,\"y\":1}
$mark
{\"x\":1,
{\"x\":2,\"y\":1}" -m iqr
	assert_status 65
	[[ $(sed -n 2p <<<"$out") == "$mark" ]] || fail "$out"
	[[ $(wc -l <<<"$out") -eq 3 ]]
}

@test "cdo-detect: records wait in TMPDIR, and nothing stays there" {
	mkdir "$BATS_TEST_TMPDIR/t"
	TMPDIR=$BATS_TEST_TMPDIR/t batch "$(points)" -m iqr
	assert_status 0
	[[ -z $(ls "$BATS_TEST_TMPDIR/t") ]]
	TMPDIR=$BATS_TEST_TMPDIR/none batch "$(points)" -m iqr
	assert_status 73
	[[ $err == "cdo-detect: $BATS_TEST_TMPDIR/none/cdo-"*TMPDIR* ]] || fail "$err"
	assert_out ''
}

@test "cdo-detect: a closed pipe ends it quietly" {
	cd "$BATS_TEST_TMPDIR"
	seq 90000 | jq -c '{x:.,y:1}' >in
	cdo-detect --batch -m iqr -f .x <in 2>err | head -n 1 >first
	[[ ${PIPESTATUS[0]} -eq 141 && ! -s err && $(wc -l <first) -eq 1 ]]
}

@test "cdo-detect: --quantile is the threshold, and told" {
	batch "$(seq 0 100 | jq -c '{x:., y:0}')" -m z_score --quantile 0.9 --only
	[[ $(anomalies | tr '\n' ' ') == '0 1 2 3 4 96 97 98 99 100 ' ]] || fail "$out"
	jq -es 'all(.[]._cdo.detect; .threshold > 1.5 and .score > .threshold)' \
		<<<"$out" >/dev/null
}

@test "cdo-detect: --explain names the field, with every method" {
	in=$(seq 400 | jq -c '{x:(.*7919%101), y:(.*104729%97), z:(.*31%7)}'
		echo '{"x":50,"y":500,"z":3}')
	for m in $methods; do
		run_filter "$in" cdo-detect --batch -f .x -f .y -f .z -m $m \
			--contamination 0.0025 --only --explain
		assert_status 0
		jq -e '._cdo.detect | .why[0] | .field == ".y" and
			.expected <= 97 and .share > 0.4 and
			(.high == null or .high < 500) and
			(.low == null or .low < .expected)' <<<"$out" >/dev/null ||
			fail "$m: $out"
	done
}

@test "cdo-detect: dbscan tells clusters, in the order of their first cores" {
	run_filter "$(printf '{"x":%s}\n' 10 0 11 1 12 2 13 50)" cdo-detect \
		-m dbscan -f .x --eps 1 --neighbours 3
	[[ $(jq -c '._cdo.detect|[.cluster,.score==0]' <<<"$out" | tr '\n' ' ') == \
		'[0,false] [1,false] [0,true] [1,true] [0,true] [1,false] [0,false] [null,false] ' ]] ||
		fail "$out"
}

@test "cdo-detect: options that would have no effect are refused" {
	refused() {
		run_filter '{}' cdo-detect -f .t "${@:2}"
		assert_status 64
		[[ $err == "cdo-detect: $1"* ]] || fail "$err"
	}
	refused '--contamination: not with iqr' -m iqr --contamination 0.1
	refused '--scale: not with iqr' -m iqr --scale
	refused '--jobs: not with z_score' -m z_score -j 2
	refused '--cooldown: not with knn' -m knn --cooldown 9
	refused '--contamination, --quantile and --threshold' -m knn --contamination .1 --threshold 2
	refused '--neighbours: not with iqr --batch' -m iqr --batch --neighbours 3
	refused '--trees: not with knn' -m knn --trees 3
	refused '--sample: not with dbscan' -m dbscan --sample 3
	refused '--eps: not with knn' -m knn --eps 3
	refused '--seed: not with knn' -m knn --seed 1
	refused '--eps: not with knn' -m knn --eps 1
	refused '--nu: not with knn' -m knn --nu .1
	refused '--tol: not with knn' -m knn --tol .1
	refused '--trees: not with hbos' -m hbos --trees 9
	refused '--method: rrd: unknown to --batch' -m rrd --batch
	refused '--method: isolationforest: unknown; did you mean isolation_forest?' -m isolationforest
}

# In its last bit a libm's logarithm is not that of another, or that on another
# processor.
@test "cdo-detect: of the libm only what is exact is called" {
	inexact='(exp|log)(2|10|1p|m1)?|pow|a?(sin|cos|tan)h?|atan2|cbrt|hypot|[lt]gamma|erfc?'
	run grep -nE "(^|[^_a-z])($inexact)\(" "$ROOT"/lib/detect/*.[ch]
	# but in comments
	[[ $(grep -v ':[0-9]*: \*\|\* ' <<<"$output") == '' ]] || fail "$output"
	[[ $output == *'exp(-gamma'* ]]
}
