#!/usr/bin/env bats
# cdo-metrics: each promise of its page; numbers worked by hand.

load helper

setup() { cd "$BATS_TEST_TMPDIR"; }

@test "cdo-metrics: count, sum, mean, spread, extremes, percentiles" {
	run_filter '{"t":2}
{"t":4.5}
{"t":null}
{}
{"t":"5"}
{"t":-1.5}
7' cdo-metrics summary -f .t
	assert_status 0
	# mean 5/3; sd of 2, 4.5, -1.5: sqrt((1/9 + 289/36 + 361/36) / 3)
	assert_out '{"field":".t","count":3,"missing":3,"not_numbers":1,"rate":null,"sum":5,"mean":1.666666667,"sd":2.460803843,"min":-1.5,"max":4.5,"p50":2,"p90":4.5,"p95":null,"p99":null}'
	assert_err ''
}

@test "cdo-metrics: nothing is counted, and null" {
	run_filter '' cdo-metrics -f .t -f .u
	assert_status 0
	assert_out '{"field":".t","count":0,"missing":0,"not_numbers":0,"rate":null,"sum":null,"mean":null,"sd":null,"min":null,"max":null,"p50":null,"p90":null,"p95":null,"p99":null}
{"field":".u","count":0,"missing":0,"not_numbers":0,"rate":null,"sum":null,"mean":null,"sd":null,"min":null,"max":null,"p50":null,"p90":null,"p95":null,"p99":null}'
	run_filter '' cdo-metrics -f .t --by .city
	assert_out ''
}

@test "cdo-metrics: a sum of many small numbers beside a huge one" {
	{ echo '{"x":1e16}'; yes '{"x":1}' | head -n 1000; echo '{"x":-1e16}'; } >in
	[[ $(cdo-metrics -f .x in | jq .sum) == 1000 ]]
}

@test "cdo-metrics: groups, fields in order, and their rate" {
	run_filter '{"c":"a","x":1,"y":10,"at":"2026-01-01T00:00:00Z"}
{"c":"b","x":2,"at":1767225600}
{"c":"a","x":3,"at":"2026-01-01T00:00:10Z"}
{"c":"a","x":5,"at":"2026-01-01T00:00:04Z"}
{"x":9,"at":"soon"}' cdo-metrics -f .x -f .y --by .c -t .at
	assert_status 0
	[[ $(jq -c '[.group.".c",.field,.count,.missing,.sum,.rate]' <<<"$out") == '["a",".x",3,0,9,0.3]
["a",".y",1,2,10,0.1]
["b",".x",1,0,2,null]
["b",".y",0,1,null,null]
[null,".x",1,0,9,null]
[null,".y",0,1,null,null]' ]] || fail "$out"
}

@test "cdo-metrics: ranks of a million numbers are within a hundredth" {
	awk 'BEGIN { for (i = 0; i < 1000000; i++)
		print "{\"x\":" (i * 7919) % 1000003 "}" }' >in
	cdo-metrics -f .x in | jq -e '
		(.p50 - 500000 | fabs) < 10000 and (.p90 - 900000 | fabs) < 10000 and
		(.p95 - 950000 | fabs) < 10000 and (.p99 - 990000 | fabs) < 10000 and
		.count == 1000000'
}

@test "cdo-metrics: too many groups are one, and it is told" {
	run_filter '{"c":1,"x":1}
{"c":2,"x":2}
{"c":3,"x":4}' cdo-metrics -f .x --by .c --max-groups 1
	assert_status 3
	[[ $err == *'more than 1 groups'* ]]
	[[ $(jq -c '[.group,.sum]' <<<"$out") == '[{".c":1},1]
[null,6]' ]]
}

@test "cdo-metrics: the run log by default, with what was renamed" {
	export CDO_LOG_FILE=$PWD/log CDO_JOB=j
	for n in 10 20 30; do
		cdo-fetch "sim:weather?n=$n" >/dev/null
		mv log "log.$((40 - n))"
	done
	echo '{"event":"other","program":"cdo-fetch","job":"j","records_out":7}' >log
	cdo-metrics >out
	[[ $(jq -c 'select(.field == ".records_out")|[.group,.count,.sum]' out) == \
	    '[{".job":"j",".program":"cdo-fetch"},3,60]' ]] || { cat out; false; }
	cdo-metrics -f .x --by .program <<<'{"x":1}' >/dev/null
	unset CDO_LOG_FILE
	run_filter '' cdo-metrics
	assert_status 64
	[[ $err == *'CDO_LOG_FILE is not set'* ]]
}

@test "cdo-metrics: malformed lines are told, and what is wrong with options" {
	run_filter $'{"x":1}\nbad' cdo-metrics -f .x
	assert_status 65
	[[ $(jq .count <<<"$out") == 1 ]]
	for o in '-f x' '--by x -f .x' '-t x -f .x' '--max-groups 0'; do
		# shellcheck disable=SC2086
		run_filter '' cdo-metrics $o
		assert_status 64 || fail "$o"
	done
	run_filter '' cdo-metrics summry -f .x # a file, if anything
	assert_status 66
}
