/* server_cert.c: a self-signed certificate for a private server, new at each start. */
#include <errno.h>
#include <fcntl.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/rand.h>
#include <openssl/x509v3.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "server_kind.h"

#define VALID_SECONDS (30L * 24 * 3600)

static bool add_extension(X509 *cert, int nid, const char *value)
{
    X509V3_CTX context;
    X509V3_set_ctx_nodb(&context);
    X509V3_set_ctx(&context, cert, cert, NULL, NULL, 0);
    X509_EXTENSION *extension = X509V3_EXT_conf_nid(NULL, &context, nid, value);
    bool ok = extension && X509_add_ext(cert, extension, -1);
    X509_EXTENSION_free(extension);
    return ok;
}

static X509 *make(EVP_PKEY *key)
{
    X509 *cert = X509_new();
    uint64_t serial = 1;
    if (!cert)
        return NULL;
    RAND_bytes((unsigned char *)&serial, sizeof serial); /* clients refuse two certificates of one issuer and serial */
    X509_NAME *name = X509_get_subject_name(cert);
    bool ok = X509_set_version(cert, X509_VERSION_3) && ASN1_INTEGER_set_uint64(X509_get_serialNumber(cert), serial >> 1 | 1) &&
              X509_gmtime_adj(X509_getm_notBefore(cert), -3600) && X509_gmtime_adj(X509_getm_notAfter(cert), VALID_SECONDS) &&
              X509_set_pubkey(cert, key) &&
              X509_NAME_add_entry_by_txt(name, "CN", MBSTRING_ASC, (const unsigned char *)"localhost", -1, -1, 0) &&
              X509_set_issuer_name(cert, name) && add_extension(cert, NID_basic_constraints, "critical,CA:TRUE") &&
              add_extension(cert, NID_subject_alt_name, "DNS:localhost,IP:127.0.0.1") && X509_sign(cert, key, EVP_sha256());
    if (ok)
        return cert;
    X509_free(cert);
    return NULL;
}

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
    EVP_PKEY *pair = EVP_EC_gen("P-256");
    X509 *cert = pair ? make(pair) : NULL;
    FILE *c = create(certificate, err, errlen), *k = create(key, err, errlen);
    bool ok = cert && c && k && PEM_write_X509(c, cert) && PEM_write_PrivateKey(k, pair, NULL, NULL, 0, NULL, NULL);
    if (c && fclose(c))
        ok = false;
    if (k && fclose(k))
        ok = false;
    if (!ok && c && k)
        snprintf(err, errlen, "%s: cannot make a TLS certificate", certificate);
    X509_free(cert);
    EVP_PKEY_free(pair);
    return ok ? 0 : -1;
}
