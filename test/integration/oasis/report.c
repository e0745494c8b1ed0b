/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What a run has found, a line a finding.
 */
#include "config.h"

#include <stdarg.h>

#include "oasis.h"

static void
report_line(const struct report *r, const char *kind, unsigned line, const char *format, va_list ap)
{
	fprintf(r->out, "%s, line %u: %s: ", r->name, line, kind);
	vfprintf(r->out, format, ap);
	fputc('\n', r->out);
}

bool
report_wrong(struct report *r, unsigned line, const char *format, ...)
{
	va_list ap;

	r->wrong++;
	va_start(ap, format);
	report_line(r, "WRONG", line, format, ap);
	va_end(ap);
	return false;
}

void
report_deviation(struct report *r, unsigned line, const char *format, ...)
{
	va_list ap;

	r->deviated++;
	va_start(ap, format);
	report_line(r, "deviation", line, format, ap);
	va_end(ap);
}

bool
report_end(const struct report *r)
{
	bool passed = r->wrong == 0 && r->calls > 0 && r->same > 0;

	fprintf(r->out,
		"%s: %s: %u calls, %u values the same, %u that may vary, %u deviations, %u wrong\n",
		r->name, passed ? "passed" : "FAILED", r->calls, r->same, r->varied, r->deviated,
		r->wrong);
	return passed;
}
