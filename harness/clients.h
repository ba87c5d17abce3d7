/* clients.h: a mail client's command under one behaviour of the served model: `imapdiff clients`. */
#ifndef CLIENTS_H
#define CLIENTS_H

#include "host.h"

#include <sys/types.h>

enum { CLIENT_WORDS = 64, CLIENT_PATH = 1000 };

/* How a run of the command ended. */
struct client_end {
    bool started, hangs; /* hangs: it was killed at its deadline */
    int signal, status;
    unsigned connections, commands; /* until then, in all */
    unsigned retries;               /* of commands that were not answered OK */
};
enum { CLIENT_RUNS = 2 }; /* with another client at work, and again when it is calm */

/* Messages that the client has not; that the server has not; that the client has under the same Message-ID,
 * but changed. */
struct client_mail {
    bool any; /* a Maildir was left */
    int lost, extra, changed;
};

struct client_result {
    const char *behaviour; /* "" is none: the default */
    struct client_end run[CLIENT_RUNS];
    int runs;
    struct client_mail mail;
    int musts, shoulds; /* findings on the client */
    char first[96];     /* clauses of the gravest */
    unsigned others;    /* how often the other client did something */
    char error[400];    /* ours; "" */
};

struct client_job {
    struct behaviours *behaviours;
    const char *const *words; /* the command; NULL-terminated */
    const char *mail;         /* as serve --mail, or NULL */
    const char *folder;       /* for this job: logs, {dir} */
    int chosen;               /* behaviour, or -1 */
    uint64_t time_ms;         /* of one run */
    bool calm;                /* no other client */
    const volatile int *stop;
};

/* clients_run.c: the caller is a process of its own, the reaper of all its descendants: what the command
 * leaves is killed. */
void client_job_run(const struct client_job *j, struct client_result *r);

/* clients_jobs.c: each job in a process of its own, `at_once` of them at a time. `done` gets the results in
 * the jobs' order, as soon as it can; false ends all. Where *stop becomes 1, those that run are ended, and
 * not told. */
enum { CLIENT_JOBS = BEHAVIOURS_MAX + 1, CLIENTS_AT_ONCE = 32 };
bool client_jobs_run(const struct client_job *jobs, int n, int at_once,
                     bool (*done)(void *arg, const struct client_result *r), void *arg,
                     const volatile int *stop);

/* clients_others.c: another client, who does what RFC 2180 is about while the first one is in a mailbox: when
 * that has looked at its messages, it expunges the second message and brings a new one; up to three times in
 * each mailbox. Where it `deletes`, Archive/2025 goes, where it `renames`, Sent gets another name. */
struct others;
struct others *others_new(bool deletes, bool renames);
void others_free(struct others *o);
void others_at(struct others *o, struct host *h);
void others_calm(struct others *o); /* it does nothing more */
unsigned others_count(const struct others *o);
bool others_after(void *arg, int session, const struct served_command *c); /* host_options.after */
void others_between(void *arg);

/* clients_mail.c: compares all messages below `folder` (files in folders cur and new) with user 0's, whatever
 * their folder. Line ends and fields that clients add for themselves do not count. */
void clients_compare(struct host *h, const char *folder, struct client_mail *m);

#endif
