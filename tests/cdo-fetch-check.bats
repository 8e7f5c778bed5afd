#!/usr/bin/env bats
# cdo-fetch check: what is wrong with source files, told without asking.

load helper

setup() { cd "$BATS_TEST_TMPDIR"; unset CDO_HOME; }

# check TEXT: a source file of that text.
check() {
	printf '%s\n' "$1" >s.json
	run_filter '' cdo-fetch check s.json
}

# like_schema TEXT STATUS: the schema says what the loader says.
like_schema() {
	jq -c . <<<"$1" | cdo-validate -q -s "$CDO_SHARE/schemas/source.schema.json" \
		>/dev/null 2>&1 && [[ $2 -eq 0 ]] || [[ $2 -ne 0 ]] || fail "schema: $1"
}

good='{"name": "weather", "url": "https://example.org/data/{city}",
 "params": {"units": "metric", "n": 7, "on": true, "none": null, "id": ["a", "b"],
  "appid": {"secret": "env:NO_SUCH_VARIABLE"}},
 "headers": {"Authorization": {"secret": "file:/no/such/file", "prefix": "Bearer "}},
 "for": [{"city": "Recife"}],
 "format": "json", "records": ".list[]", "map": "{city: .name}",
 "sample": {"list": [{"name": "Recife"}]},
 "paginate": {"kind": "page", "param": "page", "start": 1, "size_param": "per_page", "size": 100, "max_pages": 10},
 "cursor": {"field": ".at", "param": "since", "type": "timestamp", "order": "asc", "start": "-7d", "lookback": "5m"},
 "cache": {"ttl": "10m", "stale_if_error": "24h"}, "rate": "60/m", "retries": 3, "timeout": "30s",
 "deadline": "5m", "max_size": "64M", "idempotent": true, "on_status": {"404": "ignore", "5xx": "retry"}}'

@test "cdo-fetch check: a sound file says nothing, and reads no secret" {
	check "$good"
	assert_status 0
	assert_out ''
	assert_err ''
	like_schema "$good" 0
}

@test "cdo-fetch check: each fault by line, column and pointer, with the way out" {
	local n=0 text want
	while IFS='|' read -r text want; do
		check "$text"
		assert_status 78
		# shellcheck disable=SC2053 # some end in a pattern
		[[ $err == "cdo-fetch: s.json:1:"*": "$want ]] || fail "$text: $err"
		n=$((n + 1))
	done <<'END'
{"url": "http://a", "urk": "http://a"}|/urk: unknown member; did you mean url?
{"url": "gopher://a"}|/url: must begin with http://, https://, s3://, ftp://, sftp://, file: or sim:
{"url": "http://u:p@a/"}|/url: user and password have no place in a URL; see auth
{"url": "http://a/{x"}|/url: at byte 9: not {name}; a brace that is none is written twice
{"url": "http://a", "params": {"a": {}}}|/params/a: secret is missing
{"url": "http://a", "params": {"a": {"secret": "hunter2"}}}|/params/a/secret: must be env:NAME, file:PATH or cred:NAME
{"url": "http://a", "headers": {"Authorization": "Bearer x"}}|/headers/Authorization: a secret must not stand here: {"secret":"env:NAME"}
{"url": "http://a", "headers": {"A: b": "x"}}|/headers/A: b: not the name of a header
{"url": "http://a", "method": "GET", "body": {}}|/method: has no body
{"url": "http://a", "body": "x"}|/body: must be an object or an array
{"url": "http://a", "for": [{"a b": 1}]}|/for/0/a b: must be of letters, digits and _
{"url": "http://a", "for": [{"a": []}]}|/for/0/a: must be a string, a number, true or false
{"url": "http://a", "for": {"file": "gone"}}|/for/file: gone: No such file or directory
{"url": "http://a", "records": ".list["}|/records: *
{"url": "http://a", "paginate": {"kind": "pages"}}|/paginate/kind: must be one of none, page, offset, cursor, header, next_url, link, s3; did you mean page?
{"url": "http://a", "paginate": {"kind": "cursor", "param": "p"}}|/paginate: cursor needs token
{"url": "http://a", "paginate": {"kind": "link", "param": "p"}}|/paginate/param: does not go with link
{"url": "http://a", "paginate": {"kind": "link", "size_param": "p"}}|/paginate: size_param needs size
{"url": "http://a", "cursor": {"field": "at"}}|/cursor/field: at byte *
{"url": "http://a", "cursor": {"field": ".at", "start": "soon"}}|/cursor/start: not a value of type timestamp
{"url": "http://a", "cursor": {"field": ".at", "step": "1d"}}|/cursor/step: needs a timestamp with a start
{"url": "http://a", "rate": "often"}|/rate: must be a rate such as 60/m or 5/s
{"url": "http://a", "on_status": {"200": "fail"}}|/on_status/200: not a status such as 404 or 5xx
{"url": "http://a", "on_status": {"404": "skip"}}|/on_status/404: must be ignore, retry, fail or refresh
END
	[[ $n -eq 24 ]]
}

@test "cdo-fetch check: what is doubtful is a warning, and 1" {
	check '{"url": "http://example.org/{citi}", "vars": {"city": "x"}, "params": {"k": {"secret": "env:K"}}}'
	assert_status 1
	assert_err 'cdo-fetch: warning: s.json: /url: everybody on the way can read the secrets; https would hide them
cdo-fetch: warning: s.json: /url: {citi} is set nowhere; did you mean {city}?'
	check '{"url": "http://example.org/", "records": ".list[]", "sample": {"list": []}}'
	assert_status 1
	assert_err 'cdo-fetch: warning: s.json: /sample: records and map make no record of it'
	check '{"url": "http://example.org/", "records": ".list[]", "sample": {"items": []}}'
	assert_status 1
	assert_err 'cdo-fetch: warning: s.json: /sample: records or map: Cannot iterate over null (null)'
}

@test "cdo-fetch check: by name in the project, in this directory, among ours" {
	mkdir -p home/sources sources
	echo '{"url": 1}' >home/sources/mine.json
	echo '{"url": 2}' >sources/mine.source.json
	CDO_HOME=$PWD/home run_filter '' cdo-fetch check mine
	[[ $err == "cdo-fetch: $PWD/home/sources/mine.json:1:"* ]]
	run_filter '' cdo-fetch check mine
	[[ $err == "cdo-fetch: ./sources/mine.source.json:1:"* ]]
	run_filter '' cdo-fetch check mime
	assert_status 66
	assert_err 'cdo-fetch: mime: no such file, and no sources of that name; did you mean mine?'
	run_filter '' cdo-fetch example.org/x.json
	assert_status 66
	assert_err 'cdo-fetch: example.org/x.json: no such file; a URL begins with https://'
}

@test "cdo-fetch check: our own source files are sound, by loader and schema" {
	local f
	for f in "$CDO_SHARE"/sources/*.json; do
		[[ -e $f ]] || continue
		cdo-fetch check "$f"
		jq -c . "$f" | cdo-validate -s "$CDO_SHARE/schemas/source.schema.json" >/dev/null
	done
}

@test "cdo-fetch: a value that no source has a place for is told" {
	echo '{"url": "http://127.0.0.1:1/{n}", "vars": {"n": 1}}' >one.json
	run_filter '' cdo-fetch --dry-run -P m=2 ./one.json
	assert_status 0
	[[ $(wc -l <<<"$out") -eq 1 ]]
	assert_err 'cdo-fetch: warning: -P m: no source has {m}'
	run_filter '' cdo-fetch --dry-run -P n=2 ./one.json
	assert_err ''
}
