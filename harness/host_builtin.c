/* host_builtin.c: the mail that is served where none is given. */
#include "host.h"

#include <string.h>

#define HEAD(from, subject)                                                                                  \
    "Date: Mon, 2 Nov 2026 09:15:00 +0100\r\nFrom: " from "\r\nTo: <u1@example.org>\r\nSubject: " subject    \
    "\r\nMessage-ID: <" LINE(__LINE__) "@example.org>\r\nMIME-Version: 1.0\r\n"
#define LINE(n)  LINE2(n)
#define LINE2(n) #n

static const struct mail {
    const char *mailbox, *flags, *date, *octets;
} mail[] = {
    {"INBOX", "\\Seen", " 2-Nov-2026 09:15:10 +0100",
     HEAD("Ann Example <ann@example.org>",
          "Welcome") "Content-Type: text/plain; charset=us-ascii\r\n\r\n"
                     "Good morning,\r\n\r\nthis is plain text.\r\n-- \r\nAnn\r\n"},
    {"INBOX", "", " 3-Nov-2026 18:00:00 +0000",
     HEAD("=?utf-8?q?J=C3=B6rg_M=C3=BCller?= <joerg@example.net>",
          "=?utf-8?b?R3LDvMOfZSBhdXMgS8O2bG4=?=") "Content-Type: text/plain; "
                                                  "charset=utf-8\r\nContent-Transfer-Encoding: "
                                                  "quoted-printable\r\n\r\n"
                                                  "Sch=C3=B6ne Gr=C3=BC=C3=9Fe!\r\n"},
    {"INBOX", "\\Flagged work", "14-Nov-2026 07:30:59 -0800",
     HEAD("\"Example, Bob\" <bob@example.com>",
          "Two texts and a picture") "Content-Type: multipart/mixed; boundary=\"outer\"\r\n\r\nA "
                                     "preamble.\r\n--outer\r\n"
                                     "Content-Type: multipart/alternative; boundary=inner\r\n\r\n--inner\r\n"
                                     "Content-Type: text/plain; charset=us-ascii\r\n\r\nIn "
                                     "words.\r\n\r\n--inner\r\n"
                                     "Content-Type: text/html; charset=us-ascii\r\n\r\n<p>In "
                                     "<b>words</b>.</p>\r\n\r\n--inner--\r\n\r\n--outer\r\n"
                                     "Content-Type: image/gif; name=\"dot.gif\"\r\nContent-Disposition: "
                                     "attachment; filename=\"dot.gif\"\r\n"
                                     "Content-Transfer-Encoding: "
                                     "base64\r\n\r\nR0lGODlhAQABAIAAAP///"
                                     "wAAACH5BAAAAAAALAAAAAABAAEAAAICRAEAOw==\r\n"
                                     "--outer--\r\n"},
    {"INBOX", "\\Answered \\Seen", "20-Nov-2026 12:00:00 +0000",
     HEAD("carol@example.org",
          "Fwd: an old letter") "Content-Type: message/rfc822\r\n\r\nFrom: dave@example.org\r\n"
                                "To: carol@example.org\r\nSubject: an old letter\r\n"
                                "Date: Sat, 1 Jan 2000 00:00:01 +0000\r\n\r\nLong ago.\r\n"},
    {"Drafts", "\\Draft \\Seen", "21-Nov-2026 08:00:00 +0000",
     HEAD("u1@example.org", "not finished") "\r\nTo be continued\r\n"},
    {"Sent", "\\Seen", "22-Nov-2026 08:00:00 +0000",
     HEAD("u1@example.org",
          "finished") "In-Reply-To: <1@example.org>\r\nCc: Team: eve@example.org;\r\n\r\nDone.\r\n"},
    {"Trash", NULL, NULL, NULL},
    {"Archive", NULL, NULL, NULL},
    {"Archive/2025", "\\Seen", "31-Dec-2025 23:59:59 +0000",
     HEAD("ann@example.org", "last year") "\r\nGone.\r\n"},
    {"Entw&APw-rfe", NULL, NULL, NULL}, /* modified UTF-7 */
    {"Shared/Team", "", "23-Nov-2026 10:00:00 +0000",
     HEAD("ann@example.org", "for all of us: 1") "\r\nOne.\r\n"},
    {"Shared/Team", "", "23-Nov-2026 10:00:01 +0000",
     HEAD("bob@example.com", "for all of us: 2") "\r\nTwo.\r\n"},
    {"Shared/Team", "", "23-Nov-2026 10:00:02 +0000",
     HEAD("carol@example.org", "for all of us: 3") "\r\nThree.\r\n"},
};

static bool fill(struct host *h, bool first, char *err, size_t errlen) {
    for (size_t i = 0; i < sizeof mail / sizeof *mail; i++) {
        const struct mail *m = &mail[i];
        bool shared = !strncmp(m->mailbox, "Shared/", 7);
        if (!host_fill_mailbox(h, m->mailbox, err, errlen))
            return false;
        if (m->octets && (first || !shared) &&
            !host_fill_message(h, m->mailbox, m->flags, m->date, m->octets, strlen(m->octets), err, errlen))
            return false;
    }
    return true;
}

bool host_fill_builtin(struct host *h, char *err, size_t errlen) {
    const char *const *users = host_users(h);
    for (int i = 0; users[i]; i++) {
        char name[256];
        const char *colon = strchr(users[i], ':');
        snprintf(name, sizeof name, "%.*s", (int)(colon - users[i]), users[i]);
        if (!host_fill_user(h, name, colon + 1, err, errlen) || !fill(h, i == 0, err, errlen))
            return false;
    }
    return true;
}
