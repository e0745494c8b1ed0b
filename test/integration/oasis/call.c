/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The functions of the test cases: a row each, with the names of what they
 * take and give. The names follow no rule, so they are written here.
 */
#include "config.h"

#include <string.h>

#include "oasis.h"

/* clang-format off */
#define AT(member)      offsetof(struct args, member), sizeof(((struct args *)NULL)->member)
#define NUMBER(name, m) { name, AS_NUMBER, AT(m), no_names, NULL }
#define TEXT(name, m)   { name, AS_TEXT, AT(m), no_names, NULL }
#define RELEASE(name, m) { name, AS_VERSION, AT(m), no_names, NULL }
#define TEMPLATE        { "Template", AS_TEMPLATE, AT(template), no_names, NULL }
#define ROOM(name, as, item) { name, as, AT(room), mechanisms, item }
#define SESSION         NUMBER("Session", session)
#define SLOT            NUMBER("SlotID", slot)
#define END             { .name = NULL }

static const struct field nothing[] = { END };
static const struct field in_slot[] = { SLOT, END };
static const struct field in_session[] = { SESSION, END };
static const struct field in_slot_list[] = {
	{ "TokenPresent", AS_BOOL, AT(present), no_names, NULL }, ROOM("SlotList", AS_ROOM, NULL), END };
static const struct field in_mechanism_list[] = { SLOT, ROOM("MechanismList", AS_ROOM, NULL), END };
static const struct field in_mechanism_info[] = {
	SLOT, { "Type", AS_TYPE, AT(type), mechanisms, NULL }, END };
static const struct field in_open[] = {
	SLOT, { "Flags", AS_FLAGS, AT(flags), session_flags, NULL }, END };
static const struct field in_login[] = {
	SESSION, { "UserType", AS_NUMBER, AT(user), users, NULL }, TEXT("Pin", pin), END };
static const struct field in_find_init[] = { SESSION, TEMPLATE, END };
static const struct field in_find[] = { SESSION, ROOM("Object", AS_ROOM, NULL), END };
static const struct field in_attributes[] = {
	SESSION, NUMBER("Object", object), TEMPLATE, END };
static const struct field in_sign_init[] = {
	SESSION, { "Mechanism", AS_MECHANISM, AT(type), mechanisms, NULL }, NUMBER("Key", object), END };
static const struct field in_sign[] = {
	SESSION, { "Data", AS_HEX, AT(data), no_names, NULL }, ROOM("Signature", AS_BYTES, NULL), END };

static const struct field out_info[] = {
	RELEASE("CryptokiVersion", info.cryptokiVersion),
	TEXT("ManufacturerID", info.manufacturerID),
	{ "Flags", AS_FLAGS, AT(info.flags), no_flags, NULL },
	TEXT("LibraryDescription", info.libraryDescription),
	RELEASE("LibraryVersion", info.libraryVersion),
	END };
static const struct field out_slot_info[] = {
	TEXT("SlotDescription", slot_info.slotDescription),
	TEXT("ManufacturerID", slot_info.manufacturerID),
	{ "Flags", AS_FLAGS, AT(slot_info.flags), slot_flags, NULL },
	RELEASE("HardwareVersion", slot_info.hardwareVersion),
	RELEASE("FirmwareVersion", slot_info.firmwareVersion),
	END };
static const struct field out_token_info[] = {
	TEXT("label", token_info.label),
	TEXT("ManufacturerID", token_info.manufacturerID),
	TEXT("model", token_info.model),
	TEXT("serialNumber", token_info.serialNumber),
	{ "Flags", AS_FLAGS, AT(token_info.flags), token_flags, NULL },
	NUMBER("MaxSessionCount", token_info.ulMaxSessionCount),
	NUMBER("SessionCount", token_info.ulSessionCount),
	NUMBER("MaxRwSessionCount", token_info.ulMaxRwSessionCount),
	NUMBER("RwSessionCount", token_info.ulRwSessionCount),
	NUMBER("MaxPinLen", token_info.ulMaxPinLen),
	NUMBER("MinPinLen", token_info.ulMinPinLen),
	NUMBER("TotalPublicMemory", token_info.ulTotalPublicMemory),
	NUMBER("FreePublicMemory", token_info.ulFreePublicMemory),
	NUMBER("TotalPrivateMemory", token_info.ulTotalPrivateMemory),
	NUMBER("FreePrivateMemory", token_info.ulFreePrivateMemory),
	RELEASE("HardwareVersion", token_info.hardwareVersion),
	RELEASE("FirmwareVersion", token_info.firmwareVersion),
	TEXT("utcTime", token_info.utcTime),
	END };
static const struct field out_mechanism_info[] = {
	NUMBER("MinKeySize", mechanism_info.ulMinKeySize),
	NUMBER("MaxKeySize", mechanism_info.ulMaxKeySize),
	{ "Flags", AS_FLAGS, AT(mechanism_info.flags), mechanism_flags, NULL },
	END };
static const struct field out_slots[] = { ROOM("SlotList", AS_SLOTS, "SlotID"), END };
static const struct field out_mechanisms[] = { ROOM("MechanismList", AS_MECHANISMS, "Type"), END };
static const struct field out_objects[] = { ROOM("Object", AS_OBJECTS, "Object"), END };
static const struct field out_signature[] = { ROOM("Signature", AS_BYTES, NULL), END };
static const struct field out_session[] = { { "Session", AS_HANDLE, AT(session), no_names, NULL }, END };
static const struct field out_template[] = { TEMPLATE, END };
/* clang-format on */

static CK_RV
initialize(CK_FUNCTION_LIST *f, struct args *a)
{
	(void)a;
	return f->C_Initialize(NULL);
}

