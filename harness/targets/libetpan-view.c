/* libetpan-view.c: the number of messages that a session of libetpan counts in its selected mailbox.
 *
 * The input is what a server sends before it completes a NOOP; sel_exists is what the session keeps.
 */
#include <libetpan/libetpan.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "library.h"

static const uint8_t *octets;
static size_t left, told; /* of the completion */
static char tag[32], completion[64];
static mailimap *session;

static ssize_t memory_read(mailstream_low *low, void *to, size_t n) {
    (void)low;
    bool over = left == 0;
    const void *from = over ? (const void *)(completion + told) : octets;
    size_t here = over ? strlen(completion) - told : left;
    n = n < here ? n : here;
    memcpy(to, from, n);
    if (over)
        told += n;
    else {
        octets += n;
        left -= n;
    }
    return n > 0 ? (ssize_t)n : -1;
}

static ssize_t memory_write(mailstream_low *low, const void *p, size_t n) {
    (void)low;
    char text[64];
    snprintf(text, sizeof text, "%.*s", (int)n, (const char *)p);
    if (sscanf(text, "%31s", tag) == 1)
        snprintf(completion, sizeof completion, "%s OK done\r\n", tag);
    return (ssize_t)n;
}

static int memory_close(mailstream_low *low) { return low == NULL; }
static int memory_fd(mailstream_low *low) { return low == NULL ? -2 : -1; }
static void memory_free(mailstream_low *low) { free(low); }
static mailstream_low_driver driver = {.mailstream_read = memory_read,
                                       .mailstream_write = memory_write,
                                       .mailstream_close = memory_close,
                                       .mailstream_get_fd = memory_fd,
                                       .mailstream_free = memory_free};

static bool start(char *err, size_t errlen) {
    if (session != NULL)
        return true;
    session = mailimap_new(0, NULL);
    if (session != NULL) {
        session->imap_stream = mailstream_new(mailstream_low_new(NULL, &driver), 8192);
        session->imap_selection_info = mailimap_selection_info_new();
        session->imap_state = MAILIMAP_STATE_SELECTED;
        return true;
    }
    snprintf(err, errlen, "no memory");
    return false;
}

static void parse(enum lib_item item, const uint8_t *p, size_t n, struct lib_answer *a) {
    (void)item;
    octets = p;
    left = n;
    told = 0;
    session->imap_selection_info->sel_exists = 0;
    session->imap_stream->read_buffer_len = 0;
    mmap_string_truncate(session->imap_stream_buffer, 0);
    int code = mailimap_noop(session);
    a->verdict = code == MAILIMAP_NO_ERROR ? LIB_ACCEPT : LIB_REJECT;
    if (code != MAILIMAP_NO_ERROR)
        snprintf(a->why, sizeof a->why, "error %d of mailimap_noop", code);
    session->imap_state = MAILIMAP_STATE_SELECTED;
    canon_number(&a->canon, session->imap_selection_info->sel_exists);
}

LIBRARY(libetpan_view) = {.name = "libetpan-view",
                          .package = "libetpan-dev",
                          .about = "the messages that its session counts; of the fuzzer of views",
                          .dialect = DIALECT_3501,
                          .literals = LITERALS_SYNC,
                          .start = start,
                          .parse = parse};
