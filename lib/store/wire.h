#ifndef STORE_WIRE_H
#define STORE_WIRE_H

/*
 * wire - what the client of RESP servers and our own server agree on.
 *
 * Database 0 (or the one that the URL names) is the state, the next one the
 * cache.
 *
 * A value that entry_is is an entry: SET sends header and value, GET gives
 * them back.  Its life is what the header says; SET has a PX up to the
 * stale_until of the header, so that any server drops it by itself, and ours
 * need not look at the PX.  Whether an entry is still fresh is for the client
 * to say.
 *
 * Anything else is a plain value: set by another client, or a counter (a
 * decimal integer, made by INCRBY).  Ours keeps it as an entry that is_plain,
 * created and expiring as SET says, and gives back the bytes alone.  So do
 * counters of the direct back end.  INCRBY keeps created and the life.
 *
 * Our server tells itself by the element after "server" in the reply to HELLO,
 * which is WIRE_SERVER.  There keys are as they are, since all are ours;
 * anywhere else they have WIRE_PREFIX in front.
 *
 * Counts of events (store_count) are the integers WIRE_EVENT and the name of
 * the event (store_event_names) in the cache's database: INCRBY adds, GET
 * reads.  Our server keeps them where the direct back end does (dir_count),
 * and lists them in no SCAN.
 *
 * A request has at most WIRE_ARGS arguments.
 */

#define WIRE_SERVER "cdo-cache"
#define WIRE_PREFIX "cdo:"
#define WIRE_EVENT "cdo#" /* no prefix goes before it */
#define WIRE_ARGS 1024

#endif
