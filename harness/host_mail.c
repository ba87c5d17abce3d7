/* host_mail.c: mail to be served, read from a Maildir (with its folders, nested or Maildir++) or an mbox
 * file. */
#include "host.h"
#include "mutf7.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

enum { PATH = 1000, DEPTH = 8, MESSAGE_MAX = 30 << 20 };

static bool put(struct host *h, const char *mailbox, const char *flags, time_t at, const char *p, size_t n,
                char *err, size_t errlen) {
    char date[40];
    struct tm tm;
    strftime(date, sizeof date, "%d-%b-%Y %H:%M:%S +0000", gmtime_r(&at, &tm));
    return host_fill_text(h, mailbox, flags, date, p, n, err, errlen);
}

static void *map(const char *path, struct stat *st, char *err, size_t errlen) {
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    void *p = MAP_FAILED;
    if (fd >= 0 && fstat(fd, st) == 0)
        p = st->st_size ? mmap(NULL, (size_t)st->st_size, PROT_READ, MAP_PRIVATE, fd, 0) : NULL;
    if (p == MAP_FAILED)
        snprintf(err, errlen, "--mail: %.300s: %s", path, strerror(errno));
    if (fd >= 0)
        close(fd);
    return p;
}

/* ---- Maildir ---- */

static void maildir_flags(const char *name, char *flags, size_t n) {
    static const struct {
        char letter;
        const char *flag;
    } known[] = {
        {'D', "\\Draft "}, {'F', "\\Flagged "}, {'R', "\\Answered "}, {'S', "\\Seen "}, {'T', "\\Deleted "}};
    const char *info = strstr(name, ":2,");
    flags[0] = '\0';
    for (size_t i = 0; info && i < sizeof known / sizeof *known; i++)
        if (strchr(info + 3, known[i].letter))
            strncat(flags, known[i].flag, n - strlen(flags) - 1);
    if (*flags)
        flags[strlen(flags) - 1] = '\0';
}

static bool one_file(struct host *h, const char *mailbox, const char *folder, const char *name, char *err,
                     size_t errlen) {
    char path[PATH + 300], flags[80];
    struct stat st;
    snprintf(path, sizeof path, "%s/%s", folder, name);
    void *p = map(path, &st, err, errlen);
    if (p == MAP_FAILED)
        return false;
    maildir_flags(name, flags, sizeof flags);
    bool ok = st.st_size <= MESSAGE_MAX;
    if (!ok)
        snprintf(err, errlen, "--mail: %.300s: larger than %d MiB", path, MESSAGE_MAX >> 20);
    ok = ok && put(h, mailbox, flags, st.st_mtime, p ? p : "", (size_t)st.st_size, err, errlen);
    if (p)
        munmap(p, (size_t)st.st_size);
    return ok;
}

static int visible(const struct dirent *e) { return e->d_name[0] != '.'; }
static int below(const struct dirent *e) {
    return strcmp(e->d_name, ".") && strcmp(e->d_name, "..") && strcmp(e->d_name, "cur") &&
           strcmp(e->d_name, "new") && strcmp(e->d_name, "tmp");
}

/* Mail that cannot be read is not left out: a client would be compared with less than there is. */
static bool unreadable(const char *folder, char *err, size_t errlen) {
    snprintf(err, errlen, "--mail: %.300s: %s", folder, strerror(errno));
    return false;
}

static bool messages(struct host *h, const char *mailbox, const char *dir, const char *sub, char *err,
                     size_t errlen) {
    char folder[PATH + 8];
    struct dirent **list;
    bool ok = true;
    snprintf(folder, sizeof folder, "%s/%s", dir, sub);
    int n = scandir(folder, &list, visible, alphasort);
    if (n < 0 && errno != ENOENT)
        ok = unreadable(folder, err, errlen);
    for (int i = 0; i < n; i++) {
        ok = ok && one_file(h, mailbox, folder, list[i]->d_name, err, errlen);
        free(list[i]);
    }
    if (n >= 0)
        free(list);
    return ok;
}

static bool is_maildir(const char *dir) {
    char path[PATH + 8];
    struct stat st;
    return snprintf(path, sizeof path, "%s/cur", dir) < (int)sizeof path && stat(path, &st) == 0 &&
           S_ISDIR(st.st_mode);
}

