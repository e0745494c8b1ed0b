/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A test case: pairs of a request and its reply, one after the other. After a
 * wrong return value the rest makes no sense, and the case ends.
 */
#include "config.h"

#include <string.h>

#include "base/names.h"
#include "oasis.h"

/* A name without "CKR_", or a number. */
static bool
is_rv(const char *text, CK_RV rv)
{
	const char *name = name_of_rv(rv);
	CK_ULONG number = 0;

	if (value_number(no_names, text, &number))
		return number == rv;
	return strncmp(name, "CKR_", 4) == 0 && strcmp(name + 4, text) == 0;
}

static bool
check_reply(
	struct run *run, const struct function *fn, const struct xml *x, CK_RV rv, struct args *a)
{
	const char *expected = xml_attr(x, "rv");

	if (!is_rv(expected, rv))
		return report_wrong(
			run->report, x->line, "%s: %s, not %s", fn->name, name_of_rv(rv), expected);
	run->report->same++;
	if (rv != CKR_OK)
		return x->child == NULL ||
		       report_wrong(run->report, x->line, "%s: a failure has no values", fn->name);
	/* Wrong values are counted; what follows can be run all the same. */
	reply_compare(run, fn, x, a);
	return true;
}

static bool
run_pair(struct run *run, const struct xml *request, const struct xml *reply)
{
	const struct function *fn = function_find(request->name);
	struct args args = { 0 };
	bool good = false;

	if (fn == NULL)
		return report_wrong(run->report, request->line, "%s is not known", request->name);
	if (!xml_is(reply, fn->name) || xml_attr(reply, "rv") == NULL ||
		!xml_only(reply, "rv", NULL))
		return report_wrong(run->report, request->line, "%s has no reply", fn->name);
	if (request_read(run, fn, request, &args)) {
		run->report->calls++;
		good = check_reply(run, fn, reply, fn->call(run->f, &args), &args);
	}
	args_free(&args);
	return good;
}

static bool
run_pairs(struct run *run, const struct xml *root)
{
	const struct xml *x = root->child;

	if (!xml_is(root, "PKCS11") || !xml_only(root, "xmlns", NULL))
		return report_wrong(run->report, root->line, "%s is no test case", root->name);
	while (x != NULL) {
		if (!run_pair(run, x, x->next))
			return false;
		x = x->next->next;
	}
	return true;
}

bool
case_run(CK_FUNCTION_LIST *f, struct bytes text, const char *pin, struct report *r)
{
	struct run run = { .f = f, .report = r };
	struct xml *root = xml_parse(text, r);

	if (root != NULL && (vars_bind(&run.vars, "${Pin}", pin) ||
				    report_wrong(r, root->line, "out of memory")))
		(void)run_pairs(&run, root);
	xml_free(root);
	seen_free(&run.seen);
	vars_free(&run.vars);
	return report_end(r);
}
