/* play.c: dialogues as text. */
#include "play.h"
#include "canned.h"

#include <stdio.h>
#include <string.h>

uint64_t play_time(void) {
    static uint64_t now;
    return ++now;
}

void play_line(struct oracle *o, int session, bool client, const char *line, size_t n) {
    char text[2000];
    snprintf(text, sizeof text, "%.*s\r\n", (int)n, line);
    if (client)
        oracle_sent(o, session, play_time(), (const uint8_t *)text, strlen(text));
    else
        oracle_received(o, session, play_time(), (const uint8_t *)text, strlen(text));
}

static void append(struct oracle *o, int session, const char *mailbox, const char *tag, size_t n) {
    char line[600];
    int len = snprintf(line, sizeof line, "%.*s APPEND %s {%u+}\r\n%s", (int)n, tag, mailbox, canned_size(1),
                       canned_text(1));
    play_line(o, session, true, line, (size_t)len);
}

void play(struct oracle *o, const char *mailbox, const char *script) {
    for (const char *p = script, *end; *p; p = *end ? end + 1 : end) {
        end = p + strcspn(p, "\n");
        int session = p[1] - '0';
        switch (*p) {
        case '+': oracle_opened(o, session, play_time(), false); break;
        case '-':
        case 'X': oracle_closed(o, session, play_time(), *p == '-', ""); break;
        case 'K': oracle_checkpoint(o); break;
        case 'A': append(o, session, mailbox, p + 4, (size_t)(end - p - 4)); break;
        case 'C':
        case 'S': play_line(o, session, *p == 'C', p + 4, (size_t)(end - p - 4)); break;
        }
    }
}
