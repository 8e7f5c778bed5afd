#!/usr/bin/env bats
# cdo-fetch: the records in bodies of all formats.

load helper

setup() { cd "$BATS_TEST_TMPDIR"; }

# fetch ARG...: sets out, err and status.
fetch() { run_filter '' timeout 20 cdo-fetch "$@"; }

# file FORMAT TEXT: fetch a file of that suffix with that text (as printf).
file() {
	# shellcheck disable=SC2059
	printf "$2" >"in.$1"
	fetch "file:in.$1"
}

@test "cdo-fetch: an array is cut into its elements, as they are written" {
	file json '[{"a": 1.50},{"b":"]\\"["},\n [1,{"c":[]}] , 12345678901234567890123,null]'
	assert_status 0
	assert_out '{"a": 1.50}
{"b":"]\"["}
[1,{"c":[]}]
12345678901234567890123
null'
	assert_err ''
}

@test "cdo-fetch: an object is a record, on one line" {
	file json '\n{\n  "a": [1,\r\n 2],\n  "b c": "x  y\\n\\" z"\n}\n'
	assert_status 0
	assert_out '{"a":[1,2],"b c":"x  y\n\" z"}'
}

@test "cdo-fetch: values with space between them, arrays cut" {
	file json '{"a":1}{"a":2} [3,4]\n"x""y" true[]'
	assert_status 0
	assert_out '{"a":1}
{"a":2}
3
4
"x"
"y"
true'
}

@test "cdo-fetch: a malformed element is named and left out, the rest goes on" {
	file json '[{"a":1},{"a":},,{"a":"\\q"},{"a":[}]}, {"a":2},]'
	assert_status 65
	assert_out '{"a":1}
{"a":2}'
	assert_err "cdo-fetch: in.json: value 2: at byte 14: value expected
cdo-fetch: in.json: value 3: at byte 16: nothing there
cdo-fetch: in.json: value 4: at byte 23: bad escape in a string
cdo-fetch: in.json: value 5: at byte 34: value expected
cdo-fetch: in.json: value 7: at byte 47: nothing there"
}

@test "cdo-fetch: behind a malformed value at the top nothing is read" {
	file json '{"a":1} {"a":x} {"a":2}'
	assert_status 65
	assert_out '{"a":1}'
	[[ $(wc -l <<<"$err") -eq 1 && $err == 'cdo-fetch: in.json: value 2: at byte '* ]] || fail "$err"
}

@test "cdo-fetch: a body that ends in the middle: whole values count" {
	file json '[{"a":1},{"a"'
	assert_status 65
	assert_out '{"a":1}'
	assert_err 'cdo-fetch: in.json: value 2: at byte 9: value without an end'
	file json '{"a":"x'
	assert_out ''
	assert_err 'cdo-fetch: in.json: value 1: at byte 0: value without an end'
	file json '[{"a":1},{"a":[}, 2]'
	assert_status 65
	assert_out '{"a":1}'
	assert_err 'cdo-fetch: in.json: value 2: at byte 9: value without an end'
	file json '[1,2'
	assert_out 1
	file json '[1,2,'
	assert_out $'1\n2'
	assert_err 'cdo-fetch: in.json: value 3: at byte 5: array without an end'
}

@test "cdo-fetch: ndjson: lines as they are; bad ones named by number and byte" {
	file ndjson '\xef\xbb\xbf{"a":1}\r\n\n [2] \n{"a"\n{"a":"\xff"}\n3'
	assert_status 65
	assert_out '{"a":1}
[2]
3'
	assert_err "cdo-fetch: in.ndjson:4: at byte 23: the text ends too early
cdo-fetch: in.ndjson:5: at byte 30: not UTF-8"
}

@test "cdo-fetch: ten faults in full, then their number" {
	yes '[' | head -n 5000 >in.ndjson
	fetch file:in.ndjson
	assert_status 65
	[[ $(wc -l <<<"$err") -eq 11 && $err == *$'\ncdo-fetch: in.ndjson: 5000 faults in all' ]] || fail "$err"
}

