#!/usr/bin/env bats
# cdo-validate -s: JSON Schema, alone and in rule files; the exact split; and
# what becomes of rejects.

load helper

setup() {
	cd "$BATS_TEST_TMPDIR"
	cat >schema.json <<-'END'
	{"type":"object","required":["id","at","status","items","total"],
	 "properties":{"id":{"type":"integer"},"at":{"format":"date-time"},
	  "status":{"enum":["new","paid","shipped"]},"total":{"type":"number"},
	  "items":{"type":"array","minItems":1,"items":{"$ref":"#/$defs/item"}}},
	 "$defs":{"item":{"additionalProperties":false,"properties":{
	  "sku":{"pattern":"^SKU-[0-9]{6}$"},"qty":{"type":"integer","minimum":1}}}}}
	END
}

@test "cdo-validate: the split is exact, at any -j and byte by byte" {
	echo '{"schema":{"$ref":"schema.json"},"rules":[{"unique":".id"}]}' >r.json
	for seed in 1 2; do
		awk -f "$ROOT/tests/orders.awk" -v n=4000 -v seed=$seed \
			-v truth=truth >in
		awk 'NR == FNR { bad[$1]; next } !(FNR in bad)' truth in >want
		for jobs in 1 2; do
			cdo-validate -q -j $jobs --assert-format -R r.json \
				-r rejects.$jobs in >out
			cmp want out
		done
		cmp rejects.1 rejects.2
		# every fault by its place and keyword, and nothing else
		jq -r '"\(.line) \(.errors[0].path | if . == "" then "-" else . end) \(.errors[0].keyword)\(.errors[1:] | length |
			if . > 0 then " and more" else "" end)"' rejects.1 | diff - truth
		# pass + rejects = input
		cdo-validate --replay rejects.1 | sort - out | cmp - <(sort in)
	done
	head -n 200 in >few
	dd if=few bs=1 2>/dev/null | cdo-validate -q --assert-format -R r.json \
		-r rejects >out
	cmp <(head -n 200 in | awk 'NR == FNR { bad[$1]; next } !(FNR in bad)' truth -) out
}

