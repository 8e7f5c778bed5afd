#!/usr/bin/env bats
# cdo-fetch: bodies that are compressed, or say that they are.

load helper

setup() {
	cd "$BATS_TEST_TMPDIR"
	mkdir www
	printf '[{"a":1},{"a":2},{"a":3}]' >www/a.json
	all='{"a":1}
{"a":2}
{"a":3}'
	start_httpd --root www
}

# fetch ARG...: sets out, err (ports and waits left out) and status.
fetch() {
	run_filter '' timeout 60 cdo-fetch --retry-delay 20ms "$@"
	err=$(sed -E 's/(127.0.0.1):[0-9]+/\1/; s/retrying in [0-9]+ms/retrying/' <<<"$err")
}

# packed NAME: the file www/NAME as a body that says it is gzip.
packed() { fetch --retries 1 "$url/$1?header=Content-Encoding:gzip${2:-}"; }

@test "cdo-fetch: gzip: one member or several, zeros behind, byte by byte" {
	gzip -c www/a.json >www/one.json
	for text in $'1\n2' '' $'\n3\n'; do
		printf %s "$text" | gzip
	done >www/three.ndjson
	{ cat www/one.json; head -c 70000 /dev/zero; } >www/padded.json
	for how in '' '&chunk=1'; do
		packed one.json "$how"
		assert_status 0
		assert_out "$all"
		packed three.ndjson "$how"
		assert_status 0
		assert_out $'1\n2\n3'
		assert_err ''
	done
	packed padded.json
	assert_status 0
	assert_out "$all"
	fetch "$url/one.json?header=Content-Encoding:%20X-GZip%20"
	assert_out "$all"
	fetch "$url/a.json?header=Content-Encoding:identity"
	assert_out "$all"
	: >www/nothing
	gzip -c www/nothing >www/nothing.json
	packed nothing.json
	assert_status 0
	assert_out ''
}

@test "cdo-fetch: gzip that is cut, wherever, is no whole body, whatever its length says" {
	python3 - <<-'END'
		import zlib
		z = zlib.compressobj(9, zlib.DEFLATED, 31)
		first = z.compress(b'1\n2\n') + z.flush(zlib.Z_SYNC_FLUSH)
		rest = z.compress(b'3\n') + z.flush()
		for name, bytes in {
		    'flushed': first, 'untrailed': (first + rest)[:-8],
		    'almost': (first + rest)[:-1], 'head': first[:5],
		    'empty': b'', 'second': first + rest + first[:2],
		}.items():
		    open(f'www/{name}.ndjson', 'wb').write(bytes)
	END
	for name in flushed untrailed almost head empty second; do
		export CDO_STATE_DIR=$PWD/state-$name # each with a breaker that is closed
		packed $name.ndjson
		assert_status 75
		assert_out ''
		assert_err "cdo-fetch: warning: http://127.0.0.1/$name.ndjson?header=***: body cut short (retrying)
cdo-fetch: http://127.0.0.1/$name.ndjson?header=***: body cut short"
		[[ $(requests /$name.ndjson) -eq 2 ]]
	done
	seq 300000 | gzip >www/big.ndjson
	truncate -s -8 www/big.ndjson
	fetch --hold 64K "$url/big.ndjson?header=Content-Encoding:gzip"
	assert_status 3
	[[ $(requests /big.ndjson) -eq 1 ]]
	[[ $err == *': body cut short, after '*' records went out' ]] || fail "$err"
}

@test "cdo-fetch: gzip that is garbled: 76, and one request" {
	python3 - <<-'END'
		import gzip
		good = gzip.compress(b'1\n2\n3\n')
		def swap(at):
		    return good[:at] + bytes([good[at] ^ 1]) + good[at:][1:]
		for name, bytes in {
		    'crc': swap(-8), 'size': swap(len(good) - 4),
		    'method': swap(2), 'behind': good + b'x',
		    'padded': good + b'\0\0\x1f\x8b', 'zeros': b'\0\0\0',
		    'twice': good + good[:2] + b'\7' + good[3:],
		}.items():
		    open(f'www/{name}.ndjson', 'wb').write(bytes)
	END
	for name in crc size method behind padded zeros twice; do
		packed $name.ndjson
		assert_status 76
		assert_out ''
		assert_err "cdo-fetch: http://127.0.0.1/$name.ndjson?header=***: body is not compressed as its header says"
		[[ $(requests /$name.ndjson) -eq 1 ]]
	done
}

@test "cdo-fetch: an encoding that was not asked for: 76" {
	for coding in deflate br 'gzip,gzip' 'gzip&header=Content-Encoding:gzip'; do
		fetch "$url/a.json?header=Content-Encoding:$coding"
		assert_status 76
		assert_out ''
		[[ $err == *': body has an encoding that was not asked for' ]] || fail "$err"
	done
	[[ $(requests /a.json) -eq 4 ]]
	fetch -x '.headers["accept-encoding"]' "$url/echo"
	assert_out '"gzip, zstd"'
	fetch -H 'accept-encoding: identity' -x '.headers["accept-encoding"]' "$url/echo"
	assert_out '"identity"'
	other=http://localhost:${url##*:}
	fetch --redirects any -H 'Accept-Encoding: br' -x '.headers["accept-encoding"]' "$url/x?redirect=$other/echo"
	assert_out '"gzip, zstd"'
}

@test "cdo-fetch: what has no body is not cut; an error's body is not looked at" {
	fetch "$url/a.json?status=204&header=Content-Encoding:gzip"
	assert_status 0
	assert_out ''
	assert_err ''
	fetch --retries 0 "$url/a.json?status=404&header=Content-Encoding:gzip"
	assert_status 66
	[[ $err == *': HTTP 404' ]] || fail "$err"
	fetch "$url/x?redirect=/a.json&header=Content-Encoding:br"
	assert_status 0
	assert_out "$all"
}

@test "cdo-fetch: a bomb is known by its ratio; --max-size counts what was unpacked" {
	head -c 1000000000 /dev/zero | tr '\0' ' ' | gzip >www/bomb.json
	{ gzip -c www/a.json; gzip -c www/a.json; } >www/two.json
	SECONDS=0
	packed bomb.json '&x=1'
	assert_status 65
	[[ $err == *': body unpacks to more than 100 times its size' ]] || fail "$err"
	[[ $(requests /bomb.json) -eq 1 && $SECONDS -lt 20 ]]
	fetch --max-size 49 "$url/two.json?header=Content-Encoding:gzip"
	assert_status 65
	assert_err 'cdo-fetch: http://127.0.0.1/two.json?header=***: body larger than 49 bytes'
	fetch --max-size 50 --format ndjson "$url/two.json?header=Content-Encoding:gzip"
	[[ $err != *'larger than'* ]] || fail "$err"
}
