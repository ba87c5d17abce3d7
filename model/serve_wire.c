/* serve_wire.c: faults of the octets and their order, which no command's meaning explains: responses that break off, commands
 * that overtake others. */
#include "serve.h"

#include <stdlib.h>
#include <string.h>

bool serve_breaks_off(struct model_server *m, int session, uint32_t tagged_context) {
    bool ends = run_fault(&m->run, P_FAULT_TAGGED, tagged_context, OP_F_BREAKS_OFF);
    if (!ends && !run_fault(&m->run, P_FAULT_TAGGED, tagged_context, OP_F_STALLS)) return false;
    serve_flush(m);
    m->speaking = session;
    out_text(&m->out, "* 1 FETCH (FLAGS (\\Se");
    serve_flush(m);
    if (ends) serve_hangup(m, session);
    return true;
}

/* The second word of a command line. */
static struct slice word_of(const uint8_t *p, size_t n) {
    const uint8_t *begin = memchr(p, ' ', n), *end = p + n;
    if (!begin) return (struct slice){p, 0};
    const uint8_t *at = ++begin;
    while (at < end && *at != ' ' && *at != '\r' && *at != '\n') at++;
    return (struct slice){begin, (uint32_t)(at - begin)};
}

/* FETCH, STORE and SEARCH by number alone, since what overtakes them changes what they mean (R3501-5.5-s). */
static int by_number(struct slice word) {
    static const char *const words[] = {"FETCH", "STORE", "SEARCH"};
    for (int i = 0; i < 3; i++)
        if (slice_is_nocase(word, words[i])) return i;
    return -1;
}

size_t serve_overtaken(struct model_server *m, int session, size_t end) {
    struct serve_session *s = &m->session[session];
    int cmd = m->run.faulty ? by_number(word_of(s->in, end)) : -1;
    if (cmd < 0 || !run_fault(&m->run, P_FAULT_TAGGED, point_context(P_FAULT_TAGGED, 1, &cmd), OP_F_OVERTAKEN)) return end;
    uint8_t *next = s->in + end, *lf = memchr(next, '\n', s->n - end);
    size_t n = lf ? (size_t)(lf - next) + 1 : 0;
    if (n < 4 || lf[-2] == '}' || by_number(word_of(next, n)) >= 0) return end; /* nothing whole is behind it */
    uint8_t *first = malloc(end);
    if (!first) return end;
    memcpy(first, s->in, end);
    memmove(s->in, next, n);
    memcpy(s->in + n, first, end);
    free(first);
    s->scanned = s->line = n;
    return n;
}
