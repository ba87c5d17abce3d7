/* guardian_launch.h: how a guardian makes its instance: folder, owner, ports, configuration, processes. */
#ifndef GUARDIAN_LAUNCH_H
#define GUARDIAN_LAUNCH_H

#include "guardian.h"
#include "server_kind.h"

#define GUARDIAN_DAEMONS 4

struct guardian {
    int socket;                      /* to imapdiff */
    int parent;                      /* pidfd of imapdiff; -1 on a kernel without */
    int signals;                     /* signalfd */
    struct server_instance instance;
    pid_t daemons[GUARDIAN_DAEMONS]; /* 0: not running */
    char run_dir[SERVER_PATH];
    char top[SERVER_PATH];           /* the instance's folder, ours; instance.dir is below it and the user's */
    char dir[SERVER_PATH], sysroot[SERVER_PATH], user[64], group[64], triplet[64];
    char certificate[SERVER_PATH + 16], key[SERVER_PATH + 16], log[SERVER_PATH + 16];
    bool mounted;                    /* the sysroot is bound below top */
    int timeout_ms;
};

/* All return 0, or -1 with one line in err. */
int guardian_make_folder(struct guardian *, char *err, size_t errlen);
/* Finds who runs the daemons, and that they can reach the sysroot. */
int guardian_find_owner(struct guardian *, char *err, size_t errlen);
int guardian_find_ports(struct guardian *, char *err, size_t errlen);
/* Configuration and certificate, written as the owner. */
int guardian_prepare(struct guardian *, char *err, size_t errlen);
int guardian_start_daemon(struct guardian *, int i, char *err, size_t errlen);
/* Kills what runs and removes the folder. */
void guardian_finish(struct guardian *);

/* Puts the last lines of the log behind err, each on a line of its own. */
void guardian_add_log(const char *log, char *err, size_t errlen);

#endif
