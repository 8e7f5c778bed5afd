#!/usr/bin/env bats
# cdo-fetch: source files, page by page, with exact numbers of requests.

load helper

setup() {
	cd "$BATS_TEST_TMPDIR" || return
	unset CDO_HOME CDO_STORE
	export CDO_STATE_DIR=$PWD/state
	mkdir www sources
	{ echo id; seq 25; } >t.csv
	start_httpd --root www --table t=t.csv
}

# source NAME TEXT: a source file; URL in it is the server's.
source_file() { printf '%s\n' "${2//URL/$url}" >"sources/$1.json"; }

# fetch ARG...: sets out, err (ports and waits left out) and status.
fetch() {
	run_filter '' timeout 30 cdo-fetch "$@"
	err=$(sed -E 's/(127.0.0.1):[0-9]+/\1/g; s/retrying in [0-9.]+m?s/retrying/' <<<"$err")
}

ids() { jq -c .id <<<"$out" | paste -sd' '; }

all='1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19 20 21 22 23 24 25'

@test "cdo-fetch: page: until one is empty, or the body says enough" {
	local paginate want rest
	while IFS='|' read -r paginate want; do
		source_file p "{\"url\": \"URL/api/t\", \"records\": \".records[]\", \"paginate\": {$paginate}}"
		before=$(requests /api/t)
		fetch p
		assert_status 0
		assert_err ''
		[[ $(ids) == "$all" ]] || fail "$paginate: $out"
		[[ $(($(requests /api/t) - before)) -eq $want ]] || fail "$paginate: $(requests /api/t)"
	done <<'END'
"kind": "page", "param": "page", "size": 10, "size_param": "per_page"|4
"kind": "page", "param": "page", "size": 10, "size_param": "per_page", "total": ".total"|3
"kind": "page", "param": "page", "size": 10, "size_param": "per_page", "total_pages": ".pages"|3
"kind": "page", "param": "page", "size": 10, "size_param": "per_page", "has_more": ".next"|3
"kind": "page", "param": "page", "size": 5, "size_param": "per_page", "has_more": ".records[0].id < 21"|5
"kind": "offset", "param": "offset", "size": 20, "size_param": "per_page"|3
END
}

@test "cdo-fetch: next_url, link, header, cursor: where the next page is" {
	echo '{"items": [{"id": 1}], "next": "sub/../b.json?x=1"}' >www/a.json
	echo '{"items": [{"id": 2}], "next": null}' >www/b.json
	source_file n '{"url": "URL/a.json", "records": ".items[]", "paginate": {"kind": "next_url", "url": ".next"}}'
	fetch n
	assert_status 0
	[[ $(ids) == '1 2' && $(requests /b.json) -eq 1 ]]
	source_file l '{"url": "URL/a.json?header=Link:<b.json>;rel=%22last+next%22", "records": ".items[]", "paginate": {"kind": "link"}}'
	fetch l
	[[ $(ids) == '1 2' ]]
	source_file h '{"url": "URL/a.json", "vars": {"t": null}, "params": {"header": "X-Next:7"}, "records": ".items[]",
		"paginate": {"kind": "header", "name": "x-next", "param": "t"}}'
	fetch h
	assert_status 3 # the second page is the first again
	[[ $(ids) == 1 ]]
	assert_err 'cdo-fetch: h: page 2: the same records as a page before: the source would never end'
	source_file c '{"url": "URL/{p}.json", "vars": {"p": "a"}, "records": ".items[]", "paginate": {"kind": "cursor", "token": ".items[0].id | select(. > 1)", "param": "t"}}'
	fetch c
	assert_status 0
	[[ $(ids) == 1 ]]
}

@test "cdo-fetch: a source that would never end is an error: the same page, A-B-A-B" {
	echo '{"items": [{"id": 1}], "next": "b.json"}' >www/a.json
	echo '{"items": [{"id": 2}], "next": "c.json"}' >www/b.json
	echo '{"items": [{"id": 3}], "next": "a.json"}' >www/c.json
	source_file loop '{"url": "URL/a.json", "records": ".items[]", "paginate": {"kind": "next_url", "url": ".next"}}'
	fetch loop
	assert_status 3
	[[ $(ids) == '1 2 3' && $(requests /a.json) -eq 1 && $(requests /b.json) -eq 1 ]]
	assert_err "cdo-fetch: loop: page 3: the next page's URL came before: the source would never end"
	source_file same '{"url": "URL/a.json", "records": ".items[]", "paginate": {"kind": "page", "param": "p"}}'
	fetch same
	assert_status 3
	[[ $(ids) == 1 && $(requests /a.json) -eq 3 ]]
	source_file token '{"url": "URL/a.json", "records": ".items[]", "map": "select(false)", "paginate": {"kind": "cursor", "param": "p", "token": ".next"}}'
	fetch token
	assert_status 76
	assert_out ''
}

