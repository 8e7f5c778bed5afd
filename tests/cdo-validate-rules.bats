#!/usr/bin/env bats
# cdo-validate -R: rule files, good and bad.

load helper

setup() { cd "$BATS_TEST_TMPDIR"; }

# refused RULES MESSAGE...: a file of these rules exits 78 with the messages.
refused() {
	printf '{"rules":[\n%s]}' "$1" >r.json
	shift
	run_filter '{}' cdo-validate -R r.json
	assert_status 78
	assert_out ''
	assert_err "$(printf 'cdo-validate: r.json:%s\n' "$@")"
}

# says RULE RECORD MESSAGE: the record's only error; "": it passes.
says() {
	echo "{\"rules\":[$1]}" >r.json
	run_filter "$2" cdo-validate -q -R r.json -r rejects
	assert_status 0
	[[ $(jq -r '.errors[].message' rejects) == "$3" ]] ||
		fail "$1 $2: $(<rejects)"
}

@test "cdo-validate -R: faults by file, line and column, with the nearest name" {
	refused '{"field":".a","mim":1}' \
		'2:21: /rules/0/mim: unknown member; did you mean min?'
	refused '{"field":".a","type":"sting"},
{"field":"a","type":1}, {"type":"null"}, {"field":".b"}, 5' \
		'2:22: /rules/0/type: sting: unknown type; did you mean string?' \
		'3:21: /rules/1/type: must be a string or an array of strings' \
		'3:25: /rules/2: field is missing' \
		'3:42: /rules/3: demands nothing of .b' \
		'3:58: /rules/4: must be an object'
	refused '{"field":".a","type":"int"}' \
		'2:22: /rules/0/type: int: unknown type; did you mean integer?'
	refused '{"field":".a","minimum":1},{"field":".a[]","min":1}' \
		'2:25: /rules/0/minimum: unknown member; did you mean min?' \
		'2:37: /rules/1/field: a path leads to one place, not to all elements at byte 3 of .a[]'
	refused '{"field":".a","type":"uuid"}' \
		'2:22: /rules/0/type: uuid: unknown type; known are null, boolean, integer, number, string, array, object, datetime'
	refused '{"field":".a b","required":true}' \
		'2:10: /rules/0/field: . expected at byte 2 of .a b'
	echo '{"rules":[' >r.json
	run_filter '' cdo-validate -R r.json
	assert_status 78
	assert_err 'cdo-validate: r.json:2:1: the text ends too early'
}

@test "cdo-validate -R: what nothing can pass is refused" {
	refused '{"field":".a","min":2,"max":1.5}' \
		'2:21: /rules/0/min: is above max: no value can pass'
	refused '{"field":".a","min_length":2,"max_length":1}' \
		'2:28: /rules/0/min_length: is above max_length: no value can pass'
	refused '{"field":".a","enum":[]}' \
		'2:22: /rules/0/enum: is empty: no value can pass'
	refused '{"field":".a","type":"string","max":1}' \
		'2:37: /rules/0/max: is for numbers, not for this type'
	refused '{"field":".a","type":"datetime","min":"2026-02-30"}' \
		'2:39: /rules/0/min: 2026-02-30 is no date-time (RFC 3339)'
	refused '{"field":".a","min":"2026-02-03"}' \
		'2:21: /rules/0/min: must be a number, or with the type datetime a date-time'
	refused '{"field":".a","pattern":"("}' \
		'2:25: /rules/0/pattern: missing closing parenthesis at byte 1'
	refused '{"name":"n","field":".a","min":1},
{"name":"n","field":".b","min":1}' '3:9: /rules/1/name: n is used twice'
}

