/* SPDX-License-Identifier: Apache-2.0 */
/* HTTP as a client: libcurl with strict settings. */
#include "nintei/fetch.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <unistd.h>

#include <curl/curl.h>

#include "nintei/limits.h"

#define ANSWER_DEFAULT MIB(32)
#define SECONDS_DEFAULT 60
#define CONNECT_SECONDS 20

DEFINE_CLEANUP(CURL, curl_easy_cleanup)
struct headers {
	struct curl_slist *list;
};
struct fetch_client {
	CURL *curl;
};

/* What the callbacks share. */
struct transfer {
	const struct fetch_request *q;
	struct fetch_answer *out;
	uint64_t sent;
	bool too_large;
	bool reached; /* somebody, who may not speak HTTP/1 */
};

static void
headers_free(struct headers *h)
{
	curl_slist_free_all(h->list);
}

static void
headers_add(struct headers *h, const char *line)
{
	struct curl_slist *more = curl_slist_append(h->list, line);

	if (more == NULL)
		abort(); /* out of memory, as xcalloc */
	h->list = more;
}

void
fetch_answer_done(struct fetch_answer *a)
{
	free(a->content_type);
	free(a->location);
	free(a->etag);
	free(a->retry_after);
	buf_free(&a->body);
	*a = (struct fetch_answer){ 0 };
}

static size_t
on_body(char *p, size_t size, size_t n, void *arg)
{
	struct transfer *t = arg;

	buf_put(&t->out->body, p, size * n);
	t->too_large = !buf_ok(&t->out->body);
	return t->too_large ? 0 : size * n;
}

/* Keep the value of a header that callers ask for. */
static void
keep(const char *line, size_t n, const char *name, char **out)
{
	size_t m = strlen(name);

	if (n <= m || strncasecmp(line, name, m) != 0)
		return;
	line += m;
	n -= m;
	while (n > 0 && (*line == ' ' || *line == '\t')) {
		line++;
		n--;
	}
	while (n > 0 && (line[n - 1] == '\r' || line[n - 1] == '\n'))
		n--;
	free(*out);
	*out = xstrndup(line, n);
}

static size_t
on_header(char *p, size_t size, size_t n, void *arg)
{
	struct fetch_answer *a = ((struct transfer *)arg)->out;

	keep(p, size * n, "Content-Type:", &a->content_type);
	keep(p, size * n, "Location:", &a->location);
	keep(p, size * n, "ETag:", &a->etag);
	keep(p, size * n, "Retry-After:", &a->retry_after);
	return size * n;
}

static size_t
on_read(char *out, size_t size, size_t n, void *arg)
{
	struct transfer *t = arg;
	uint64_t left = t->q->body_size - t->sent;
	size_t want = size * n;
	ssize_t k;

	if (want > left)
		want = (size_t)left;
	if (want == 0)
		return 0;
	k = pread(t->q->body_fd, out, want, (off_t)t->sent);
	if (k <= 0)
		return CURL_READFUNC_ABORT;
	t->sent += (uint64_t)k;
	if (t->q->progress != NULL)
		t->q->progress(t->q->arg, t->sent, t->q->body_size);
	return (size_t)k;
}

/* libcurl rewinds when a kept connection turned out to be closed. */
static int
on_seek(void *arg, curl_off_t offset, int origin)
{
	struct transfer *t = arg;

	if (origin != SEEK_SET || offset < 0 ||
	    (uint64_t)offset > t->q->body_size)
		return CURL_SEEKFUNC_FAIL;
	t->sent = (uint64_t)offset;
	return CURL_SEEKFUNC_OK;
}

int
fetch_warm(struct err *e)
{
	static bool begun;

	if (!begun && curl_global_init(CURL_GLOBAL_DEFAULT) != 0)
		return err_set(e, E_INTERNAL, "libcurl does not start");
	begun = true;
	return 0;
}

static CURL *
curl_open(struct err *e)
{
	CURL *c;

	if (fetch_warm(e) < 0)
		return NULL;
	c = curl_easy_init();
	if (c == NULL)
		(void)err_set(e, E_INTERNAL, "libcurl does not start");
	return c;
}

