#!/usr/bin/env bats
# cdo-validate: good records pass, the others go to the rejects.

load helper

setup() {
	cd "$BATS_TEST_TMPDIR"
	cat >rules.json <<-'END'
	{"rules":[
	 {"field":".city","required":true,"type":"string","min_length":2},
	 {"field":".t","type":"number","min":-50,"max":60},
	 {"name":"hot","field":".t","max":45,"severity":"warning"}]}
	END
}

# A reject of line N with these errors and that record.
letter() { printf '{"line":%d,"errors":[%s],"record":%s}' "$@"; }
# A failed check: rule, path, keyword, severity, message, the rest.
error() {
	printf '{"rule":"%s","path":"%s","keyword":"%s","severity":"%s"' "${@:1:4}"
	printf ',"message":"%s"%s}' "$5" "${6-}"
}
no_city=$(error '.city required' /city required error 'required field is missing' \
	',"schema":"/rules/0/required"')
too_hot=$(error '.t max' /t maximum error '71 is above the maximum 60' \
	',"schema":"/rules/1/max","value":71')

@test "cdo-validate: without rules all that is well-formed passes, byte for byte" {
	input=' { "a" : 1.0e0 , "\u0061":[ ]}  
"x\/y"
12345678901234567890123'
	run_filter "$input" cdo-validate
	assert_status 0
	assert_out "$input"
	assert_err ''
	run_filter $'1\n[\n2' cdo-validate
	assert_status 65
	assert_out $'1\n2'
	assert_err 'cdo-validate: <stdin>:2:2: the text ends too early (byte 3)'
}

@test "cdo-validate: what an error fails on is rejected, with all its reasons" {
	run_filter '{"city":"Recife", "t":20}
{"t":71 }
{"city":"Oslo","t":50}' cdo-validate -R rules.json -r rejects
	assert_status 0
	assert_err ''
	assert_out '{"city":"Recife", "t":20}
{"city":"Oslo","t":50}'
	hot=$(error hot /t maximum warning '71 is above the maximum 45' \
		',"schema":"/rules/2/max","value":71')
	[[ $(<rejects) == "$(letter 2 "$no_city,$too_hot,$hot" '{"t":71 }')" ]] ||
		fail "$(<rejects)"
}

@test "cdo-validate: rejected records that nobody keeps are told" {
	run_filter '{"t":71}' cdo-validate -R rules.json
	assert_status 0
	assert_out ''
	assert_err 'cdo-validate: warning: 0 valid, 1 rejected, 0 malformed (-r file keeps them)'
}

@test "cdo-validate: each bad line goes to the rejects with reason and bytes" {
	printf '%s\r\n' '{"city":"Rec' >input
	printf '{"a":"\\x"}\n{"a":"\xff"}\n{"a":"\\ud800"}\n{"a":\0}\n' >>input
	run_filter "$(printf '\xef\xbb\xbf')" cdo-validate -r rejects - input
	assert_status 0
	assert_out ''
	cat >want <<-'END'
	1 13 12 control character in a string
	2 7 20 bad escape in a string
	3 7 31 not UTF-8
	4 7 41 half a surrogate pair in a string
	5 6 55 value expected
	END
	jq -r '"\(.line) \(.errors[0] |
		"\(.column) \(.byte) \(.message)")"' rejects | diff - want
	[[ $(jq -r '.errors[].keyword' rejects | sort -u) == malformed ]]
	# and the bytes are those of the input
	[[ $(jq -r .raw_base64 rejects | sed -n 3p | base64 -d | xxd -p) == \
		"$(sed -n 3p input | head -c -1 | xxd -p)" ]]
	[[ $(jq .raw rejects | sed -n '1p;5p') == $'"{\\"city\\":\\"Rec\\r"\n"{\\"a\\":\\u0000}"' ]]
}

@test "cdo-validate: 20 MB and 2000 levels are malformed, the rest passes" {
	{
		echo 1
		head -c 20000000 /dev/zero | tr '\0' '"'
		echo
		printf '%2000s' '' | tr ' ' '['
		printf '%2000s\n2' '' | tr ' ' ']'
	} >input
	run_filter '' cdo-validate -r rejects input
	assert_status 0
	assert_out $'1\n2'
	[[ $(jq -r .errors[].message rejects) == $'line too long\nnested too deeply' ]]
	[[ $(head -n 1 rejects) == *'"byte":2}]}' ]]
	[[ $(jq -r .raw rejects | sed -n 2p) == "$(sed -n 3p input)" ]]
}

