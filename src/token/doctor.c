/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Examining the machine: each check says what is the case and what mends it.
 * A failed check is a finding, not an error.
 */
#include "config.h"

#include <errno.h>
#include <fnmatch.h>
#include <inttypes.h>
#include <limits.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/log.h"
#include "token_private.h"

struct examination {
	struct core *core;
	const char *module_path;
	void (*fn)(void *arg, const struct finding *f);
	void *arg;
	bool tpm_usable;
	struct tpm_caps caps;
};

static void __attribute__((format(printf, 5, 6))) found(const struct examination *e,
	enum finding_state state, const char *check, const char *remedy, const char *format, ...)
{
	struct finding f = { .state = state };
	va_list args;

	snprintf(f.check, sizeof f.check, "%s", check);
	snprintf(f.remedy, sizeof f.remedy, "%s", remedy);
	va_start(args, format);
	vsnprintf(f.text, sizeof f.text, format, args);
	va_end(args);
	e->fn(e->arg, &f);
}

/* --- the TPM --- */

static void
check_tpm(struct examination *e)
{
	const char *tcti = conf_get(&e->core->conf, CONF_TCTI);
	CK_RV rv = tpm_read_caps(e->core->tpm, &e->caps);

	e->tpm_usable = rv == CKR_OK;
	if (rv == CKR_DEVICE_REMOVED)
		found(e, FINDING_BAD, "tpm",
			"Switch the TPM on in the firmware's settings, and add yourself to the "
			"group that owns /dev/tpmrm0 (mostly tss).",
			"There is no TPM at \"%s\", or you may not use it. %s", tcti,
			log_last_error());
	else if (rv != CKR_OK)
		found(e, FINDING_BAD, "tpm",
			"See the log (TPM2_TOKEN_LOG=debug) and restart the machine.",
			"The TPM at \"%s\" does not answer as it should. %s", tcti,
			log_last_error());
	else
		found(e, FINDING_OK, "tpm", "",
			"The TPM at \"%s\" works: %s, firmware %" PRIx64 ".", tcti, e->caps.vendor,
			e->caps.firmware);
}

/* Several curves and sizes are no fault, but people ask. */
static void
check_algorithms(struct examination *e)
{
	char text[256] = "";

	if (!e->tpm_usable)
		return;
	for (enum curve c = CURVE_NONE + 1; c < CURVE_COUNT; c++)
		if (caps_curve(&e->caps, c))
			snprintf(text + strlen(text), sizeof text - strlen(text), " %s",
				curve_row(c)->name);
	for (size_t bits = 2048; bits <= 4096; bits += 1024)
		if (caps_rsa(&e->caps, bits))
			snprintf(text + strlen(text), sizeof text - strlen(text), " RSA-%zu", bits);
	found(e, FINDING_OK, "algorithms", "", "The TPM makes these keys:%s.", text);
}

static void
check_lockout(struct examination *e)
{
	struct tpm_lockout l = { 0 };

	if (!e->tpm_usable)
		return;
	if (tpm_read_lockout(e->core->tpm, &l) != CKR_OK)
		found(e, FINDING_WARNING, "lockout", "",
			"The TPM does not tell its lockout state. %s", log_last_error());
	else if (l.locked)
		found(e, FINDING_BAD, "lockout",
			"Wait, or reset it with: tpm2_dictionarylockout --clear-lockout",
			"The TPM refuses all PINs: %u wrong ones, the limit is %u. It allows one "
			"more every %u seconds.",
			l.counter, l.max, l.interval_s);
	else
		found(e, FINDING_OK, "lockout", "",
			"The TPM counts %u wrong PINs; from %u on it refuses all.", l.counter,
			l.max);
	if (!l.lockout_auth_set)
		found(e, FINDING_WARNING, "lockout-auth",
			"Set one with: tpm2_changeauth -c lockout NEWAUTH (and keep it).",
			"The TPM's lockout authorisation is empty: whoever may use the TPM can "
			"reset the count and guess PINs without end.");
}

/* --- the store --- */

static void
check_store(struct examination *e)
{
	const char *path = conf_get(&e->core->conf, CONF_STORE);

	if (e->core->store_state != CKR_OK)
		found(e, FINDING_BAD, "store",
			"The log says why (TPM2_TOKEN_LOG=error). Restore it from a backup if it "
			"is damaged.",
			"The store %s is refused. %s", path, log_last_error());
	else if (e->core->store == NULL)
		found(e, FINDING_WARNING, "store", "Make the first token with: tpm2-token init",
			"There is no store yet at %s.", path);
	else if (store_is_read_only(e->core->store))
		found(e, FINDING_WARNING, "store",
			"Give its owner write permission if keys are to be made or PINs changed.",
			"The store %s can only be read: wrong PINs cannot be counted.", path);
	else
		found(e, FINDING_OK, "store", "", "The store is %s.", path);
}