@test "cdo-validate -R: members that do not go together are faults" {
	refused '{"field":".a","required":true,"within":"1h"}' \
		'2:40: /rules/0/within: goes only with unique'
	refused '{"unique":".a","by":".b"}' \
		'2:21: /rules/0/by: goes only with order or sequence'
	refused '{"unique":".a","order":".b"}' \
		'2:24: /rules/0/order: is another rule than unique'
	refused '{"field":".a","count":{"min":1}}' \
		'2:10: /rules/0/field: does not go with count'
	refused '{"missing":{"max_count":1}}' '2:1: /rules/0: field is missing'
	refused '{"expr":".a","type":"number"}' \
		'2:21: /rules/0/type: goes only with field'
	refused '{"field":".a","required":true,"fresh":"1h"}' \
		'2:39: /rules/0/fresh: needs the type datetime'
	refused '{"field":".a","type":"datetime","fresh":"2h","stale":"1h"}' \
		'2:41: /rules/0/fresh: is longer than stale'
}

@test "cdo-validate -R: names that are used twice, also in two files" {
	echo '{"rules":[{"name":"n","field":".a","required":true}]}' >a
	echo '{"rules":[{"field":".a","max":1},{"field":".a","max":2}]}' >b
	run_filter '' cdo-validate -R a -R a
	assert_status 78
	assert_err 'cdo-validate: a:1:19: /rules/0/name: n is used twice'
	run_filter '{"a":3}' cdo-validate -R a -R b -R b -r rejects
	assert_status 0
	[[ $(jq -r '.errors[].rule' rejects) == '.a max
.a max 2
.a max 3
.a max 4' ]]
}

@test "cdo-validate -R: by name, and not found" {
	for name in weather currency github; do
		run_filter '{}' cdo-validate -R $name -e -r /dev/null
		assert_status 1
	done
	run_filter '' cdo-validate -R none
	assert_status 66
	assert_err 'cdo-validate: none: no such file, and no rules of that name'
	run_filter '' cdo-validate -R ./none
	assert_status 66
	assert_err 'cdo-validate: ./none: open: No such file or directory'
	run_filter '' cdo-validate -R .
	assert_status 66
}

@test "cdo-validate -R: types" {
	says '{"field":".a","type":"number"}' '{"a":"x"}' 'is a string, not a number'
	says '{"field":".a","type":"integer"}' '{"a":1.0}' ''
	says '{"field":".a","type":"integer"}' '{"a":12345678901234567890123}' ''
	says '{"field":".a","type":"integer"}' '{"a":1.5}' '1.5 is not an integer'
	says '{"field":".a","type":["datetime","boolean"]}' '{"a":[]}' \
		'is an array, not a date-time or a boolean'
	says '{"field":".a","type":"datetime"}' '{"a":"2026-02-30T00:00:00Z"}' \
		'is not a date-time (RFC 3339)'
	says '{"field":".a","type":["datetime","string"]}' '{"a":"x"}' ''
	# the others would only say the same again
	says '{"field":".a","type":"number","max":1,"enum":[1]}' '{"a":true}' \
		'is a boolean, not a number'
	says '{"field":".a","type":"number"}' '{"a":null}' ''
	says '{"field":".a","type":["number","null"],"required":true}' '{"a":null}' ''
	says '{"field":".a","required":true}' '{"a":null}' 'required field is null'
	says '{"field":".a","required":true}' '[]' 'required field is missing'
}

@test "cdo-validate -R: limits are exact, date-times are instants" {
	says '{"field":".a","max":9007199254740992}' '{"a":9007199254740993}' \
		'9007199254740993 is above the maximum 9007199254740992'
	says '{"field":".a","max":9007199254740992}' '{"a":9007199254740992.0}' ''
	says '{"field":".a","min":0.1}' '{"a":0}' '0 is below the minimum 0.1'
	says '{"field":".a","type":"datetime","max":"2026-01-01T00:00:00Z"}' \
		'{"a":"2026-01-01T00:00:00-01:00"}' \
		'2026-01-01T00:00:00-01:00 is after the maximum 2026-01-01T00:00:00Z'
	says '{"field":".a","type":"datetime","max":"2026-01-01T00:00:00Z"}' \
		'{"a":"2026-01-01T05:00:00+08:00"}' ''
}

@test "cdo-validate -R: lengths are code points or elements" {
	says '{"field":".a","max_length":3}' '{"a":"\ud83d\ude00éa"}' ''
	says '{"field":".a","min_length":4}' '{"a":"\ud83d\ude00éa"}' \
		'has 3 characters, less than the minimum 4'
	says '{"field":".a","max_length":0}' '{"a":[{"b":[1,2]}]}' \
		'has 1 element, more than the maximum 0'
	says '{"field":".a","min_length":9}' '{"a":1}' ''
}

@test "cdo-validate -R: enum compares values" {
	says '{"field":".a","enum":[1,{"x":1,"y":[2]},"s"]}' '{"a":1.0}
{"a":{"y":[2.0],"x":1}}
{"a":"s"}' ''
	says '{"field":".a","enum":["C","F",5]}' '{"a":"5"}' 'is none of "C", "F", 5'
}

@test "cdo-validate -R: patterns" {
	says '{"field":".a","pattern":"b"}' '{"a":"abc"}' ''
	says '{"field":".a","pattern":"^a$"}' '{"a":"a\n"}' 'does not match ^a$'
	says '{"field":".a","pattern":"^\\d.$"}' '{"a":"1é"}' ''
	says '{"field":".a","pattern":"^\\d$"}' '{"a":"٣"}' 'does not match ^\d$'
}

@test "cdo-validate -R: no value stalls a pattern" {
	says '{"field":".a","pattern":"^(a+)+$"}' "{\"a\":\"$(printf '%60s' '' | tr ' ' a)!\"}" \
		'took too many steps to match ^(a+)+$'
	long=$(printf '%60000s' '' | tr ' ' a)
	echo '{"rules":[{"field":".a","pattern":"(?:ab?)+[c-z]"}]}' >r.json
	run_filter "{\"a\":\"$long\"}" timeout 20 cdo-validate -R r.json -r rejects
	assert_status 0
	[[ $(jq -r '.errors[].message' rejects) == 'took too many steps to match (?:ab?)+[c-z]' ]]
}

@test "cdo-validate -R: paths, pointers, and values that are cut" {
	says '{"field":".a[-1].\"x/y~\"","max":1,"message":"no"}' '{"a":[1,{"x/y~":2}]}' no
	[[ $(jq -r '.errors[].path' rejects) == '/a/-1/x~1y~0' ]]
	long=$(printf '%300s' '' | tr ' ' x)
	says '{"field":".a","max_length":1,"message":"long"}' "{\"a\":\"$long\"}
{\"a\":[1,{\"b\":\"$long\"}]}" $'long\nlong'
	[[ $(jq -c '.errors[] | [.value, .cut]' rejects) == \
		"[\"${long:0:200}\",true]
[\"[1,{\\\"b\\\":\\\"${long:0:191}\",true]" ]]
}

@test "cdo-validate -R: in_file, lines or JSON values, beside the rule file" {
	mkdir -p rules
	printf '\xef\xbb\xbfLima\r\n5\n\n"Oslo"\nlast' >rules/list.txt
	printf '"Lima"\n{"a":1,"b":2}\n5.0\n' >rules/list.ndjson
	check_list() {
		echo "{\"rules\":[{\"field\":\".a\",\"in_file\":\"$1\"}]}" >rules/r.json
		run_filter "$2" cdo-validate -q -R rules/r.json -r rejects
		assert_status 0
		[[ $(jq -c '.record.a' rejects) == "$3" ]] || fail "$1: $(<rejects)"
	}
	check_list list.txt $'{"a":"Lima"}\n{"a":5.0}\n{"a":"5"}\n{"a":"\\"Oslo\\""}
{"a":"last"}\n{"a":null}\n{"a":"lima"}\n{"a":6}\n{"a":""}' $'"lima"\n6\n""'
	[[ $(jq -r '.errors[].message' rejects | head -n 1) == 'is not in list.txt' ]]
	check_list list.ndjson $'{"a":"Lima"}\n{"a":{"b":2.0,"a":1}}\n{"a":5}\n{"a":"5"}' '"5"'
	check_list "$PWD/rules/list.txt" '{"a":"x"}' '"x"'
	refused '{"field":".a","in_file":"none"}' \
		'2:25: /rules/0/in_file: none: No such file or directory'
	: >empty.txt
	refused '{"field":".a","in_file":"empty.txt"}' \
		'2:25: /rules/0/in_file: empty.txt is empty: no value can pass'
	printf '1\n{\n' >bad.ndjson
	refused '{"field":".a","in_file":"bad.ndjson"}' \
		'2:25: /rules/0/in_file: bad.ndjson:2: not a JSON value'
	# and it is not written over
	echo '{"rules":[{"field":".a","in_file":"rules/list.txt"}]}' >r.json
	run_filter '' cdo-validate -R r.json -r rules/list.txt
	assert_status 73
	[[ -s rules/list.txt ]]
}

@test "cdo-validate -R: ages by the clock, fresh, stale, in the future" {
	export CDO_NOW=2026-11-24T12:00:00Z
	old='{"a":"2026-11-23T11:00:00Z"}'
	says '{"field":".a","type":"datetime","fresh":"1h"}' '{"a":"2026-11-24T12:00:00+01:00"}' ''
	says '{"field":".a","type":"datetime","fresh":"1h"}' '{"a":"2026-11-24T10:59:59.5Z"}' \
		'is 1h old, older than 1h'
	says '{"field":".a","type":"datetime","fresh":"1h","stale":"1d"}' "$old" \
		'is 1d1h old, older than 1d'
	says '{"field":".a","type":"datetime","stale":"2d"}' "$old" ''
	says '{"field":".a","type":"datetime","fresh":"1h"}' '{"a":"2026-11-24T12:01:00Z"}' ''
	says '{"field":".a","type":"datetime","not_future":true}' '{"a":"2026-11-24T12:01:01Z"}' \
		'is 1m1s in the future'
	says '{"field":".a","type":"datetime","skew":"1h"}' '{"a":"2026-11-24T12:59:00Z"}
{"a":"1970-01-01"}' ''
	# what is no date-time is told once
	says '{"field":".a","type":"datetime","fresh":"1h"}' '{"a":"soon"}' \
		'is not a date-time (RFC 3339)'
}

@test "cdo-validate -R: expressions, and their errors" {
	says '{"expr":".dew <= .air"}' '{"dew":1,"air":2}
{"air":2}' ''
	says '{"expr":".dew <= .air"}' '{"dew":3,"air":2}' 'does not hold: .dew <= .air'
	says '{"expr":"null"}' '5' 'does not hold: null'
	says '{"expr":".a > 1","field":".a"}' '{"b":1}
{"a":null}' ''
	says '{"expr":".a - 1 > 0"}' '{"a":"x"}' \
		'cannot be evaluated: .a - 1 > 0: string ("x") and number (1) cannot be subtracted'
	# one that only libjq knows, and two threads
	says '{"expr":"[.a | splits(\", *\")] | length == 2"}' '{"a":"x, y"}' ''
	echo '{"rules":[{"expr":"[.a | splits(\", *\")] | length == 2"},{"expr":".b % 2 == 0"}]}' >r.json
	awk 'BEGIN { for (i = 0; i < 30000; i++)
		print "{\"a\":\"x" (i % 3 ? ", " : "") "y\",\"b\":" i "}" }' >in
	for jobs in 1 3; do
		cdo-validate -q -j $jobs -R r.json -r rejects.$jobs in >out
		awk 'NR % 3 != 1 && NR % 2 == 1' in | cmp - out
		cmp rejects.$jobs rejects.1
	done
	refused '{"expr":".a <"}' \
		'2:9: /rules/0/expr: syntax error, unexpected $end'
}
