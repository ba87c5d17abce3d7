/* play.h: a dialogue written as text is told to an oracle, event by event. */
#ifndef PLAY_H
#define PLAY_H

#include "oracle.h"

/* Lines: "C1: a NOOP" the client of session 1 sends, "S1: a OK x" it receives; "+1" it is opened, "-1" closed by us, "X1" by the
 * server; "A1: a" it appends the first canned message to `mailbox` with the tag a; "K" a checkpoint. */
void play(struct oracle *o, const char *mailbox, const char *script);
void play_line(struct oracle *o, int session, bool client, const char *line, size_t n); /* one line, without its CRLF */
uint64_t play_time(void); /* the next event's: it never goes back */

#endif
