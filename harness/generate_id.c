/* generate_id.c: the ID and CLIENTID commands in each state, at and over their limits, well formed and not.
 */
#include "generate_priv.h"

static void send_id(struct generator *g, int s) {
    put(g, g_chance(g, 15) ? "id " : "ID ");
    put_id_list(g);
    emit(g, s);
}

static void login(struct generator *g, int s) {
    emit_text(g, s, "LOGIN $user(1) $pass(1)");
    g->ses[s].state = G_AUTH;
}

void build_id(struct generator *g) {
    int s = g_free_session(g);
    if (g_is(g, "state", "before")) {
        do_end(g, s);
        do_open(g, s, TLS_DEFAULT, false);
        if (g_chance(g, 30))
            emit_text(g, s, "CAPABILITY");
        for (int i = g_between(g, 1, 2); i > 0; i--) /* a second one is legal (ID-D5) */
            send_id(g, s);
        if (g_chance(g, 30))
            emit_text(g, s, "CAPABILITY"); /* ID-3-g */
        login(g, s);
    } else if (g_is(g, "state", "selected")) {
        int messages = g_between(g, 1, 3), box = do_mailbox(g, s, messages), other = g_other(g, s);
        if (box < 0)
            return;
        do_enter(g, s, box, g_chance(g, 30));
        if (g_chance(g, 50)) { /* something to be told in between (ID-D2) */
            do_enter(g, other, box, false);
            do_remove(g, other, g_subset(g, g_view(g, other), false), other);
        } else if (g_chance(g, 50)) {
            do_append(g, other, box);
        }
        send_id(g, s);
        g_told(g, s);
        do_fetch(g, s, true, g_view(g, s), G_FLAGS);
    } else {
        if (g->ses[s].state == G_SELECTED)
            do_unselect(g, s);
        emit_text(g, s, "CAPABILITY");
        for (int i = g_between(g, 1, 2); i > 0; i--)
            send_id(g, s);
        emit_text(g, s, "CAPABILITY");
    }
    g_noise(g, 5);
}

static void over_limit(struct generator *g) {
    static const char *const duplicates[] = {
        "(\"name\" \"a\" \"name\" \"b\")", "(\"name\" \"a\" \"NAME\" \"b\")",
        "(\"os\" \"x\" \"version\" \"1\" \"os\" \"x\")", "(\"a\" NIL \"a\" NIL)"};
    put(g, "ID ");
    if (g_is(g, "limit", "field")) {
        put(g, "(\"");
        put_fill(g, 'f', g_chance(g, 80) ? 31 : 1024);
        put(g, "\" \"value\")");
    } else if (g_is(g, "limit", "value")) {
        put(g, "(\"name\" \"");
        put_fill(g, 'v', g_chance(g, 80) ? 1025 : 4096);
        put(g, "\")");
    } else if (g_is(g, "limit", "pairs")) {
        int n = g_chance(g, 80) ? 31 : 100;
        put(g, "(");
        for (int i = 0; i < n; i++)
            put(g, "%s\"f%d\" \"v\"", i ? " " : "", i);
        put(g, ")");
    } else {
        put(g, "%s", G_PICK(g, duplicates));
    }
}

void build_id_limits(struct generator *g) {
    int s = g_free_session(g);
    bool before = g_chance(g, 40);
    if (before) {
        do_end(g, s);
        do_open(g, s, TLS_DEFAULT, false);
    }
    over_limit(g);
    emit(g, s);
    if (g_chance(g, 50))
        send_id(g, s); /* it is still in step (ID-D3) */
    if (before)
        login(g, s);
    do_noop(g, s);
    g_noise(g, 4);
}

/* All valid forms, one after the other, 30 pairs of the longest among them. */
void build_id_forms(struct generator *g) {
    int s = g_free_session(g);
    for (int i = 0; i < 4; i++)
        send_id(g, s);
    if (g_chance(g, 20)) { /* the longest list that a sender may send (ID-3.3-f) */
        put(g, "ID (");
        for (int i = 0; i < 30; i++) {
            put(g, "%s\"field-%02d-", i ? " " : "", i);
            put_fill(g, 'f', 21);
            put(g, "\" \"");
            put_fill(g, 'v', 1024);
            put(g, "\"");
        }
        put(g, ")");
        emit(g, s);
    }
    g_noise(g, 5);
}