/* "" is INBOX; a folder's name is that of its path below, levels parted by `/` or (Maildir++) by `.`. */
static bool maildir(struct host *h, const char *dir, const char *name, int depth, int *found, char *err,
                    size_t errlen) {
    char mailbox[2 * PATH];
    struct dirent **list;
    bool ok = true;
    if (is_maildir(dir)) {
        ++*found;
        if (!mutf7(*name ? name : "INBOX", mailbox, sizeof mailbox)) {
            snprintf(err, errlen, "--mail: %.300s: expected a name in UTF-8", dir);
            return false;
        }
        if (!host_fill_mailbox(h, mailbox, err, errlen) || !messages(h, mailbox, dir, "cur", err, errlen) ||
            !messages(h, mailbox, dir, "new", err, errlen))
            return false;
    }
    int n = depth < DEPTH ? scandir(dir, &list, below, alphasort) : 0;
    if (n < 0)
        return unreadable(dir, err, errlen);
    if (depth >= DEPTH)
        return true;
    for (int i = 0; i < n; i++) {
        char path[PATH], inner[PATH];
        struct stat st;
        const char *entry = list[i]->d_name;
        int a = snprintf(path, sizeof path, "%s/%s", dir, entry);
        int b = snprintf(inner, sizeof inner, "%s%s%s", name, *name ? "/" : "", entry + (*entry == '.'));
        for (char *p = inner; *entry == '.' && *p; p++)
            if (*p == '.')
                *p = '/';
        if (a < (int)sizeof path && b < (int)sizeof inner && stat(path, &st) == 0 && S_ISDIR(st.st_mode))
            ok = ok &&
                 maildir(h, path, !strcasecmp(inner, "INBOX") ? "" : inner, depth + 1, found, err, errlen);
        free(list[i]);
    }
    free(list);
    return ok;
}

/* ---- mbox ---- */

static time_t from_line(const char *p, size_t n) {
    char line[200];
    struct tm tm = {0};
    snprintf(line, sizeof line, "%.*s", (int)(n < sizeof line ? n : sizeof line - 1), p);
    char *date = strchr(line + 5, ' ');
    return date && strptime(date + 1 + strspn(date + 1, " "), "%a %b %d %H:%M:%S %Y", &tm) ? timegm(&tm) : 0;
}

static const char *line_end(const char *p, const char *end) {
    const char *lf = memchr(p, '\n', (size_t)(end - p));
    return lf ? lf + 1 : end;
}

static bool is_from(const char *p, const char *end) { return end - p > 5 && !memcmp(p, "From ", 5); }

/* Does a message begin here? Behind an empty line, or where the line's date can be read: not each line of a body that begins with the
 * word is quoted by `>`. */
static bool begins(const char *body, const char *p, const char *end) {
    if (!is_from(p, end))
        return false;
    const char *q = p - body > 0 ? p - 1 : p; /* back over the line's end before it */
    if (q > body && q[-1] == '\r')
        q--;
    return q == body || q[-1] == '\n' || from_line(p, (size_t)(line_end(p, end) - p)) != 0;
}

/* One message without its `From ` line and the empty line behind it; `>From ` becomes `From ` again. */
static bool mbox_message(struct host *h, const char *p, const char *end, time_t at, char *err,
                         size_t errlen) {
    char *plain = malloc((size_t)(end - p) + 1);
    size_t n = 0;
    if (!plain) {
        snprintf(err, errlen, "out of memory");
        return false;
    }
    for (const char *next; p < end; p = next) {
        next = line_end(p, end);
        const char *q = p;
        while (q < end && *q == '>')
            q++;
        if (q > p && is_from(q, end))
            p++;
        memcpy(plain + n, p, (size_t)(next - p));
        n += (size_t)(next - p);
    }
    if (n >= 2 && plain[n - 1] == '\n' && plain[n - 2] == '\n')
        n--;
    bool ok = put(h, "INBOX", "", at, plain, n, err, errlen);
    free(plain);
    return ok;
}

static bool mbox(struct host *h, const char *path, char *err, size_t errlen) {
    struct stat st;
    const char *p = map(path, &st, err, errlen);
    if (p == MAP_FAILED)
        return false;
    const char *end = p + st.st_size, *q = p;
    bool ok = host_fill_mailbox(h, "INBOX", err, errlen);
    if (p && !is_from(p, end)) {
        snprintf(err, errlen, "--mail: %.300s: expected a Maildir, or an mbox file that begins with `From `",
                 path);
        ok = false;
    }
    while (ok && q < end) {
        const char *body = line_end(q, end), *next = body;
        while (next < end && !begins(body, next, end))
            next = line_end(next, end);
        ok = mbox_message(h, body, next, from_line(q, (size_t)(body - q)), err, errlen);
        q = next;
    }
    if (p)
        munmap((void *)(uintptr_t)p, (size_t)st.st_size);
    return ok;
}

bool host_fill_mail(struct host *h, const char *path, char *err, size_t errlen) {
    struct stat st;
    int found = 0;
    if (stat(path, &st) != 0 || strlen(path) > PATH / 2) {
        snprintf(err, errlen, "--mail: %.300s: %s", path, strerror(errno));
        return false;
    }
    if (!S_ISDIR(st.st_mode))
        return mbox(h, path, err, errlen);
    if (!maildir(h, path, "", 0, &found, err, errlen))
        return false;
    if (!found)
        snprintf(err, errlen, "--mail: %.300s: expected a Maildir (a folder with cur/), or folders of them",
                 path);
    return found > 0;
}