int
fetch_client_new(struct fetch_client **out, struct err *e)
{
	CURL *c = curl_open(e);

	if (c == NULL)
		return -1;
	*out = xcalloc(1, sizeof(**out));
	(*out)->curl = c;
	return 0;
}

void
fetch_client_free(struct fetch_client *c)
{
	if (c == NULL)
		return;
	curl_easy_cleanup(c->curl);
	free(c);
}

static void
set_common(
    CURL *c, const struct fetch_request *q, struct transfer *t, char *message)
{
	long seconds = q->seconds != 0 ? (long)q->seconds : SECONDS_DEFAULT;

	curl_easy_setopt(c, CURLOPT_URL, q->url);
	curl_easy_setopt(c, CURLOPT_PROTOCOLS_STR, "https,http");
	curl_easy_setopt(c, CURLOPT_SSLVERSION, (long)CURL_SSLVERSION_TLSv1_2);
	curl_easy_setopt(c, CURLOPT_NOSIGNAL, 1L);
	curl_easy_setopt(c, CURLOPT_USERAGENT, "nintei/" NINTEI_VERSION);
	curl_easy_setopt(c, CURLOPT_ERRORBUFFER, message);
	curl_easy_setopt(c, CURLOPT_CONNECTTIMEOUT, (long)CONNECT_SECONDS);
	curl_easy_setopt(c, CURLOPT_LOW_SPEED_LIMIT, 1L);
	curl_easy_setopt(c, CURLOPT_LOW_SPEED_TIME, seconds);
	curl_easy_setopt(c, CURLOPT_TIMEOUT, (long)q->total_seconds);
	curl_easy_setopt(c, CURLOPT_WRITEFUNCTION, on_body);
	curl_easy_setopt(c, CURLOPT_WRITEDATA, t);
	curl_easy_setopt(c, CURLOPT_HEADERFUNCTION, on_header);
	curl_easy_setopt(c, CURLOPT_HEADERDATA, t);
	if (q->ca_pem.n != 0) {
		union {
			const void *in;
			void *out; /* libcurl copies it */
		} p = { q->ca_pem.p };
		struct curl_blob pem = { p.out, q->ca_pem.n, CURL_BLOB_COPY };

		curl_easy_setopt(c, CURLOPT_CAINFO_BLOB, &pem);
		curl_easy_setopt(c, CURLOPT_CAPATH, NULL);
	} else if (q->ca_file != NULL) {
		curl_easy_setopt(c, CURLOPT_CAINFO, q->ca_file);
		curl_easy_setopt(c, CURLOPT_CAPATH, NULL);
	}
}

static void
set_body(CURL *c, const struct fetch_request *q, struct transfer *t)
{
	if (strcmp(q->method, "POST") != 0)
		return;
	curl_easy_setopt(c, CURLOPT_POST, 1L);
	if (q->body_fd < 0) {
		curl_easy_setopt(
		    c, CURLOPT_POSTFIELDSIZE_LARGE, (curl_off_t)q->body.n);
		curl_easy_setopt(c, CURLOPT_POSTFIELDS,
		    q->body.n > 0 ? (const char *)q->body.p : "");
		return;
	}
	curl_easy_setopt(
	    c, CURLOPT_POSTFIELDSIZE_LARGE, (curl_off_t)q->body_size);
	curl_easy_setopt(c, CURLOPT_READFUNCTION, on_read);
	curl_easy_setopt(c, CURLOPT_READDATA, t);
	curl_easy_setopt(c, CURLOPT_SEEKFUNCTION, on_seek);
	curl_easy_setopt(c, CURLOPT_SEEKDATA, t);
}

