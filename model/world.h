/* world.h: the whole state of a mail store and its sessions, in one relocatable block without pointers.
 *
 * A fork is a copy. Everything is an index (0 = none). A function that needs room which is not there returns 0 or false
 * and leaves the block useless: callers work on a copy, grow the original (world_grow) and repeat.
 */
#ifndef WORLD_H
#define WORLD_H

#include "imap.h"

#define WORLD_KEYWORDS 26
#define KEYWORD_MAX 100 /* octets of a keyword; longer ones are not kept */
enum {
    FLAG_ANSWERED = 1, FLAG_FLAGGED = 2, FLAG_DELETED = 4, FLAG_SEEN = 8, FLAG_DRAFT = 16, FLAG_RECENT = 32,
    FLAG_KEYWORD0 = 64
};

struct world_caps {
    uint16_t sessions, boxes, messages, view, versions, names, contents;
    uint32_t text;
};

/* Contents: what is known of a message's octets; copies share one. Values are bound at their first observation. */
struct wcontent {
    uint32_t id;        /* content_ops number, 0: never seen by us */
    uint32_t size;      /* RFC822.SIZE told, 0: not yet */
    uint32_t whole, header, body, envelope, structure, bodystructure; /* hashes of what was told, 0: not yet */
    uint8_t held;       /* world_collect's mark; 2: in the list of free ones */
    uint8_t same;       /* the server's octets were seen to be ours: 1 yes, 2 no */
};

/* One version of a message's flags; the list runs from the oldest to the newest. */
struct wversion {
    uint32_t flags;
    uint16_t next;
    uint8_t used;
    uint8_t floor;      /* world_collect's mark: a view may still be told it */
};

struct wmessage {
    uint32_t uid;       /* 0: unknown */
    uint32_t date;      /* judging: hash of the INTERNALDATE text told, 0: not yet; serving: its content's id, 0: none */
    uint16_t box, next; /* mailbox; the next message in its order */
    uint16_t content;
    uint16_t first, last; /* versions */
    uint8_t used, dead;
    uint8_t flags_unknown; /* any flags may be told next; that binds them */
    uint8_t maybe;      /* serving: 2: a fault lets it live on */
    uint8_t viewed;     /* world_collect's mark */
    uint8_t read_only;  /* judging: a STORE in a read-only session named it */
};

#define BOX_FLAGGED 4
enum box_state { BOX_LIVE = 1, BOX_GHOST, BOX_ORPHAN, BOX_DEAD };
struct wbox {
    uint32_t validity;  /* 0: unknown */
    uint32_t uidnext;   /* the next UID is at least this */
    uint32_t forbidden_validity, forbidden_uid; /* MAP-I8: with that UIDVALIDITY, UIDs must exceed forbidden_uid */
    uint16_t name;      /* GHOST, ORPHAN: the name that it had */
    uint16_t first, last;
    uint16_t held;      /* messages in its list, the dead that are still viewed included */
    uint32_t changes;   /* grows with every change that a visitor may be told of */
    uint32_t deaths, flaggings; /* those that are expunges; that are flags */
    uint16_t flagged[BOX_FLAGGED]; /* the messages of the last of these; the newest at flaggings - 1, modulo */
    uint16_t created;   /* messages ever put in, for $uid() */
    uint8_t state;
    uint8_t maker;      /* index + 1 of the behaviour that made it a ghost or orphan */
    uint8_t unknown;    /* its content is not known: nothing about it is judged until a fresh SELECT */
    uint8_t used;
    uint8_t renamed;    /* since UIDVALIDITY was told: a new one may come, with new UIDs */
};

enum { NAME_NO, NAME_YES, NAME_UNKNOWN };
struct wname {
    uint32_t text;      /* offset */
    uint16_t len;
    uint16_t box;       /* the live mailbox of that name */
    uint16_t newname;   /* renamed to */
    uint8_t exists, subscribed; /* NAME_* */
    uint8_t user;
    uint8_t held;       /* world_collect's mark */
    uint32_t last_validity, last_uid; /* of the mailbox that had this name before */
};

enum session_state { SES_NONE, SES_GREETING, SES_NONAUTH, SES_AUTH, SES_SELECTED, SES_LOGOUT };
/* What hangs over a session whose mailbox was taken away (a process, not an event). */
enum doom { DOOM_NONE, DOOM_DISCONNECT, DOOM_EMPTIED, DOOM_ORPHAN, DOOM_OTHER };
enum { UNPROVEN = 1, UNPROVEN_USED /* a command on the messages went as the answer has it */, UNPROVEN_LATE };
struct wsession {
    uint32_t caps[2];   /* hash of the last capability list told: before login, after login */
    uint32_t told;      /* serving: box->changes when there was nothing left to tell */
    uint32_t told_deaths, told_flags; /* serving: the same of box->deaths and box->flaggings */
    uint16_t announced; /* judging: the last message that EXISTS has counted */
    uint16_t box, view; /* selected mailbox; number of messages in the view */
    uint16_t was;       /* the name by which it was selected */
    uint8_t state, tls, user, read_only;
    uint8_t doom, maker;
    uint8_t unproven;   /* judging: UNPROVEN_*: what became of its mailbox is not told by anything seen yet */
    uint8_t loose;      /* its view is not judged until the next SELECT */
    uint8_t recent_told;
    uint8_t ids;        /* ID commands answered */
    uint8_t id_caps;    /* caps[] were told since the last ID */
    uint8_t cid_advertised, cid_accepted, bye;
    uint8_t owes;       /* MAP-I9: it was refused because of expunges that it has not been told */
    uint8_t utf8;
    uint8_t after_id;   /* judging: ID was the last command, and a mailbox was selected */
    uint8_t handshake;  /* STARTTLS was answered OK, TLS is not there yet */
    uint8_t stays;      /* judging: it was noted that it is not cut off although its mailbox was taken away */
    uint8_t idles;      /* serving: in IDLE. There is no padding behind: the struct is hashed */
};