static CK_RV
finalize(CK_FUNCTION_LIST *f, struct args *a)
{
	(void)a;
	return f->C_Finalize(NULL);
}

static CK_RV
get_info(CK_FUNCTION_LIST *f, struct args *a)
{
	return f->C_GetInfo(&a->info);
}

/* Where the list goes; NULL when its size is asked for. */
static void *
list_of(struct args *a)
{
	a->room.count = a->room.size;
	return a->room.given ? a->room.content.ptr : NULL;
}

static CK_RV
get_slot_list(CK_FUNCTION_LIST *f, struct args *a)
{
	CK_SLOT_ID *list = list_of(a);

	return f->C_GetSlotList(a->present, list, &a->room.count);
}

static CK_RV
get_slot_info(CK_FUNCTION_LIST *f, struct args *a)
{
	return f->C_GetSlotInfo(a->slot, &a->slot_info);
}

static CK_RV
get_token_info(CK_FUNCTION_LIST *f, struct args *a)
{
	return f->C_GetTokenInfo(a->slot, &a->token_info);
}

static CK_RV
get_mechanism_list(CK_FUNCTION_LIST *f, struct args *a)
{
	CK_MECHANISM_TYPE *list = list_of(a);

	return f->C_GetMechanismList(a->slot, list, &a->room.count);
}

static CK_RV
get_mechanism_info(CK_FUNCTION_LIST *f, struct args *a)
{
	return f->C_GetMechanismInfo(a->slot, a->type, &a->mechanism_info);
}

static CK_RV
open_session(CK_FUNCTION_LIST *f, struct args *a)
{
	return f->C_OpenSession(a->slot, a->flags, NULL, NULL, &a->session);
}

static CK_RV
close_session(CK_FUNCTION_LIST *f, struct args *a)
{
	return f->C_CloseSession(a->session);
}

static CK_RV
close_all_sessions(CK_FUNCTION_LIST *f, struct args *a)
{
	return f->C_CloseAllSessions(a->slot);
}

static CK_RV
login(CK_FUNCTION_LIST *f, struct args *a)
{
	return f->C_Login(a->session, a->user, a->pin.ptr, a->pin.len);
}

static CK_RV
logout(CK_FUNCTION_LIST *f, struct args *a)
{
	return f->C_Logout(a->session);
}

static CK_RV
find_objects_init(CK_FUNCTION_LIST *f, struct args *a)
{
	return f->C_FindObjectsInit(a->session, a->template, a->template_count);
}

static CK_RV
find_objects(CK_FUNCTION_LIST *f, struct args *a)
{
	CK_OBJECT_HANDLE *list = list_of(a);

	return f->C_FindObjects(a->session, list, a->room.size, &a->room.count);
}

static CK_RV
find_objects_final(CK_FUNCTION_LIST *f, struct args *a)
{
	return f->C_FindObjectsFinal(a->session);
}

static CK_RV
get_attribute_value(CK_FUNCTION_LIST *f, struct args *a)
{
	return f->C_GetAttributeValue(a->session, a->object, a->template, a->template_count);
}

static CK_RV
sign_init(CK_FUNCTION_LIST *f, struct args *a)
{
	CK_MECHANISM m = { a->type, NULL, 0 };

	return f->C_SignInit(a->session, &m, a->object);
}

static CK_RV
sign(CK_FUNCTION_LIST *f, struct args *a)
{
	CK_BYTE *out = list_of(a);

	return f->C_Sign(a->session, a->data.ptr, a->data.len, out, &a->room.count);
}

static const struct function functions[] = {
	{ "C_Initialize", initialize, nothing, nothing, NULL },
	{ "C_Finalize", finalize, nothing, nothing, NULL },
	{ "C_GetInfo", get_info, nothing, out_info, "Info" },
	{ "C_GetSlotList", get_slot_list, in_slot_list, out_slots, NULL },
	{ "C_GetSlotInfo", get_slot_info, in_slot, out_slot_info, "SlotInfo" },
	{ "C_GetTokenInfo", get_token_info, in_slot, out_token_info, "TokenInfo" },
	{ "C_GetMechanismList", get_mechanism_list, in_mechanism_list, out_mechanisms, NULL },
	{ "C_GetMechanismInfo", get_mechanism_info, in_mechanism_info, out_mechanism_info,
		"MechanismInfo" },
	{ "C_OpenSession", open_session, in_open, out_session, NULL },
	{ "C_CloseSession", close_session, in_session, nothing, NULL },
	{ "C_CloseAllSessions", close_all_sessions, in_slot, nothing, NULL },
	{ "C_Login", login, in_login, nothing, NULL },
	{ "C_Logout", logout, in_session, nothing, NULL },
	{ "C_FindObjectsInit", find_objects_init, in_find_init, nothing, NULL },
	{ "C_FindObjects", find_objects, in_find, out_objects, NULL },
	{ "C_FindObjectsFinal", find_objects_final, in_session, nothing, NULL },
	{ "C_GetAttributeValue", get_attribute_value, in_attributes, out_template, NULL },
	{ "C_SignInit", sign_init, in_sign_init, nothing, NULL },
	{ "C_Sign", sign, in_sign, out_signature, NULL },
};

const struct function *
function_find(const char *name)
{
	for (size_t i = 0; i < COUNT(functions); i++)
		if (strcmp(functions[i].name, name) == 0)
			return &functions[i];
	return NULL;
}

void
args_free(struct args *a)
{
	buf_free(&a->pin);
	buf_free(&a->data);
	buf_free(&a->room.content);
	for (size_t i = 0; i < TEMPLATE_MAX; i++)
		buf_free(&a->values[i]);
}
