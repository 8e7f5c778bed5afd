# seattle.mk - the job of seattle.sh as steps for make: each is a file, and is
# made again only if what it needs has changed.
#
# usage: make -f seattle.mk API=http://127.0.0.1:8080/api/seattle OUT=DIR
# SEATTLE_HOOK in the environment is the address that gets the alerts.
HERE := $(dir $(lastword $(MAKEFILE_LIST)))
OUT = .
PAGES = $(foreach n,1 2 3 4 5 6 7 8 9 10 11 12 13 14 15,\
	'$(API)?page=$(n)&per_page=100')
RULES = $(HERE)seattle.rules.json
.DELETE_ON_ERROR:

all: $(OUT)/events.ndjson $(OUT)/score.json

$(OUT)/collected.ndjson:
	cdo-fetch -x '.records[]' --retries 5 --retry-delay 50ms $(PAGES) >$@

$(OUT)/good.ndjson: $(OUT)/collected.ndjson $(RULES)
	cdo-validate -q -R $(RULES) -r $(OUT)/rejects.ndjson \
	    -S $(OUT)/validate.json $< >$@

$(OUT)/records.ndjson: $(OUT)/good.ndjson
	cdo-score -R $(RULES) $< | \
	    cdo-detect -m z_score -f .temp_max -f .wind --window 30 >$@

$(OUT)/events.ndjson: $(OUT)/records.ndjson $(HERE)seattle.alerts.json
	cdo-alert -R $(HERE)seattle.alerts.json $< >$@

$(OUT)/score.json: $(OUT)/collected.ndjson $(RULES)
	cdo-score -q -R $(RULES) --summary $< >$@

clean:
	rm -f $(addprefix $(OUT)/,collected.ndjson good.ndjson rejects.ndjson \
	    validate.json records.ndjson events.ndjson score.json)

.PHONY: all clean
