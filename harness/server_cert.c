/* server_cert.c: the files of a private server's certificate, new at each start. */
#include <errno.h>
#include <fcntl.h>
#include <openssl/pem.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "cert.h"
#include "server_kind.h"

static FILE *create(const char *path, char *err, size_t errlen)
{
    int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
    FILE *f = fd < 0 ? NULL : fdopen(fd, "w");
    if (!f)
        snprintf(err, errlen, "%s: %s", path, strerror(errno));
    return f;
}

int server_make_certificate(const char *certificate, const char *key, char *err, size_t errlen)
{
    X509 *authority, *cert;
    EVP_PKEY *pair;
    FILE *c = create(certificate, err, errlen), *k = create(key, err, errlen);
    bool made = cert_make(NULL, &authority, &cert, &pair) == 0;
    bool ok = made && c && k && PEM_write_X509(c, cert) && PEM_write_X509(c, authority) &&
              PEM_write_PrivateKey(k, pair, NULL, NULL, 0, NULL, NULL);
    if (c && fclose(c))
        ok = false;
    if (k && fclose(k))
        ok = false;
    if (!ok && c && k)
        snprintf(err, errlen, "%s: cannot make a TLS certificate", certificate);
    X509_free(authority);
    X509_free(cert);
    EVP_PKEY_free(pair);
    return ok ? 0 : -1;
}
