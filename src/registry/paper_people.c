/* SPDX-License-Identifier: Apache-2.0 */
/* Officers of a paper: title, name, and whether they are gone. */
#include <string.h>

#include "paper_int.h"

static const struct {
	const char *title;
	bool leads;
} titles[] = {
	{ "代表取締役", true },
	{ "代表執行役", true },
	{ "代表理事", true },
	{ "代表社員", true },
	{ "代表清算人", true },
	{ "職務執行者", true },
	{ "理事長", true },
	{ "代表役員", true },
	{ "取締役・監査等委員", false },
	{ "業務執行社員", false },
	{ "会計監査人", false },
	{ "会計参与", false },
	{ "社外取締役", false },
	{ "仮取締役", false },
	{ "取締役", false },
	{ "執行役", false },
	{ "監査役", false },
	{ "清算人", false },
	{ "理事", false },
	{ "監事", false },
	{ "評議員", false },
	{ "社員", false },
};

static const char *const goings[] = { "辞任", "退任", "死亡", "解任", "退社",
	"資格喪失", "任期満了", "廃止", "抹消" };

/* Titles of those who represent where no title says so. */
static const char *const alone[] = { "取締役", "理事", "業務執行社員",
	"清算人" };

static bool
is_going(struct slice note)
{
	for (size_t i = 0; i < NELEM(goings); i++)
		if (line_has(note, goings[i]))
			return true;
	return false;
}

/* The entry that begins; the oldest goes when there are too many. */
static struct paper_person *
person_new(struct paper *p, const char *title, bool leads)
{
	struct paper_person *one;

	if (p->n_people == PAPER_PEOPLE) {
		for (size_t i = 1; i < PAPER_PEOPLE; i++)
			p->people[i - 1] = p->people[i];
		p->n_people--;
	}
	one = &p->people[p->n_people++];
	*one = (struct paper_person){ .leads = leads };
	line_copy(one->title, sizeof(one->title), slice_str(title));
	return one;
}

/* A title, and then a blank, a bar or the name: not "取締役会設置会社". */
static bool
is_title(struct slice line, size_t i, struct slice *rest)
{
	static const char *const longer[] = { "会", "等", "の", "は", "及",
		"に", "を", "が", "と", "設置", "会社", "・", "数" };

	if (!line_starts(line, titles[i].title, rest))
		return false;
	for (size_t k = 0; k < NELEM(longer); k++) {
		struct slice w = slice_str(longer[k]);

		if (rest->n >= w.n && memcmp(rest->p, w.p, w.n) == 0)
			return false;
	}
	return true;
}

static void
note_apply(struct paper *p, struct slice note)
{
	if (note.n > 0 && p->person != NULL && is_going(note))
		p->person->gone = true;
}

bool
people_line(struct paper *p, struct slice line)
{
	struct slice note = line_note(&line), rest;

	for (size_t i = 0; i < NELEM(titles); i++) {
		if (!is_title(line, i, &rest))
			continue;
		p->person = person_new(p, titles[i].title, titles[i].leads);
		line_copy(p->person->name, sizeof(p->person->name), rest);
		note_apply(p, note);
		return true;
	}
	if (p->person != NULL && p->person->name[0] == '\0' && line.n > 0)
		line_copy(p->person->name, sizeof(p->person->name), line);
	note_apply(p, note);
	return false;
}

/* The last entry under this name says whether he is still there. */
static bool
is_last(const struct paper *p, size_t i)
{
	for (size_t k = i + 1; k < p->n_people; k++)
		if (strcmp(p->people[k].name, p->people[i].name) == 0 &&
		    strcmp(p->people[k].title, p->people[i].title) == 0)
			return false;
	return true;
}

static struct json *
person_json(const struct paper_person *one)
{
	struct json *j = jsonx_object();

	jsonx_set_str(j, "title", one->title);
	jsonx_set_str(j, "name", one->name);
	return j;
}

static bool
is_wanted(const struct paper_person *one, const char *title)
{
	return title == NULL ? one->leads : strcmp(one->title, title) == 0;
}

/* Those in office with a leading title (NULL), or with this one. */
static struct json *
in_office(const struct paper *p, const char *title)
{
	struct json *list = jsonx_array();

	for (size_t i = 0; i < p->n_people; i++) {
		const struct paper_person *one = &p->people[i];

		if (one->name[0] != '\0' && !one->gone && is_last(p, i) &&
		    is_wanted(one, title))
			jsonx_add(list, person_json(one));
	}
	return list;
}

void
people_facts(const struct paper *p, struct json *facts)
{
	CLEANUP(jsonx_freep) struct json *list = in_office(p, NULL);
	const struct json *last;

	for (size_t i = 0; i < NELEM(alone) && jsonx_len(list) == 0; i++) {
		jsonx_free(list);
		list = in_office(p, alone[i]);
	}
	if (jsonx_len(list) == 0)
		return;
	last = jsonx_at(list, jsonx_len(list) - 1);
	jsonx_set(facts, "representative", jsonx_dup(last));
	jsonx_set(facts, "representatives", TAKE(list));
}
