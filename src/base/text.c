/* SPDX-License-Identifier: BSD-2-Clause */
/* New strings, allocated by the module itself. */
#include "config.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/text.h"

char *
text_copy(const char *text)
{
	return text_format("%s", text);
}

char *
text_format(const char *format, ...)
{
	va_list args;
	char *text = NULL;
	int len = 0;

	va_start(args, format);
	len = vsnprintf(NULL, 0, format, args);
	va_end(args);
	if (len < 0 || (text = malloc((size_t)len + 1)) == NULL)
		return NULL;
	va_start(args, format);
	vsnprintf(text, (size_t)len + 1, format, args);
	va_end(args);
	return text;
}