@test "cdo-validate -s: errors say where, what and by which keyword" {
	run_filter '{"id":"x","at":"?","status":1,"items":[{"qty":1.5}]}' \
		cdo-validate -q -s schema.json -r rejects
	assert_status 0
	[[ $(jq -c '.errors[] | [.rule, .path, .keyword, .schema, .value]' rejects) == \
'["schema","","required","/required",{"id":"x","at":"?","status":1,"items":[{"qty":1.5}]}]
["schema","/id","type","/properties/id/type","x"]
["schema","/status","enum","/properties/status/enum",1]
["schema","/items/0/qty","type","/$defs/item/properties/qty/type",1.5]' ]] ||
		fail "$(<rejects)"
	# a format is a mere note, unless it is asked for
	run_filter '{"at":"?"}' cdo-validate -q -s schema.json -r rejects
	[[ $(jq -c '[.errors[].keyword]' rejects) != *format* ]]
	run_filter '{"at":"?"}' cdo-validate -q --assert-format -s schema.json -r rejects
	[[ $(jq -c '[.errors[].keyword]' rejects) == *format* ]]
}

@test "cdo-validate -s: of anyOf the closest alternative, and how many more" {
	echo '{"anyOf":[{"type":"string"},{"properties":{"a":{"maximum":5}},"required":["a"]},{"type":"array"}]}' >any.json
	run_filter '{"a":7}' cdo-validate -q -s any.json -r rejects
	[[ $(jq -c '.errors[] | [.path, .keyword, .others]' rejects) == '["/a","maximum",2]' ]] ||
		fail "$(<rejects)"
}

@test "cdo-validate --draft, --ref: which version, and where documents are" {
	echo '{"items":[{"type":"number"}]}' >seven.json
	run_filter '["x"]' cdo-validate -q --draft 7 -s seven.json
	assert_out ''
	run_filter '[1]' cdo-validate --draft 7 -s seven.json
	assert_out '[1]'
	mkdir refs
	echo '{"type":"number"}' >refs/number.json
	echo '{"$ref":"http://example.org/number.json"}' >s.json
	run_filter '1' cdo-validate -s s.json
	assert_status 78
	for ref in http://example.org/=refs http://example.org/number.json=refs/number.json; do
		run_filter $'1\n"x"' cdo-validate -q --ref $ref -s s.json
		assert_status 0
		assert_out 1
	done
	run_filter '' cdo-validate --ref nothing
	assert_status 64
	run_filter '' cdo-validate --draft 5
	assert_status 64
	[[ $err == *'--draft: 5: unknown; known are 2020-12, 2019-09, 7'* ]]
}

@test "cdo-validate -s: a schema that is wrong exits 78, a missing one 66" {
	echo '{"type":"strin"}' >s.json
	run_filter '{}' cdo-validate -s s.json
	assert_status 78
	assert_out ''
	[[ $err == 'cdo-validate: s.json:1:9: /type: '* ]]
	run_filter '{}' cdo-validate -s none.json
	assert_status 66
	echo '{"schema":{"type":5},"rules":[]}' >r.json
	run_filter '{}' cdo-validate -R r.json
	assert_status 78
	[[ $err == 'cdo-validate: r.json:1:19: /schema/type: '* ]]
	run_filter '{}' cdo-validate -s s.json -s s.json
	assert_status 64
}

@test "cdo-validate -S: the keywords of a schema that failed, for any -j" {
	awk -f "$ROOT/tests/orders.awk" -v n=20000 -v seed=5 -v truth=truth >in
	for jobs in 1 2; do
		cdo-validate -q -j $jobs --assert-format -s schema.json \
			-r /dev/null -S sum.$jobs in >/dev/null
		cmp sum.$jobs sum.1
	done
	jq -r '.checks[0].places[] | "\(.keyword) \(.failed) \(.first.line)"' sum.1 |
		sort >got
	awk '$3 != "malformed" && $3 != "unique" { n[$3]++
		if (!($3 in first)) first[$3] = $1 }
		END { for (k in n) print k, n[k], first[k] }' truth | sort | diff got -
}

@test "cdo-validate --max-errors: the others are counted" {
	run_filter '{"id":"x","status":1}' cdo-validate -q --max-errors 2 -s schema.json -r rejects
	[[ $(jq -c '[(.errors | length), .more, .record.id]' rejects) == '[2,3,"x"]' ]] ||
		fail "$(<rejects)"
	echo '{"rules":[{"field":".a","max":1},{"field":".a","max":2},{"field":".a","max":3,"severity":"info"}]}' >r.json
	run_filter '{"a":9}' cdo-validate -a --max-errors 1 -R r.json
	[[ $(jq -c '._cdo.validate | [(.errors | length), (.warnings | length), .more, .failed]' <<<"$out") == '[1,0,2,3]' ]]
	run_filter '' cdo-validate --max-errors 0
	assert_status 64
}

@test "cdo-validate --redact: no value in errors, messages and summary" {
	cat >r.json <<-'END'
	{"schema":{"properties":{"e":{"type":"number"}}},"rules":[
	 {"field":".a","max":1},{"field":".b","type":"integer"},{"field":".c","pattern":"^x"},
	 {"field":".d","enum":[1]},{"expr":".a.x > 1"},{"field":".f","min_length":99},
	 {"field":".g","type":"datetime","max":"2020-01-01T00:00:00Z"}]}
	END
	run_filter '{"a":424242,"b":424242.5,"c":"424242","d":"424242","e":"424242","f":"424242","g":"2042-04-24T00:00:00Z"}' \
		cdo-validate --redact -R r.json -S sum -r rejects
	jq -c .errors rejects >errors
	[[ $(jq length errors) -eq 8 ]]
	! grep -e 4242 -e 2042 errors sum || fail "$(cat errors)"
	echo '{"rules":[{"unique":".a","redact":true},{"order":".b","redact":true},{"sequence":".b","redact":true}]}' >r.json
	run_filter '{"a":424242,"b":424242}
{"a":424242,"b":424242}' cdo-validate --redact -R r.json -S sum -r rejects
	! jq -c .errors rejects | grep 4242
	! grep 4242 sum
}

@test "cdo-validate --replay: the lines come back, byte for byte" {
	printf '%s\n' ' { "t" : 71.0e0 }  ' '{"t":' '5' '{"record":{"a":1},"t":"x"}' '"a\u0000b"' >in
	printf '{"t":"\xff"}\n\0\n{"t":72}\r\n' >>in
	echo '{"rules":[{"field":".","type":"array"}]}' >r.json
	run_filter '' cdo-validate -q -R r.json -r rejects in
	assert_status 0
	assert_out ''
	cdo-validate --replay rejects | cmp - in
	cdo-validate --replay -j 2 <rejects | cmp - in
	# what was too long is gone, and said so; what is no reject is told
	head -c 5000 /dev/zero | tr '\0' x >long
	run_filter '' cdo-validate -q --max-line 1K -r rejects long
	run_filter '' cdo-validate --replay rejects
	assert_status 65
	assert_err 'cdo-validate: rejects:1: the line was too long to be kept, and is lost'
	run_filter '{"line":1}
{"line":1,"errors":[],"record":5}
7
{"line":1,"errors":[],"raw":"a\nb"}
{"line":1,"errors":[],"raw_base64":"@"}
{"line":1,"errors":[],"record":5,"more":1}' cdo-validate --replay
	assert_status 65
	assert_out 5
	assert_err 'cdo-validate: <stdin>:1: is no reject
cdo-validate: <stdin>:3: is no reject
cdo-validate: <stdin>:4: is no reject
cdo-validate: <stdin>:5: is no reject
cdo-validate: <stdin>:6: is no reject'
	run_filter '' cdo-validate --replay -a
	assert_status 64
}

@test "cdo-validate check: faults 78, findings 1, good files 0" {
	run_filter '' cdo-validate check weather currency github \
		"$ROOT"/share/schemas/*.schema.json
	assert_status 0
	assert_err ''
	cat >r.json <<-'END'
	{"rules":[{"field":".a","type":"number","max":5,"enum":[1,"x"]},
	 {"field":".a","max":9},{"field":".a","max":3,"severity":"warning"},
	 {"unique":".a"},{"name":"again","unique":".a","severity":"info"}],
	 "schema":{"minimun":3}}
	END
	run_filter '' cdo-validate check r.json
	assert_status 1
	assert_err 'cdo-validate: r.json:4:22: /schema/minimun: unknown keyword; did you mean minimum?
cdo-validate: warning: r.json: /rules/0/enum: "x" is not of the type: it can never pass
cdo-validate: warning: r.json: /rules/1/max: rule .a max 2 never decides: .a max demands as much (/rules/0/max)
cdo-validate: warning: r.json: /rules/4/unique: rule again never decides: .a unique demands as much (/rules/3/unique)' || fail "$err"
	echo '{"rules":[{"field":".a","mim":1}]}' >wrong.json
	run_filter '' cdo-validate check r.json wrong.json
	assert_status 78
	run_filter '' cdo-validate check
	assert_status 64
	run_filter '' cdo-validate check -q none
	assert_status 66
}

@test "cdo-validate: the files that come along are as their schemas have it" {
	for f in "$ROOT"/share/rules/*.json "$ROOT"/share/examples/*.rules.json; do
		jq -c . "$f" | cdo-validate -s rules >/dev/null 2>err -e || fail "$f: $(<err)"
	done
	for f in "$ROOT"/share/alerts/*.json "$ROOT"/share/examples/*.alerts.json; do
		jq -c . "$f" | cdo-validate -s alerts >/dev/null 2>err -e || fail "$f: $(<err)"
	done
	# and those of the man page too
	mandoc -T ascii -O width=200 "$ROOT/man/cdo-rules.5" | col -bx |
		sed -n '/^EXAMPLES/,/1000}}/p' | sed -n '/{"name": "weather"/,$p' |
		jq -c . >page
	run_filter "$(<page)" cdo-validate -e -s rules
	assert_status 0
	echo '{"rules":[{"field":".a","within":5}]}' >wrong
	run_filter "$(<wrong)" cdo-validate -q -e -s rules
	assert_status 1
}

@test "cdo-validate -R: the nearest name" {
	run_filter '' cdo-validate -R wether
	assert_status 66
	assert_err 'cdo-validate: wether: no such file, and no rules of that name; did you mean weather?'
}

@test "cdo-validate: a schema given to -R and rules given to -s are told" {
	echo '{"type":"object","required":["a"]}' >s.json
	echo '{"rules":[{"field":".a","required":true}]}' >r.json
	run_filter '{"b":1}' cdo-validate -R s.json
	assert_status 78
	assert_out ''
	assert_err 'cdo-validate: s.json:1:1: is a JSON Schema, not a rule file: cdo-validate takes it by -s, a rule file as its member schema'
	run_filter '{"b":1}' cdo-validate -s r.json
	assert_status 78
	assert_out ''
	assert_err 'cdo-validate: r.json:1:1: is a rule file, not a schema: it goes with -R'
}

@test "cdo-validate: the first failure of a schema is told in words" {
	echo '{"properties":{"a":{"maximum":1}},"required":["b"]}' >s.json
	run_filter $'{"b":1}\n{"a":2,"b":1}\n{}' cdo-validate -v -s s.json -S sum -r rejects
	assert_status 0
	[[ $err == *$'\ncdo-validate: schema: failed 2 of 3, first in line 2: /a is above 1\n'* ]] || fail "$err"
	[[ $(jq -c '.checks[0].first' sum) == '{"file":1,"line":2,"message":"/a is above 1"}' ]]
	run_filter '{}' cdo-validate -v -s s.json -r rejects
	[[ $err == *': lacks "b"'* ]] || fail "$err"
}

@test "cdo-validate --ref: a file that is not there is told by its name" {
	echo '{"$ref":"https://example.org/a.json"}' >s.json
	run_filter '{}' cdo-validate -s s.json --ref https://example.org/=none
	assert_status 78
	[[ $err == 'cdo-validate: none/a.json: '*'No such file or directory'$'\n'*'s.json:1:9: /$ref: this cannot be used' ]] || fail "$err"
}

@test "cdo-validate: what filters annotated is not what the schema is about" {
	echo '{"properties":{"a":{"type":"integer"}},"additionalProperties":false}' >s.json
	run_filter '{"a":1,"_cdo":{"detect":{"score":1}}}
{"_cdo":{},"a":"x","_cdo":{}}' cdo-validate -s s.json -r r
	assert_status 0
	assert_out '{"a":1,"_cdo":{"detect":{"score":1}}}'
	[[ $(jq -c '[.errors[]|[.path,.keyword]]' r) == '[["/a","type"]]' ]]
	grep -qF '"record":{"_cdo":{},"a":"x","_cdo":{}}}' r
}
