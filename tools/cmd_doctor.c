/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * tpm2-token doctor: what is the case on this machine, and what mends it.
 */
#include "config.h"

#include "tool.h"

static void
print_finding(void *arg, const struct finding *f)
{
	static const char *const states[] = {
		[FINDING_OK] = "ok",
		[FINDING_WARNING] = "warning",
		[FINDING_BAD] = "BAD",
	};
	size_t *bad = arg;

	printf("%-8s %-12s ", states[f->state], f->check);
	print_text(stdout, bytes_str(f->text));
	putchar('\n');
	if (f->remedy[0] != '\0') {
		printf("%-21s ", "");
		print_text(stdout, bytes_str(f->remedy));
		putchar('\n');
	}
	*bad += f->state == FINDING_BAD;
}

int
cmd_doctor(struct tool *t)
{
	size_t bad = 0;
	CK_RV rv = core_examine(t->core, module_path(t), print_finding, &bad);

	if (rv != CKR_OK)
		return fail_rv(rv);
	return bad == 0 ? DONE : FAILED;
}
