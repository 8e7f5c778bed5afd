#!/usr/bin/env bats
# cdo-score: summaries of groups, windows and parts, and what they add up to.

load helper

setup() {
	cd "$BATS_TEST_TMPDIR"
	export CDO_NOW=2026-11-28T12:00:00Z
	cat >rules.json <<-'END'
	{"schema": {"properties": {"note": {"maxLength": 3}}},
	 "rules": [
	  {"name": "t", "field": ".t", "required": true, "type": "number",
	   "min": -50, "max": 60},
	  {"field": ".at", "type": "datetime", "fresh": "1h", "stale": "25h",
	   "severity": "warning"},
	  {"name": "dew", "expr": ".dew <= .t"},
	  {"name": "id", "field": ".id", "min": 1, "severity": "critical"},
	  {"name": "unit", "field": ".unit", "enum": ["C"], "severity": "info"},
	  {"name": "once", "unique": [".id"]}]}
	END
}

# Records of which some have each fault.
make_records() {
	awk 'BEGIN {
		for (i = 1; i <= 1000; i++)
			printf "{\"id\":%d,\"city\":\"%s\",\"t\":%s,\"dew\":%d," \
			    "\"at\":\"2026-11-28T%02d:00:00Z\",\"unit\":\"%s\"%s}\n",
			    i % 97 ? i : 0, i % 3 ? "Lima" : "Oslo",
			    i % 50 ? i % 70 : "\"warm\"", i % 41, i % 12,
			    i % 7 ? "C" : "F", i % 29 ? "" : ",\"note\":\"long\""
	}'
}

summary() { jq -S 'del(.. | .file?, .line?)' "$@"; }

@test "cdo-score: what cdo-validate -a has found gives the same scores" {
	make_records >in
	cdo-score -R rules.json in | jq -c ._cdo.score >want
	cdo-validate -a -R rules.json in | cdo-score | jq -c ._cdo.score >got
	cmp want got
	[[ $(sort -u want | wc -l) -gt 20 ]]
	# and the same summary, but for what only the rules know
	cdo-score --summary -R rules.json in | jq -S '
		del(.. | .paste?, .message?) | del(.checks)' >want
	cdo-validate -a -R rules.json in | cdo-score --summary - |
		sed 's/<stdin>/in/g' | jq -S 'del(.checks)' >got
	diff want got
	# each fault that was made, and the ages between fresh and stale
	[[ $(jq -c '[.recommendations[].keyword] | sort' got) == '["age","enum","expr","maximum","minimum","schema","type"]' ]] || fail "$(<got)"
}

@test "cdo-score: an annotation that is none is told, and counts as nothing" {
	run_filter '{"_cdo":{"validate":{"checks":"0123"}}}
{"a":1,"_cdo":{"validate":{"checks":"0123456789abcdef:CX"}}}
{"a":1}' cdo-score --summary
	assert_status 65
	[[ $err == *'<stdin>:1: _cdo.validate is not as cdo-validate -a writes it'* ]]
	[[ $(jq -c '[.records,.unassessed,.score]' <<<"$out") == '[3,3,null]' ]]
	# the same checks cannot weigh otherwise from one record to the next
	run_filter '{"_cdo":{"validate":{"checks":"0123456789abcdef:CV"}}}
{"_cdo":{"validate":{"checks":"0123456789abcdef:Cv!"}}}' cdo-score --summary
	assert_status 65
	[[ $(jq -c '[.records,.unassessed,.score]' <<<"$out") == '[2,1,100]' ]]
}

@test "cdo-score: ages between fresh and stale lose a part" {
	run_filter '{"at":"2026-11-28T11:30:00Z","t":1,"dew":0}
{"at":"2026-11-27T23:00:00Z","t":1,"dew":0}
{"at":"2026-11-27T10:59:59Z","t":1,"dew":0}' cdo-score -R rules.json
	# 30 minutes; 13 of 1 to 25 hours, half of it; more than 25
	[[ $(jq -c ._cdo.score.dimensions.timeliness <<<"$out") == $'100\n51\n0' ]] ||
		fail "$out"
}

