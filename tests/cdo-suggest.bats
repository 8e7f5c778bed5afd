#!/usr/bin/env bats
# cdo-validate suggest: what records have in common, and no more.

load helper

setup() { cd "$BATS_TEST_TMPDIR"; }

# records N [JQ]: N records of an order, changed by a jq expression.
records() {
	jq -nc --argjson n "$1" 'range($n) |
		{id: "A-\(10000 + .)", price: (. * 7 % 40 / 4 + 1), unit: ["kg", "l"][. % 2],
		 at: (1767225600 + . * 60 | todate), ok: (. % 3 == 0),
		 note: ("x y " * (. % 9 + 1) + "\(.)"), to: {zip: "\(. * 37 % 90 + 1010)", name: null},
		 items: [range(. % 3 + 1) | {qty: (. + 1), sku: "S\(. + 100)"}]} |
		'"${2:-.}"
}

# rule FIELD: the rule for it, without its evidence.
rule() { jq -c --arg f "$1" '.rules[] | select(.field == $f) | del(.evidence, .field)' rules.json; }

@test "suggest: the records pass what is proposed, byte for byte" {
	for n in 0 1 49 50 1000; do
		records $n >in
		cdo-validate suggest in 2>/dev/null >rules.json
		cdo-validate -q -R rules.json -r rejects in | cmp - in
		[[ ! -s rejects ]]
	done
}

@test "suggest: records of the simulators pass, those of another seed too" {
	for kind in weather currency github; do
		cdo-fetch "sim:$kind?n=3000&seed=5" >in
		cdo-validate suggest <in >rules.json
		cdo-validate -q -R rules.json in | cmp - in
		cdo-fetch "sim:$kind?n=3000&seed=6" >other
		n=$(cdo-validate -q -R rules.json other | wc -l)
		[[ $n -ge 2985 ]] || fail "$kind: $n" # 3 / n and more
	done
}

@test "suggest: types, presence, ranges, lists, patterns, lengths" {
	records 1000 | cdo-validate suggest >rules.json
	[[ $(rule .id) == '{"required":true,"type":"string","pattern":"^A-[0-9]{5}$"}' ]]
	# 1 to 10.75, margin 0.975, by tenths
	[[ $(rule .price) == '{"required":true,"type":"number","min":0,"max":11.8}' ]]
	[[ $(rule .unit) == '{"required":true,"type":"string","enum":["kg","l"]}' ]]
	[[ $(rule .at) == '{"required":true,"type":"datetime"}' ]]
	[[ $(rule .ok) == '{"required":true,"type":"boolean"}' ]]
	[[ $(rule .note) == '{"required":true,"type":"string","min_length":1,"max_length":100}' ]]
	[[ $(rule .to) == '{"required":true,"type":"object"}' ]]
	[[ $(rule .to.zip) == '{"required":true,"type":"string","pattern":"^[0-9]{4}$"}' ]]
	[[ $(rule .to.name) == '' ]] # always null
	[[ $(rule .items) == '{"required":true,"type":"array","min_length":1,"max_length":10}' ]]
	jq -c '.rules[] | select(.unique or .order) | del(.evidence)' rules.json |
		diff - <(printf '%s\n' '{"unique":[".id"]}' \
			'{"order":".at","direction":"non-decreasing"}')
}

@test "suggest: each demand has its evidence" {
	records 1000 | cdo-validate suggest >rules.json
	jq -e '[.rules[] | .evidence as $e | keys[] |
		select(. != "field" and . != "evidence" and . != "direction") |
		$e[.] | strings | length > 0] | length > 20 and all' rules.json
	[[ $(jq -r '.rules[] | select(.field == ".unit").evidence.enum' rules.json) == \
		'1000 strings are 2 values, the rarest came 500 times' ]]
}

@test "suggest: what is plainly wrong fails" {
	records 1000 | cdo-validate suggest >rules.json
	while read -r change; do
		records 1 ".id = \"A-99999\" | $change" |
			cdo-validate -q -R rules.json >out
		[[ ! -s out ]] || fail "$change"
	done <<-'END'
	del(.id)
	.id = "A-1"
	.id = "B-12345"
	.price = "7"
	.price = -1
	.price = 1000
	.unit = "lb"
	.at = "yesterday"
	.ok = 1
	.note = "x" * 101
	.note = ""
	.to = null
	.to.zip = "1O10"
	.items = []
	END
	# the same id twice, a time that falls
	{ records 2; records 1; } | cdo-validate -q -R rules.json -r rejects >out
	[[ $(jq -c '[.errors[].keyword]' rejects) == '["unique","order"]' ]] ||
		fail "$(<rejects)"
}

@test "suggest: less than 50 records give types alone" {
	records 49 | cdo-validate suggest >rules.json
	jq -e '.description == "proposed from 49 records, too few for more than types"' rules.json
	jq -e '[.rules[] | del(.evidence, .field) | keys] | unique == [["type"]]' rules.json
	[[ $(rule .price) == '{"type":"number"}' && $(rule .at) == '{"type":"string"}' ]]
}

