#!/bin/bash
# seattle.sh - collect, check, score, watch and alert: a whole job.
#
# usage: seattle.sh API [DIR]
# API is the address of a weather table that is served by pages, such as
# http://127.0.0.1:8080/api/seattle; what the job makes goes to DIR.
# SEATTLE_HOOK is the address that gets the alerts.
set -eu -o pipefail
api=$1 out=${2:-.}
here=$(cd "$(dirname "$0")" && pwd)

# one source a page; a page that fails is tried again
pages=()
for page in {1..15}; do
	pages+=("$api?page=$page&per_page=100")
done

cdo-fetch -x '.records[]' --retries 5 --retry-delay 50ms "${pages[@]}" |
	tee "$out/collected.ndjson" |
	cdo-validate -q -R "$here/seattle.rules.json" \
		-r "$out/rejects.ndjson" -S "$out/validate.json" |
	cdo-score -R "$here/seattle.rules.json" |
	cdo-detect -m z_score -f .temp_max -f .wind --window 30 |
	tee "$out/records.ndjson" |
	cdo-alert -R "$here/seattle.alerts.json" >"$out/events.ndjson"

# the quality of all that was collected, the rejects included
cdo-score -q -R "$here/seattle.rules.json" --summary \
	"$out/collected.ndjson" >"$out/score.json"