@test "cdo-fetch: limits of pages are told, and 3" {
	source_file p '{"url": "URL/api/t", "records": ".records[]", "paginate": {"kind": "page", "param": "page", "size": 10, "size_param": "per_page", "max_pages": 2}}'
	fetch p
	assert_status 3
	[[ $(ids) == "${all% 21*}" && $(requests /api/t) -eq 2 ]]
	assert_err 'cdo-fetch: p: page 2: cut off after 2 pages (max_pages); there may be more'
	source_file p '{"url": "URL/api/t", "records": ".records[]", "paginate": {"kind": "page", "param": "page", "size": 10, "size_param": "per_page", "max_records": 12}}'
	fetch p
	assert_status 3
	[[ $(ids) == "${all% 13*}" ]]
	source_file p '{"url": "URL/api/t", "records": ".records[]", "paginate": {"kind": "page", "param": "page", "size": 10, "size_param": "per_page"}}'
	fetch --limit 12 p
	assert_status 0
	[[ $(ids) == "${all% 13*}" && $(requests /api/t) -eq 6 ]]
}

@test "cdo-fetch: a page elsewhere is refused unless the file permits it" {
	echo '{"items": [{"id": 1}], "next": "http://localhost:1/b.json"}' >www/a.json
	source_file x '{"url": "URL/a.json", "records": ".items[]", "paginate": {"kind": "next_url", "url": ".next"}}'
	fetch x
	assert_status 3
	[[ $(ids) == 1 ]]
	assert_err 'cdo-fetch: x: the next page is on http://localhost:1; allow_origins would permit it'
	echo "{\"items\": [{\"id\": 1}], \"next\": \"${url/127.0.0.1/localhost}/b.json\"}" >www/a.json
	echo '{"items": [{"id": 2}]}' >www/b.json
	source_file x "{\"url\": \"URL/a.json\", \"records\": \".items[]\", \"allow_origins\": [\"${url/127.0.0.1/localhost}\"], \"paginate\": {\"kind\": \"next_url\", \"url\": \".next\"}}"
	fetch x
	assert_status 0
	[[ $(ids) == '1 2' ]]
	echo '{"items": [{"id": 1}], "next": "file:///etc/passwd"}' >www/a.json
	fetch x
	assert_status 3
	assert_err 'cdo-fetch: x: the next page has no URL of http or https'
}

@test "cdo-fetch: a page is tried again, not the run; nothing of a failure comes out" {
	echo '{"items": [{"id": 1}], "next": "b.json?fail=1&fail_status=503"}' >www/a.json
	echo '{"items": [{"id": 2}], "next": "c.json?cut=20"}' >www/b.json
	echo '{"items": [{"id": 3}], "next": null}' >www/c.json
	source_file r '{"url": "URL/a.json", "records": ".items[]", "retries": 1, "retry_delay": "10ms", "paginate": {"kind": "next_url", "url": ".next"}}'
	fetch r
	assert_status 3
	[[ $(ids) == '1 2' ]] || fail "$out"
	[[ $(requests /a.json) -eq 1 && $(requests /b.json) -eq 2 && $(requests /c.json) -eq 2 ]]
	[[ $err == *'cdo-fetch: r: page 3: body cut short' ]] || fail "$err"
}

@test "cdo-fetch: on_status: ignore, fail, retry; retry_on_parse_error" {
	echo '{"items": [' >www/cut.json
	source_file s '{"url": "URL/{f}?status={s}", "vars": {"f": "gone", "s": 404}, "retries": 2, "retry_delay": "10ms",
		"on_status": {"404": "ignore", "503": "fail", "4xx": "retry"}}'
	fetch s
	assert_status 0
	assert_err ''
	fetch -P s=503 -P f=x s
	assert_status 75
	[[ $(requests /x) -eq 1 ]]
	fetch -P s=418 -P f=y s
	assert_status 69
	[[ $(requests /y) -eq 3 ]]
	echo '{"items": [1,,2]}' >www/bad.json
	source_file q '{"url": "URL/bad.json", "records": ".items[]", "retry_on_parse_error": 1, "retry_delay": "10ms"}'
	fetch q
	assert_out $'1\n2'
	assert_status 65
	[[ $(requests /bad.json) -eq 2 ]]
}

