#ifndef ALERT_RENDER_H
#define ALERT_RENDER_H

#include <stdbool.h>
#include <stddef.h>

#include "alert/notification.h"
#include "alert/text.h"

/*
 * render - a notification in words, the same ones in every channel.
 *
 * What is rendered is escaped and within max; see alert/text.h.
 */

/* How a service wants it.  The markup has at most RENDER_MARKUP units. */
struct render_style {
	text_escape *escape;
	enum text_unit unit;
	const char *strong, *strong_end; /* around the title of an alert */
	const char *line; /* what ends a line */
};

#define RENDER_MARKUP 16

extern const struct render_style render_plain; /* counts in bytes */

/*
 * Append one line: "FIRING (critical): Rio is hot", or "FIRING (critical), 3
 * alerts: Rio is hot" with the title of the first one.
 */
void render_title(struct buf *out, const struct notification *n,
    const struct render_style *style, size_t max);

/*
 * Append the alerts, a paragraph each: its title, unless there is only this
 * one, its body, labels, time.  What does not fit is counted at the end.  Of
 * a digest only how many there are of each severity, and the titles.
 */
void render_body(struct buf *out, const struct notification *n,
    const struct render_style *style, size_t max);

/* The same two as JSON strings, after the text before: ",\"title\":". */
void render_title_json(struct buf *out, const char *before,
    const struct notification *n, const struct render_style *style, size_t max);
void render_body_json(struct buf *out, const char *before,
    const struct notification *n, const struct render_style *style, size_t max);

/*
 * The parts of it, each without a line's end at its end, for channels that
 * show alerts apart.  with_title: see above.
 */
void render_notice(struct text *t, const struct notice *a,
    const struct render_style *style, bool with_title);

/* What is to be said at the end: that n_more do not fit, the note.  Maybe
 * nothing. */
void render_tail(struct text *t, const struct notification *n,
    const struct render_style *style, uint64_t n_more);

/* "2 critical, 5 error firing, 1 resolved": of all alerts that are there. */
void render_counts(struct buf *out, const struct notification *n);

/* "FIRING (critical)", "RESOLVED", ... ; ended by NUL. */
#define RENDER_STATUS 32
void render_status(char out[RENDER_STATUS], const struct notice *a);

#endif
