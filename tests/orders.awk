# Orders as NDJSON, some of them faulty: awk -f orders.awk -v n=N -v seed=S
# -v truth=FILE.  A line "LINE PATH KEYWORD" goes to truth for each fault.
function pick(list, word, k) {
	k = split(list, word, " ")
	return word[1 + int(rand() * k)]
}

function record(i, fault, qty, status, at, extra, total, id) {
	id = sprintf("SKU-%06d", i)
	qty = 1 + int(rand() * 9)
	status = pick("new paid shipped")
	at = sprintf("2026-01-%02dT%02d:00:00Z", 1 + i % 28, i % 24)
	total = sprintf("%.2f", rand() * 500)
	path = keyword = extra = ""
	if (fault == 1) { qty = 0; path = "/items/0/qty"; keyword = "minimum" }
	if (fault == 2) { status = "lost"; path = "/status"; keyword = "enum" }
	if (fault == 3) { at = "2026-02-30T00:00:00Z"; path = "/at"; keyword = "format" }
	if (fault == 4) { extra = ",\"color\":\"red\""; path = "/items/0/color"
		keyword = "additionalProperties" }
	if (fault == 5) { total = "\"" total "\""; path = "/total"; keyword = "type" }
	if (fault == 6) { id = "SKU-x"; path = "/items/0/sku"; keyword = "pattern" }
	line = "{\"id\":" i ",\"at\":\"" at "\",\"status\":\"" status "\",\"items\":[{\"sku\":\"" id \
	    "\",\"qty\":" qty extra "}]" (fault == 7 ? "" : ",\"total\":" total) \
	    ",\"note\":\"" pick("größe naïve 東京 \\u00e9 plain") "\"}"
	if (fault == 7) { path = "-"; keyword = "required" }
	if (fault == 8) { sub(/\[/, "[,", line); path = "-"; keyword = "malformed" }
	if (fault == 9) { line = substr(line, 1, length(line) / 2); path = "-"
		keyword = "malformed" }
	if (fault == 10) { sub(/"id":[0-9]+/, "\"id\":" last, line); path = "/id"
		keyword = "unique" }
}

BEGIN {
	srand(seed)
	for (i = 1; i <= n; i++) {
		fault = i > 1 && rand() < 0.05 ? 1 + int(rand() * 10) : 0
		record(i, fault)
		print line
		if (fault)
			print i, path, keyword >truth
		else
			last = i
	}
}