struct wview {
    uint16_t message, floor; /* the oldest version that may still be told */
    uint16_t told;           /* judging: its flags were told, or were there when the mailbox was selected */
};

struct world {
    uint32_t size;
    uint32_t cost, note;    /* the oracle's: cost of the explanation so far, its last note */
    struct world_caps cap;
    uint16_t boxes, messages, versions, names, contents, keywords; /* used so far; index 0 is never used */
    uint16_t free_message, free_version, free_content, free_name;     /* given back by world_collect: lists */
    uint16_t free_messages, free_versions, free_contents, free_names; /* their lengths */
    uint32_t text;
    uint32_t o_session, o_box, o_message, o_version, o_name, o_content, o_view, o_text;
    uint32_t keyword[WORLD_KEYWORDS]; /* text offsets; NUL-terminated there */
    uint8_t separator;      /* 0: unknown */
    uint8_t offers;         /* OFFERS_* seen in a capability list */
};
enum { OFFERS_ID = 1, OFFERS_CLIENTID = 2, OFFERS_UIDPLUS = 4 };

#define W_AT(type, name, field)                                                                                        \
    static inline struct type *name(const struct world *w, unsigned i) {                                               \
        return (struct type *)(void *)((uint8_t *)(uintptr_t)w + w->field) + i;                                        \
    }
W_AT(wsession, w_session, o_session)
W_AT(wbox, w_box, o_box)
W_AT(wmessage, w_message, o_message)
W_AT(wversion, w_version, o_version)
W_AT(wname, w_name, o_name)
W_AT(wcontent, w_content, o_content)
static inline struct wview *w_view(const struct world *w, unsigned session) {
    return (struct wview *)(void *)((uint8_t *)(uintptr_t)w + w->o_view) + (size_t)session * w->cap.view;
}
static inline char *w_text(const struct world *w, uint32_t offset) {
    return (char *)(uintptr_t)w + w->o_text + offset;
}

extern const struct world_caps world_caps_small; /* about 8 KiB */
size_t world_size(const struct world_caps *caps);
/* Lays out an empty world in `block` of world_size(caps) octets, aligned to 8. */
void world_init(struct world *block, const struct world_caps *caps);
/* Copies `from` into a block laid out with caps that are at least as large. */
void world_copy_into(struct world *block, const struct world_caps *caps, const struct world *from);
/* Doubles what is (nearly) full. false: at the limit of 16-bit indices. */
bool world_more(struct world_caps *caps, const struct world *w);
uint64_t world_hash(const struct world *w); /* of everything but cost and note */
/* Is there room for a command that touches every message of one view and adds as many, renames every name, and brings
 * `text` octets of names and flags? (serving only) */
bool world_has_room(const struct world *w, uint32_t text);
/* Frees dead messages that no view holds, versions that nobody may be told, and names of no mailbox (serving only). */
void world_collect(struct world *w);
/* Gives back the text of names that are gone; `spare` has room for w->text octets (serving only). */
void world_pack_text(struct world *w, char *spare);
/* Frees only versions that no view may be told any more, of messages that live (judging). */
void world_trim(struct world *w);

/* Names. INBOX without regard to case (RFC 3501 5.1). 0: no room. */
uint16_t world_name(struct world *w, uint8_t user, struct slice name);
uint16_t world_find_name(const struct world *w, uint8_t user, struct slice name); /* 0: never heard of */
struct slice world_name_text(const struct world *w, uint16_t name);
bool name_is_inbox(struct slice name);
enum { USER_FREE = 253, USER_SHARED, USER_NOBODY }; /* serving: owner of what all users have in common; of the name of no mailbox */

uint16_t world_add_box(struct world *w, uint16_t name, uint8_t state); /* binds the name when LIVE */
uint16_t world_add_message(struct world *w, uint16_t box, uint16_t content, uint32_t flags);
uint16_t world_add_content(struct world *w, uint32_t id);
/* Appends a version if the flags differ from the newest. false: no room. */
bool world_set_flags(struct world *w, uint16_t message, uint32_t flags);
uint32_t world_flags(const struct world *w, uint16_t message); /* the newest version's */
/* A flag's bit by name (system flags without regard to case); 0: no room for a further keyword. */
uint32_t world_flag(struct world *w, struct slice name);
void world_kill(struct world *w, uint16_t message);
bool world_set_uid(struct world *w, uint16_t message, uint32_t uid); /* false: does not ascend (MAP-I8) */

/* Views. */
int world_view_find(const struct world *w, unsigned session, uint16_t message); /* index from 0, or -1 */
/* The same; it had the number `seq` (from 1; 0: none) a moment ago. */
int world_view_at(const struct world *w, unsigned session, uint16_t message, unsigned seq);
bool world_view_add(struct world *w, unsigned session, uint16_t message, uint16_t floor);
void world_view_remove(struct world *w, unsigned session, unsigned index);
void world_leave(struct world *w, unsigned session); /* no mailbox selected any more; ghosts without visitors go */
unsigned world_visitors(const struct world *w, uint16_t box, int except);
unsigned world_living(const struct world *w, uint16_t box);
/* RFC 3501 6.3.8: `*` matches anything, `%` anything but the separator. Linear in practice, never exponential. */
bool pattern_matches(struct slice pattern, struct slice name, uint8_t separator);
uint32_t hash_octets(const void *p, size_t n); /* never 0 */

#endif
