/* clients_mail.c: what a synchroniser ended up with, against what the server has: as sets of messages,
 * whatever their folder. */
#include "clients.h"

#include "hash.h"

#include <dirent.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

enum { MESSAGES = 20000, DEPTH = 8, FILE_MAX = 32 << 20 };

struct pile {
    uint64_t *hash;
    int n;
    bool folder; /* there was a Maildir */
};

/* Line ends and an X-TUID field (mbsync's mark) do not count. */
static uint64_t hash_of(const uint8_t *p, size_t n) {
    uint64_t h = HASH_BEGIN;
    bool begin = true, header = true;
    for (size_t i = 0; i < n;) {
        if (begin && header && n - i > 7 && !memcmp(p + i, "X-TUID:", 7)) {
            while (i < n && p[i] != '\n')
                i++;
            i += i < n;
            continue;
        }
        if (begin && (p[i] == '\n' || (p[i] == '\r' && i + 1 < n && p[i + 1] == '\n')))
            header = false;
        if (p[i] != '\r' || i + 1 == n || p[i + 1] != '\n')
            h = hash_octets(h, p + i, 1);
        begin = p[i++] == '\n';
    }
    return h;
}

static void keep(struct pile *p, const uint8_t *octets, size_t n) {
    if (p->n < MESSAGES)
        p->hash[p->n++] = hash_of(octets, n);
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

static void on_message(void *arg, struct slice mailbox, struct slice octets) {
    (void)mailbox;
    keep(arg, octets.p, octets.n);
}

static int by_hash(const void *a, const void *b) {
    uint64_t x = *(const uint64_t *)a, y = *(const uint64_t *)b;
    return x < y ? -1 : x > y;
}

/* How many of `a` have no partner in `b`; both are sorted. */
static int missing(const struct pile *a, const struct pile *b) {
    int n = 0;
    for (int i = 0, k = 0; i < a->n; i++) {
        while (k < b->n && b->hash[k] < a->hash[i])
            k++;
        if (k < b->n && b->hash[k] == a->hash[i])
            k++;
        else
            n++;
    }
    return n;
}

bool clients_compare(struct host *h, const char *folder, int *lost, int *extra) {
    struct pile client = {.hash = calloc(MESSAGES, sizeof(uint64_t))};
    struct pile server = {.hash = calloc(MESSAGES, sizeof(uint64_t))};
    if (client.hash && server.hash) {
        walk(&client, folder, false, 0);
        model_server_mail(host_model(h), 0, on_message, &server);
        qsort(client.hash, (size_t)client.n, sizeof *client.hash, by_hash);
        qsort(server.hash, (size_t)server.n, sizeof *server.hash, by_hash);
        *lost = missing(&server, &client);
        *extra = missing(&client, &server);
    }
    free(client.hash);
    free(server.hash);
    return client.folder;
}