void build_id_malformed(struct generator *g) {
    static const char *const bad[] = {"ID",
                                      "ID NIL NIL",
                                      "ID foo",
                                      "ID \"NIL\"",
                                      "ID (\"name\")",
                                      "ID (\"a\" \"b\" \"c\")",
                                      "ID (name \"x\")",
                                      "ID (NIL \"x\")",
                                      "ID (\"a\"  \"b\")",
                                      "ID  NIL",
                                      "ID (\"a\" \"b\" )",
                                      "ID ( \"a\" \"b\")",
                                      "ID (\"a\" \"b\"",
                                      "ID ((\"a\" \"b\"))",
                                      "ID (\"a\" b)",
                                      "ID (\"a\" (\"b\"))",
                                      "ID NIL ",
                                      "ID (\"a\" \"b\") x",
                                      "ID (\"a\" \"b\")(\"c\" \"d\")",
                                      "ID (\"a\",\"b\")",
                                      "ID {3}\r\nNIL"};
    int s = g_free_session(g);
    bool before = g_chance(g, 30);
    if (g->errors)
        return;
    g->errors++;
    if (before) {
        do_end(g, s);
        do_open(g, s, TLS_DEFAULT, false);
    }
    emit_text(g, s, G_PICK(g, bad));
    send_id(g, s);
    if (before)
        login(g, s);
    if (!before && g_chance(g, 40)) {
        emit_text(g, s, G_PICK(g, bad));
        do_noop(g, s);
    }
    g_noise(g, 4);
}

/* The same commands in a session that has sent ID and in one that has not: nothing may differ (ID-3-c to
 * ID-3-i). */
void build_id_service(struct generator *g) {
    int s = g_between(g, 1, g->actors), other = g_other(g, s);
    int messages = g_between(g, 1, 3), box = do_mailbox(g, other, messages);
    if (box < 0)
        return;
    if (g_chance(g, 30)) { /* sent before login, it counts no more and no less */
        s = g_free_session(g);
        do_end(g, s);
        do_open(g, s, TLS_DEFAULT, false);
        send_id(g, s);
        login(g, s);
        other = g_other(g, s);
        if (g->ses[s].box == box && g_chance(g, 50))
            do_unselect(g, s);
    } else {
        send_id(g, s);
    }
    int first = g_chance(g, 50) ? s : other, last = first == s ? other : s;
    do_enter(g, first, box, g_chance(g, 30));
    do_fetch(g, first, false, g_view(g, first), G_FLAGS);
    do_enter(g, last, box, g_chance(g, 30));
    do_fetch(g, last, false, g_view(g, last), G_FLAGS);
    send_id(g, other); /* refused for want of ID? Then this helps */
    do_enter(g, other, box, false);
    if (g->ses[other].n) {
        send_id(g, other); /* with a mailbox selected: it stays so (ID-3.1-d) */
        do_fetch(g, other, false, g_view(g, other), (enum g_item)g_below(g, 3));
        do_some_store(g, other, g_view(g, other));
    }
}

/* ---- CLIENTID ---- */

/* A connection on which CLIENTID is permitted, unless told otherwise: TLS, not logged in, advertised. */
static int clientid_session(struct generator *g, bool advertised) {
    int s = g_free_session(g);
    bool implicit = g->o.implicit_tls && (!g->o.starttls || g_chance(g, 40));
    do_end(g, s);
    do_open(g, s, implicit ? TLS_IMPLICIT : g->o.starttls ? TLS_STARTTLS : TLS_DEFAULT, false);
    if (advertised)
        emit_text(g, s, "CAPABILITY");
    if (advertised && g_chance(g, 30)) { /* it stays advertised (CID-3.3-d), whatever came between */
        static const char *const between[] = {"NOOP", "ID NIL", "LOGIN $user(1) wrong", "CLIENTID UUID"};
        if (g_chance(g, 60))
            emit_text(g, s, G_PICK(g, between));
        emit_text(g, s, "CAPABILITY");
    }
    return s;
}

static const char *const known_types[] = {"UUID", "LICENSE", "uuid", "License"};
static const char *const letter_types[] = {"A", "MAC", "imei",       "Fingerprint", "ABCDEFGHIJKLMNOP",
                                           "x", "7",   "DeviceIdent"};
static const char *const mixed_types[] = {"SHA256",           "UUID4",           "12", "4ever",
                                          "A1B2C3D4E5F6G7H8", "1234567890123456"};
/* T-CID-7: octets of a token mean nothing, whatever they look like */
static const char *const tokens[] = {"23bf83be-aad7-46aa-9e50-39191ccf402f",
                                     "{3}",
                                     "x{7+}",
                                     "\"abc\"",
                                     "NIL",
                                     "nil",
                                     "(x)",
                                     "%",
                                     "*",
                                     "\\",
                                     "a\\\"b",
                                     "x",
                                     "]",
                                     "{0}",
                                     "~{2}",
                                     "00:11:22:33:44:55",
                                     "a=b&c",
                                     "!#$%&'()*+,-./:;<=>?@[\\]^_`{|}~",
                                     "\"",
                                     "\"\"",
                                     "a{5}"};

