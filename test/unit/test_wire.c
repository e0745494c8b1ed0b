/* SPDX-License-Identifier: BSD-2-Clause */
#include "config.h"

#include "tpm/wire_private.h"
#include "unit.h"

/* A TCTI that takes everything and answers what it was told to. */
struct fake {
	TSS2_TCTI_CONTEXT_COMMON_V1 tcti;
	struct bytes answer;
	unsigned sent;
};

static TSS2_RC
fake_transmit(TSS2_TCTI_CONTEXT *context, size_t size, const uint8_t *command)
{
	(void)size;
	(void)command;
	((struct fake *)(void *)context)->sent++;
	return TSS2_RC_SUCCESS;
}

static TSS2_RC
fake_receive(TSS2_TCTI_CONTEXT *context, size_t *size, uint8_t *response, int32_t timeout)
{
	struct bytes answer = ((struct fake *)(void *)context)->answer;

	if (timeout == TSS2_TCTI_TIMEOUT_NONE)
		return TSS2_TCTI_RC_TRY_AGAIN;
	if (answer.len > *size)
		return TSS2_TCTI_RC_INSUFFICIENT_BUFFER;
	*size = answer.len;
	if (response != NULL)
		memcpy(response, answer.ptr, answer.len);
	return TSS2_RC_SUCCESS;
}

static struct fake fake = {
	.tcti = { .magic = 1, .version = 1, .transmit = fake_transmit, .receive = fake_receive }
};
static struct wire *wire;

static int
open_wire(void **state)
{
	(void)state;
	fake.sent = 0;
	fake.answer = LITERAL("\x80\x01\0\0\0\x0a\0\0\0\0");
	return wire_new((TSS2_TCTI_CONTEXT *)(void *)&fake, &wire) == CKR_OK ? 0 : -1;
}

static int
close_wire(void **state)
{
	(void)state;
	wire_free(wire, false);
	return 0;
}

static TSS2_RC
transmit(struct bytes command)
{
	return Tss2_Tcti_Transmit(wire_tcti(wire), command.len, command.ptr);
}

/* TPM2_Sign with a password, key 0x80000001; len bytes of the command are given. */
#define SIGN_HEAD "\x80\x02\0\0\0\x24\0\0\x01\x5d\x80\0\0\x01"
#define SIGN                                                                                       \
	SIGN_HEAD "\0\0\0\x0c\x40\0\0\x09\0\0\x01\0\x03"                                           \
		  "abc"                                                                            \
		  "\0\x04"                                                                         \
		  "hash"

static void
rows_are_in_order_and_consistent(void **state)
{
	size_t count = 0;
	const struct wire_command *rows = wire_command_rows(&count);

	(void)state;
	assert_true(count > 90);
	for (size_t i = 0; i < count; i++) {
		assert_ptr_equal(&rows[i], wire_command_find(rows[i].code));
		assert_true(rows[i].handles <= WIRE_HANDLES);
		assert_true(rows[i].auths <= rows[i].handles);
		assert_true(rows[i].auths <= WIRE_SESSIONS);
		assert_true(rows[i].answer_handles <= 1);
		/* Only a command with an authorisation has a session that could encrypt. */
		assert_true(rows[i].auths > 0 || (!rows[i].secret_in && !rows[i].secret_out));
		assert_true(i == 0 || rows[i - 1].code < rows[i].code);
	}
	assert_null(wire_command_find(0));
	assert_null(wire_command_find(TPM2_CC_LAST + 1));
}

static void
commands_without_sessions_pass_untouched(void **state)
{
	uint8_t answer[64];
	size_t size = sizeof answer;

	(void)state;
	assert_int_equal(0, transmit(LITERAL("\x80\x01\0\0\0\x0c\0\0\x01\x7b\0\x08")));
	assert_int_equal(
		TSS2_TCTI_RC_TRY_AGAIN, Tss2_Tcti_Receive(wire_tcti(wire), &size, answer, 0));
	size = sizeof answer;
	assert_int_equal(0, Tss2_Tcti_Receive(wire_tcti(wire), &size, answer, -1));
	assert_int_equal(10, size);
	assert_int_equal(
		TSS2_TCTI_RC_BAD_SEQUENCE, Tss2_Tcti_Receive(wire_tcti(wire), &size, answer, -1));
}

static void
second_command_waits_for_the_first_answer(void **state)
{
	(void)state;
	assert_int_equal(0, transmit(LITERAL("\x80\x01\0\0\0\x0c\0\0\x01\x7b\0\x08")));
	assert_int_equal(TSS2_TCTI_RC_BAD_SEQUENCE,
		transmit(LITERAL("\x80\x01\0\0\0\x0c\0\0\x01\x7b\0\x08")));
}

