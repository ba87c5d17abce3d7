/* scenario_priv.h: what the scenario files share: the loaded scenario, groups of lines, the matching of one
 * line. */
#ifndef SCENARIO_PRIV_H
#define SCENARIO_PRIV_H

#include "drive_priv.h"
#include "scenario.h"

#define PLAYS_MAX 16
enum compare { COMPARE_NONE, COMPARE_ALL, COMPARE_LAST, COMPARE_REFUSED };
struct scenario {
    char name[64], cites[240], needs[160], doc[160];
    uint8_t compare;
    bool must, should, any, has_applies;
    struct program applies, play[PLAYS_MAX];
    uint32_t plays;
};

/* One response as it is compared. */
enum seen_kind {
    SEEN_TAGGED,
    SEEN_EXPUNGE,
    SEEN_SEARCH,
    SEEN_FETCH,
    SEEN_STATUS /* OK, NO, BAD, BYE, PREAUTH */,
    SEEN_CONTINUE,
    SEEN_FREE /* EXISTS, RECENT, FLAGS, CAPABILITY */,
    SEEN_OTHER,
    SEEN_MORE /* pattern: `...` alone */
};
struct seen {
    struct grow text; /* one spelling for strings; no tag, no CRLF */
    struct slice tag; /* tagged responses: in the log; patterns: written out, or n = 0 */
    uint8_t kind;
    uint32_t number; /* of `* 4 EXPUNGE` */
    bool used;
};

/* scenario_line.c. response: the tag is cut off and kept; a pattern has none but in brackets. */
bool seen_make(struct seen *out, struct slice raw, bool response);
bool seen_matches(const struct seen *pattern, const struct seen *response);
/* The words of `* CAPABILITY ...`, or of a code [CAPABILITY ...] inside a status response: all of pattern's
 * are among them. */
bool seen_capable(const struct seen *pattern, const struct seen *response);
/* A FETCH response that tells of flags and nothing else. */
bool seen_flags_only(const struct seen *s);
bool wild(struct slice pattern, struct slice text);

/* scenario_match.c: the log of one play, divided into the groups of its program. */
struct group {
    int session;
    uint32_t line;   /* the command (or @open, @checkpoint) that begins it */
    bool sent, open; /* it took place; it is an @open or @checkpoint */
    bool ended;      /* the server ended the session in it */
    int view;        /* messages in the view before its first EXPUNGE; -1: not known */
    bool expunged;
    struct seen *seen;
    uint32_t seens, cap;
    struct slice *tag; /* of its commands, in their order; in the log */
    uint32_t tags;
};
struct match {
    const struct program *p;
    const struct drive_log *log;
    struct group *group;
    uint32_t groups;
    int32_t *of_line; /* program line: its group, -1 */
    bool bad;         /* out of memory */
};
bool match_read(struct match *m, const struct program *p, const struct drive_log *log);
void match_free(struct match *m);

/* Where a play first left its lines, for each session. */
struct difference {
    uint32_t line; /* of the S line, or of the group's first line */
    bool cut_off;  /* the command was not sent, since the server had said BYE before: no scenario's finding */
    char command[120], expected[160], seen[160];
};
#define DIFFERENCES_MAX 16
/* Number of differences, at most DIFFERENCES_MAX are filled. */
uint32_t match_compare(const struct match *m, struct difference *d);
/* scenario_transcript.c: one play's replies as lines of text with what may vary taken out. last: of the last
 * command alone. *word: its tagged word. */
bool match_transcript(const struct match *m, bool last, struct grow *out, char word[4]);

#endif