static void put_token(struct generator *g) {
    uint32_t how = g_below(g, 20);
    if (how == 0)
        put_fill(g, 't', 128);
    else if (how == 1)
        put_fill(g, '0', 127);
    else
        put(g, "%s", G_PICK(g, tokens));
}

static void send_clientid(struct generator *g, int s, const char *type) {
    static const char *const word[] = {"CLIENTID", "CLIENTID", "CLIENTID", "clientid", "ClientId"};
    put(g, "%s %s ", G_PICK(g, word), type);
    put_token(g);
    emit(g, s);
}

static void after_clientid(struct generator *g, int s) {
    switch (g_below(g, 5)) {
    case 0:
        emit_text(g, s, "CAPABILITY");
        break; /* still advertised (CID-3.3-d) */
    case 1:
        send_clientid(g, s, G_PICK(g, known_types));
        break; /* a second one (CID-3.4-3s) */
    case 2:
        emit_text(g, s, "LOGIN $user(1) wrong");
        break;
    default:
        break;
    }
    login(g, s);
    if (g_chance(g, 30))
        emit_text(g, s, "CAPABILITY"); /* not advertised any more (CID-3.3-b) */
    g_noise(g, 4);
}

void build_clientid(struct generator *g) {
    int s = clientid_session(g, true);
    send_clientid(g, s, g_is(g, "type", "known") ? G_PICK(g, known_types) : G_PICK(g, letter_types));
    after_clientid(g, s);
}

void build_clientid_type(struct generator *g) {
    int s = clientid_session(g, true);
    send_clientid(g, s, g_is(g, "type", "underscore") ? "DEVICE_ID" : G_PICK(g, mixed_types));
    if (g_chance(g, 50))
        send_clientid(g, s, "UUID"); /* if the first was rejected, this is the first valid one (CID-3.4-3i) */
    after_clientid(g, s);
}

/* Each shape that is not a CLIENTID command (CID-3.2-c), then one that is. */
void build_clientid_forms(struct generator *g) {
    static const char *const bad[] = {"CLIENTID",
                                      "CLIENTID UUID",
                                      "CLIENTID UUID a b",
                                      "CLIENTID  UUID a",
                                      "CLIENTID UUID  a",
                                      "CLIENTID UUID a ",
                                      "CLIENTID ABCDEFGHIJKLMNOPQ x",
                                      "CLIENTID \"UUID\" x",
                                      "CLIENTID UU-ID x",
                                      "CLIENTID UUID a\tb",
                                      "CLIENTID UUID a\x7f",
                                      "CLIENTID UUID gr\xc3\xbc\xc3\x9f",
                                      "CLIENTID (UUID) x",
                                      "CLIENTID UUID\tx",
                                      "CLIENTID U.UID x"};
    int s = clientid_session(g, true);
    for (int i = g_between(g, 1, 2); i > 0; i--) {
        if (g_chance(g, 20)) {
            put(g, "CLIENTID UUID ");
            put_fill(g, 'x', g_chance(g, 70) ? 129 : 1000);
            emit(g, s);
        } else {
            emit_text(g, s, G_PICK(g, bad));
        }
    }
    send_clientid(g, s, G_PICK(g, known_types));
    after_clientid(g, s);
}

/* In the clear, before it was advertised, after login, with a mailbox selected, twice. */
void build_clientid_wrong(struct generator *g) {
    uint32_t how = g_below(g, 5);
    int s;
    if (how == 0) {
        s = g_free_session(g);
        do_end(g, s);
        do_open(g, s, TLS_PLAIN, false);
        if (g_chance(g, 50))
            emit_text(g, s, "CAPABILITY");
        send_clientid(g, s, "UUID");
        login(g, s);
    } else if (how == 1) {
        s = clientid_session(g, false);
        send_clientid(g, s, "UUID");
        emit_text(g, s, "CAPABILITY");
        send_clientid(g, s, "UUID");
        login(g, s);
    } else if (how == 2) {
        s = clientid_session(g, true);
        send_clientid(g, s, "UUID");
        send_clientid(g, s, G_PICK(g, letter_types));
        emit_text(g, s, "LOGIN $user(1) wrong");
        send_clientid(g, s, "LICENSE");
        login(g, s);
    } else {
        s = clientid_session(g, true);
        login(g, s);
        int messages = g_between(g, 0, 2), box = how == 3 ? do_mailbox(g, s, messages) : -1;
        if (box >= 0)
            do_enter(g, s, box, false);
        send_clientid(g, s, "UUID");
        do_noop(g, s);
    }
    g_noise(g, 4);
}
