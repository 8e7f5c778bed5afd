#!/usr/bin/env bats
# The sources that come with the programs, each against an answer of the shape
# that its provider documents: tests/data/sources has what is asked, what is
# answered, and the records.

load helper

setup() {
	cd "$BATS_TEST_TMPDIR" || return
	export CDO_STATE_DIR=$PWD/store
}

# Those that are no other name of another one.
names() {
	local f
	for f in "$ROOT"/share/sources/*.json; do
		[[ -L $f ]] || basename "$f" .json
	done
}

# serve NAME: have its answers at $url/NAME, and ./NAME.json that asks there.
serve() {
	local path n=0 answer
	while IFS=$'\t' read -r path answer; do
		path=root/$1$path n=$((n + 1))
		mkdir -p "${path%/*}"
		jq -rn "$answer" >"$path~$n"
	done < <(jq -r '[.requests, .answers] | transpose[] |
	    "\(.[0].path)\t\(.[1] | if type == "string" then tojson else (tojson | tojson) end)"' \
	    "$ROOT/tests/data/sources/$1.json")
	# how fast it may ask is no matter here
	jq --arg base "$url/$1" '.url |= sub("^https://[^/]+"; $base) | del(.rate)' \
	    "$ROOT/share/sources/$1.json" >"$1.json"
}

# fetch NAME: run it with its parameters and secrets; sets out, err, status.
fetch() {
	local case=$ROOT/tests/data/sources/$1.json call=()
	mapfile -t call < <(jq -r '(.env // {}) | to_entries[] | "\(.key)=\(.value)"' "$case")
	mapfile -t params < <(jq -r '(.params // {}) | to_entries[] | "-P\(.key)=\(.value)"' "$case")
	run_filter '' env "${call[@]}" cdo-fetch --retries 0 "${params[@]}" "./$1.json"
}

# What of the requests in the log was to be asserted: path, query, and those
# headers that are named.
asked() {
	jq -cS --slurpfile case "$ROOT/tests/data/sources/$1.json" --arg name "/$1" '
	    (input_line_number - 1) as $n | ($case[0].requests[$n] // {}) as $want |
	    {path: (.path | ltrimstr($name)), query} +
	    (if $want.headers then {headers: (.headers | with_entries(
	        select($want.headers[.key] != null)))} else {} end)' log
}

@test "sources: each is sound, documented, limited, and has its test" {
	cdo-fetch check "$ROOT"/share/sources/*.json
	run_filter '' jq -r 'select(((.description | length > 20) and
	    (.documentation | startswith("https://")) and
	    (.url | startswith("https://")) and .rate and .cache and
	    (.name == null) and ([.. | .secret? | strings] | all(test("^env:[A-Z_]+$")))
	    ) | not) | input_filename' "$ROOT"/share/sources/*.json
	assert_out ''
	for name in $(names); do
		[[ -f $ROOT/tests/data/sources/$name.json ]] || fail "$name: no test"
	done
	for name in weather currency github openweather open-meteo exchangerate \
	    alphavantage newsapi coinapi coingecko twitter worldbank usgs-earthquakes; do
		[[ -e $ROOT/share/sources/$name.json ]] || fail "no $name"
	done
}

# try NAME: ask and compare.
try() {
	local type
	: >log
	serve "$1"
	fetch "$1"
	[[ $status -eq 0 && -z $err ]] || fail "$1: $status: $err" || return
	type=$(jq -r .type "$ROOT/tests/data/sources/$1.json")
	diff <(jq -cS '.records[]' "$ROOT/tests/data/sources/$1.json") \
	    <(jq -cS . <<<"$out") || fail "$1: other records" || return
	diff <(jq -cS '.requests[] | {query: {}} + .' \
	    "$ROOT/tests/data/sources/$1.json") <(asked "$1") ||
		fail "$1: other requests" || return
	cdo-validate -q -R "$type" <<<"$out" >/dev/null 2>err ||
		fail "$1: not a $type: $(<err)" || return
	[[ ! -s err ]] || fail "$1: $(<err)"
}

@test "sources: each asks as documented, and its records are sound" {
	mkdir root
	start_httpd --root root --log log
	bad=0
	for name in $(names); do
		try "$name" || bad=$((bad + 1))
	done
	[[ $bad -eq 0 ]]
}

@test "sources: an error that looks like an answer is an error" {
	mkdir root
	start_httpd --root root
	for name in $(names); do
		grep -q '^ "refusal"' "$ROOT/tests/data/sources/$name.json" || continue
		jq .refusal "$ROOT/tests/data/sources/$name.json" >refusal
		serve "$name"
		find "root/$name" -name '*~1' -exec cp refusal {} ';'
		fetch "$name"
		[[ $status -eq 65 && -z $out ]] || fail "$name: $status: $out"
		# what it says is told
		text=$(jq -r '.error.message? // .["error-type"] // first(.[])' refusal)
		[[ $err == *"${text%.}"* ]] || fail "$name: $err"
	done
}

@test "sources: README lists them with their types" {
	for name in $(names); do
		type=$(jq -r .type "$ROOT/tests/data/sources/$name.json")
		key=$(grep -o 'env:[A-Z_]*' "$ROOT/share/sources/$name.json" |
			grep -v GITHUB_AUTH | grep -v COINGECKO) || true
		key=${key#env:}
		grep -qF "| \`$name\` | $type | ${key:+\`$key\`} |" \
		    "$ROOT/share/sources/README.md" || fail "$name"
		[[ -f $ROOT/share/rules/$type.rules.json ]] || fail "$name: no rules for $type"
	done
}
