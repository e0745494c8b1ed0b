/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Processes that are born while the module is in use: what their stories share.
 */
#ifndef TEST_INTEGRATION_STRESS_FORK_H
#define TEST_INTEGRATION_STRESS_FORK_H

#include <sys/types.h>

#include "client.h"

enum { PATIENCE = 30 }; /* seconds that a child may take */

/* What a child ends with; anything else, and a child that hangs, is wrong. */
enum child { CHILD_GOOD = 0, CHILD_WRONG = 1 };

/* C_SignInit to C_Verify with the pair "key", in a session of its own. Logged in: before. */
bool signs(const struct client *c);

/* All that a child may do: nothing before C_Initialize, everything after it. */
enum child use_anew(struct client *c);

/*
 * fork(); the child does this and exits, by exit(), or by SIGALRM when it hangs. Nothing that the
 * parent has printed is printed by it.
 */
pid_t give_birth(enum child (*life)(struct client *c), struct client *c);
/* How it ended. */
enum child outlive(pid_t pid);

/* fork_threads.c: fork while other threads are in the module. Leaves it finalised. */
void fork_beside_threads(struct client *c);

#endif