@test "cdo-score: --by makes a summary for each value, in their order" {
	run_filter '{"city":"Lima","t":1,"dew":0}
{"city":"Oslo","t":99,"dew":0}
{"t":5,"dew":0}
{"city":"Lima","t":99,"dew":0}
bad' cdo-score --summary --by .city -R rules.json
	assert_status 65
	[[ $(jq -c '[.group,.records,.malformed,.dimensions.validity.failed]' <<<"$out") == '[{".city":"Lima"},2,0,1]
[{".city":"Oslo"},1,0,1]
[{".city":null},1,0,0]
[null,0,1,1]' ]] || fail "$out"
	run_filter '{"a":1,"b":{"c":[2]}}
{"a":1.0,"b":{"c":[2]}}
{"a":1,"b":{"c":[3]}}' cdo-score --summary --by .a --by .b
	[[ $(jq -c '[.group,.records]' <<<"$out") == '[{".a":1,".b":{"c":[2]}},2]
[{".a":1,".b":{"c":[3]}},1]' ]]
}

@test "cdo-score: --max-groups counts the rest together, and says so" {
	run_filter '{"a":1}
{"a":2}
{"a":3}
{"a":1}' cdo-score --summary --by .a --max-groups 1
	assert_status 3
	[[ $err == *'there are more than 1 groups'* ]]
	[[ $(jq -c '[.group,.records]' <<<"$out") == '[{".a":1},2]
[null,2]' ]]
}

@test "cdo-score: --window makes a summary every so many records" {
	make_records >in
	run_filter '' cdo-score --summary --window 300 -R rules.json in
	[[ $(jq -c '[.window,.records]' <<<"$out") == '[{"first":1,"last":300},300]
[{"first":301,"last":600},300]
[{"first":601,"last":900},300]
[{"first":901,"last":1000},100]' ]]
	# added up they are the whole
	cdo-score --summary -R rules.json in | summary >want
	cdo-score --merge <<<"$out" | summary >got
	diff want got
}

@test "cdo-score: --window by the time of the records" {
	run_filter '{"at":"2026-11-28T11:59:59Z"}
{"at":"2026-11-28T12:00:00Z"}
{"at":"2026-11-28T12:04:59Z"}
{"at":"2026-11-28T11:58:00Z"}
{"at":"2026-11-28T12:20:00Z"}
{"no":"time"}' cdo-score --summary --window 5m -t .at
	assert_status 0
	[[ $err == *'1 records have no time'* ]]
	[[ $(jq -c '[.window.start,.window.end,.records]' <<<"$out") == '["2026-11-28T11:55:00Z","2026-11-28T12:00:00Z",1]
["2026-11-28T12:00:00Z","2026-11-28T12:05:00Z",3]
["2026-11-28T12:20:00Z","2026-11-28T12:25:00Z",2]' ]] || fail "$out"
	# there may be no time at all
	run_filter $'{"no":"time"}\nbad' cdo-score --summary --window 5m -t .at
	assert_status 65
	[[ $(jq -c '[.window,.records,.malformed]' <<<"$out") == '[{"start":null,"end":null},1,1]' ]]
	# seconds since 1970, also before it
	run_filter $'{"at":-1}\n{"at":0}\n{"at":60.5}' \
		cdo-score --summary --window 1m -t .at
	[[ $(jq -c '.window.start' <<<"$out") == '"1969-12-31T23:59:00Z"
"1970-01-01T00:00:00Z"
"1970-01-01T00:01:00Z"' ]]
}

@test "cdo-score: a window's summary is out before the next record waits" {
	mkfifo in out
	cdo-score --summary --window 1 <in >out &
	exec 7>in 8<out
	printf '{"a":1}\n{"a":2}\n' >&7
	IFS= read -r -t 10 line <&8
	[[ $line == '{"window":{"first":1,"last":1},'* ]]
	exec 7>&-
	wait $!
}

@test "cdo-score: --merge of ten parts is the whole, with their groups" {
	make_records >in
	split -n l/10 in part_
	for part in part_*; do
		cdo-score --summary --by .city -R rules.json "$part" >"$part.json"
	done
	cdo-score --summary --by .city -R rules.json in | summary >want
	cdo-score --merge part_*.json | summary >got
	diff want got
	# and with lines that have no group
	printf '{"city":"Lima","t":1}\nbad\n' >part_x
	status=0
	cdo-score --summary --by .city -R rules.json part_x in >want || status=$?
	assert_status 65
	cdo-score --summary --by .city -R rules.json part_x >part_x.json || true
	cdo-score --merge part_x.json part_a?.json | summary >got
	summary want | diff - got
	[[ $(jq -c .group got | tail -n 1) == null && $(jq -c 'has("group")' got | sort -u) == true ]]
	# the profile of all is of no group
	cdo-score --profile --sketches in | cdo-score --merge part_x.json - >got
	[[ $(jq -c '[has("group"),has("profile")]' got) == '[true,false]
[false,true]
[true,false]' ]]
}

@test "cdo-score: --merge of profiles, exact but for the sketches' bounds" {
	make_records >in
	split -n l/10 in part_
	for part in part_*; do
		cdo-score --profile --sketches -j 2 "$part" >"$part.json"
	done
	exact='.profile.paths[] | [.path, .count, .missing, .null, .types,
		.distinct, .numbers.min, .numbers.max, .numbers.mean,
		.numbers.sd, .lengths, .formats, 
		(if .path == ".city" then .top else 0 end)]'
	cdo-score --profile in | jq -c "$exact" >want
	cdo-score --merge part_*.json | jq -c "$exact" >got
	diff want got
	# ranks of 1000 numbers, which no sketch keeps, within a hundredth
	cdo-score --merge part_*.json | jq -e '.profile.paths[] |
		select(.path == ".id") | .numbers | (.p50 - 495 | fabs) <= 10
		and (.p90 - 899 | fabs) <= 10 and (.p99 - 990 | fabs) <= 10'
	cdo-score --profile in | cdo-score --merge 2>err && fail 'no sketches'
	[[ $(<err) == *'<stdin>:1: has a profile without sound sketches: make it with --sketches'* ]]
}

@test "cdo-score: --merge tells what is no summary, and adds up the rest" {
	printf '{"t":1,"dew":0}' | cdo-score --summary -R rules.json >one
	echo '{"t":1}' >two
	cat one one one >>two
	run_filter '' cdo-score --merge two
	assert_status 65
	[[ $err == *'two:1: is no summary of cdo-score'* ]]
	[[ $(jq -c '[.records,.malformed]' <<<"$out") == '[3,0]' ]]
	# with a report, too; and there is no group of what is none
	echo '}' >>two
	printf '%s\n' '{"group":{".a":1}}' '{"group":null}' >>two
	run_filter '' cdo-score --merge --report page.txt two
	assert_status 65
	[[ $(jq -c '[.group,.records,.malformed]' <<<"$out") == '[null,3,0]' ]] || fail "$out"
	# nothing has a profile as well
	run_filter "$(cdo-score --profile --sketches </dev/null)" cdo-score --merge
	assert_status 0
	[[ $(jq .profile.records <<<"$out") == 0 ]]
}

@test "cdo-score: -w weighs the dimensions" {
	record='{"t":99,"dew":0}'
	# completeness 100, validity 3 of 4 checks, consistency 100
	for w in 'validity=90' 'validity=30,completeness=0,consistency=0' \
	    weights.json; do
		echo '{"validity":1,"completeness":1,"consistency":2}' >weights.json
		run_filter "$record" cdo-score -R rules.json -w "$w" --summary
		assert_status 0
		jq -c '[.score, .weights.validity, .weights.timeliness]' <<<"$out"
	done >got
	[[ $(<got) == '[83.33,90,10]
[75,30,10]
[93.75,1,10]' ]] || { cat got; false; }
	run_filter '' cdo-score -w validity # a file, if anything
	assert_status 66
	for w in validty=1 validity=-1 validity=x \
	    completeness=0,validity=0,uniqueness=0,consistency=0,timeliness=0; do
		run_filter '' cdo-score -w "$w"
		assert_status 64 || fail "$w"
	done
	[[ $(cdo-score -w validty=1 2>&1 </dev/null) == *'did you mean validity?'* ]]
	echo '{"validty":1}' >weights.json
	run_filter '' cdo-score -w weights.json
	assert_status 78
}

@test "cdo-score: -e with --min fails and drops nothing" {
	records='{"t":1,"dew":0}
{"t":99,"dew":0}'
	run_filter "$records" cdo-score -R rules.json --min 95
	assert_status 0
	[[ $(wc -l <<<"$out") -eq 1 ]]
	run_filter "$records" cdo-score -R rules.json --min 95 -e
	assert_status 1
	[[ $(wc -l <<<"$out") -eq 2 ]]
	run_filter "$records" cdo-score -R rules.json --summary --min 95 -e
	assert_status 0
	run_filter "$records" cdo-score -R rules.json --summary --min 99 -e
	assert_status 1
	run_filter "$out" cdo-score --merge --min 99 -e
	assert_status 1
	run_filter "$records" cdo-score -R rules.json -e
	assert_status 64
	# what could not be scored weighs more than what scored low
	for jobs in 1 3; do
		run_filter "$records"$'\nbad' cdo-score -R rules.json --min 95 -e -j $jobs
		assert_status 65
		run_filter "$records" cdo-score -R rules.json --min 95 -e -j $jobs
		assert_status 1
	done
}

@test "cdo-score: options that do not go together are refused" {
	for o in '--summary --penalty' '--summary --min 5' '--by .a' \
	    '--window 5' '--profile --by .a' '--sketches' \
	    '--summary --window 5 -t .a' \
	    '--merge --summary' '--merge --by .a' '--report x.pdf' \
	    '--summary --by a' '--summary --window 0' '--summary --window 5x'; do
		# shellcheck disable=SC2086
		run_filter '' cdo-score $o
		assert_status 64 || fail "$o"
	done
}