/* Whether it fits. */
static bool
check_parent(const struct examination *e, const struct token_row *row)
{
	struct tpm_parent parent = { 0 };
	struct buf auth = BUF_EMPTY;
	CK_RV rv = token_parent_of(row, &parent);

	if (rv == CKR_OK)
		rv = token_parent_auth(e->core, &parent, &auth);
	if (rv == CKR_OK)
		rv = tpm_parent_check(e->core->tpm, &parent, view(&auth));
	buf_free(&auth);
	tpm_parent_free(&parent);
	if (rv == CKR_OK)
		found(e, FINDING_OK, "token", "", "Token \"%s\" belongs to this TPM.", row->label);
	else
		found(e, FINDING_BAD, "token",
			"Keys of a TPM that was cleared are lost: make the token anew. A store of "
			"another machine must go back there.",
			"Token \"%s\" does not fit this TPM. %s", row->label, log_last_error());
	return rv == CKR_OK;
}

static void
check_pins(const struct examination *e, const struct token *t, const struct token_row *row)
{
	uint32_t max = token_tries_max(t, row);
	bool so_locked = row->so.tries >= max, user_locked = row->user.tries >= max;

	if (row->user.pub.len == 0)
		found(e, FINDING_WARNING, "pin", "Set it with: tpm2-token pin unblock",
			"Token \"%s\" has no user PIN yet.", row->label);
	if (user_locked)
		found(e, FINDING_WARNING, "pin",
			so_locked ? "Its keys can not be used any more: make another token."
				  : "The security officer sets a new one with: tpm2-token pin "
				    "unblock",
			"The user PIN of token \"%s\" is locked after %u wrong tries.", row->label,
			row->user.tries);
	if (so_locked)
		found(e, FINDING_WARNING, "so-pin",
			user_locked ? ""
				    : "Keep the user's PIN: nobody can set a new one any more.",
			"The SO PIN of token \"%s\" is locked after %u wrong tries.", row->label,
			row->so.tries);
}

static void
check_token(const struct examination *e, struct token *t)
{
	struct token_row row = { 0 };

	if (token_is_gone(t) || token_row_read(t, &row) != CKR_OK)
		return;
	check_pins(e, t, &row);
	/* What another TPM can do says nothing about this token. */
	if (e->tpm_usable && check_parent(e, &row))
		token_caps_keep_in_store(e->core, row.id, &e->caps);
	token_row_free(&row);
}

static void
check_tokens(struct examination *e)
{
	size_t count = core_token_count(e->core);

	for (size_t i = 0; i < count; i++)
		check_token(e, core_token(e->core, i));
	if (count > 0)
		found(e, FINDING_OK, "integrity", "",
			"Whether someone has changed the store can be told only after login: every "
			"login and every use of an object checks.");
}

/* --- the module --- */

/* ssh-agent's default allow-list (ssh-agent(1), -P); it resolves links first. */
static const char *const agent_patterns[] = { "/usr/lib*/*", "/usr/local/lib*/*" };

static bool
agent_allows(const char *real)
{
	for (size_t i = 0; i < COUNT(agent_patterns); i++)
		if (fnmatch(agent_patterns[i], real, 0) == 0)
			return true;
	return false;
}

static void
check_module(struct examination *e)
{
	char path[PATH_MAX];
	char *real = e->module_path != NULL ? realpath(e->module_path, path) : NULL;

	if (e->module_path == NULL)
		return;
	if (real == NULL)
		found(e, FINDING_BAD, "module", "Install it with: make install",
			"The module %s is not there: %s.", e->module_path, strerror(errno));
	else if (agent_allows(real))
		found(e, FINDING_OK, "module", "", "The module is %s.", real);
	else
		found(e, FINDING_WARNING, "module",
			"Configure with --prefix=/usr or --prefix=/usr/local, or start ssh-agent "
			"with -P.",
			"ssh-agent does not load the module from %s.", real);
}

CK_RV
core_examine(struct core *c, const char *module_path,
	void (*fn)(void *arg, const struct finding *f), void *arg)
{
	struct examination e = { .core = c, .module_path = module_path, .fn = fn, .arg = arg };
	CK_RV rv = core_refresh(c);

	if (rv == CKR_HOST_MEMORY)
		return rv;
	check_tpm(&e);
	check_algorithms(&e);
	check_lockout(&e);
	check_store(&e);
	check_tokens(&e);
	check_module(&e);
	return CKR_OK;
}
