/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The counting, fault-injecting, hiding TCTI.
 */
#include "config.h"

#include <stdlib.h>
#include <string.h>
#include <time.h>

#include <tss2/tss2_tctildr.h>

#include "tcti/count.h"
#include "tpm/wire.h"

#define COUNT_MAGIC UINT64_C(0x746f6b656e636e74)

enum { HEADER = 10 };

static struct count *
count_from(TSS2_TCTI_CONTEXT *context)
{
	return (struct count *)(void *)context;
}

static void
record(struct count *c, const uint8_t *ptr, size_t len)
{
	if (c->dump != NULL && (fwrite(ptr, 1, len, c->dump) != len || fflush(c->dump) != 0))
		abort();
	if (c->record && buf_append(&c->recorded, bytes_of(ptr, len)) != CKR_OK)
		c->record = false;
}

static void
log_command(const struct count *c, uint32_t rc)
{
	const struct wire_command *row = wire_command_find(c->code);

	if (c->log == NULL)
		return;
	fprintf(c->log, "%s 0x%x 0x%x %u %u\n", row != NULL ? row->name + strlen("TPM2_") : "?",
		(unsigned)c->code, (unsigned)rc, c->objects, c->sessions);
	fflush(c->log);
}

static void
sleep_ms(unsigned ms)
{
	struct timespec t = { ms / 1000, (long)(ms % 1000) * 1000000 };

	while (nanosleep(&t, &t) != 0)
		continue;
}

static void
delay(const struct count *c)
{
	unsigned ms = 0;

	for (size_t i = 0; i < c->delay_count; i++) {
		if (c->delays[i].code == c->code) {
			ms = c->delays[i].ms;
			break;
		}
		if (c->delays[i].code == 0)
			ms = c->delays[i].ms;
	}
	if (ms > 0)
		sleep_ms(ms);
}

/* The fault for this command, NULL for none. Each fault counts for itself. */
static const struct count_fault *
fault(struct count *c)
{
	const struct count_fault *found = NULL;

	for (size_t i = 0; i < c->fault_count; i++) {
		struct count_fault *f = &c->faults[i];

		if (f->code != 0 && f->code != c->code)
			continue;
		f->seen++;
		if (found == NULL && (f->nth == 0 || f->nth == f->seen))
			found = f;
	}
	return found;
}

static TSS2_RC
transmit(TSS2_TCTI_CONTEXT *context, size_t size, const uint8_t *command)
{
	struct count *c = count_from(context);
	struct reader r = reader_of(bytes_of(command, size));
	const struct count_fault *f = NULL;

	(void)read_bytes(&r, HEADER - 4);
	c->code = read_u32(&r);
	c->commands++;
	c->by_code[c->code % COUNT_ROWS]++;
	record(c, command, size);
	c->objects = held_objects(&c->held);
	c->sessions = held_sessions(&c->held);
	held_sent(&c->held, bytes_of(command, size));
	delay(c);
	f = fault(c);
	c->late = f != NULL && f->late ? f->rc : TSS2_RC_SUCCESS;
	c->fake = f != NULL && !f->late ? f->rc : TSS2_RC_SUCCESS;
	if (c->fake == TSS2_RC_SUCCESS)
		c->fake = hide_command(&c->hide, bytes_of(command, size));
	c->faked = c->fake != TSS2_RC_SUCCESS;
	c->pending = true;
	return c->faked ? TSS2_RC_SUCCESS : Tss2_Tcti_Transmit(c->below, size, command);
}

static TSS2_RC
give_fake(struct count *c, size_t *size, uint8_t *response)
{
	size_t room = *size;

	if ((c->fake & TSS2_RC_LAYER_MASK) == TSS2_TCTI_RC_LAYER) {
		c->pending = false;
		log_command(c, c->fake);
		return c->fake;
	}
	*size = HEADER;
	if (response == NULL)
		return TSS2_RC_SUCCESS;
	if (room < HEADER)
		return TSS2_TCTI_RC_INSUFFICIENT_BUFFER;
	put_u16(response, TPM2_ST_NO_SESSIONS);
	put_u32(response + 2, HEADER);
	put_u32(response + 6, c->fake);
	c->pending = false;
	log_command(c, c->fake);
	return TSS2_RC_SUCCESS;
}

