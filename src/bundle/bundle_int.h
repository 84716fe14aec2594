/* SPDX-License-Identifier: Apache-2.0 */
#ifndef NINTEI_BUNDLE_INT_H
#define NINTEI_BUNDLE_INT_H
/*
 * bundle_int: what the files of the bundle module share.
 *
 * Worker: magic.c names the format; zip.c or tap.c reads the structure into a
 * table; names.c judges the names; zip_inflate.c or tarball.c gives the
 * contents to sink.c, which writes frames.  Parent: admit.c.
 */
#include "nintei/bundle.h"
#include "nintei/limits.h"

/* Codes of BUNDLES 6.1; the values travel in frames. */
enum code {
	CODE_NONE = 0,
#define RULE(code, ja, en) CODE_##code,
#define KIND(kind, code, ja, en) CODE_##kind,
#include "rules.inc"
#undef RULE
#undef KIND
	CODE_MAX
};

const char *code_name(enum code c); /* "NAME_DOTDOT" */
void code_finding(
    struct findings *f, enum code c, const char *member, const char *detail);

/* What the worker found; becomes a finding in the parent. */
struct verdict {
	enum code code;
	char *member; /* safe to show; "" for the archive */
	char *detail;
};
struct verdicts {
	struct verdict *items;
	size_t n, cap;
};
void verdict_add(
    struct verdicts *v, enum code c, struct slice member, const char *detail);
void verdicts_free(struct verdicts *v);

/* One entry of the archive, from the structure alone. */
struct entry {
	struct slice raw; /* name as it stands in the archive */
	uint8_t *own; /* its memory, when that is not the archive */
	struct slice unicode; /* a valid 0x7075 or pax name; p NULL: none */
	bool utf8; /* raw is declared to be UTF-8 (bit 11) */
	bool is_dir;
	bool deflated;
	uint32_t crc;
	uint64_t size; /* of the content */
	uint64_t packed; /* of the content in a zip */
	uint64_t at; /* zip: of the content; tar: of the first header */
	char *name; /* decoded, NFC, no final '/'; NULL: not decodable */
	bool ignored; /* on the ignore list */
	bool bad; /* not delivered: a verdict names it, or it is "." */
};
struct table {
	enum bundle_format format;
	bool package; /* of document parts: zip.h, other limits and names */
	struct entry *items;
	size_t n, cap;
	uint64_t total; /* of all sizes */
	struct buf where; /* name of the entry a fault is about, or empty */
	char detail[64]; /* of that fault, or "" */
	struct buf spool; /* a tar out of its stream, while it is small */
	bool spooled; /* all of it */
};
/* A new zeroed entry, or NULL when there would be too many. */
struct entry *table_add(struct table *t);
/* Limits on declared sizes: LIM_ENTRY, LIM_TOTAL. */
enum code table_count(struct table *t, uint64_t size);
enum code table_fault(struct table *t, enum code c, const char *fmt, ...)
    PRINTF_LIKE(3, 4);
void table_where(struct table *t, struct slice name);
void table_free(struct table *t);

/* Names: decoding, policy, ignore list, collisions.  Adds verdicts. */
void names_check(struct table *t, struct verdicts *v);
void names_decode(struct table *t, struct verdicts *v);
void names_collide(struct table *t, struct verdicts *v);
#define DETAIL_BYTES 64
enum code name_policy(struct slice name, bool ignored, char *detail);

/* Formats by their first bytes. */
struct magic {
	const char *name; /* "zip", "RAR" */
	enum bundle_format format; /* BUNDLE_NONE: not taken */
	enum code code; /* when not taken: how it is refused */
	bool is_archive; /* NESTED when a member begins so */
};
const struct magic *magic_of(struct slice head); /* NULL: unknown */
/* A tar header by its magic or its checksum. */
bool magic_is_tar(struct slice head);
/* The name of the archive that this member is, or NULL; head: its start. */
const char *magic_nested(const char *member, struct slice head);
#define MAGIC_HEAD_BYTES 512

/* Frames: PROTOCOL.bundle, "Frames".  24 bytes, then len bytes. */
enum frame_type {
	FRAME_NONE = 0,
	FRAME_ENTRY, /* code: 1 ignored; a: size; bytes: name */
	FRAME_DATA, /* a: position in the member */
	FRAME_END, /* a: size */
	FRAME_DONE, /* code: format; a: number of members */
	FRAME_REJECT, /* code: of rules.inc; a: how many follow */
	FRAME_TYPE_MAX
};
#define FRAME_MAGIC 0x4e54464dU
#define FRAME_HEAD_BYTES 24
#define FRAME_DATA_BYTES KIB(64)
struct frame {
	uint32_t magic;
	uint16_t type, code;
	uint32_t seq, len;
	uint64_t a;
};
void frame_encode(const struct frame *f, struct buf *out);
struct frame frame_decode(const uint8_t p[FRAME_HEAD_BYTES]);

