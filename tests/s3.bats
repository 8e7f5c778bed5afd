#!/usr/bin/env bats
# lib/http/s3 and sigv4 against a server that verifies signatures: OpenStack
# Swift with s3api (tests/peers/swift), by tests/peers/s3.c.

load helper

setup_file() {
	local port=$BATS_FILE_TMPDIR/port
	"$BATS_TEST_DIRNAME/peers/swift" "$BATS_FILE_TMPDIR/swift" \
		>"$port" 2>"$BATS_FILE_TMPDIR/err" 3>&- &
	echo $! >"$BATS_FILE_TMPDIR/pid"
	within 60 test -s "$port" || {
		cat "$BATS_FILE_TMPDIR/err"
		return 1
	}
	export AWS_ENDPOINT_URL=http://127.0.0.1:$(<"$port")
	export AWS_ACCESS_KEY_ID=test:tester AWS_SECRET_ACCESS_KEY=testing
	export AWS_SHARED_CREDENTIALS_FILE=/nonexistent
	"$CDO_PEERS/s3" make s3://bucket/
}

teardown_file() { kill "$(<"$BATS_FILE_TMPDIR/pid")"; }

setup() { cd "$BATS_TEST_TMPDIR"; }

s3() { run_filter '' timeout 60 "$CDO_PEERS/s3" "$@"; }
put() { run_filter "$2" timeout 60 "$CDO_PEERS/s3" put "$1"; }

