# what the tests of cdo-detect with series share

# Records FIRST to LAST, one an hour from 1970: a rhythm of a day with some
# noise that repeats nowhere; 60 more at SPIKE.
hours() {
	awk -v a="$1" -v b="$2" -v spike="${3:--1}" 'BEGIN {
		for (i = a; i <= b; i++) {
			x = i * 7919 % 1009 / 100 + (i % 24 < 8 ? 10 : 50)
			x += i == spike ? 60 : 0
			printf "{\"t\":%d,\"x\":%s}\n", i * 3600, x
		}
	}'
}
