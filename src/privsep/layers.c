/* SPDX-License-Identifier: Apache-2.0 */
/* What holds the process now, as one line for the log. */
#include "nintei/privsep.h"

#include <stdarg.h>
#include <stdio.h>
#include <unistd.h>

#include "nintei/log.h"
#include "privsep_int.h"

static const char *const names[LAYER_MAX] = {
	[LAYER_USER] = "user",
	[LAYER_CAPS] = "caps",
	[LAYER_NAMESPACES] = "namespaces",
	[LAYER_ROOT] = "root",
	[LAYER_LIMITS] = "limits",
	[LAYER_LANDLOCK] = "landlock",
	[LAYER_SECCOMP] = "seccomp",
};

void
layer_on(struct layers *l, enum layer which, const char *fmt, ...)
{
	va_list ap;

	l->on[which] = true;
	va_start(ap, fmt);
	vsnprintf(l->note[which], sizeof(l->note[which]), fmt, ap);
	va_end(ap);
}

void
layer_off(struct layers *l, enum layer which, const char *fmt, ...)
{
	va_list ap;

	l->on[which] = false;
	va_start(ap, fmt);
	vsnprintf(l->note[which], sizeof(l->note[which]), fmt, ap);
	va_end(ap);
}

const char *
privsep_layers_text(const struct layers *l, char out[LAYERS_TEXT])
{
	CLEANUP(buf_free) struct buf b = BUF_INIT(LAYERS_TEXT - 1);

	for (int i = 0; i < LAYER_MAX; i++)
		buf_putf(&b, "%s%s=%s%s%s%s", i == 0 ? "" : " ", names[i],
		    l->on[i] ? "" : "off", l->on[i] ? "" : "(",
		    l->note[i][0] == '\0' ? "-" : l->note[i],
		    l->on[i] ? "" : ")");
	snprintf(out, LAYERS_TEXT, "%s", buf_str(&b));
	return out;
}

void
privsep_report(const struct layers *l)
{
	char text[LAYERS_TEXT];

	log_ev(LOG_L_INFO, "process.confined", "layers",
	    privsep_layers_text(l, text), NULL);
}

#ifdef NINTEI_MEASURED
extern void __gcov_dump(void);
#endif

void
privsep_exit(int status)
{
#ifdef NINTEI_MEASURED
	__gcov_dump();
#endif
	_exit(status);
}