/* Where the worker writes; fd -1 discards (warm-up). */
struct sink {
	int fd;
	uint32_t seq;
	bool broken; /* a write failed */
	const struct entry *ent; /* being written, or NULL */
	uint64_t at; /* bytes of it that were given */
	bool opened; /* its ENTRY frame was written */
	bool muted; /* a verdict: its bytes are only checked */
	struct buf block;
	uint64_t members;
	struct verdicts *verdicts;
};
void sink_init(struct sink *s, int fd, struct verdicts *v);
void sink_done(struct sink *s); /* for CLEANUP */
void sink_begin(struct sink *s, struct entry *ent);
void sink_data(struct sink *s, struct slice bytes);
void sink_end(struct sink *s);
/* The last frames: REJECT for each verdict, or DONE. */
void sink_finish(struct sink *s, enum bundle_format format);

/* zip */
enum code zip_scan(struct slice all, struct table *t);
enum code zip_extract(struct slice all, struct table *t, struct sink *s);
/* The content of one entry, by blocks; what an inflater needs is kept. */
struct unzip {
	struct inflater *z;
	uint8_t *block;
	void (*put)(void *arg, struct slice bytes);
	void *arg;
};
void unzip_done(struct unzip *u); /* for CLEANUP */
enum code unzip_entry(
    struct unzip *u, struct slice all, const struct entry *ent);

/* The bytes of a tar, plain or out of its one stream, under the limits. */
struct stream {
	struct slice left; /* of the archive */
	struct decoder *decoder; /* NULL: not compressed */
	uint8_t *block;
	uint64_t taken, given; /* bytes in, bytes out */
	bool over;
	enum code fault;
};
void stream_init(struct stream *s, struct slice all, enum bundle_format format);
void stream_free(struct stream *s); /* for CLEANUP */
/* 1 with a block that stays valid until the next call, 0 at the end, -1. */
int stream_next(void *stream, struct slice *out);

/* tap: the shadow walk over a tar (BUNDLES 1.3). */
enum tap_state {
	TAP_HEADER,
	TAP_SPECIAL,
	TAP_DATA,
	TAP_AFTER
};
struct tap {
	struct table *t;
	enum tap_state state;
	struct buf hold; /* a header or special body not yet complete */
	uint64_t pos; /* of the next byte to come */
	uint64_t skip; /* bytes of content and padding to pass over */
	char special; /* type of the special header whose body comes */
	size_t body, padded; /* its size */
	unsigned specials; /* before the present member */
	uint64_t group; /* position of the first header of the member */
	struct buf path; /* override by pax or GNU */
	bool has_path;
	bool path_utf8;
	bool has_size;
	uint64_t size; /* override by pax */
	uint64_t zeros; /* bytes after the end */
};
void tap_init(struct tap *tap, struct table *t);
void tap_free(struct tap *tap); /* for CLEANUP */
enum code tap_feed(struct tap *tap, struct slice bytes);
enum code tap_finish(struct tap *tap);
enum code tap_pax(struct tap *tap, struct slice body, bool global);
/* The name of the member to come; only one may be given. */
enum code tap_path(struct tap *tap, struct slice path, bool utf8);

enum code tar_scan(struct slice all, struct table *t);
enum code tar_extract(struct slice all, struct table *t, struct sink *s);

/* The entries of t as libarchive gives them: each must be what t says. */
struct tar_reader;
enum code entries_in_step(
    struct tar_reader *tar, struct table *t, struct sink *s);
enum code seven_scan(struct slice all, struct table *t);
enum code seven_extract(struct slice all, struct table *t, struct sink *s);

/* A zip that is one document (Office, OpenDocument): FORMAT_OFFICE. */
enum code package_alone(struct slice all, struct table *t);

/* The worker; see worker_fn.  kind: BUNDLE_WORK_7Z or 0. */
#define BUNDLE_WORK_7Z 1U
int bundle_work(uint32_t kind, struct slice in, int out_fd);

/*
 * The parent's reading of frames; fed in pieces of any size.  For bundle_admit,
 * tests and fuzzing.
 */
struct admit;
struct admit *admit_new(struct findings *f);
void admit_free(struct admit *a);
DEFINE_STRUCT_CLEANUP(admit, admit_free)
/* E_INTERNAL: the frames break the grammar; a is then useless. */
int admit_feed(struct admit *a, struct slice bytes, struct err *e) MUST_CHECK;
bool admit_is_over(const struct admit *a); /* DONE or the last REJECT came */
/* The members, with the top folder taken off. */
struct bundle *admit_take(struct admit *a);

#endif
