#!/usr/bin/env bats
# cdo-fetch over ftp and sftp, from servers (tests/peers/files).

load helper

setup_file() {
	local dir=$BATS_FILE_TMPDIR/servers
	mkdir "$dir"
	mkfifo "$dir/input"
	"$BATS_TEST_DIRNAME/peers/files" "$dir" <"$dir/input" \
		>"$dir/urls" 2>"$dir/err" 3>&- &
	sleep 600 >"$dir/input" 2>/dev/null 3>&- & # they end with their input
	echo $! >"$dir/holder"
	within 20 test -s "$dir/urls" || {
		cat "$dir/err"
		return 1
	}
	rm "$dir/id.pub" # a private key is enough
	export HOME=$dir/client PASSWORD=pw
	mkdir -p "$HOME/.ssh"
	cp "$dir/known" "$HOME/.ssh/known_hosts"
	cd "$dir/files"
	echo '{"n":1}' >a.ndjson
	printf '{"n":2}\n{"n":3}\n' | gzip >'b c.ndjson.gz'
	printf 'city,temp\nRecife,29.5\n' >t.csv
	mkdir empty
}

teardown_file() { kill "$(<"$BATS_FILE_TMPDIR/servers/holder")"; }

setup() {
	cd "$BATS_TEST_TMPDIR"
	servers=$BATS_FILE_TMPDIR/servers
	read -r ftp sftp <"$servers/urls"
}

# source NAME URL: writes a source file, with the credentials of its scheme.
source_file() {
	local auth='{"basic": {"user": "me", "password": {"secret": "env:PASSWORD"}}}'
	[[ $2 == ftp* ]] || auth='{"key": {"user": "me", "file": "'$servers/id'"}}'
	echo '{"url": "'"$2"'", "auth": '"$auth"'}' >"$1.json"
}

fetch() { run_filter '' timeout 30 cdo-fetch --retries 0 "$@"; }

@test "cdo-fetch: a file over ftp and sftp, packed or not, by its format" {
	for server in "$ftp" "$sftp"; do
		source_file one "$server/{file}"
		fetch -j 3 -P file=a.ndjson -P 'file=b c.ndjson.gz' -P file=t.csv ./one.json
		assert_status 0
		assert_err ''
		[[ $(sort <<<"$out") == '{"city":"Recife","temp":29.5}
{"n":1}
{"n":2}
{"n":3}' ]] || fail "$out"
	done
}

@test "cdo-fetch: a URL of ftp or sftp that ends in a slash gives the names in it" {
	for server in "$ftp" "$sftp"; do
		source_file list "$server/"
		fetch ./list.json
		assert_status 0
		[[ $(jq -r .line <<<"$out" | grep -vx '\.*' | sort | xargs -d, ) == \
			$(ls "$servers/files") ]] || fail "$out"
		source_file none "$server/empty/"
		fetch ./none.json
		assert_status 0
		[[ -z $(jq -r .line <<<"$out" | grep -vx '\.*') ]] || fail "$out"
	done
}

@test "cdo-fetch: what is not there over ftp and sftp is 66, who is not let in 77" {
	for server in "$ftp" "$sftp"; do
		source_file one "$server/none"
		fetch ./one.json
		assert_status 66
	done
	source_file one "$ftp/a.ndjson"
	PASSWORD=canary-wrong fetch ./one.json
	assert_status 77
	assert_err 'cdo-fetch: one: login refused'
	assert_out ''
	fetch "${sftp/:\/\//:\/\/you@}/a.ndjson" # no agent has a key
	assert_status 77
}

@test "cdo-fetch: sftp talks to no host that is not in ~/.ssh/known_hosts" {
	source_file one "$sftp/a.ndjson"
	mkdir -p home/.ssh
	HOME=$PWD/home fetch ./one.json
	assert_status 76
	assert_out ''
	ssh-keygen -q -t ed25519 -N '' -f other
	sed "s|ssh-ed25519 .*|$(cut -d' ' -f1,2 other.pub)|" \
		"$servers/known" >home/.ssh/known_hosts
	HOME=$PWD/home fetch ./one.json
	assert_status 76
	assert_out ''
}

@test "cdo-fetch: sftp by the keys of ssh-agent, the user in the URL" {
	eval "$(ssh-agent -s)" >/dev/null
	ssh-add -q "$servers/id"
	fetch "${sftp/:\/\//:\/\/me@}/a.ndjson"
	kill "$SSH_AGENT_PID"
	assert_err ''
	assert_out '{"n":1}'
}

@test "cdo-fetch: no password in a URL of ftp; credentials of http are none of ftp" {
	fetch 'ftp://me:canary@127.0.0.1/x'
	assert_status 64
	[[ $err != *canary* ]]
	for auth in '"bearer": {"secret": "env:PASSWORD"}' \
		'"query": {"name": "k", "value": {"secret": "env:PASSWORD"}}'; do
		echo '{"url": "'"$ftp"'/a.ndjson", "auth": {'"$auth"'}}' >one.json
		fetch ./one.json
		assert_status 78
		[[ $err == *'not for files' ]] || fail "$err"
	done
	echo '{"url": "http://127.0.0.1:1/", "auth": {"key": {"user": "me", "file": "id"}}}' >one.json
	fetch ./one.json
	assert_status 78
}

@test "cdo-fetch: a source of ftp with params or pages is a fault" {
	for member in '"params": {"a": "1"}' '"method": "GET"' \
		'"paginate": {"kind": "page", "param": "p"}'; do
		echo '{"url": "ftp://127.0.0.1/a", '"$member"'}' >one.json
		run_filter '' cdo-fetch check ./one.json
		assert_status 78
		[[ $err == *'/url: ftp and sftp have no'* ]] || fail "$err"
	done
}

@test "cdo-fetch: no secret of ftp is printed, and check says that it goes in the open" {
	export PASSWORD=canary-of-ftp
	echo '{"url": "ftp://files.example.org/a", "auth": {"basic": {"user": "me", "password": {"secret": "env:PASSWORD"}}}}' >one.json
	fetch --dry-run ./one.json
	[[ $out$err != *canary* ]] || fail "$out$err"
	run_filter '' cdo-fetch check ./one.json
	assert_status 1
	[[ $err == *'sftp would hide them'* ]] || fail "$err"
}

@test "cdo-fetch: a file over ftp is recorded and comes again without the server" {
	source_file one "$ftp/t.csv"
	fetch --record kept ./one.json
	want=$out
	sed -i 's/"me"/"nobody"/' one.json
	fetch --replay kept ./one.json
	assert_status 0
	assert_out "$want"
}
