/* check, third part: the members of objects. */
#include "schema/check.h"

static inline uint64_t
load(const uint8_t *s)
{
	uint64_t word;

	memcpy(&word, s, sizeof(word));
	return word;
}

/*
 * Is it the name at s, where its length lies before it?  Reads behind it:
 * there is room, since the parser reserves JDOC_PADDING bytes more for
 * strings than the text is long.
 */
static inline bool
is_name(const struct known *k, const uint8_t *s)
{
	if (((load(s) ^ k->words[0]) & k->mask[0]) |
	    ((load(s + 8) ^ k->words[1]) & k->mask[1]))
		return false;
	return k->len <= 12 || memcmp(s + 16, k->s + 12, k->len - 12) == 0;
}

static uint32_t
find_slot(const struct roster *r, const uint8_t *s)
{
	uint32_t len;
	size_t h;

	memcpy(&len, s, sizeof(len));
	h = name_hash((const char *)s + sizeof(len), len) & r->mask;
	for (; r->table[h] != NO_SLOT; h = (h + 1) & r->mask)
		if (is_name(&r->names[r->table[h]], s))
			break;
	return r->table[h];
}

/* The slot of a member, or NO_SLOT; last is that of the one before. */
static inline uint32_t
guess_slot(const struct roster *r, uint32_t *guess, const uint8_t *s)
{
	uint32_t slot = *guess;

	if (slot < r->n && is_name(&r->names[slot], s))
		return slot;
	slot = find_slot(r, s);
	if (slot != NO_SLOT)
		*guess = slot;
	return slot;
}

/* All members are others. */
static void
call_others(struct jval v, struct roll *roll)
{
	struct jiter it = jval_iter(v);

	while (jiter_next(&it))
		roll->others[roll->n_others++] = it.name.at;
}

/*
 * Which name follows another is remembered from the object before, so that
 * those of one kind cost one comparison a member.
 */
static void
call_names(uint32_t *guesses, struct jval v, struct roll *roll)
{
	const struct roster *r = roll->roster;
	const uint64_t *tape = v.doc->tape;
	const uint8_t *strings = v.doc->strings;
	uint32_t *at = roll->at, *others = roll->others, n_others = 0;
	uint64_t *present = roll->present;
	uint32_t end = (uint32_t)tape[v.at] - 1, last = r->n;

	for (uint32_t i = v.at + 1; i < end; i = jval_after(v.doc, i + 1)) {
		const uint8_t *s = strings + (tape[i] & 0xFFFFFFFFFFFFFF);
		uint32_t slot = guess_slot(r, &guesses[last], s);

		if (slot != NO_SLOT) {
			at[slot] = i + 1;
			bits_add(present, slot);
			last = slot;
		} else if (others) {
			others[n_others++] = i;
		}
	}
	roll->n_others = n_others;
}

void
roll_call(
    struct schema_view *w, uint32_t roster, struct jval v, struct roll *roll)
{
	const struct roster *r = &w->s->rosters[roster];

	*roll = (struct roll){.roster = r};
	roll->at = pool_take(&w->pool, r->n * sizeof(*roll->at));
	roll->present =
	    pool_array(&w->pool, r->n_words, sizeof(*roll->present));
	if (r->wants_others)
		roll->others =
		    pool_take(&w->pool, jval_count(v) * sizeof(*roll->others));
	if (r->n > 0)
		call_names(w->guesses + r->first_guess, v, roll);
	else if (r->wants_others)
		call_others(v, roll);
}

bool
is_shadowed(struct schema_view *w, struct jval object, uint32_t name)
{
	struct jiter it = jval_iter(object);
	size_t len;
	const char *s = jval_string((struct jval){object.doc, name}, &len);

	it.next = name; /* go on from there */
	jiter_next(&it);
	while (step_take(w, 1) && jiter_next(&it))
		if (jval_is_string(it.name, s, len))
			return true;
	return false;
}

bool
check_min_properties(struct schema_view *w, const struct op *op,
    const struct here *here, struct marks *marks)
{
	size_t n = jval_count(here->v);

	(void)marks;
	return n >= op->u.count &&
	       (op->u.count <= 1 || count_names(w, here->v) >= op->u.count);
}

bool
check_max_properties(struct schema_view *w, const struct op *op,
    const struct here *here, struct marks *marks)
{
	(void)marks;
	return jval_count(here->v) <= op->u.count ||
	       count_names(w, here->v) <= op->u.count;
}

