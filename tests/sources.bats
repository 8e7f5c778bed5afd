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

@test "sources: each is sound, documented, limited, and has its test" {
	cdo-fetch check "$ROOT"/share/sources/*.json
	for name in $(names); do
		file=$ROOT/share/sources/$name.json
		jq -e '(.description | length > 20) and
		    (.documentation | startswith("https://")) and
		    (.url | startswith("https://")) and .rate and .cache and
		    (.name == null)' "$file" >/dev/null || fail "$name"
		[[ -f $ROOT/tests/data/sources/$name.json ]] || fail "$name: no test"
		# a secret is one, wherever it stands
		! jq -r '.. | strings' "$file" | grep -E '^(env|file|cred):' |
			grep -vE '^env:[A-Z_]+$' || fail "$name"
	done
	for name in weather currency github openweather open-meteo exchangerate \
	    alphavantage newsapi coinapi coingecko twitter worldbank usgs-earthquakes; do
		[[ -e $ROOT/share/sources/$name.json ]] || fail "no $name"
	done
}

@test "sources: README lists them with their types" {
	for name in $(names); do
		type=$(jq -r .type "$ROOT/tests/data/sources/$name.json")
		key=$(jq -r '[.. | .secret? | strings | ltrimstr("env:")][0] // ""' \
		    "$ROOT/share/sources/$name.json")
		grep -qF "| \`$name\` | $type | ${key:+\`$key\`} |" \
		    "$ROOT/share/sources/README.md" || fail "$name"
		[[ -f $ROOT/share/rules/$type.rules.json ]] || fail "$name: no rules for $type"
	done
}