static void
truncated_commands_are_refused(void **state)
{
	uint8_t command[sizeof SIGN - 1];

	(void)state;
	for (size_t len = 0; len + sizeof "\0\x04hash" <= sizeof SIGN - 1; len++) {
		memcpy(command, SIGN, len);
		if (len >= 6)
			put_u32(command + 2, (uint32_t)len);
		assert_int_equal(WIRE_RC_REFUSED, transmit(bytes_of(command, len)));
	}
	assert_int_equal(WIRE_RC_REFUSED, transmit(LITERAL(SIGN "more than the size says")));
	assert_int_equal(0, fake.sent);
}

static void
unknown_command_with_sessions_is_refused(void **state)
{
	(void)state;
	assert_int_equal(WIRE_RC_REFUSED,
		transmit(LITERAL("\x80\x02\0\0\0\x1a\x20\0\0\0\0\0\0\x0c\x40\0\0\x09\0\0\x01\0\x03"
				 "abc")));
	assert_int_equal(0, transmit(LITERAL("\x80\x01\0\0\0\x0a\x20\0\0\0")));
	assert_int_equal(1, fake.sent);
}

static void
password_without_a_salt_key_is_refused(void **state)
{
	uint8_t command[sizeof SIGN - 1];

	(void)state;
	memcpy(command, SIGN, sizeof command);
	put_u32(command + 2, sizeof command);
	assert_int_equal(WIRE_RC_REFUSED, transmit(bytes_of(command, sizeof command)));
	assert_int_equal(0, fake.sent);
}

static void
empty_password_passes(void **state)
{
	(void)state;
	assert_int_equal(0, transmit(LITERAL("\x80\x02\0\0\0\x21\0\0\x01\x5d\x80\0\0\x01\0\0\0\x09"
					     "\x40\0\0\x09\0\0\x01\0\0"
					     "\0\x04"
					     "hash")));
	assert_int_equal(1, fake.sent);
}

static void
salt_key_that_is_none_is_refused(void **state)
{
	(void)state;
	assert_rv(CKR_DEVICE_ERROR, wire_salt_to(wire, 0x81000001,
					    LITERAL("\0\x04"
						    "junk")));
	assert_rv(CKR_DEVICE_ERROR, wire_salt_to(wire, 0x81000001, BYTES_EMPTY));
}

static void
names_are_kept_replaced_and_dropped(void **state)
{
	uint8_t self[4];
	struct bytes name;

	(void)state;
	for (uint32_t h = 0x80000000; h < 0x80000014; h++)
		assert_rv(CKR_OK, wire_name_set(wire, h, bytes_of(&h, sizeof h)));
	assert_rv(CKR_OK, wire_name_set(wire, 0x80000003, LITERAL("new name")));
	assert_true(wire_name_get(wire, 0x80000003, self, &name));
	assert_bytes_equal(LITERAL("new name"), name);
	wire_name_drop(wire, 0x80000003);
	wire_name_drop(wire, 0x80000003);
	assert_false(wire_name_get(wire, 0x80000003, self, &name));
	assert_true(wire_name_get(wire, 0x80000013, self, &name));
	assert_int_equal(4, name.len);
	assert_rv(
		CKR_DEVICE_ERROR, wire_name_set(wire, 0x80000001,
					  bytes_of(fake.tcti.transmit ? SIGN SIGN SIGN : "", 67)));
}

static void
permanent_handles_are_their_own_names(void **state)
{
	uint8_t self[4];
	struct bytes name;

	(void)state;
	assert_true(wire_name_get(wire, TPM2_RH_OWNER, self, &name));
	assert_bytes_equal(LITERAL("\x40\0\0\x01"), name);
	assert_true(wire_name_get(wire, TPM2_POLICY_SESSION_FIRST, self, &name));
	assert_bytes_equal(LITERAL("\x03\0\0\0"), name);
	assert_false(wire_name_get(wire, 0x01000001, self, &name));
	assert_false(wire_name_get(wire, 0x81000001, self, &name));
}

#define CASE(name) cmocka_unit_test_setup_teardown(name, open_wire, close_wire)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		CASE(rows_are_in_order_and_consistent),
		CASE(commands_without_sessions_pass_untouched),
		CASE(second_command_waits_for_the_first_answer),
		CASE(truncated_commands_are_refused),
		CASE(unknown_command_with_sessions_is_refused),
		CASE(password_without_a_salt_key_is_refused),
		CASE(empty_password_passes),
		CASE(salt_key_that_is_none_is_refused),
		CASE(names_are_kept_replaced_and_dropped),
		CASE(permanent_handles_are_their_own_names),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
