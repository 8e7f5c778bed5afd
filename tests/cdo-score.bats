#!/usr/bin/env bats
# cdo-score: each promise of its page.  The formulas are checked by
# tests/unit/quality.c, too; the numbers here are worked by hand.

load helper

setup() {
	cd "$BATS_TEST_TMPDIR"
	cat >rules.json <<-'END'
	{"rules": [
	  {"name": "t", "field": ".t", "required": true, "type": "number",
	   "max": 60, "message": "too hot"},
	  {"name": "unit", "field": ".unit", "enum": ["C", "F"],
	   "severity": "warning"},
	  {"name": "id", "field": ".id", "min": 1, "severity": "critical",
	   "dimension": "consistency"},
	  {"name": "note", "field": ".note", "max_length": 3,
	   "severity": "info"}]}
	END
}

score() { run_filter "$1" cdo-score -R rules.json "${@:2}"; }
scored() { jq -c "._cdo.score$1" <<<"$out"; }

@test "cdo-score: dimensions are weighed, those not assessed are left out" {
	score '{"t":20}
{"t":99}
{"u":1}
{"t":99,"id":5}'
	assert_status 0
	assert_err ''
	# completeness 1/1, validity 1/2; 0/1; and consistency 1/1:
	# (30 * 100 + 30 * 50 + 15 * 100) / 75
	assert_out '{"t":20,"_cdo":{"score":{"score":100,"dimensions":{"completeness":100,"validity":100},"failed":[]}}}
{"t":99,"_cdo":{"score":{"score":75,"dimensions":{"completeness":100,"validity":50},"failed":[{"rule":"t","path":"/t","keyword":"maximum","severity":"error"}]}}}
{"u":1,"_cdo":{"score":{"score":0,"dimensions":{"completeness":0},"failed":[{"rule":"t","path":"/t","keyword":"required","severity":"error"}]}}}
{"t":99,"id":5,"_cdo":{"score":{"score":80,"dimensions":{"completeness":100,"validity":50,"consistency":100},"failed":[{"rule":"t","path":"/t","keyword":"maximum","severity":"error"}]}}}'
}

@test "cdo-score: a warning counts a quarter of an error, an info nothing" {
	score '{"t":1,"unit":"K"}
{"t":1,"note":"long"}
{"t":99,"unit":"C"}'
	# validity (4 + 4) / 9; 8/8; (4 + 1) / 9
	[[ $(scored .dimensions.validity) == $'88.89\n100\n55.56' ]] || fail "$out"
	[[ $(scored .score) == $'94.44\n100\n77.78' ]]
	[[ $(scored '.failed[].severity') == $'"warning"\n"info"\n"error"' ]]
}

@test "cdo-score: a critical failure caps the record at 49" {
	score '{"t":1,"id":0}
{"t":99,"id":0}
{"id":0}'
	# consistency 0: (3000 + 3000) / 75 = 80, (3000 + 1500) / 75 = 60; 0
	[[ $(scored .score) == $'49\n49\n0' ]] || fail "$out"
}