# s3_error TEXT: what was told, without the program's name.
assert_told() { [[ ${err#s3: } == "$1" ]] || fail "stderr: $err"; }

@test "s3: put, list and get of keys with =, +, spaces, UTF-8 and what XML escapes" {
	keys=('odd/d=2026-01-01/a+b c.json' 'odd/ação/漢字' 'odd/100%' 'odd/q?x#y'
		"odd/it's <&> \"quoted\"" 'odd/a//b' $'odd/tab\there'
		'odd/~!@$^*(){}[]|\:;,' 'odd/%2541')
	for key in "${keys[@]}"; do
		put "s3://bucket/$key" "this is $key"
		assert_status 0
		assert_out 200
	done
	s3 list s3://bucket/odd/ # pages of two
	assert_status 0
	assert_err ''
	LC_ALL=C sort <<<"$out" >got
	for key in "${keys[@]}"; do
		text="this is $key"
		key=${key/\%25/%} # the only escape there
		printf '%d %s\n' $(($(printf '%s\n' "$text" | wc -c))) "$key"
	done | LC_ALL=C sort >want
	cmp want got
	for key in "${keys[@]}"; do
		s3 get "s3://bucket/$key"
		assert_out "this is $key"
	done
}

@test "s3: a prefix is not a folder; an empty list is none" {
	put s3://bucket/pre/a 1
	put s3://bucket/pre-b 2
	s3 list s3://bucket/pre
	assert_out '2 pre-b
2 pre/a'
	s3 list s3://bucket/pre/
	assert_out '2 pre/a'
	s3 list s3://bucket/nothing
	assert_status 0
	assert_out ''
}

@test "s3: large and empty objects come back byte for byte" {
	head -c 3000000 /dev/urandom >data
	"$CDO_PEERS/s3" put s3://bucket/large <data
	"$CDO_PEERS/s3" get s3://bucket/large >got
	cmp data got
	put s3://bucket/empty ''
	assert_out 200
	s3 list s3://bucket/empty
	assert_out '0 empty'
}

@test "s3: what is not there, and what is not ours" {
	s3 get s3://bucket/none
	assert_status 66
	assert_told 's3://bucket/none: HTTP 404'
	s3 list s3://no-such-bucket/
	assert_status 66
	AWS_SECRET_ACCESS_KEY=canary-wrong s3 get s3://bucket/none
	assert_status 77
	assert_told 's3://bucket/none: HTTP 403'
	AWS_ACCESS_KEY_ID='' s3 list s3://bucket/
	[[ $status -ne 0 ]] # it is not public
}

@test "s3: keys from the file of credentials, by section; others must not read it" {
	cat >credentials <<-END
		[default]
		aws_access_key_id = none
		aws_secret_access_key = none
		[tests]
		aws_access_key_id = test:tester
		aws_secret_access_key = testing
	END
	chmod 600 credentials
	put s3://bucket/file/a 1
	unset AWS_ACCESS_KEY_ID AWS_SECRET_ACCESS_KEY
	export AWS_SHARED_CREDENTIALS_FILE=$PWD/credentials
	AWS_PROFILE=tests s3 list s3://bucket/file/
	assert_out '2 file/a'
	s3 list s3://bucket/file/
	assert_status 77
	AWS_PROFILE=other s3 list s3://bucket/file/
	assert_status 78
	chmod 644 credentials
	AWS_PROFILE=tests s3 list s3://bucket/file/
	assert_status 78
	[[ $err == *credentials* ]]
}

@test "s3: a clock that is off by an hour is corrected, once" {
	put s3://bucket/clock 1
	CDO_NOW=$(date -u -d '-1 hour' +%Y-%m-%dT%H:%M:%SZ) s3 list s3://bucket/clock
	assert_status 0
	assert_out '2 clock'
	CDO_NOW=$(date -u -d '+1 day' +%Y-%m-%dT%H:%M:%SZ) s3 list s3://bucket/clock
	assert_status 0
	assert_out '2 clock'
}

n() { seq "$1" "$2" | sed 's/.*/{"n":&}/'; }
fetch() { run_filter '' timeout 60 cdo-fetch "$@"; }

@test "cdo-fetch: s3://: records of all objects below a prefix, packed or not, under -j" {
	put_in() { "$CDO_PEERS/s3" put "s3://bucket/in/$1"; }
	n 1 3 | put_in 'd=1/a b.ndjson'
	n 4 6 | gzip | put_in 'd=2/ç+.ndjson.gz'
	n 7 9 | zstd -q | put_in 'd=2/漢字 & <x>.ndjson.zst'
	n 10 12 | zstd -q | put_in 'd=3/packed, by its name not' # by its bytes
	printf 'n,s\n13,a\n' | put_in 'd=3/t+1=2.csv'
	echo '[{"n":14},{"n":15}]' | put_in %2541.json # %41.json
	n 99 99 | "$CDO_PEERS/s3" put 's3://bucket/in-other.ndjson'
	for j in 1 4; do
		fetch -j $j s3://bucket/in/
		assert_status 0
		assert_err ''
		[[ $(jq .n <<<"$out" | sort -n | xargs) == "$(seq -s ' ' 15)" ]] || fail "$out"
	done
	fetch 's3://bucket/in/d=2/ç+.ndjson.gz'
	[[ $(jq .n <<<"$out" | xargs) == '4 5 6' ]] || fail "$out$err"
	fetch --annotate 's3://bucket/in/d=2/漢字 & <x>.ndjson.zst'
	[[ $(jq .n <<<"$out" | xargs) == '7 8 9' ]] || fail "$out$err"
	[[ $(jq -r ._cdo.fetch.source <<<"$out" | sort -u) == 's3://bucket/in/d=2/漢字 & <x>.ndjson.zst' ]] || fail "$out"
}

@test "cdo-fetch: s3://: a source file takes a prefix without a slash, by kind s3" {
	for key in day-1/a day-1/b day-2/a; do
		echo "{\"at\":\"$key\"}" | "$CDO_PEERS/s3" put "s3://bucket/log/$key.json"
	done
	echo '{"url": "s3://bucket/log/day-{day}", "paginate": {"kind": "s3"}, "map": ".at"}' >log.json
	fetch -j 4 -P day=1 ./log.json
	assert_status 0
	[[ $(sort <<<"$out" | xargs) == 'day-1/a day-1/b' ]] || fail "$out$err"
}

@test "cdo-fetch: s3://: no such bucket or key is 66, a wrong key 77 and nowhere to be seen" {
	fetch s3://no-such-bucket/in/
	assert_status 66
	[[ $err == *'HTTP 404'* ]] || fail "$err"
	fetch s3://bucket/no-such-key.json
	assert_status 66
	assert_err 'cdo-fetch: s3://bucket/no-such-key.json: HTTP 404'
	fetch s3://bucket/no-such-prefix/
	assert_status 0
	assert_out ''
	export AWS_SECRET_ACCESS_KEY=canary-wrong
	fetch -j 4 s3://bucket/in/ s3://bucket/in/%2541.json
	assert_status 77
	assert_out ''
	[[ $err == *'HTTP 403'* && $err != *canary* ]] || fail "$err"
	fetch s3:///key
	assert_status 64
}

@test "cdo-fetch: s3://: one object that is cut is told; the others come" {
	n 1 2000 | gzip | head -c 500 | "$CDO_PEERS/s3" put s3://bucket/cut/b.ndjson.gz
	for key in a c; do
		echo '{"n":1}' | "$CDO_PEERS/s3" put s3://bucket/cut/$key.ndjson
	done
	fetch --retries 0 -j 2 s3://bucket/cut/
	assert_status 3
	[[ $(wc -l <<<"$out") -eq 2 && $err == *cut/b.ndjson.gz* ]] || fail "$out$err"
}
