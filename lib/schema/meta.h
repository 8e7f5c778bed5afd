#ifndef SCHEMA_META_H
#define SCHEMA_META_H

/*
 * The metaschema of this URI (without fragment), its quotes written as ', or
 * NULL if it is none of the standard's.  Static.
 */
const char *meta_find(const char *uri);

#endif