bool
check_required(struct schema_view *w, const struct op *op,
    const struct here *here, struct marks *marks)
{
	(void)w;
	(void)marks;
	return roll_has_all(here->roll, op->u.names.bits);
}

bool
check_dependent(struct schema_view *w, const struct op *op,
    const struct here *here, struct marks *marks)
{
	for (size_t i = 0; i < op->u.dependents.n; i++) {
		const struct dependent *d = &op->u.dependents.list[i];

		if (!bits_has(here->roll->present, d->name.slot))
			continue;
		if (!roll_has_all(here->roll, d->needs.bits))
			return false;
		if (d->name.node != NO_NODE &&
		    !check_node(w, d->name.node, here, marks))
			return false;
	}
	return true;
}

static bool
has_any(const struct roll *roll, const uint64_t *bits)
{
	for (size_t i = 0; i < roll->roster->n_words; i++)
		if (bits[i] & roll->present[i])
			return true;
	return false;
}

/* A member that the roster does not know; evaluated tells if anything looks
 * at it. */
static bool
check_other(struct schema_view *w, const struct properties *p, struct jval name,
    struct jval value, bool *evaluated)
{
	size_t len;
	const char *s = jval_string(name, &len);

	*evaluated = false;
	for (size_t i = 0; i < p->n_patterns; i++) {
		if (pattern_match(p->patterns[i].pattern, w->work, s, len) !=
		    PATTERN_YES)
			continue;
		*evaluated = true;
		if (!check_value(w, p->patterns[i].node, value))
			return false;
	}
	if (*evaluated || p->additional == NO_NODE)
		return true;
	*evaluated = true;
	return check_value(w, p->additional, value);
}

static bool
check_others(struct schema_view *w, const struct properties *p,
    const struct here *here, struct marks *marks)
{
	const struct roll *roll = here->roll;
	size_t first = roll->roster->n_words * 64; /* bit of the others */
	bool evaluated;

	for (uint32_t i = 0; i < roll->n_others; i++) {
		struct jval name = {here->v.doc, roll->others[i]};
		struct jval value = {here->v.doc, roll->others[i] + 1};

		if (!check_other(w, p, name, value, &evaluated) &&
		    !is_shadowed(w, here->v, name.at))
			return false;
		if (marks && evaluated)
			bits_add(marks->bits, first + i);
	}
	return true;
}

bool
check_properties(struct schema_view *w, const struct op *op,
    const struct here *here, struct marks *marks)
{
	const struct properties *p = op->u.properties;
	const struct roll *roll = here->roll;

	if (p->has_forbidden && has_any(roll, p->forbidden))
		return false;
	for (size_t i = 0; i < p->n_first; i++) {
		const struct named *one = &p->checked[i];

		if (bits_has(roll->present, one->slot) &&
		    !check_value(w, one->node,
			(struct jval){here->v.doc, roll->at[one->slot]}))
			return false;
	}
	if (marks)
		for (size_t i = 0; i < roll->roster->n_words; i++)
			marks->bits[i] |= roll->present[i] & p->evaluated[i];
	if (roll->n_others > 0 &&
	    (p->n_patterns > 0 || p->additional != NO_NODE))
		return check_others(w, p, here, marks);
	return true;
}

bool
check_property_names(struct schema_view *w, const struct op *op,
    const struct here *here, struct marks *marks)
{
	struct jiter it = jval_iter(here->v);

	(void)marks;
	while (jiter_next(&it))
		if (!check_value(w, op->u.node, it.name))
			return false;
	return true;
}

bool
check_unevaluated_properties(struct schema_view *w, const struct op *op,
    const struct here *here, struct marks *marks)
{
	const struct roll *roll = here->roll;
	size_t first = roll->roster->n_words * 64;

	for (uint32_t i = 0; i < roll->roster->n; i++) {
		if (!bits_has(roll->present, i) || bits_has(marks->bits, i))
			continue;
		if (!check_value(
			w, op->u.node, (struct jval){here->v.doc, roll->at[i]}))
			return false;
		bits_add(marks->bits, i);
	}
	for (uint32_t i = 0; i < roll->n_others; i++) {
		if (bits_has(marks->bits, first + i))
			continue;
		if (!check_value(w, op->u.node,
			(struct jval){here->v.doc, roll->others[i] + 1}) &&
		    !is_shadowed(w, here->v, roll->others[i]))
			return false;
		bits_add(marks->bits, first + i);
	}
	return true;
}
