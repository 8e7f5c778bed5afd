#!/usr/bin/env bats
# cdo-score --profile: what stands at each path.

load helper

setup() { cd "$BATS_TEST_TMPDIR"; }

# path PATH: its entry in the profile in out.
path() { jq -c --arg p "$1" '.profile.paths[] | select(.path == $p)' <<<"$out"; }

@test "profile: counts, nulls, types, flags, and the summary as it was" {
	printf '{"rules":[{"field":".a","required":true,"type":"number"}]}' >rules.json
	input='{"a":1,"b":[1,2]}
{"a":null,"b":[]}
{"a":"x","c":{"d":true}}
{"a":2.5,"_cdo":{"score":{}}}'
	run_filter "$input" cdo-score -R rules.json --summary
	summary=$out
	run_filter "$input" cdo-score -R rules.json --profile
	assert_status 0
	assert_err ''
	[[ $(jq -c 'del(.profile)' <<<"$out") == "$(jq -c . <<<"$summary")" ]]
	[[ $(jq -c '[.profile.paths[].path]' <<<"$out") == '[".",".a",".b",".b[]",".c",".c.d"]' ]]
	[[ $(path .a | jq -c '[.count, .missing, .null, .distinct, .types, .flags]') == \
		'[4,0,1,3,{"null":{"count":1,"share":0.25},"integer":{"count":1,"share":0.25},"number":{"count":1,"share":0.25},"string":{"count":1,"share":0.25}},["unique","mixed_type"]]' ]]
	[[ $(path .b | jq -c '[.count, .missing, .sizes]') == '[2,2,{"min":0,"max":2,"mean":1,"sd":1}]' ]]
	[[ $(path '.b[]' | jq -c '[.count, .missing, .numbers.mean]') == '[2,0,1.5]' ]]
	[[ $(path .c.d | jq -c '[.types.boolean.count, .missing, .distinct]') == '[1,0,1]' ]]
}

@test "profile: a million values, and their quantiles" {
	seq 0 999999 | awk '{ printf "{\"n\":%d,\"m\":%d}\n", ($1 * 611953) % 1000003, $1 % 100 }' >in
	run_filter '' cdo-score --profile in
	jq -e '.profile.paths[] | select(.path == ".n") |
		(.distinct - 1000000 | fabs) < 20000 and .estimated and
		(.numbers.p50 - 500000 | fabs) < 10000 and
		(.numbers.p99 - 990000 | fabs) < 10000 and
		.numbers.min < 100 and .numbers.max > 999900' <<<"$out" || fail "$(path .n)"
	jq -e '.profile.paths[] | select(.path == ".m") | .distinct == 100 and
		(has("estimated") | not) and .numbers.mean == 49.5' <<<"$out"
}

@test "profile: no more values differ than there are" {
	for n in 900 2000 5000; do
		seq -f '{"id":"id-%g"}' $n | cdo-score --profile | jq -e --argjson n $n \
			'.profile.paths[] | select(.path == ".id") |
			.distinct <= $n and .distinct >= 0.97 * $n'
	done
}

@test "profile: top values, shapes, formats and flags" {
	for i in {1..20}; do
		printf '{"k":"A-%d","u":"%s","d":"2026-11-%02dT00:00:00Z","c":"x"}\n' \
			$((i % 3)) "a$i@example.org" $i
	done >in
	run_filter '' cdo-score --profile in
	[[ $(path .k | jq -c '[.top, .shapes]') == \
		'[[{"value":"A-1","count":7},{"value":"A-2","count":7},{"value":"A-0","count":6}],[{"shape":"A-9","count":20}]]' ]]
	[[ $(path .u | jq -c '[.formats, .flags]') == '[{"email":20},["unique"]]' ]]
	[[ $(path .d | jq -c '[.formats, .flags]') == '[{"date-time":20},["unique","date_as_text"]]' ]]
	[[ $(path .c | jq -c .flags) == '["constant"]' ]]
}

@test "profile: the suggested rules are a rule file that the records pass" {
	cdo-fetch 'sim:github?n=500&seed=3' >in
	cdo-score --profile in | jq .profile.suggested >rules.json
	cdo-validate suggest in | jq . | cmp - rules.json
	cdo-validate -q -R rules.json in | cmp - in
}

@test "profile: the same for any -j; one line; malformed lines are no values" {
	cdo-fetch 'sim:weather?n=5000&seed=3&faults=0.1' >in
	cdo-score -q --profile in >one || [[ $? -eq 65 ]]
	cdo-score -q --profile -j 4 in >four || [[ $? -eq 65 ]]
	cmp one four
	[[ $(wc -l <one) -eq 1 ]]
	jq -e '.profile.records == .records and .malformed > 0' one
}

@test "profile: paths have an end, and it is told" {
	jq -nc 'range(600) | {("k\(.)"): 1}' >in
	run_filter '' cdo-score --profile in
	jq -e '(.profile.paths | length) <= 500 and .profile.not_followed == 350' <<<"$out"
}

@test "profile: nothing, odd values, and what it does not go with" {
	run_filter '' cdo-score --profile
	assert_status 0
	jq -e '.profile.records == 0' <<<"$out"
	run_filter $'[[],{}]\n"\\u0000"\n12345678901234567890123\n{"":{"a b":"\\n"}}' \
		cdo-score --profile
	[[ $(jq -c '[.profile.paths[].path]' <<<"$out") == '[".",".[]",".\"\"",".\"\".\"a b\""]' ]]
	run_filter '' cdo-score --profile --min 5
	assert_status 64
	[[ $err == *'--min: there are no records to leave out'* ]]
}
