/* SPDX-License-Identifier: Apache-2.0 */
#ifndef NINTEI_ARCHX_H
#define NINTEI_ARCHX_H
/*
 * archx: zlib, liblzma and libzstd streams, and libarchive's readers of tar
 * and 7z, each fed by the caller.
 * Runs in: unpack (reading); nintei, core (checksums, writing).
 * Trusts: nothing.  Opens no file, starts no program, knows no other format.
 * Vendors: zlib, liblzma, libzstd, libarchive.
 */
#include <stdbool.h>
#include <stdint.h>
#include "nintei/err.h"
#include "nintei/slice.h"

/* CRC-32 of ISO 3309; start with 0.  An empty slice changes nothing. */
uint32_t archx_crc32(uint32_t crc, struct slice bytes);

/* Inflation of one stream: raw deflate (zip), a gzip member, zlib (git). */
enum inflate_form {
	INFLATE_RAW = 1,
	INFLATE_GZIP,
	INFLATE_ZLIB
};
enum inflate_state {
	INFLATE_MORE = 1, /* gave bytes, or wants more input */
	INFLATE_END, /* the stream is over; what is left of in is not its own */
	INFLATE_BAD /* not a deflate stream, or a checksum is wrong */
};
struct inflater;

int inflater_new(
    enum inflate_form form, struct inflater **out, struct err *e) MUST_CHECK;
/*
 * Take bytes off in and write at most cap to p, the number to out_n.
 * INFLATE_MORE with *out_n == 0 and in->n == 0: the input is cut off.
 */
enum inflate_state inflater_run(struct inflater *z, struct slice *in,
    uint8_t *p, size_t cap, size_t *out_n);
/* Ready for another stream of the same form. */
void inflater_restart(struct inflater *z);
void inflater_free(struct inflater *z);
DEFINE_STRUCT_CLEANUP(inflater, inflater_free)

/* Append the raw deflate form of in (level 6).  Errors: E_LIMIT. */
int archx_deflate(struct slice in, struct buf *out, struct err *e) MUST_CHECK;

/* One compressed stream around a tar, under a limit on its memory. */
enum decode_form {
	DECODE_NONE = 0,
	DECODE_GZIP, /* one member */
	DECODE_XZ, /* one stream; at most DECODE_XZ_BYTES of memory */
	DECODE_ZSTD /* one frame; a window of at most 2^DECODE_ZSTD_LOG */
};
#define DECODE_XZ_BYTES ((size_t)96 * 1024 * 1024)
#define DECODE_ZSTD_LOG 27
enum decode_state {
	DECODE_MORE = 1, /* gave bytes, or wants more input */
	DECODE_END, /* the stream is over; what is left of in is not its own */
	DECODE_BAD, /* not such a stream, or a checksum is wrong */
	DECODE_MEMORY /* it wants more memory than the limit */
};
struct decoder;

int decoder_new(
    enum decode_form form, struct decoder **out, struct err *e) MUST_CHECK;
/*
 * Take bytes off in and write at most cap to p, the number to out_n.
 * DECODE_MORE with *out_n == 0 and in->n == 0: the input is cut off.
 */
enum decode_state decoder_run(
    struct decoder *d, struct slice *in, uint8_t *p, size_t cap, size_t *out_n);
void decoder_free(struct decoder *d);
DEFINE_STRUCT_CLEANUP(decoder, decoder_free)

/*
 * libarchive's reading of a tar: format_tar alone, filter_none, mac-ext=0.
 * The caller's source gives decompressed blocks that stay valid until its
 * next call: 1 with a block, 0 at the end, -1 to stop.
 */
typedef int (*tar_source)(void *arg, struct slice *out);
struct tar_reader;
struct tar_entry {
	const char *path; /* as libarchive has it; NULL: it could not say */
	uint64_t size;
	uint64_t at; /* position of its first header; 0 in a 7z */
	bool is_file, is_dir, is_link, is_encrypted;
};
enum tar_state {
	TAR_OK = 1,
	TAR_END,
	TAR_BAD, /* libarchive refuses the archive; a warning counts */
	TAR_ENCRYPTED, /* 7z: even the list of names is */
	TAR_MEMORY, /* none was left */
	TAR_STOPPED /* the source did */
};

/* Load libarchive's locale and time zone data; before confinement. */
void archx_warm(void);
int tar_reader_new(tar_source source, void *arg, struct tar_reader **out,
    struct err *e) MUST_CHECK;
/*
 * The same for a 7z that lies in memory, which must outlive the reader: its
 * format_7zip alone.  Only where the operator takes 7z (docs/adr/0019).
 */
int tar_reader_7z(
    struct slice all, struct tar_reader **out, struct err *e) MUST_CHECK;
/* The next entry, borrowed until the next call. */
enum tar_state tar_reader_next(struct tar_reader *t, struct tar_entry *out);
/* The next block of the entry's content, its place in it; TAR_END after. */
enum tar_state tar_reader_data(
    struct tar_reader *t, struct slice *out, uint64_t *out_at);
void tar_reader_free(struct tar_reader *t);
DEFINE_STRUCT_CLEANUP(tar_reader, tar_reader_free)

#endif
