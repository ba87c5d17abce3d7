/* url.h: the address of a server as a user writes it: imap://user:password@host:port/ (RFC 5092 as far as it
 * names one). */
#ifndef URL_H
#define URL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum url_tls { URL_PLAIN, URL_TLS, URL_STARTTLS }; /* imap:, imaps:, imap+starttls: */

#define URL_FIELD 256
struct imap_url {
    uint8_t tls;
    bool has_user, has_password;
    char host[URL_FIELD];                      /* a name or an address, without brackets */
    char user[URL_FIELD], password[URL_FIELD]; /* decoded; hold no NUL, CR or LF */
    uint16_t port;                             /* 143, or 993 for imaps, where none is written */
};

struct url_error {
    size_t at;      /* offset in the text of the octet that cannot stand there (its length: the text ends too
                       early) */
    char text[160]; /* one line: position, what was expected, what stands there; never the password */
};

/* Does the text begin with one of the three schemes and `://`? (Then it is meant to be a URL.) */
bool url_is(const char *text);
/* Parses the whole text. false: *e says where and why, *u is undefined. A `/` may end it, a mailbox may not
 * follow. */
bool url_parse(const char *text, struct imap_url *u, struct url_error *e);
/* Writes scheme, user, host and port, never the password, as a URL again, for labels; cut to fit and always
 * terminated. Returns dst. */
const char *url_label(const struct imap_url *u, char *dst, size_t cap);

#endif
