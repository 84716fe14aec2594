/* SPDX-License-Identifier: Apache-2.0 */
#ifndef NINTEI_CC_H
#define NINTEI_CC_H
/*
 * cc: the GNU C that this project uses beyond C17, in one place.
 * Runs in: every process.
 */
#include <stddef.h>

#define MUST_CHECK __attribute__((warn_unused_result))
#define PRINTF_LIKE(fmt, args) __attribute__((format(printf, fmt, args)))
#define NORETURN __attribute__((noreturn))
#define UNUSED __attribute__((unused))

/* Run fn(&variable) when the variable leaves its scope. */
#define CLEANUP(fn) __attribute__((cleanup(fn)))

/* Hand a pointer or descriptor over: the variable no longer owns it. */
#define TAKE(p)                            \
	__extension__({                    \
		__typeof__(p) take_ = (p); \
		(p) = NULL;                \
		take_;                     \
	})
#define TAKE_FD(fd)               \
	__extension__({           \
		int take_ = (fd); \
		(fd) = -1;        \
		take_;            \
	})

/* DEFINE_CLEANUP(X509, X509_free) makes X509_freep for CLEANUP. */
/* NOLINTBEGIN(bugprone-macro-parentheses): a type cannot stand in them. */
#define DEFINE_CLEANUP(type, fn)                         \
	static inline UNUSED void type##_freep(type **p) \
	{                                                \
		if (*p != NULL)                          \
			fn(*p);                          \
		*p = NULL;                               \
	}
/* The same for a struct: DEFINE_STRUCT_CLEANUP(bundle, bundle_free). */
#define DEFINE_STRUCT_CLEANUP(name, fn)                         \
	static inline UNUSED void name##_freep(struct name **p) \
	{                                                       \
		if (*p != NULL)                                 \
			fn(*p);                                 \
		*p = NULL;                                      \
	}
/* NOLINTEND(bugprone-macro-parentheses) */

#define NELEM(a) (sizeof(a) / sizeof((a)[0]))
#define ALIGN_UP(n, a) (((n) + (a)-1) / (a) * (a))

/* close(*fd) if it is one; for CLEANUP(fd_closep). */
void fd_closep(int *fd);
/* free(*p); for CLEANUP(freep) on any pointer variable. */
void freep(void *p);

/* Allocate or exit 71: for small sizes that no input decides (STYLE 5). */
void *xcalloc(size_t n, size_t size) __attribute__((malloc));
void *xrealloc(void *p, size_t n, size_t size);
char *xstrdup(const char *s) __attribute__((malloc));
char *xstrndup(const char *s, size_t n) __attribute__((malloc));
char *xasprintf(const char *fmt, ...) PRINTF_LIKE(1, 2);

#endif
