# What the tests of cdo-cache run share: a store, and a command that counts.

setup() {
	cd "$BATS_TEST_TMPDIR" || return
	start_store
	# ./count [STATUS [SIGNAL]]: note each run, write to both streams
	cat >count <<'END'
#!/bin/sh
echo run >>runs
printf 'out %s\n' "$(grep -c . runs)"
echo err >&2
[ -z "$2" ] || kill -"$2" $$
exit "${1:-0}"
END
	chmod +x count
}

# call CMD...: as run_filter, without input.
call() {
	status=0
	"$@" </dev/null >out 2>err || status=$?
	out=$(<out) err=$(<err)
}

at() { CDO_NOW=2026-01-01T$1Z "${@:2}"; }

# How often did the command run?
assert_runs() {
	local n=0
	[[ ! -f runs ]] || n=$(wc -l <runs)
	[[ $n -eq $1 ]] || fail "$n runs, not $1"
}