@test "cdo-score: nothing assessed is null, not 100" {
	run_filter $'{"t":1}\n{}' cdo-score
	assert_status 0
	assert_err 'cdo-score: warning: nothing was assessed: there are no rules (-R), and no record was checked by cdo-validate -a before'
	none='"_cdo":{"score":{"score":null,"dimensions":{},"failed":[]}}}'
	assert_out "{\"t\":1,$none
{$none"
	echo '{"rules":[{"field":".x","type":"string"}]}' >x.json
	run_filter '{"t":1}' cdo-score -R x.json
	[[ $(scored .score) == null ]] || fail "$out"
}

@test "cdo-score: several rule files make one set" {
	echo '{"rules":[{"name":"x","field":".x","type":"string"}]}' >x.json
	run_filter '{"t":99,"x":1}' cdo-score -R rules.json -R x.json
	# validity 1/3
	[[ $(scored '|[.score,.failed[].rule]') == '[66.67,"t","x"]' ]] || fail "$out"
}

@test "cdo-score: --penalty is 100 - 20 errors - 5 warnings, at least 0" {
	score '{"t":1}
{"t":99,"unit":"K"}
{"id":0,"note":"long"}
{}' --penalty
	[[ $(scored '|[.score,.errors,.warnings,.dimensions]') == '[100,0,0,null]
[75,1,1,null]
[60,2,0,null]
[80,1,0,null]' ]] || fail "$out"
	[[ $(scored '.failed|length') == $'0\n2\n3\n1' ]]
	for i in 1 2 3 4 5 6; do echo "{\"field\":\".a$i\",\"required\":true}"; done |
		jq -cs '{rules:.}' >six.json
	run_filter '{}' cdo-score -R six.json --penalty
	[[ $(scored .score) == 0 ]] || fail "$out"
	run_filter '{}' cdo-score --penalty
	[[ $(scored .score) == 100 ]] || fail "$out"
}

@test "cdo-score: --min drops what is below, and keeps null" {
	score '{"t":20}
{"t":99}
{"t":99,"unit":"C"}
{}' --min 75
	assert_status 0
	[[ $(scored .score) == $'100\n75\n77.78' ]] || fail "$out"
	score '{"t":99,"unit":"C"}' --min 77.78 # 77.777... is written so
	[[ $(scored .score) == 77.78 ]] || fail "$out"
	score '{"t":99,"unit":"C"}' --min 77.79
	assert_out ''
	run_filter '{}' cdo-score --min 100
	[[ $(scored .score) == null ]]
	score $'{"t":1,"unit":"K"}\n{"t":99}' --min 81 --penalty
	[[ $(scored .score) == 95 ]] || fail "$out"
}

@test "cdo-score: --summary pools the counts and says what to mend first" {
	score '{"t":20,"unit":"C"}
{"t":99,"unit":"K"}
{"t":"warm"}
{"t":
{"t":70,"id":0,"note":"long"}
{}
{"t":[1,2]}' --summary
	assert_status 65
	# completeness: 5/6.  validity: type 3/5, maximum 1/3, enum 1/2, one
	# line malformed: made 4*5 + 4*3 + 2 + 4 = 38, passed 4*3 + 4 + 1 = 17.
	# consistency 0/1.  (30 * 83.33 + 30 * 44.74 + 0) / 75 = 51.23
	jq 'del(.recommendations, .checks)' <<<"$out" | diff - <(jq . <<'END'
{"records":6,"malformed":1,"unassessed":0,"score":51.23,
"dimensions":{"completeness":{"score":83.33,"evaluated":6,"failed":1,
 "worst_field":".t","worst_score":83.33},
"validity":{"score":44.74,"evaluated":11,"failed":6,
 "worst_field":".t","worst_score":50},
"consistency":{"score":0,"evaluated":1,"failed":1,
 "worst_field":".id","worst_score":0}},
"weights":{"completeness":30,"validity":30,"uniqueness":15,"consistency":15,
"timeliness":10},
"histogram":[1,0,0,0,1,2,0,1,0,1]}
END
) || fail "$out"
	# points: consistency 100*15*4/4/75; 100*30*8/38/75; the same; required
	# 100*30*4/24/75; malformed 100*30*4/38/75; enum a quarter of that; 0
	[[ $(jq -c '.recommendations[]|[.field,.keyword,.failed,.share,.points]' <<<"$out") == '[".id","minimum",1,1,20]
[".t","type",2,0.4,8.42]
[".t","maximum",2,0.6667,8.42]
[".t","required",1,0.1667,6.67]
[null,"malformed",1,0.1429,4.21]
[".unit","enum",1,0.5,1.05]
[".note","maxLength",1,1,0]' ]] || fail "$out"
	set=$(jq -r '.checks[0].set' <<<"$out")
	[[ $(jq -c '.recommendations[1]' <<<"$out") == '{"field":".t","rule":"t","keyword":"type","severity":"error","dimension":"validity","failed":2,"share":0.4,"points":8.42,"advice":"convert the value at the source, or allow its type","message":"too hot","paste":{"name":"t","field":".t","type":"number","message":"too hot"},"examples":[{"file":"<stdin>","line":3,"value":"warm"},{"file":"<stdin>","line":7,"value":[1,2]}],"set":"'$set'","check":1}' ]] || fail "$out"
	[[ $(jq -c '.recommendations[]|.examples[0]|[.line,.value]' <<<"$out") == '[5,0]
[3,"warm"]
[2,99]
[6,null]
[4,null]
[2,"K"]
[5,"long"]' ]] || fail "$out"
}

@test "cdo-score: --summary of nothing has no score" {
	score '' --summary
	assert_status 0
	[[ $(jq -c '[.records,.malformed,.score,.dimensions,.recommendations]' <<<"$out") == '[0,0,null,{},[]]' ]] || fail "$out"
}

@test "cdo-score: without a check of validity, one bad line is one of many" {
	echo '{"rules":[{"field":".t","required":true}]}' >t.json
	run_filter $'{"t":1}\n{"t":1}\n{"t":1}\n{' cdo-score -R t.json --summary
	assert_status 65
	[[ $(jq -c '[.score,.dimensions.validity.score]' <<<"$out") == '[87.5,75]' ]] || fail "$out"
}

@test "cdo-score: --summary keeps three examples, and cuts long values" {
	long=$(printf 'é%.0s' $(seq 200)) short=$(printf 'é%.0s' $(seq 50))
	score "$(printf '{"t":%s}\n' 61 62 63 64 "\"$long\"")" --summary
	[[ $(jq -c '.recommendations[]|select(.keyword=="maximum").examples|map(.value)' <<<"$out") == '[61,62,63]' ]] || fail "$out"
	[[ $(jq -r '.recommendations[]|select(.keyword=="type").examples[0].value' <<<"$out") == "$short" ]] || fail "$out"
	# what was cut is not cut again
	run_filter "$out" cdo-score --merge
	[[ $(jq -r '.recommendations[]|select(.keyword=="type").examples[0].value' <<<"$out") == "$short" ]] || fail "$out"
	echo '{"rules":[{"field":".o","type":"string"}]}' >o.json
	run_filter "{\"o\":{\"k\":\"$long\"}}" cdo-score -R o.json --summary
	[[ $(jq -r '.recommendations[0].examples[0].value' <<<"$out") == "{\"k\":\"${short%????}"* ]] || fail "$out"
}

@test "cdo-score: examples say nothing of what the rules keep secret" {
	cat >secret.json <<-'END'
	{"schema": {"properties": {"n": {"type": "number"}}},
	 "rules": [
	  {"field": ".pw", "type": "string", "max_length": 3, "redact": true},
	  {"unique": ".id", "redact": true},
	  {"expr": ".a == .b"},
	  {"unique": [".n", ".a"]}]}
	END
	for i in 1 2 3; do
		echo '{"id":"s3cret","pw":"s3cret","a":1,"b":2,"n":"x"}'
		echo '{"id":"s3cret","a":1,"b":1,"n":1}'
	done >in
	cdo-score -R secret.json --summary --report page.html in >out
	if grep -q s3cret out page.html; then fail "$(<out)"; fi
	jq -c '.recommendations[] | [.keyword, .examples[0].line, .examples[0].value]' out |
		sort >got
	[[ $(<got) == '["expr",1,null]
["maxLength",1,null]
["schema",1,"x"]
["unique",4,[1,1]]
["unique",4,null]' ]] || fail "$(<got)"
	# the same, if it was checked before
	cdo-validate -a -R secret.json in | cdo-score --summary - |
		jq -cS '.recommendations[].examples' | sed 's/<stdin>/in/g' >got
	jq -cS '.recommendations[].examples' out | cmp - got
}

@test "cdo-score: examples name the file" {
	echo '{"t":1}' >a
	printf '{"t":1}\n{"t":99}\n' >b
	run_filter '{"t":98}' cdo-score -R rules.json --summary a b - b
	[[ $(jq -c '.recommendations[0].examples' <<<"$out") == '[{"file":"b","line":2,"value":99},{"file":"<stdin>","line":1,"value":98},{"file":"b","line":2,"value":99}]' ]] || fail "$out"
	run_filter '' cdo-score -R rules.json --summary none a
	assert_status 66
	[[ $(jq .records <<<"$out") == 1 ]]
}

@test "cdo-score: -j gives the same bytes" {
	awk 'BEGIN {
		for (i = 0; i < 60000; i++)
			printf "{\"t\":%d,\"id\":%d,\"unit\":\"%s\"%s\n", i % 67,
			    i % 50, substr("CFK", i % 3 + 1, 1), i % 7001 == 7000 ? "" : "}"
	}' >many
	for args in '' '--summary' '--min 90'; do
		# shellcheck disable=SC2086
		for jobs in 1 2 5; do
			status=0
			cdo-score -R rules.json -j $jobs $args many >out.$jobs 2>err.$jobs || status=$?
			assert_status 65
		done
		cmp out.1 out.2
		cmp out.1 out.5
		cmp err.1 err.5
		[[ -s out.1 ]]
	done
}

@test "cdo-score: an earlier score is replaced; control lines stay in place" {
	input='{"t":1,"_cdo":{"score":{"score":3},"x":1}}
{"_cdo":{"checkpoint":{"seq":1}}}
{"t":1}'
	score "$input"
	[[ $(sed -n 1p <<<"$out") == '{"t":1,"_cdo":{"x":1,"score":{"score":100,'* ]] || fail "$out"
	[[ $(sed -n 2p <<<"$out") == '{"_cdo":{"checkpoint":{"seq":1}}}' ]]
	# a checkpoint is about records that are out, and here none is
	score "$input" --summary
	[[ $out == '{"records":2,'* && $(wc -l <<<"$out") -eq 1 ]]
}

@test "cdo-score: records that are no objects pass as they are" {
	score $'[1]\n"x"\nnull'
	assert_status 0
	assert_out $'[1]\n"x"\nnull'
}

@test "cdo-score: wrong calls exit 64, wrong rules 78, missing ones 66" {
	for args in '--min 101' '--min x' '--min nan' '--summary --min 1' \
		'--penalty --summary' '-j 0'; do
		# shellcheck disable=SC2086
		score '{}' $args
		assert_status 64
		assert_out ''
	done
	[[ $(grep -v '^usage\|^  ' <<<"$err") == cdo-score:* ]]
	run_filter '{}' cdo-score -R none.json
	assert_status 66
	assert_out ''
	echo '{"rules":[{"field":".t","mim":1}]}' >bad.json
	run_filter '{}' cdo-score -R bad.json
	assert_status 78
	assert_out ''
	[[ $err == *bad.json:1:* ]] || fail "$err"
}

@test "cdo-score: TERM ends it, and the summary covers what was read" {
	mkfifo in
	cdo-score -R rules.json --summary --window 2 <in >out 3>&- &
	exec 4>in
	printf '%s\n' '{"t":1}' '{"t":2}' '{"t":3}' >&4
	within 5 grep -q window out
	kill -TERM $!
	status=0
	wait $! || status=$?
	exec 4>&-
	assert_status 143
	[[ $(tail -n 1 out | jq .records) == 1 ]]
}