/* A token that could not stand in a header is none. */
static int
set_headers(
    CURL *c, const struct fetch_request *q, struct headers *h, struct err *e)
{
	CLEANUP(freep) char *bearer = NULL;
	size_t i;

	for (i = 0; q->headers != NULL && q->headers[i] != NULL; i++)
		headers_add(h, q->headers[i]);
	headers_add(h, "Expect:"); /* our server answers early by itself */
	if (q->token != NULL) {
		if (strncmp(q->url, "https://", 8) != 0)
			return err_set(
			    e, E_USAGE, "a token is sent over https:// only");
		if (strpbrk(q->token, " \r\n\t") != NULL)
			return err_set(e, E_USAGE, "that is not a token");
		bearer = xasprintf("Authorization: Bearer %s", q->token);
		headers_add(h, bearer);
	}
	curl_easy_setopt(c, CURLOPT_HTTPHEADER, h->list);
	return 0;
}

static int
failed(
    CURLcode code, const struct transfer *t, const char *message, struct err *e)
{
	const char *why =
	    message[0] != '\0' ? message : curl_easy_strerror(code);

	if (t->too_large)
		return err_set(e, E_LIMIT, "the answer is too large");
	if (code == CURLE_URL_MALFORMAT ||
	    (code == CURLE_UNSUPPORTED_PROTOCOL && !t->reached))
		return err_set(
		    e, E_USAGE, "not a URL that can be asked: %s", why);
	if (code == CURLE_PEER_FAILED_VERIFICATION ||
	    code == CURLE_SSL_CACERT_BADFILE)
		return err_set(e, E_INVALID,
		    "the server's certificate is not accepted: %s", why);
	return err_set(e, E_UNAVAILABLE, "no answer from the server: %s", why);
}

static void
answer_begin(const struct fetch_request *q, struct fetch_answer *a)
{
	*a = (struct fetch_answer){ 0 };
	a->content_type = xstrdup("");
	a->location = xstrdup("");
	a->etag = xstrdup("");
	a->retry_after = xstrdup("");
	a->body.max = q->max_answer != 0 ? q->max_answer : ANSWER_DEFAULT;
}

int
fetch(const struct fetch_request *q, struct fetch_answer *out, struct err *e)
{
	CLEANUP(headers_free) struct headers h = { NULL };
	CLEANUP(fetch_answer_done) struct fetch_answer a = { 0 };
	CLEANUP(CURL_freep) CURL *own = q->client == NULL ? curl_open(e) : NULL;
	CURL *c = q->client != NULL ? q->client->curl : own;
	struct transfer t = { .q = q, .out = &a };
	char message[CURL_ERROR_SIZE] = "";
	const char *ip = NULL;
	long status = 0;
	CURLcode code;

	if (c == NULL)
		return -1;
	if (q->client != NULL)
		curl_easy_reset(c); /* options, not connections */
	answer_begin(q, &a);
	set_common(c, q, &t, message);
	set_body(c, q, &t);
	if (set_headers(c, q, &h, e) < 0)
		return -1;
	code = curl_easy_perform(c);
	curl_easy_getinfo(c, CURLINFO_RESPONSE_CODE, &status);
	curl_easy_getinfo(c, CURLINFO_PRIMARY_IP, &ip);
	t.reached = ip != NULL && ip[0] != '\0';
	/* An early refusal may cut the upload short: it is the answer. */
	if (code != CURLE_OK &&
	    !(code == CURLE_SEND_ERROR && status >= 400 && a.body.n > 0))
		return failed(code, &t, message, e);
	a.status = (unsigned)status;
	*out = a;
	a = (struct fetch_answer){ 0 };
	return 0;
}

char *
fetch_escape(const char *text)
{
	static const char plain[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
				    "abcdefghijklmnopqrstuvwxyz0123456789-._~";
	static const char hex[] = "0123456789ABCDEF";
	struct buf b = BUF_INIT(3 * strlen(text) + 1);
	const unsigned char *p;
	size_t n;

	for (p = (const unsigned char *)text; *p != '\0'; p++) {
		if (strchr(plain, *p) != NULL) {
			buf_putc(&b, *p);
			continue;
		}
		buf_putc(&b, '%');
		buf_putc(&b, hex[*p >> 4]);
		buf_putc(&b, hex[*p & 15]);
	}
	if (b.p == NULL)
		return xstrdup("");
	return (char *)buf_take(&b, &n);
}