@test "cdo-fetch: for, -P, vars: each row is asked, and escaped for its place" {
	source_file e '{"url": "URL/echo", "params": {"q": "{city} & co", "n": "{n}", "none": "{nil}"}, "vars": {"n": 1, "nil": null},
		"for": [{"city": "São Paulo"}, {"city": "a/b?c=d"}], "headers": {"X-City": "c {n}"}, "records": ".path, .query, (.headers | to_entries[] | select(.key | ascii_downcase == \"x-city\").value)"}'
	fetch --dry-run -j 1 e
	assert_status 0
	[[ $(jq -r .url <<<"$out") == "$url/echo?q=S%C3%A3o%20Paulo%20%26%20co&n=1"$'\n'"$url/echo?q=a%2Fb%3Fc%3Dd%20%26%20co&n=1" ]] || fail "$out"
	[[ $(requests /echo) -eq 0 ]]
	fetch --dry-run -P city=x -P n=2 -P n=3 e
	[[ $(jq -r .url <<<"$out") == "$url/echo?q=x%20%26%20co&n=2"$'\n'"$url/echo?q=x%20%26%20co&n=3" ]] || fail "$out"
	source_file e '{"url": "URL/a/{x}/b"}'
	for bad in .. . ; do
		fetch -P "x=$bad" e
		assert_status 65
	done
	fetch --dry-run -P x=a/../b e
	[[ $(jq -r .url <<<"$out") == "$url/a/a%2F..%2Fb/b" ]]
	fetch e
	assert_status 64
	assert_err 'cdo-fetch: e: x has no value; give it one by -P x=...'
	source_file e '{"url": "URL/a", "headers": {"X": "{x}"}}'
	fetch -P x=$'a\nB: c' e
	assert_status 65
	assert_out ''
	[[ $(requests /a) -eq 0 ]]
}

@test "cdo-fetch: JSON and forms as a body; pages in it" {
	source_file b '{"url": "URL/hook", "body": {"q": "a {x}", "n": "{n}", "deep": [{"x": "{x}"}]}, "vars": {"x": "\"}", "n": 7}, "format": "text"}'
	fetch --dry-run b
	[[ $(jq -r .body <<<"$out") == '{"q":"a \"}","n":7,"deep":[{"x":"\"}"}]}' && $(jq -r .method <<<"$out") == POST ]]
	source_file b '{"url": "URL/hook", "form": {"q": "a {x}"}, "vars": {"x": "&b=c"}, "paginate": {"kind": "page", "in": "body", "param": "p"}}'
	fetch --dry-run b
	[[ $(jq -r .body <<<"$out") == 'q=a%20%26b%3Dc&p=1' ]]
}

@test "cdo-fetch: - asks what standard input says; URLs of data are guarded" {
	source_file t '{"url": "URL/api/t", "params": {"per_page": "{n}"}, "records": ".records[]"}'
	run_filter '{"source": "t", "params": {"n": 2}}
{"source": "t", "params": {"n": "1"}}' timeout 30 cdo-fetch -
	assert_status 0
	[[ $(ids) == '1 2 1' ]]
	run_filter "{\"url\": \"$url/api/t\"}
{\"sauce\": 1}
x
{\"source\": \"../t\"}
{\"url\": \"file:///etc/passwd\"}" timeout 30 cdo-fetch -
	assert_out ''
	[[ $(requests /api/t) -eq 2 && $(grep -c . <<<"$err") -eq 5 ]] || fail "$err"
	[[ $err == *'leads to an address that is not public'*'<stdin>:2: unknown member sauce'* ]]
}

@test "cdo-fetch: -j: all of it, whole lines, the limit kept" {
	source_file t '{"url": "URL/api/t", "params": {"per_page": 25, "x": "{i}"}, "records": ".records[]", "map": "{id}"}'
	args=()
	for i in {1..40}; do args+=(-P "i=$i"); done
	fetch -j 8 "${args[@]}" t
	assert_status 0
	[[ $(wc -l <<<"$out") -eq 1000 && $(requests /api/t) -eq 40 ]]
	[[ $(sort <<<"$out" | uniq -c | awk '$1 == 40' | wc -l) -eq 25 ]]
	fetch -j 8 --limit 333 "${args[@]}" t
	[[ $(wc -l <<<"$out") -eq 333 ]]
}
