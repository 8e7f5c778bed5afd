#!/usr/bin/env bats
# cdo-fetch: old answers, credentials, and a canary that must not get out.

load helper

setup() {
	cd "$BATS_TEST_TMPDIR" || return
	unset CDO_HOME CDO_STORE
	export CDO_STATE_DIR=$PWD/state CDO_LOG_FILE=$PWD/log
	mkdir www sources
	start_httpd --root www
}

fetch() { run_filter '' timeout 30 cdo-fetch "$@"; }

@test "cdo-fetch: cache: an answer is used again; an old one where there is no other" {
	echo '{"id":1}' >www/a.json
	echo "{\"url\": \"$url/a.json\", \"retries\": 0, \"cache\": {\"ttl\": \"1h\", \"stale_if_error\": \"1d\"}}" >sources/c.json
	fetch c
	fetch c
	assert_out '{"id":1}'
	[[ $(requests /a.json) -eq 1 ]]
	stop_httpd
	CDO_NOW=$(date -u -d '+3 hours' +%FT%TZ) fetch --strict-fresh c
	assert_status 4
	[[ $out == '{"id":1,"_cdo":{"fetch":{"source":"c",'*'"stale":true}}}' ]] || fail "$out"
	[[ $err == *'c: '*'ago had to do' ]] || fail "$err"
	CDO_NOW=$(date -u -d '+3 hours' +%FT%TZ) fetch c
	assert_status 0
	CDO_NOW=$(date -u -d '+9 days' +%FT%TZ) fetch c
	[[ $status -eq 75 || $status -eq 69 ]]
	assert_out ''
}

@test "cdo-fetch: old answers move no cursor" {
	echo '{"id":1}' >www/a.json
	echo "{\"url\": \"$url/a.json\", \"retries\": 0, \"cache\": {\"ttl\": \"1h\", \"stale_if_error\": \"1d\"},
		\"cursor\": {\"field\": \".id\", \"type\": \"integer\"}}" >sources/c.json
	fetch c
	[[ $out == *'"checkpoint"'* ]]
	stop_httpd
	CDO_NOW=$(date -u -d '+3 hours' +%FT%TZ) fetch --commit eof c
	[[ $out == *'"stale":true'* && $out != *'"checkpoint"'* ]] || fail "$out"
}

@test "cdo-fetch: auth: basic, bearer, header, query arrive" {
	export T=tok3n-canary
	for auth in '"bearer": S' '"basic": {"user": "u", "password": S}' \
		'"header": {"name": "X-Api-Key", "value": S}' '"query": {"name": "key", "value": S}'; do
		echo "{\"url\": \"$url/echo\", \"auth\": {${auth/S/{\"secret\": \"env:T\"\}}}}" >sources/a.json
		fetch a
		assert_status 0
		[[ $out == *tok3n-canary* || $out == *"$(printf u:tok3n-canary | base64)"* ]] || fail "$auth: $out"
	done
}

@test "cdo-fetch: a canary in every place for a secret is found nowhere" {
	canary=c4n4ry-5ecret-value
	export T=$canary
	(umask 077 && echo "$canary-file" >token)
	mkdir -m 700 cred && (umask 077 && echo "$canary-cred" >cred/k)
	export CREDENTIALS_DIRECTORY=$PWD/cred
	echo "{\"id\": 1, \"next\": \"/a.json?page=2&status=503\"}" >www/a.json
	echo "{\"url\": \"$url/a.json\", \"params\": {\"key\": {\"secret\": \"env:T\"}, \"p\": {\"secret\": \"cred:k\", \"prefix\": \"x \"}},
		\"headers\": {\"Authorization\": {\"secret\": \"file:$PWD/token\", \"prefix\": \"Bearer \"}}, \"retries\": 1, \"retry_delay\": \"10ms\",
		\"paginate\": {\"kind\": \"next_url\", \"url\": \".next\"}, \"cache\": {\"stale_if_error\": \"1h\"}}" >sources/g.json
	echo "{\"url\": \"$url/a.json?status=500&delay=700\", \"form\": {\"k\": {\"secret\": \"env:T\"}}, \"retries\": 0}" >sources/f.json
	echo "{\"url\": \"$url/a.json?status=401\", \"body\": {\"k\": [{\"secret\": \"env:T\"}]}, \"retries\": 0}" >sources/b.json
	timeout 30 cdo-fetch -v --annotate --commit eof -H X=env:T g f b >out 2>err &
	pid=$!
	within 10 has_asked
	for p in /proc/[0-9]*/cmdline; do
		! grep -qaF "$canary" "$p" 2>/dev/null || fail "$p"
	done
	wait "$pid" || true
	cdo-fetch --dry-run g f b >dry 2>>err
	timeout 30 cdo-fetch --record rec g f b >out2 2>>err || true
	stop_httpd
	env -u T timeout 30 cdo-fetch --replay rec g f b >out3 2>err3 || [[ $? -eq 3 ]]
	cmp out2 out3
	[[ $(grep -c . err3) -eq 3 ]] || fail "$(<err3)"
	cdo-fetch check g f b >>dry 2>>err || true
	grep -qF '{env:T}' dry && grep -qF 'retrying' err # so they were there to be seen
	! grep -raF "$canary" out err dry log state rec out2 err3 || fail 'the canary is out'
}

has_asked() { [[ $(requests /a.json) -ge 3 ]]; }
