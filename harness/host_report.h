/* host_report.h: judges clients by what they send: the rules that bind clients and show on the wire. */
#ifndef HOST_REPORT_H
#define HOST_REPORT_H

#include "model_server.h"

#include <stdio.h>

struct client_report;
struct client_report *client_report_new(void); /* NULL: out of memory */
void client_report_free(struct client_report *r);
/* What goes over the wire, for the traces; LOGIN's and AUTHENTICATE's arguments are left out. */
void client_report_opened(struct client_report *r, int session, bool tls);
void client_report_heard(struct client_report *r, int session, struct slice command);
void client_report_said(struct client_report *r, int session, const uint8_t *p, size_t n);
/* Judges a command; said what it was answered before. */
void client_report_command(struct client_report *r, int session, const struct served_command *c);

/* All that goes over the wire is written there as well, each line with its connection's number; at most 4
 * MiB. It stays the caller's. */
void client_report_trace(struct client_report *r, FILE *to);
/* How often a client sent again, word for word, one of the last commands that were not answered OK, on the
 * same connection or another; and what is counted from now on begins anew. */
unsigned client_report_retries(const struct client_report *r);
void client_report_forget_refused(struct client_report *r);

/* Findings that break a MUST, and those that break a SHOULD; each counts once however often it was seen. */
int client_report_count(const struct client_report *r, bool must);
/* The clauses of the gravest finding; "" if there is none. */
const char *client_report_first(const struct client_report *r);
unsigned client_report_connections(const struct client_report *r);
unsigned client_report_commands(const struct client_report *r);
/* For people: counts, then each finding with its clauses and the end of the first trace that shows it. */
void client_report_print(const struct client_report *r, FILE *to);

#endif