@test "cdo-fetch: csv: quotes, newlines in fields, CRLF, BOM, blank rows" {
	file csv '\xef\xbb\xbfcity,"a ""b""",n\r\n"Recife, PE","l1\nl2",1.50\r\n\r\nx"y",,-0\nz,"",1e400\n"1", 2,007'
	assert_status 0
	assert_err ''
	assert_out '{"city":"Recife, PE","a \"b\"":"l1\nl2","n":1.50}
{"city":"x\"y\"","a \"b\"":null,"n":-0}
{"city":"z","a \"b\"":"","n":"1e400"}
{"city":"1","a \"b\"":" 2","n":"007"}'
}

@test "cdo-fetch: csv: ragged rows are named by line and left out" {
	file csv 'a,b\n1\n"x\ny",2\n1,2,3\n"q"r,1\n5,6\n'
	assert_status 65
	assert_out '{"a":"x\ny","b":2}
{"a":5,"b":6}'
	assert_err 'cdo-fetch: in.csv:2: 1 fields, the header has 2
cdo-fetch: in.csv:5: 3 fields, the header has 2
cdo-fetch: in.csv:6: text behind a closing quote'
	file csv 'a,b\n1,"2\n3,4\n'
	assert_status 65
	assert_err 'cdo-fetch: in.csv:2: body ends within a quoted field'
	file csv 'a,a\n1,2\n'
	assert_status 65
	assert_out ''
	assert_err 'cdo-fetch: in.csv:1: two columns of the header have one name'
}

@test "cdo-fetch: csv: --csv-strings; tsv; text" {
	printf 'a,b\n1,\n' >in.csv
	fetch --csv-strings file:in.csv
	assert_out '{"a":"1","b":""}'
	file tsv 'a\tb\nx, y\t2\n'
	assert_out '{"a":"x, y","b":2}'
	printf 'one "1"\r\n\n\ttwo' >in.log
	fetch --format text file:in.log
	assert_out '{"line":"one \"1\""}
{"line":""}
{"line":"\ttwo"}'
}

@test "cdo-fetch: the first bytes tell JSON from NDJSON; the rest must be named" {
	printf '{"a":1}\n{"a":\n{"a":3}\n' >in
	fetch file:in
	assert_status 65
	assert_out '{"a":1}
{"a":3}'
	printf '{"a":\n1}\n{"a":2}' >in
	fetch file:in
	assert_status 0
	assert_out '{"a":1}
{"a":2}'
	printf '<html>\n' >in
	fetch file:in
	assert_status 65
	assert_err 'cdo-fetch: in: body is HTML or XML, not records'
	printf 'a,b\n' >in
	fetch file:in
	assert_status 65
	assert_err 'cdo-fetch: in: format unknown; name it by --format'
}

@test "cdo-fetch: an empty body has no records" {
	for format in json ndjson csv tsv text; do
		: >in
		fetch --format $format file:in
		assert_status 0
		assert_out ''
		assert_err ''
	done
	fetch file:in
	assert_status 0
}

@test "cdo-fetch: -x: the results are the records, for the whole value" {
	printf '{"n":2,"rows":[{"a":1,"t":"x y"},{"a":2}]}' >in.json
	fetch -x '.rows[] | {a}' file:in.json
	assert_out '{"a":1}
{"a":2}'
	printf '[1,2,3]' >in.json
	fetch -x 'length, add' file:in.json
	assert_out '3
6'
	printf '{"a":1}\n{"a":"x"}\n{"a":3}\n' >in.ndjson
	fetch -x '.a + 1' file:in.ndjson
	assert_status 65
	assert_out '2
4'
	assert_err 'cdo-fetch: in.ndjson:2: -x: string ("x") and number (1) cannot be added'
	fetch -x '.a +' file:in.ndjson
	assert_status 64
	[[ $err == 'cdo-fetch: -x: '* ]]
}

