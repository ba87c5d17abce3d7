/* cert.h: certificates made on the fly. */
#ifndef CERT_H
#define CERT_H

#include <openssl/x509.h>

/* An authority of its own, and a certificate for localhost, its addresses and `host` (or NULL) that it
 * signed; the authority's key is forgotten at once. The caller frees all three. 0, or -1: OpenSSL has no
 * memory or no randomness. */
int cert_make(const char *host, X509 **authority, X509 **certificate, EVP_PKEY **key);

#endif
