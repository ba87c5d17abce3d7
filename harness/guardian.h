/* guardian.h: the process that owns a private server, so that nothing of it survives imapdiff, even a SIGKILL.
 *
 * server_start runs the binary itself again (/proc/self/exe) with GUARDIAN_NAME as its argv[0]; guardian.c takes over
 * before main, in whatever program it is linked into, so that main needs no help. The guardian has its own session, is
 * the reaper of all its descendants (daemons that fork twice included), and watches both a socket to imapdiff and
 * imapdiff's process. When either ends, or on SIGTERM, it kills every descendant and removes the folder.
 * It holds a lock in the folder; a folder whose lock is free belonged to a guardian that was itself killed, and the next
 * one removes it and what is left of its processes.
 */
#ifndef GUARDIAN_H
#define GUARDIAN_H

#include <stddef.h>
#include <sys/types.h>

#define GUARDIAN_NAME "imapdiff-guardian"
#define GUARDIAN_FD 3                       /* its end of the socket pair (SOCK_SEQPACKET) */
#define GUARDIAN_MARK "IMAPDIFF_INSTANCE"   /* in each daemon's environment: the instance's folder */
#define GUARDIAN_MESSAGE 4096               /* a message's greatest length */
#define GUARDIAN_UID "IMAPDIFF_USER"        /* as root: the user whose name the servers run under; default "nobody" */

/* Messages, one per packet. To imapdiff: "ready PORT TLSPORT DIR", "error TEXT", "died TEXT" (after ready).
 * To the guardian: any packet means stop; so does the end. */

/* Starts a guardian for argv (without argv[0]): NAME SYSROOT RUN_DIR TIMEOUT_MS PARENT_PID
 * BACKEND_PORT:BACKEND_TLS_PORT. Its pid and our end in *fd, or -1 with
 * errno. */
pid_t guardian_spawn(char *const args[], int *fd);

/* guardian_tree.c: processes and folders. */
/* Kills every descendant of the caller, which must be a child subreaper, and waits for them. */
void guardian_kill_descendants(void);
/* Removes dir and all below, following no link. 0, or -1 with errno of the first failure. */
int guardian_remove(const char *dir);
/* Removes folders below run_dir whose guardian is gone, with their processes. */
void guardian_sweep(const char *run_dir);
/* Takes the lock that tells that dir has an owner; held until the process ends. 0 or -1. */
int guardian_lock(const char *dir);

/* guardian_ports.c: a free port on 127.0.0.1 above 10000 and below the ephemeral ones, kept from other guardians until the
 * process ends; -1 if none was found. */
int guardian_port(void);

#endif
