/* fuzz_loop_mutate.c: reads and changes the closed loop's inputs: lines of programs, new lines out of the
 * generator, answers. */
#include "fuzz_loop.h"

#include <stdlib.h>
#include <string.h>

#include "drive_priv.h"
#include "fuzz_common.h"
#include "generate.h"

#define LINES_MAX 300

static uint64_t state;
static uint32_t pick(uint32_t n) { /* splitmix64 */
    uint64_t z = state += 0x9e3779b97f4a7c15u;
    z = (z ^ z >> 30) * 0xbf58476d1ce4e5b9u;
    z = (z ^ z >> 27) * 0x94d049bb133111ebu;
    return (uint32_t)((z ^ z >> 31) >> 32) % n;
}

/* One command is one command: a line end stands only where a literal is announced. What a server makes of two
 * commands in one line of a program is not the program's business. */
static bool is_one_command(struct slice s) {
    uint64_t n;
    bool plus;
    for (uint32_t i = 0; i < s.n; i++) {
        if (s.p[i] != '\n')
            continue;
        if (i < 1 || s.p[i - 1] != '\r' || !literal_at_end((struct slice){s.p, i - 1}, &n, &plus) ||
            n > s.n - i - 1)
            return false;
        i += (uint32_t)n;
    }
    return !literal_at_end(s, &n, &plus); /* its octets do not come */
}

/* AUTHENTICATE's answer is the session's next line, or the next command would be taken for it. */
static bool is_answered(const struct program *p, uint32_t i) {
    struct slice s = program_text(p, &p->line[i]);
    if (s.n < 12 || !slice_is_nocase((struct slice){s.p, 12}, "AUTHENTICATE"))
        return true;
    return i + 1 < p->lines && p->line[i + 1].kind == LINE_SEND &&
           p->line[i + 1].session == p->line[i].session &&
           !memchr(program_text(p, &p->line[i + 1]).p, '\n', program_text(p, &p->line[i + 1]).n);
}

/* What may follow is waited for: behind IDLE a line is no command, behind STARTTLS it is dropped, and
 * AUTHENTICATE wants an answer first. */
static bool stands_alone(struct slice s) {
    static const char *const words[] = {"IDLE", "STARTTLS", "AUTHENTICATE"};
    for (size_t i = 0; i < sizeof words / sizeof *words; i++) {
        uint32_t n = (uint32_t)strlen(words[i]);
        if (s.n >= n && slice_is_nocase((struct slice){s.p, n}, words[i]))
            return true;
    }
    return false;
}

static void leave_out_bad(struct program *p) {
    uint32_t kept = 0, before = p->lines;
    for (uint32_t i = 0; i < p->lines; i++)
        if (p->line[i].kind == LINE_SEND && stands_alone(program_text(p, &p->line[i])))
            p->line[i].flags &= (uint8_t)~LINE_NOWAIT;
    for (uint32_t i = 0; i < p->lines; i++)
        if (p->line[i].kind != LINE_SEND ||
            (is_one_command(program_text(p, &p->line[i])) && is_answered(p, i)))
            p->line[kept++] = p->line[i];
    p->lines = kept;
    if (kept < before)
        leave_out_bad(p); /* one may have been another's answer */
}

/* Line by line, each with the `  | ` lines that belong to it: a bad one does not spoil the rest. */
size_t loop_read(struct program *p, const uint8_t *octets, size_t n) {
    static struct program one;
    char err[300];
    const uint8_t *nul = n ? memchr(octets, 0, n) : NULL;
    size_t end = nul ? (size_t)(nul - octets) : n, next;
    program_clear(p);
    p->failed = false;
    if (program_parse(p, "input", 1, (const char *)octets, end, err, sizeof err) && p->lines <= LINES_MAX) {
        leave_out_bad(p);
        return end;
    }
    program_clear(p);
    p->failed = false;
    for (size_t at = 0; at < end && p->lines < LINES_MAX; at = next) {
        for (next = at; next < end;) {
            const uint8_t *lf = memchr(octets + next, '\n', end - next);
            next = lf ? (size_t)(lf - octets) + 1 : end;
            size_t i = next;
            while (i < end && octets[i] == ' ')
                i++;
            if (i >= end || octets[i] != '|')
                break;
        }
        program_clear(&one);
        one.failed = false;
        if (program_parse(&one, "input", 1, (const char *)octets + at, next - at, err, sizeof err))
            for (uint32_t i = 0; i < one.lines; i++)
                program_take(p, &one, &one.line[i]);
    }
    leave_out_bad(p);
    return end;
}