@test "cdo-validate: CRLF, BOM, blank lines, an empty file, no last LF" {
	printf '\xef\xbb\xbf{"city":"Lima"}\r\n\n \t\r\n{"city":"Oslo"}' |
		cdo-validate -R rules.json >out
	printf '{"city":"Lima"}\r\n{"city":"Oslo"}\n' | cmp - out
	: >empty
	run_filter '' cdo-validate -R rules.json -r rejects -S summary empty
	assert_status 0
	assert_out ''
	assert_err ''
	[[ ! -s rejects && $(jq -c '[.records, .valid_rate]' summary) == '[0,null]' ]]
}

@test "cdo-validate: -a passes everything, annotated" {
	run_filter '{"t":71}
{"city":"Lima","t":50}
5' cdo-validate -a -R rules.json -r rejects
	assert_status 0
	assert_err ''
	set=$(jq -r '(objects | ._cdo.validate.checks) // empty | split(":")[0]' <<<"$out" |
		sort -u)
	hot() { error hot /t maximum warning "$1 is above the maximum 45" \
		",\"schema\":\"/rules/2/max\",\"value\":$1"; }
	assert_out "{\"t\":71,\"_cdo\":{\"validate\":{\"valid\":false,\"passed\":2,\"failed\":3,\"skipped\":2,\"errors\":[$no_city,$too_hot],\"warnings\":[$(hot 71)],\"checks\":\"$set:C!V-V-/VVV!v!\"}}}
{\"city\":\"Lima\",\"t\":50,\"_cdo\":{\"validate\":{\"valid\":true,\"passed\":6,\"failed\":1,\"skipped\":0,\"errors\":[],\"warnings\":[$(hot 50)],\"checks\":\"$set:CVV/VVVv!\"}}}
5"
	[[ ! -s rejects ]]
	run_filter "$out" cdo-validate -a --strip
	assert_out '{"t":71}
{"city":"Lima","t":50}
5'
}

@test "cdo-validate: -e exits 1 if anything was rejected, but not for warnings" {
	run_filter '{"city":"Lima","t":50}' cdo-validate -e -R rules.json
	assert_status 0
	for bad in '{}' '['; do
		run_filter "$bad" cdo-validate -e -R rules.json -r /dev/null
		assert_status 1
	done
	run_filter '{}' cdo-validate -ae -R rules.json
	assert_status 1
}

@test "cdo-validate: -S counts records, checks and fields" {
	run_filter '{"city":"Lima","t":50}
{"city":"X","t":"a"}
[
{"city":null}
{"_cdo":{"checkpoint":{"seq":1}}}' cdo-validate -R rules.json -r rejects -S summary
	assert_out '{"city":"Lima","t":50}
{"_cdo":{"checkpoint":{"seq":1}}}'
	[[ $(jq -c 'del(.checks, .fields, .gates)' summary) == \
		'{"records":4,"valid":1,"rejected":2,"malformed":1,"warned":1,"valid_rate":0.25}' ]]
	jq -r '.checks[] | [.rule, .evaluated, .failed, .skipped,
		.failed_rate, .first.line] | @tsv' summary | diff - <(
		printf '%s\t%s\t%s\t%s\t%s\t%s\n' \
		'.city required' 3 1 0 0.333333 4 '.city type' 2 0 1 0 '' \
		'.city min_length' 2 1 1 0.5 2 '.t type' 2 1 1 0.5 2 \
		'.t min' 1 0 2 0 '' '.t max' 1 0 2 0 '' hot 1 1 2 1 1)
	[[ $(jq -c '.checks[6].first' summary) == \
		'{"file":1,"line":1,"message":"50 is above the maximum 45","value":50}' ]]
	[[ $(jq -c '.fields[]' summary) == \
		'{"field":".city","missing":1,"failed":2,"missing_rate":0.333333,"failed_rate":0.666667}
{"field":".t","missing":1,"failed":2,"missing_rate":0.333333,"failed_rate":0.666667}' ]]
}

@test "cdo-validate: -v tells the same to a person" {
	run_filter '{"city":"Lima","t":50}
{"t":61}' cdo-validate -v -R rules.json -r rejects
	[[ $err == 'cdo-validate: 1 valid, 1 rejected, 0 malformed
cdo-validate: .city required: failed 1 of 2, first in line 2: required field is missing
cdo-validate: .t max: failed 1 of 2, first in line 2: 61 is above the maximum 60
cdo-validate: hot: failed 2 of 2, first in line 1: 50 is above the maximum 45'* ]]
}

@test "cdo-validate: output, rejects and summary are the same for any -j" {
	awk 'BEGIN { srand(7); for (i = 0; i < 60000; i++) {
		x = int(rand() * 100)
		print x == 0 ? "{\"city\":" : "{\"city\":\"" substr("Lima", x % 5) \
		    "\",\"t\":" x - 20 ",\"pad\":\"" i "----------------\"}"
		if (x == 1) print "{\"_cdo\":{\"checkpoint\":{\"seq\":" i "}}}"
	} }' >input
	for jobs in 1 2 4; do
		cdo-validate -q -j $jobs -R rules.json -r rejects.$jobs -S summary.$jobs \
			input input >out.$jobs 2>/dev/null
		cmp out.$jobs out.1
		cmp rejects.$jobs rejects.1
		cmp summary.$jobs summary.1
	done
	# nothing is lost: the output and the rejects are the input
	[[ $(sort input input | md5sum) == "$(jq -r '.raw // empty' rejects.1 |
		sort - out.1 <(sed -n 's/.*,"record"://; s/}$//; /^{"city":".*}$/p' rejects.1) |
		md5sum)" ]]
}

@test "cdo-validate: rejects are on disk before a checkpoint passes" {
	mkfifo in
	cdo-validate -R rules.json -r rejects <in >out 3>&- &
	exec 4>in
	echo '{"t":71}' >&4
	echo '{"_cdo":{"checkpoint":{"seq":1}}}' >&4
	within 5 grep -q checkpoint out
	[[ $(<rejects) == '{"line":1,'*'"record":{"t":71}}' ]]
	exec 4>&-
	wait $!
}

@test "cdo-validate: rejects are emptied like by >, unless they are the input" {
	echo old >rejects
	run_filter '{}' cdo-validate -R rules.json -r rejects
	[[ $(<rejects) == "$(letter 1 "$no_city" '{}')" ]]
	cp rejects input
	for option in -r -S; do
		run_filter '' cdo-validate $option input input
		assert_status 73
		assert_err 'cdo-validate: input: is also the input or standard output'
		cmp rejects input
		status=0
		cdo-validate $option input <input 2>/dev/null || status=$?
		assert_status 73
		cmp rejects input
	done
	cp rules.json before
	for option in -r -S; do
		run_filter '{}' cdo-validate $option rules.json -R rules.json
		assert_status 73
		assert_err 'cdo-validate: rules.json: holds the rules; writing would empty it'
		cmp rules.json before
	done
	for option in -r -S; do
		run_filter '' cdo-validate $option -
		assert_status 64
		run_filter '' cdo-validate $option none/file
		assert_status 73
		assert_err 'cdo-validate: none/file: create: No such file or directory'
	done
}

@test "cdo-validate: rejects and summary are two files" {
	run_filter '{}' cdo-validate -r both -S both
	assert_status 64
	run_filter '{}' cdo-validate -r /dev/null -S /dev/null
	assert_status 0
	assert_err ''
}

@test "cdo-validate: rejects that cannot be written exit 74" {
	run_filter '{}' cdo-validate -R rules.json -r /dev/full
	assert_status 74
	assert_err 'cdo-validate: /dev/full: write: No space left on device'
	run_filter '{}' cdo-validate -S /dev/full
	assert_status 74
}

@test "cdo-validate: a directory exits 74, a missing path 66, others are read" {
	run_filter '{"a":1}' cdo-validate / - none rules.json/none
	assert_status 74
	assert_out '{"a":1}'
	assert_err 'cdo-validate: /: read: Is a directory
cdo-validate: none: open: No such file or directory
cdo-validate: rules.json/none: open: Not a directory'
	run_filter '{"a":1}' cdo-validate none -
	assert_status 66
	assert_out '{"a":1}'
}
