/* clients_mail.c: what a synchroniser ended up with, against what the server has. */
#include "clients.h"

#include "hash.h"

#include <dirent.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/stat.h>

enum { MESSAGES = 20000, DEPTH = 8, FILE_MAX = 32 << 20 };

struct message {
    uint64_t hash, id; /* of all; of the Message-ID field, 0: it has none */
    bool alone;        /* the other side does not have it */
    bool deleted;      /* the server's has the flag \Deleted: a client may have done with it */
};
struct pile {
    struct message *m;
    int n;
    bool folder; /* there was a Maildir */
};

/* Fields that clients add for themselves: marks of mbsync, OfflineIMAP and getmail, NeoMutt's sizes,
 * Thunderbird's state, the sender of the envelope, which no IMAP client knows. */
static bool own_field(const uint8_t *p, size_t n) {
    static const char *const own[] = {"X-TUID:",        "X-getmail-",     "Content-Length:",
                                      "Lines:",         "X-OfflineIMAP:", "X-Mozilla-",
                                      "X-Account-Key:", "X-UIDL:",        "Return-Path:"};
    for (size_t i = 0; i < sizeof own / sizeof *own; i++)
        if (n > strlen(own[i]) && !strncasecmp((const char *)p, own[i], strlen(own[i])))
            return true;
    return false;
}

/* CR LF and LF are the same, and so are no line end at the end and one. */
static struct message of_octets(const uint8_t *p, size_t n) {
    struct message m = {.hash = HASH_BEGIN};
    bool header = true;
    for (size_t i = 0; i < n;) {
        const uint8_t *lf = memchr(p + i, '\n', n - i);
        size_t next = lf ? (size_t)(lf - p) + 1 : n, k = next - i - (lf != NULL);
        if (lf && k && p[i + k - 1] == '\r')
            k--;
        header &= k > 0;
        if (header && k > 11 && !strncasecmp((const char *)p + i, "Message-ID:", 11))
            m.id = hash_octets(HASH_BEGIN, p + i + 11, k - 11) | 1;
        if (!header || !own_field(p + i, k)) {
            m.hash = hash_octets(m.hash, p + i, k);
            m.hash = hash_octets(m.hash, "\n", 1);
        }
        i = next;
    }
    return m;
}

static void keep(struct pile *p, const uint8_t *octets, size_t n) {
    if (p->n < MESSAGES)
        p->m[p->n++] = of_octets(octets, n);
}

static void read_file(struct pile *p, const char *path) {
    FILE *f = fopen(path, "re");
    struct stat st;
    if (f && fstat(fileno(f), &st) == 0 && st.st_size <= FILE_MAX) {
        uint8_t *octets = malloc((size_t)st.st_size + 1);
        if (octets && fread(octets, 1, (size_t)st.st_size, f) == (size_t)st.st_size)
            keep(p, octets, (size_t)st.st_size);
        free(octets);
    }
    if (f)
        fclose(f);
}

static void walk(struct pile *p, const char *folder, bool inside, int depth) {
    DIR *d = depth < DEPTH ? opendir(folder) : NULL;
    for (struct dirent *e; d && (e = readdir(d));) {
        char path[CLIENT_PATH * 2];
        struct stat st;
        bool messages = !strcmp(e->d_name, "cur") || !strcmp(e->d_name, "new");
        if (!strcmp(e->d_name, ".") || !strcmp(e->d_name, "..") || !strcmp(e->d_name, "tmp") ||
            snprintf(path, sizeof path, "%s/%s", folder, e->d_name) >= (int)sizeof path ||
            lstat(path, &st) != 0)
            continue;
        p->folder |= messages;
        if (S_ISDIR(st.st_mode))
            walk(p, path, messages, depth + 1);
        else if (inside && S_ISREG(st.st_mode) && e->d_name[0] != '.')
            read_file(p, path);
    }
    if (d)
        closedir(d);
}

static void on_message(void *arg, struct slice mailbox, struct slice octets, bool deleted) {
    struct pile *p = arg;
    int n = p->n;
    (void)mailbox;
    keep(p, octets.p, octets.n);
    if (p->n > n)
        p->m[n].deleted = deleted;
}

/* Of equal ones those that are marked as deleted come last: they find a partner when all others have one. */
static int by_hash(const void *a, const void *b) {
    const struct message *x = a, *y = b;
    return x->hash != y->hash ? (x->hash < y->hash ? -1 : 1) : x->deleted - y->deleted;
}

/* Marks those of `a` that have no partner in `b`; both are sorted. */
static int missing(struct pile *a, const struct pile *b) {
    int n = 0;
    for (int i = 0, k = 0; i < a->n; i++) {
        while (k < b->n && b->m[k].hash < a->m[i].hash)
            k++;
        bool paired = k < b->n && b->m[k].hash == a->m[i].hash;
        a->m[i].alone = !paired && !a->m[i].deleted;
        n += a->m[i].alone;
        k += paired;
    }
    return n;
}

/* One that the server misses and one that the client misses, with the same Message-ID: the same message,
 * changed. */
static int changed(struct pile *client, struct pile *server) {
    int n = 0;
    for (int i = 0; i < client->n; i++)
        for (int k = 0; k < server->n && client->m[i].alone && client->m[i].id; k++)
            if (server->m[k].alone && server->m[k].id == client->m[i].id) {
                client->m[i].alone = server->m[k].alone = false;
                n++;
            }
    return n;
}

void clients_compare(struct host *h, const char *folder, struct client_mail *m) {
    struct pile client = {.m = calloc(MESSAGES, sizeof(struct message))};
    struct pile server = {.m = calloc(MESSAGES, sizeof(struct message))};
    *m = (struct client_mail){.any = false};
    if (client.m && server.m) {
        walk(&client, folder, false, 0);
        model_server_mail(host_model(h), 0, on_message, &server);
        qsort(client.m, (size_t)client.n, sizeof *client.m, by_hash);
        qsort(server.m, (size_t)server.n, sizeof *server.m, by_hash);
        m->any = client.folder;
        m->lost = missing(&server, &client);
        m->extra = missing(&client, &server);
        m->changed = changed(&client, &server);
        m->lost -= m->changed;
        m->extra -= m->changed;
    }
    free(client.m);
    free(server.m);
}