static void generate(struct program *out) {
    struct generator_options o = {.families = GENERATE_ALL,
                                  .implicit_tls = true,
                                  .starttls = true,
                                  .allow_inbox = true,
                                  .clients = 2 + (int)pick(4),
                                  .commands = 3 + (int)pick(9),
                                  .idle_ms = 1};
    struct generator *g = generator_new(pick(1u << 30), &o);
    if (g) {
        generator_seek(g, pick(1u << 16));
        if (!generator_next(g, out))
            program_clear(out);
    }
    generator_free(g);
}

/* A line's command with a few octets changed, as the item's own mutator would. */
static void change_text(struct program *to, const struct program *from, const struct line *l) {
    struct line *copy = program_take(to, from, l);
    if (!copy || !copy->n || l->kind != LINE_SEND)
        return;
    static const char some[] = "*:,0123456789()\\{}\"+.$ \r\nAFIU";
    uint8_t *p = to->octets + copy->text;
    for (uint32_t k = 1 + pick(3); k; k--)
        p[pick(copy->n)] = pick(8) ? (uint8_t)some[pick(sizeof some - 1)] : (uint8_t)pick(256);
}

static void change_line(struct program *to, const struct program *from, const struct line *l) {
    struct line *copy;
    switch (pick(7)) {
    case 0:
        return; /* left out */
    case 1:
        program_take(to, from, l);
        program_take(to, from, l);
        return;
    case 2:
        program_checkpoint(to);
        break;
    case 3:
        program_close(to, 1 + (int)pick(4));
        break;
    case 4:
        change_text(to, from, l);
        return;
    default:
        break;
    }
    copy = program_take(to, from, l);
    if (!copy)
        return;
    if (copy->session)
        copy->session = (uint8_t)(1 + pick(4));
    if (copy->kind == LINE_SEND && !pick(3))
        copy->flags ^= pick(4) ? LINE_NOWAIT : LINE_RAW;
}

/* Some lines changed; some taken from another program instead. */
static void change(struct program *to, const struct program *from, const struct program *other) {
    uint32_t rate = 2 + pick(30), k = 0;
    program_clear(to);
    for (uint32_t i = 0; i < from->lines && to->lines < LINES_MAX; i++) {
        if (!pick(rate))
            change_line(to, from, &from->line[i]);
        else
            program_take(to, from, &from->line[i]);
        for (; other->lines && !pick(4) && k < other->lines; k++)
            program_take(to, other, &other->line[k]);
    }
}

static size_t write(const struct program *p, const uint8_t *answers, size_t answers_n, uint8_t *out,
                    size_t cap) {
    size_t n;
    char *text = program_print_sent(p, &n);
    if (!text)
        return 0;
    while (n > cap) { /* whole lines that fit */
        const char *lf = memrchr(text, '\n', n - 1);
        n = lf ? (size_t)(lf - text) + 1 : 0;
    }
    memcpy(out, text, n);
    free(text);
    if (n < cap && answers_n) {
        out[n++] = 0;
        size_t k = answers_n < cap - n ? answers_n : cap - n;
        memcpy(out + n, answers, k);
        n += k;
    }
    return n;
}

static size_t change_answers(uint8_t *v, size_t n, size_t cap) {
    if (!pick(4))
        return 0; /* the server's own, which are judged harder */
    if (!pick(4)) {
        n = 1 + pick((uint32_t)cap);
        for (size_t i = 0; i < n; i++)
            v[i] = (uint8_t)(pick(2) ? pick(8) : 0);
    }
    for (uint32_t k = pick(4); k && n; k--)
        v[pick((uint32_t)n)] = (uint8_t)(pick(2) ? pick(8) : pick(256));
    return n;
}

static struct program a, b, made;

static size_t mix(const uint8_t *p, size_t n, uint8_t *out, size_t cap) {
    uint8_t answers[256];
    size_t used = loop_read(&a, p, n), left = used < n ? n - used - 1 : 0;
    left = left < sizeof answers ? left : sizeof answers;
    if (left)
        memcpy(answers, p + used + 1, left);
    if (!a.lines || !pick(20))
        generate(&a);
    change(&made, &a, &b);
    return write(&made, answers, change_answers(answers, left, sizeof answers), out, cap);
}

size_t LLVMFuzzerCustomMutator(uint8_t *p, size_t n, size_t cap, unsigned seed) {
    state = seed;
    program_clear(&b);
    if (!pick(8))
        generate(&b);
    n = mix(p, n, p, cap);
    return n ? n : (p[0] = '\n', 1);
}

size_t LLVMFuzzerCustomCrossOver(const uint8_t *p, size_t n, const uint8_t *q, size_t m, uint8_t *out,
                                 size_t cap, unsigned seed) {
    state = seed;
    loop_read(&b, q, m);
    n = mix(p, n, out, cap);
    return n ? n : (out[0] = '\n', 1);
}