@test "suggest: one bad record does not spoil the others' types" {
	records 100 'if .id == "A-10007" then .price = "7" | .unit = null else . end' |
		cdo-validate suggest >rules.json
	[[ $(rule .price) == '{"required":true,"type":["number","string"],"min":0,"max":13.2}' ]] ||
		fail "$(rule .price)"
	[[ $(rule .unit) == '{"required":true,"type":["null","string"],"enum":["kg","l"]}' ]] ||
		fail "$(rule .unit)"
}

@test "suggest: --schema writes a schema, of elements and maps too" {
	records 1000 '(.id[2:] | tonumber) as $n | .rates = ([range(12) |
		select((. + $n) % 12 > 1) | {key: "R\(. + 10)", value: (. + $n)}] |
		from_entries)' | cdo-validate suggest --schema >schema.json
	jq -e '."$schema" == "https://json-schema.org/draft/2020-12/schema"' schema.json
	jq -e '.required | index("id") and index("to")' schema.json
	jq -e '.properties.at.format == "date-time"' schema.json
	jq -e '.properties.items.items | .required == ["qty", "sku"] and
		.properties.qty.type == "integer"' schema.json
	jq -e '.properties.rates | has("properties") | not' schema.json
	jq -e '.properties.rates | .propertyNames.pattern == "^[0-9A-Z]{3}$" and
		.additionalProperties.type == "integer"' schema.json
	jq -e '[.. | objects | select(.type) | ."$comment" | length > 0] | all' schema.json
}

@test "suggest: the records pass the schema, what is plainly wrong does not" {
	for kind in weather currency github; do
		cdo-fetch "sim:$kind?n=1000&seed=5" >in
		cdo-validate suggest --schema <in >schema.json
		cdo-validate -q --assert-format -s schema.json in | cmp - in
	done
	records 1000 >in
	cdo-validate suggest --schema in >schema.json
	cdo-validate -q --assert-format -s schema.json in | cmp - in
	while read -r change; do
		records 1 "$change" | cdo-validate -q --assert-format -s schema.json >out
		[[ ! -s out ]] || fail "$change"
	done <<-'END'
	del(.to.zip)
	.items[0].qty = "1"
	.items[0].sku = "S-1"
	.items = []
	.at = "2026-01-01"
	.price = -1
	.unit = null
	END
}

@test "suggest: what is proposed is sound by cdo-validate check" {
	records 100 | cdo-validate suggest >rules.json
	cdo-validate check rules.json
}

@test "suggest: odd names, arrays as records, annotated ones" {
	printf '%s\n' '{"odd \"name":{"":1},"_cdo":{"x":1}}' '[1,[2]]' '"s"' |
		cdo-validate suggest >rules.json
	[[ $(jq -c '[.rules[].field]' rules.json) == '[".",".\"odd \\\"name\"",".\"odd \\\"name\".\"\""]' ]] ||
		fail "$(jq -c '[.rules[].field]' rules.json)"
	printf '%s\n' '{"odd \"name":{"":1}}' | cdo-validate -q -R rules.json | grep -q odd
}

@test "suggest: malformed lines are told and exit 65, the others count" {
	run_filter $'{"x":1}\n{"x":\n{"x":2}' cdo-validate suggest
	assert_status 65
	[[ $err == 'cdo-validate: <stdin>:2:6: the text ends too early (byte 13)' ]] || fail "$err"
	jq -e '.description | startswith("proposed from 2 records")' <<<"$out"
}

@test "suggest: no records, no proposal, and that is told" {
	run_filter '' cdo-validate suggest
	assert_status 0
	assert_err 'cdo-validate: warning: no records: nothing to propose'
	[[ $(jq -c .rules <<<"$out") == '[]' ]]
}

@test "suggest: wrong calls, a missing file, a full disk" {
	run_filter '' cdo-validate suggest --rules x
	assert_status 64
	[[ $err == *'usage: cdo-validate '* ]]
	run_filter '' cdo-validate suggest none
	assert_status 66
	status=0
	records 10 | cdo-validate suggest >/dev/full 2>/dev/null || status=$?
	assert_status 74
}

@test "suggest: control lines do not pass" {
	run_filter '{"_cdo":{"checkpoint":{"source":"s","stream":"t","seq":1,"cursor":2}}}
{"x":1}' cdo-validate suggest
	assert_status 0
	jq -e '.description | startswith("proposed from 1 records")' <<<"$out"
}

@test "suggest: more paths than are looked at are told" {
	jq -nc 'range(600) | {("k\(.)"): .}' >in
	run_filter '' cdo-validate suggest in
	assert_status 0
	[[ $err == *'values are beyond 500 paths'* ]] || fail "$err"
	printf '%s' "$out" >rules.json
	cdo-validate -q -R rules.json in | cmp - in
}
