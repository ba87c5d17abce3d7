/* wmethod.c: test words that leave a machine with one state too many no way out (W-method). */
#include "proof.h"

#include <stdlib.h>
#include <string.h>

struct word {
    int *letter, len;
};

static int target(const struct dfa *d, int state, int letter) {
    return d->next[state][letter >= 0 ? letter : d->first_of[-1 - letter]];
}

/* The letters that lead through a breadth-first search, read back from its end. */
struct step {
    int from, letter;
};

static struct word way(const struct step *came, int to) {
    struct word w = {NULL, 0};
    for (int q = to; came[q].from >= 0; q = came[q].from)
        w.len++;
    w.letter = keep((size_t)(w.len + 1) * sizeof(int));
    int i = w.len;
    for (int q = to; came[q].from >= 0; q = came[q].from)
        w.letter[--i] = came[q].letter;
    return w;
}

/* ---- words that tell states apart
 * ----------------------------------------------------------------------------------- */

/* A run shows where the automaton died and whether the last place accepts. So dead and alive differ at once,
 * and so do an accepting and another place. Else: the shortest word behind which two places differ so. */
static struct word tell_apart(const struct dfa *d, int s, int t) {
    const int n = d->states;
    struct step *came = malloc((size_t)n * (size_t)n * sizeof *came);
    int *queue = malloc((size_t)n * (size_t)n * sizeof *queue), head = 0, tail = 0;
    bool *seen = calloc((size_t)n * (size_t)n, 1);
    struct word w = {NULL, 0};
    if (!came || !queue || !seen)
        give_up("out of memory");
    queue[tail++] = s * n + t;
    seen[queue[0]] = true;
    came[queue[0]].from = -1;
    for (; head < tail && !w.letter; head++) {
        const int at = queue[head], x = at / n, y = at % n;
        if (d->accept[x] != d->accept[y] || (x == 0) != (y == 0)) {
            w = way(came, at);
            break;
        }
        for (int k = 0; k < d->classes; k++) {
            const int next = target(d, x, CLASS(k)) * n + target(d, y, CLASS(k));
            if (!seen[next]) {
                seen[next] = true;
                came[next] = (struct step){at, CLASS(k)};
                queue[tail++] = next;
            }
        }
    }
    free(came), free(queue), free(seen);
    if (!w.letter)
        give_up("two states of a minimal automaton are alike");
    return w;
}

/* What a run of w from s shows: where it died, or how it ended. */
static int outcome(const struct dfa *d, int s, const struct word *w) {
    for (int i = 0; i < w->len; i++) {
        const int next = target(d, s, w->letter[i]);
        if (next == 0)
            return 2 * i + d->accept[s];
        s = next;
    }
    return -1 - d->accept[s];
}

static bool prefix_free(const struct dfa *d) {
    for (int s = 1; s < d->states; s++)
        for (int c = 0; d->accept[s] && c < SYMBOLS; c++)
            if (d->next[s][c])
                return false;
    return true;
}

/* A set of words that tells all live states apart. Where no accepted word goes on, a run shows all that its
 * beginnings show, and those words are left out. */
static int telling_words(const struct dfa *d, struct word *out, int cap) {
    int n = 0;
    for (int s = 1; s < d->states; s++)
        for (int t = s + 1; t < d->states; t++) {
            int i = 0;
            while (i < n && outcome(d, s, &out[i]) == outcome(d, t, &out[i]))
                i++;
            if (i < n)
                continue;
            if (n == cap)
                give_up("too many words to tell states apart");
            out[n++] = tell_apart(d, s, t);
        }
    for (int i = 0; i < n && prefix_free(d); i++)
        for (int j = 0; j < n; j++)
            if (i != j && out[i].len <= out[j].len &&
                !memcmp(out[i].letter, out[j].letter, (size_t)out[i].len * sizeof(int))) {
                out[i--] = out[--n];
                break;
            }
    return n;
}

/* ---- the suite
 * ------------------------------------------------------------------------------------------------------ */

enum { TELLING_MAX = 400, WORD_MAX = 2000 };

struct suite {
    use_word *use;
    void *context;
    struct word telling[TELLING_MAX];
    int tellings;
    int letter[WORD_MAX];
};

static void put(struct suite *x, int len, const struct word *tail, bool cover) {
    if (len + tail->len > WORD_MAX)
        give_up("a word is too long");
    memcpy(x->letter + len, tail->letter, (size_t)tail->len * sizeof(int));
    x->use(x->context, x->letter, len + tail->len, cover);
}