static TSS2_RC
receive(TSS2_TCTI_CONTEXT *context, size_t *size, uint8_t *response, int32_t timeout)
{
	struct count *c = count_from(context);
	TSS2_RC rc = TSS2_RC_SUCCESS;
	struct reader r;

	if (!c->pending)
		return TSS2_TCTI_RC_BAD_SEQUENCE;
	if (c->faked)
		return give_fake(c, size, response);
	rc = Tss2_Tcti_Receive(c->below, size, response, timeout);
	if (rc != TSS2_RC_SUCCESS || response == NULL)
		return rc;
	c->pending = false;
	if (c->late != TSS2_RC_SUCCESS) {
		c->fake = c->late;
		c->late = TSS2_RC_SUCCESS;
		return give_fake(c, size, response);
	}
	held_answered(&c->held, bytes_of(response, *size));
	*size = hide_answer(&c->hide, c->code, response, *size);
	record(c, response, *size);
	r = reader_of(bytes_of(response, *size));
	(void)read_bytes(&r, HEADER - 4);
	log_command(c, read_u32(&r));
	return TSS2_RC_SUCCESS;
}

static void
finalize(TSS2_TCTI_CONTEXT *context)
{
	count_clear(count_from(context));
}

static TSS2_RC
cancel(TSS2_TCTI_CONTEXT *context)
{
	return Tss2_Tcti_Cancel(count_from(context)->below);
}

static TSS2_RC
get_poll_handles(TSS2_TCTI_CONTEXT *context, TSS2_TCTI_POLL_HANDLE *handles, size_t *count)
{
	return Tss2_Tcti_GetPollHandles(count_from(context)->below, handles, count);
}

static TSS2_RC
set_locality(TSS2_TCTI_CONTEXT *context, uint8_t locality)
{
	return Tss2_Tcti_SetLocality(count_from(context)->below, locality);
}

static TSS2_RC
make_sticky(TSS2_TCTI_CONTEXT *context, TPM2_HANDLE *handle, uint8_t sticky)
{
	return Tss2_Tcti_MakeSticky(count_from(context)->below, handle, sticky);
}

void
count_init(struct count *c, TSS2_TCTI_CONTEXT *below)
{
	*c = (struct count){
		.tcti = { .v1 = { COUNT_MAGIC, 2, transmit, receive, finalize, cancel,
				  get_poll_handles, set_locality },
			.makeSticky = make_sticky },
		.below = below,
	};
}

void
count_clear(struct count *c)
{
	if (c->log != NULL)
		fclose(c->log);
	c->log = NULL;
	if (c->dump != NULL)
		fclose(c->dump);
	c->dump = NULL;
	buf_free(&c->recorded);
	if (c->owns_below)
		Tss2_TctiLdr_Finalize(&c->below);
}

TSS2_TCTI_CONTEXT *
count_tcti(struct count *c)
{
	return (TSS2_TCTI_CONTEXT *)(void *)&c->tcti;
}

unsigned
count_of(const struct count *c, uint32_t code)
{
	return c->by_code[code % COUNT_ROWS];
}

void
count_reset(struct count *c)
{
	c->commands = 0;
	memset(c->by_code, 0, sizeof c->by_code);
	buf_free(&c->recorded);
}

bool
count_fault_add(struct count *c, uint32_t code, unsigned nth, TSS2_RC rc)
{
	if (c->fault_count == COUNT_FAULTS)
		return false;
	c->faults[c->fault_count++] = (struct count_fault){ .code = code, .nth = nth, .rc = rc };
	return true;
}

void
count_fault_late(struct count *c)
{
	c->faults[c->fault_count - 1].late = true;
}

bool
count_delay_add(struct count *c, uint32_t code, unsigned ms)
{
	if (c->delay_count == COUNT_DELAYS)
		return false;
	c->delays[c->delay_count++] = (struct count_delay){ code, ms };
	return true;
}
