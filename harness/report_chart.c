/* report_chart.c: a trace as a sequence chart in HTML: lanes at the left, the wire's text at the right. */
#include "report_html.h"

#include <string.h>

#define LANE 46 /* pixels between two lifelines */
#define EDGE 22
#define ROW  22

struct chart {
    FILE *out;
    int lanes;                          /* sessions that take part; the server is one more */
    uint8_t lane[PROGRAM_SESSIONS + 1]; /* of a session, from 0 */
};

static int x_of(int lane) { return EDGE + lane * LANE; }

static int width(const struct chart *c) { return x_of(c->lanes) + EDGE; }

static void lifelines(const struct chart *c) {
    fprintf(c->out, "<svg width=\"%d\" height=\"%d\" aria-hidden=\"true\">", width(c), ROW);
    for (int i = 0; i <= c->lanes; i++)
        fprintf(c->out, "<line class=\"life\" x1=\"%d\" y1=\"0\" x2=\"%d\" y2=\"%d\"/>", x_of(i), x_of(i),
                ROW);
}

static void arrow(const struct chart *c, int from, int to) {
    int a = x_of(from), b = x_of(to), d = b > a ? -7 : 7, y = ROW / 2;
    fprintf(c->out, "<line class=\"arrow\" x1=\"%d\" y1=\"%d\" x2=\"%d\" y2=\"%d\"/>", a, y, b, y);
    fprintf(c->out, "<path class=\"head\" d=\"M%d %d l%d -4 v8 z\"/>", b, y, d);
}

static void row_start(const struct chart *c, const char *class) {
    fprintf(c->out, "<div class=\"row %s\">", class);
    lifelines(c);
}

/* The text of a wire line: its first line, and how much follows. */
static void wire_text(const struct chart *c, struct slice s) {
    uint32_t n = 0;
    while (n < s.n && s.p[n] != '\r' && s.p[n] != '\n')
        n++;
    fputs("<code title=\"", c->out);
    html_text(c->out, (const char *)s.p, s.n, 2000);
    fputs("\">", c->out);
    html_text(c->out, (const char *)s.p, n, 150);
    if (n < s.n)
        fprintf(c->out, " <small>… %u more octets</small>", s.n - n);
    fputs("</code>", c->out);
}

static void wire_row(const struct chart *c, const struct program *p, const struct line *l) {
    bool sent = l->kind == LINE_SEND;
    int lane = c->lane[l->session];
    row_start(c, l->flags & LINE_AUTO ? "auto" : sent ? "sent" : "got");
    arrow(c, sent ? lane : c->lanes, sent ? c->lanes : lane);
    fprintf(c->out, "</svg><b>%c%u</b>", sent ? 'C' : 'S', l->session);
    wire_text(c, program_text(p, l));
    fputs("</div>\n", c->out);
}

static void note_row(const struct chart *c, const char *text, struct slice more) {
    row_start(c, "note");
    fprintf(c->out, "</svg><b></b><i>%s", text);
    html_text(c->out, (const char *)more.p, more.n, 300);
    fputs("</i></div>\n", c->out);
}

static void row(const struct chart *c, const struct program *p, const struct line *l) {
    char text[80];
    switch ((enum line_kind)l->kind) {
    case LINE_SEND:
    case LINE_EXPECT:
        wire_row(c, p, l);
        break;
    case LINE_OPEN:
        snprintf(text, sizeof text, "C%u connects%s", l->session, l->tls == TLS_IMPLICIT ? " over TLS" : "");
        note_row(c, text, (struct slice){0});
        break;
    case LINE_CLOSE:
        snprintf(text, sizeof text, l->flags & LINE_BY_SERVER ? "the server ends S%u " : "C%u disconnects ",
                 l->session);
        note_row(c, text, program_text(p, l));
        break;
    case LINE_WAIT:
        snprintf(text, sizeof text, "%u ms pass", l->ms);
        note_row(c, text, (struct slice){0});
        break;
    case LINE_CHECKPOINT:
        note_row(c, "checkpoint: NOOP in every session, twice", (struct slice){0});
        break;
    case LINE_COMMENT:
        note_row(c, "", program_text(p, l));
        break;
    case LINE_MAILBOX:
        break;
    }
}

void html_chart(FILE *out, const struct program *p) {
    struct chart c = {.out = out};
    bool used[PROGRAM_SESSIONS + 1] = {false};
    for (uint32_t i = 0; i < p->lines; i++)
        if (p->line[i].session && p->line[i].session <= PROGRAM_SESSIONS)
            used[p->line[i].session] = true;
    for (int s = 1; s <= PROGRAM_SESSIONS; s++)
        if (used[s])
            c.lane[s] = (uint8_t)c.lanes++;
    fprintf(out,
            "<div class=\"chart\" role=\"figure\" aria-label=\"sequence of commands and responses\">\n"
            "<div class=\"row top\"><svg width=\"%d\" height=\"%d\" aria-hidden=\"true\">",
            width(&c), ROW);
    for (int s = 1; s <= PROGRAM_SESSIONS; s++)
        if (used[s])
            fprintf(out, "<text x=\"%d\" y=\"15\">C%d</text>", x_of(c.lane[s]), s);
    fprintf(out, "<text x=\"%d\" y=\"15\">server</text></svg></div>\n", x_of(c.lanes));
    for (uint32_t i = 0; i < p->lines; i++)
        row(&c, p, &p->line[i]);
    fputs("</div>\n", out);
}
