/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The rules of operations: which call when, the size rule, the end rule.
 */
#include "config.h"

#include "unit.h"

#include "session/op.h"

static void
calls_come_in_order(void **state)
{
	static const CK_RV wanted[OP_STATES][OP_CALLS] = {
		{ CKR_OK, CKR_OPERATION_NOT_INITIALIZED, CKR_OPERATION_NOT_INITIALIZED,
			CKR_OPERATION_NOT_INITIALIZED },
		{ CKR_OPERATION_ACTIVE, CKR_OK, CKR_OK, CKR_OK },
		{ CKR_OPERATION_ACTIVE, CKR_OK, CKR_OPERATION_ACTIVE, CKR_OPERATION_ACTIVE },
		{ CKR_OPERATION_ACTIVE, CKR_OPERATION_ACTIVE, CKR_OK, CKR_OK },
	};
	struct session s = { 0 };

	(void)state;
	for (int kind = 0; kind < OP_KINDS; kind++)
		for (int at = 0; at < OP_STATES; at++)
			for (int call = 0; call < OP_CALLS; call++) {
				s.op[kind].state = (enum op_state)at;
				assert_rv(wanted[at][call],
					op_may(&s, (enum op_kind)kind, (enum op_call)call));
			}
}

static void
one_call_or_parts_but_not_both(void **state)
{
	static const struct {
		enum op_state at;
		enum op_call call;
		enum op_state after;
	} rows[] = {
		{ OP_READY, CALL_ONE_SHOT, OP_ASKED },
		{ OP_READY, CALL_INIT, OP_READY },
		{ OP_ASKED, CALL_ONE_SHOT, OP_ASKED },
		{ OP_ASKED, CALL_INIT, OP_ASKED },
		{ OP_ASKED, CALL_UPDATE, OP_IDLE },
		{ OP_ASKED, CALL_FINAL, OP_IDLE },
		{ OP_STREAM, CALL_ONE_SHOT, OP_IDLE },
		{ OP_STREAM, CALL_INIT, OP_STREAM },
		{ OP_STREAM, CALL_UPDATE, OP_STREAM },
	};
	struct session s = { 0 };

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		s.op[OP_DIGEST].state = rows[i].at;
		(void)!op_may(&s, OP_DIGEST, rows[i].call);
		assert_int_equal(rows[i].after, s.op[OP_DIGEST].state);
	}
}

static void
messages_go_on_after_a_wrong_call(void **state)
{
	struct session s = { 0 };

	(void)state;
	s.op[OP_MESSAGE_SIGN].state = OP_STREAM;
	assert_rv(CKR_OPERATION_ACTIVE, op_may(&s, OP_MESSAGE_SIGN, CALL_ONE_SHOT));
	assert_int_equal(OP_STREAM, s.op[OP_MESSAGE_SIGN].state);
}

static void
only_what_runs_can_be_cancelled(void **state)
{
	struct op op = { .state = OP_READY };

	(void)state;
	assert_rv(CKR_OK, op_cancel(&op));
	assert_int_equal(OP_IDLE, op.state);
	assert_rv(CKR_ARGUMENTS_BAD, op_cancel(&op));
}

static void
asking_for_the_length_is_answered(void **state)
{
	CK_ULONG len = 0;
	bool enough = true;

	(void)state;
	assert_rv(CKR_OK, op_room(&(struct room){ NULL, &len }, 256, &enough));
	assert_false(enough);
	assert_int_equal(256, len);
}

static void
a_small_buffer_is_told_the_length(void **state)
{
	uint8_t byte = 0;
	CK_ULONG len = 255;
	bool enough = true;

	(void)state;
	assert_rv(CKR_BUFFER_TOO_SMALL, op_room(&(struct room){ &byte, &len }, 256, &enough));
	assert_false(enough);
	assert_int_equal(256, len);
}

static void
a_buffer_of_exactly_the_size_is_enough(void **state)
{
	uint8_t byte = 0;
	CK_ULONG len = 256;
	bool enough = false;

	(void)state;
	assert_rv(CKR_OK, op_room(&(struct room){ &byte, &len }, 256, &enough));
	assert_true(enough);
}

static void
a_missing_length_is_refused(void **state)
{
	uint8_t byte = 0;
	bool enough = true;

	(void)state;
	assert_rv(CKR_ARGUMENTS_BAD, op_room(&(struct room){ &byte, NULL }, 256, &enough));
	assert_false(enough);
}

static void
an_operation_ends_by_its_result(void **state)
{
	static const struct {
		CK_RV rv;
		bool more;
		enum op_state after;
	} rows[] = {
		{ CKR_OK, true, OP_READY },
		{ CKR_OK, false, OP_IDLE },
		{ CKR_BUFFER_TOO_SMALL, true, OP_READY },
		{ CKR_BUFFER_TOO_SMALL, false, OP_READY },
		{ CKR_DATA_LEN_RANGE, true, OP_IDLE },
		{ CKR_ARGUMENTS_BAD, false, OP_IDLE },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct op op = { .state = OP_READY };

		assert_rv(rows[i].rv, op_settle(&op, rows[i].rv, rows[i].more));
		assert_int_equal(rows[i].after, op.state);
	}
}

static void
data_without_a_place_is_refused(void **state)
{
	(void)state;
	assert_rv(CKR_ARGUMENTS_BAD, op_data(bytes_of(NULL, 1)));
	assert_rv(CKR_OK, op_data(bytes_of(NULL, 0)));
	assert_rv(CKR_OK, op_data(bytes_of("x", 1)));
}

static void
data_longer_than_memory_is_refused(void **state)
{
	(void)state;
	assert_rv(CKR_ARGUMENTS_BAD, op_data(bytes_of("x", PTRDIFF_MAX)));
	assert_rv(CKR_ARGUMENTS_BAD, op_data(bytes_of("x", SIZE_MAX)));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(calls_come_in_order),
		cmocka_unit_test(one_call_or_parts_but_not_both),
		cmocka_unit_test(messages_go_on_after_a_wrong_call),
		cmocka_unit_test(only_what_runs_can_be_cancelled),
		cmocka_unit_test(asking_for_the_length_is_answered),
		cmocka_unit_test(a_small_buffer_is_told_the_length),
		cmocka_unit_test(a_buffer_of_exactly_the_size_is_enough),
		cmocka_unit_test(a_missing_length_is_refused),
		cmocka_unit_test(an_operation_ends_by_its_result),
		cmocka_unit_test(data_without_a_place_is_refused),
		cmocka_unit_test(data_longer_than_memory_is_refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
