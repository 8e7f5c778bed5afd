#!/usr/bin/env bats
# cdo-validate -R: rules for which the order of the records counts, and rules
# for all of them together.

load helper

setup() { cd "$BATS_TEST_TMPDIR"; }

# gives RULES INPUT EXPECTED: a line a record, "-" or the messages of what
# failed, joined by "; ".
gives() {
	echo "{\"rules\":[$1]}" >r.json
	run_filter "$2" cdo-validate -a -R r.json
	assert_status 0
	got=$(jq -r '._cdo.validate | [.errors[], .warnings[] | .message] |
		if . == [] then "-" else join("; ") end' <<<"$out")
	[[ $got == "$3" ]] || fail "$1: $got"
}

@test "cdo-validate unique: the first passes, the second is named" {
	gives '{"unique":[".a",".b"]}' '{"a":1,"b":"x"}
{"a":1,"b":"y"}
{"b":"x","a":1.0}
{"a":"1","b":"x"}
{"a":1}
{"a":1}
{"a":1,"b":null}
{"a":{"x":1,"y":[2]},"b":0}
{"a":{"y":[2.0],"x":1.0},"b":-0}
{"a":12345678901234567890,"b":0}
{"a":12345678901234567891,"b":0}' '-
-
was there before: .a 1, .b "x"
-
-
-
-
-
was there before: .a {"y":[2],"x":1}, .b 0
-
-'
	# absent or null: skipped, not passed
	[[ $(jq -c '._cdo.validate | [.passed, .failed, .skipped]' <<<"$out" |
		sort | uniq -c | tr -s ' ') == ' 3 [0,0,1]
 2 [0,1,0]
 6 [1,0,0]' ]]
}

@test "cdo-validate unique: within so many records, or so much time" {
	gives '{"unique":".a","within":2}' '{"a":1}
{"a":2}
{"a":1}
{"a":3}
{"a":4}
{"a":1}' '-
-
was there within 2 records: .a 1
-
-
-'
	# a record that is rejected did not enter the stream: it does not count
	gives '{"unique":".a","within":"1h","time":".t"}' \
		'{"a":1,"t":"2026-01-01T00:00:00Z"}
{"a":1,"t":"2026-01-01T02:00:00+01:00"}
{"a":1,"t":"2026-01-01T01:00:01Z"}
{"a":1,"t":"2026-01-01T00:00:00Z"}
{"a":2,"t":"2026-01-01T03:00:00Z"}
{"a":1,"t":"no time"}' '-
was there within 1h: .a 1
-
was there within 1h: .a 1
-
-'
	gives '{"unique":".a","within":"1h"}' $'{"a":1}\n{"a":1}' $'-
was there within 1h: .a 1'
}

@test "cdo-validate unique: what is rejected is no duplicate of itself" {
	echo '{"rules":[{"unique":".a"},{"field":".b","type":"number"},
		{"order":".a"}]}' >r.json
	run_filter '{"a":1,"b":"x"}
{"a":1,"b":5}
{"a":0,"b":5}
{"a":1,"b":6}' cdo-validate -q -R r.json -r rejects
	assert_out '{"a":1,"b":5}'
	[[ $(jq -r '"\(.line) \(.errors[].keyword)"' rejects) == '1 type
3 order
4 unique
4 order' ]] || fail "$(<rejects)"
	# a warning lets it pass, so it did enter
	gives '{"unique":".a","severity":"warning"}' $'{"a":1}\n{"a":1}\n{"a":1}' \
		$'-\nwas there before: .a 1\nwas there before: .a 1'
}

@test "cdo-validate unique: a rule that is full says so, and exits 3" {
	echo '{"rules":[{"name":"once","unique":".a"}]}' >r.json
	run_filter '{"a":1}
{"a":2}
{"a":3}
{"a":1}
{"a":4}' cdo-validate --max-keys 2 -R r.json -r rejects
	assert_status 3
	assert_out '{"a":1}
{"a":2}'
	assert_err 'cdo-validate: rule once: remembers 2 keys, as many as max_keys allows: records with others fail; allow more, or limit it by within'
	[[ $(jq -r '.errors[].message' rejects) == 'cannot be judged: the rule remembers 2 keys already
was there before: .a 1
cannot be judged: the rule remembers 2 keys already' ]]
	# keys whose time is over make room
	echo '{"rules":[{"unique":".a","within":2,"max_keys":1000}]}' >r.json
	seq 5000 | sed 's/.*/{"a":&}/' >in
	run_filter '' cdo-validate -R r.json in
	assert_status 0
	cmp in "$BATS_TEST_TMPDIR/out"
	status=0
	cdo-score -R r.json --summary <in >score || status=$?
	assert_status 0
}

@test "cdo-validate order: each direction, by key, with tolerance" {
	input='{"k":"a","n":1}
{"k":"a","n":1}
{"k":"b","n":9}
{"k":"a","n":3}
{"k":"a","n":2}'
	gives '{"order":".n","by":".k"}' "$input" $'-\nrepeats 1\n-\n-\nis 1 below 3'
	gives '{"order":".n","by":[".k"],"direction":"non-decreasing"}' "$input" \
		$'-\n-\n-\n-\nis 1 below 3'
	gives '{"order":".n","by":".k","direction":"decreasing"}' "$input" \
		$'-\nrepeats 1\n-\nis 2 above 1\nis 1 above 1'
	gives '{"order":".n","direction":"non-increasing"}' "$input" \
		$'-\n-\nis 8 above 1\nis 2 above 1\nis 1 above 1'
	gives '{"order":".n","tolerance":6,"direction":"non-decreasing"}' "$input" \
		$'-\n-\n-\n-\nis 7 below 9'
	gives '{"order":".n"}' '{"n":9007199254740993}
{"n":9007199254740992}
{"n":18446744073709551615}
{"n":1e30}
{"n":"x"}
{"n":"2026-01-01"}
{}' '-
is 1 below 9007199254740993
-
-
is neither a number nor a date-time (RFC 3339)
is a date-time, but the last one was a number
-'
}

@test "cdo-validate order: date-times are instants" {
	gives '{"order":".t","tolerance":"5m","direction":"non-decreasing"}' \
		'{"t":"2026-01-01T10:00:00Z"}
{"t":"2026-01-01T11:00:00+01:00"}
{"t":"2026-01-01T09:55:00Z"}
{"t":"2026-01-01T10:54:59+01:00"}
{"t":"2026-01-01T10:00:01Z"}' '-
-
-
is 5m1s before 2026-01-01T10:00:00Z
-'
	gives '{"order":".t","direction":"decreasing"}' \
		'{"t":"2026-01-01"}
{"t":"2026-01-02"}' $'-\nis 1d after 2026-01-01T00:00:00Z'
}

@test "cdo-validate sequence: a gap is told once, with what is missing" {
	gives '{"sequence":".n","by":".k"}' '{"n":7}
{"n":7,"k":1}
{"n":8,"k":1}
{"n":5,"k":2}
{"n":11,"k":1}
{"n":12.0,"k":1}
{"n":12,"k":1}
{"n":3,"k":1}
{"n":4,"k":1}
{"n":4.5,"k":1}
{"n":5,"k":1}' '-
-
-
-
2 missing after 8
-
repeats 12
goes back from 12
-
is not an integer of 64 bits
-'
	gives '{"sequence":".n","step":10}' $'{"n":0}\n{"n":10}\n{"n":40}\n{"n":45}' \
		$'-\n-\n2 missing after 10\nis no multiple of 10 above 40'
}

@test "cdo-validate: rules in order work the same for any -j, and in cdo-score" {
	awk 'BEGIN { srand(3); for (i = 0; i < 40000; i++)
		printf "{\"id\":%d,\"n\":%d,\"k\":\"%d\"}\n", rand() * 1e5,
		    i + rand() * 3, i % 7 }' >in
	echo '{"rules":[{"unique":".id","within":5000},
		{"order":".n","by":".k","severity":"warning"}]}' >r.json
	for jobs in 1 2 4; do
		cdo-validate -q -j $jobs -R r.json -r rejects.$jobs in >out.$jobs
		cmp out.$jobs out.1
		cmp rejects.$jobs rejects.1
		cdo-score -j $jobs -R r.json --summary in >score.$jobs
		cmp score.$jobs score.1
	done
	[[ $(cat out.1 rejects.1 | wc -l) -eq 40000 && -s rejects.1 ]]
	[[ $(jq '.dimensions.uniqueness.failed' score.1) -eq $(wc -l <rejects.1) ]]
	# as another program has it
	awk -F '[:,]' '!($2 in at) || at[$2] < n + 1 - 5000 {
		at[$2] = ++n; print }' in | cmp - out.1
}

@test "cdo-validate count, missing, max_rejects: judged in the end, -e exits 1" {
	cat >r.json <<-'END'
	{"rules":[{"name":"enough","count":{"min":3,"max":9}},
	 {"field":".h","missing":{"max_ratio":0.5,"max_count":1}},
	 {"field":".a","type":"number"},
	 {"field":".x","missing":{"max_count":0},"severity":"warning","message":"no x"}],
	 "max_rejects":{"ratio":0.4,"count":1}}
	END
	run_filter '{"a":1,"h":1,"x":1}
{"a":2,"h":null,"x":1}
{"a":3,"h":2,"x":1}' cdo-validate -e -R r.json -S sum
	assert_status 0
	assert_err ''
	[[ $(jq -c '.gates[] | [.rule, .keyword, .passed, .message, .schema]' sum) == '["enough","count",true,"3 records","/rules/0/count"]
[".h missing","missing",true,"1 of 3 records lack .h","/rules/1/missing"]
[".x missing","missing",true,"0 of 3 records lack .x","/rules/3/missing"]
["max_rejects","max_rejects",true,"0 of 3 rejected","/max_rejects"]' ]]
	run_filter '{"a":"x"}
[' cdo-validate -R r.json -r rejects
	assert_status 0
	assert_err "cdo-validate: warning: <stdin>:2:2: the text ends too early (byte 11)
cdo-validate: enough: 1 record, fewer than 3
cdo-validate: .h missing: 1 of 1 records lack .h, more than 50 %
cdo-validate: warning: .x missing: no x: 1 of 1 records lack .x, more than 0
cdo-validate: max_rejects: 2 of 2 rejected, more than 1, more than 40 %"
	run_filter '{"a":1}' cdo-validate -e -R r.json
	assert_status 1
	assert_out '{"a":1}'
}

@test "cdo-validate: a field that none of many records has is told" {
	echo '{"rules":[{"field":".temprature","max":60},
		{"field":".b","required":true},{"field":".a","min":0}]}' >r.json
	run_filter "$(seq 21 | sed 's/.*/{"a":&}/')" cdo-validate -R r.json -r /dev/null
	assert_err 'cdo-validate: warning: .temprature: none of 21 records has it'
	run_filter "$(seq 20 | sed 's/.*/{"a":&}/')" cdo-validate -R r.json -r /dev/null
	assert_err ''
}