void w_method(const struct dfa *d, use_word *use, void *context) {
    const struct word empty = {(int[]){0}, 0};
    struct suite *x = keep(sizeof *x);
    struct step *came = keep((size_t)d->states * sizeof *came);
    int *queue = keep((size_t)d->states * sizeof *queue), head = 0, tail = 0;
    bool *seen = keep((size_t)d->states);
    unsigned turn = 0;
    x->use = use, x->context = context;
    x->tellings = telling_words(d, x->telling, TELLING_MAX);
    use(context, x->letter, 0, true);
    queue[tail++] = d->start;
    seen[d->start] = seen[0] = true;
    came[d->start].from = -1;
    for (; head < tail; head++) {
        const int s = queue[head];
        const struct word a = way(came, s);
        memcpy(x->letter, a.letter, (size_t)a.len * sizeof(int));
        for (int i = 0; i < x->tellings; i++)
            put(x, a.len, &x->telling[i], true);
        for (int c = 0; c < 256; c++) { /* every octet */
            x->letter[a.len] = c;
            put(x, a.len + 1, &empty, false);
            if (d->next[s][c] && x->tellings)
                put(x, a.len + 1, &x->telling[turn++ % (unsigned)x->tellings], false);
        }
        for (int k = 0; k < d->classes; k++) {
            const int t = target(d, s, CLASS(k));
            x->letter[a.len] = CLASS(k);
            put(x, a.len + 1, &empty, true);
            if (!t) /* the lexer has said REJECT: nothing comes after that */
                continue;
            for (int i = 0; i < x->tellings; i++)
                put(x, a.len + 1, &x->telling[i], true);
            for (int j = 0; j < d->classes; j++) {
                x->letter[a.len + 1] = CLASS(j);
                put(x, a.len + 2, &empty, false);
                for (int i = 0; i < x->tellings; i++)
                    put(x, a.len + 2, &x->telling[i], false);
            }
            if (!seen[t]) {
                seen[t] = true;
                came[t] = (struct step){s, CLASS(k)};
                queue[tail++] = t;
            }
        }
    }
}

/* ---- letters to octets
 * ---------------------------------------------------------------------------------------------- */

/* Octet number *turn of a class, or CONTENT. */
static int member(const struct dfa *d, int class, unsigned *turn) {
    static const struct dfa *known; /* the members of this automaton's classes */
    static uint8_t members[SYMBOLS][256];
    static unsigned count[SYMBOLS];
    if (known != d) {
        known = d;
        memset(count, 0, sizeof count);
        for (int c = 0; c < 256; c++)
            members[d->class_of[c]][count[d->class_of[c]]++] = (uint8_t)c;
    }
    return count[class] ? members[class][(*turn)++ % count[class]] : CONTENT;
}

/* The number in a header that ends at buf[n]. */
static size_t announced(const uint8_t *buf, size_t n) {
    size_t count = 0, digits = 0;
    while (n > 0 && (buf[n - 1] < '0' || buf[n - 1] > '9'))
        n--;
    while (digits < n && buf[n - 1 - digits] >= '0' && buf[n - 1 - digits] <= '9')
        digits++;
    for (size_t i = n - digits; i < n; i++)
        count = count * 10 + (size_t)(buf[i] - '0');
    return count;
}

size_t word_octets(const struct referee *r, const int *word, int len, uint8_t *buf, size_t cap,
                   unsigned *turn) {
    const struct dfa *d = r->d;
    const int digit = d->class_of['1'];
    size_t n = 0;
    for (int i = 0, s = d->start; i < len; s = target(d, s, word[i++])) {
        const bool is_class = word[i] < 0,
                   content = !is_class ? word[i] == CONTENT : d->first_of[-1 - word[i]] == CONTENT;
        size_t count = 1;
        int c = is_class ? member(d, -1 - word[i], turn) : word[i];
        if (content) {
            count = r->header[s] ? announced(buf, n) : 1;
            c = 1 + (int)(++*turn % 255);
        } else if (is_class && r->header[s] && -1 - word[i] == digit && i + 1 < len &&
                   word[i + 1] == word[i]) {
            c = '0'; /* more digits follow: the last one alone counts */
        }
        if (n + count > cap)
            give_up("a test input is too long");
        memset(buf + n, c, count);
        n += count;
    }
    return n;
}
