/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The commands: TPM 2.0 Part 3, one row each, in the order of their codes.
 *
 * A first parameter is secret when it is an authorisation value, a key, a plaintext or a derived
 * secret. A command without authorisation has no session that could encrypt, so its row says no:
 * what such a command carries is public here (encryption with a public key is done on the host).
 */
#include "config.h"

#include "tpm/wire_private.h"

#define C(name) TPM2_CC_##name, "TPM2_" #name

/* clang-format off */
static const struct wire_command commands[] = {
	/*                             handles, auths, answer's handles, secret in, secret out, authorisation afterwards */
	{ C(NV_UndefineSpaceSpecial),    2, 2, 0, false, false, WIRE_AUTH_KEPT },
	{ C(EvictControl),               2, 1, 0, false, false, WIRE_AUTH_KEPT },
	{ C(HierarchyControl),           1, 1, 0, false, false, WIRE_AUTH_KEPT },
	{ C(NV_UndefineSpace),           2, 1, 0, false, false, WIRE_AUTH_KEPT },
	{ C(ChangeEPS),                  1, 1, 0, false, false, WIRE_AUTH_KEPT },
	{ C(ChangePPS),                  1, 1, 0, false, false, WIRE_AUTH_KEPT },
	{ C(Clear),                      1, 1, 0, false, false, WIRE_AUTH_CLEARED },
	{ C(ClearControl),               1, 1, 0, false, false, WIRE_AUTH_KEPT },
	{ C(ClockSet),                   1, 1, 0, false, false, WIRE_AUTH_KEPT },
	{ C(HierarchyChangeAuth),        1, 1, 0, true , false, WIRE_AUTH_NEW },
	{ C(NV_DefineSpace),             1, 1, 0, true , false, WIRE_AUTH_KEPT },
	{ C(PCR_Allocate),               1, 1, 0, false, false, WIRE_AUTH_KEPT },
	{ C(PCR_SetAuthPolicy),          1, 1, 0, false, false, WIRE_AUTH_KEPT },
	{ C(SetPrimaryPolicy),           1, 1, 0, false, false, WIRE_AUTH_KEPT },
	{ C(ClockRateAdjust),            1, 1, 0, false, false, WIRE_AUTH_KEPT },
	{ C(CreatePrimary),              1, 1, 1, true , false, WIRE_AUTH_KEPT },
	{ C(NV_GlobalWriteLock),         1, 1, 0, false, false, WIRE_AUTH_KEPT },
	{ C(GetCommandAuditDigest),      2, 2, 0, false, false, WIRE_AUTH_KEPT },
	{ C(NV_Increment),               2, 1, 0, false, false, WIRE_AUTH_KEPT },
	{ C(NV_SetBits),                 2, 1, 0, false, false, WIRE_AUTH_KEPT },
	{ C(NV_Extend),                  2, 1, 0, false, false, WIRE_AUTH_KEPT },
	{ C(NV_Write),                   2, 1, 0, false, false, WIRE_AUTH_KEPT },
	{ C(NV_WriteLock),               2, 1, 0, false, false, WIRE_AUTH_KEPT },
	{ C(DictionaryAttackLockReset),  1, 1, 0, false, false, WIRE_AUTH_KEPT },
	{ C(DictionaryAttackParameters), 1, 1, 0, false, false, WIRE_AUTH_KEPT },
	{ C(NV_ChangeAuth),              1, 1, 0, true , false, WIRE_AUTH_NEW },
	{ C(PCR_Event),                  1, 1, 0, false, false, WIRE_AUTH_KEPT },
	{ C(PCR_Reset),                  1, 1, 0, false, false, WIRE_AUTH_KEPT },
	{ C(SequenceComplete),           1, 1, 0, true , true , WIRE_AUTH_KEPT },
	{ C(SetCommandCodeAuditStatus),  1, 1, 0, false, false, WIRE_AUTH_KEPT },
	{ C(IncrementalSelfTest),        0, 0, 0, false, false, WIRE_AUTH_KEPT },
	{ C(SelfTest),                   0, 0, 0, false, false, WIRE_AUTH_KEPT },
	{ C(Startup),                    0, 0, 0, false, false, WIRE_AUTH_KEPT },
	{ C(Shutdown),                   0, 0, 0, false, false, WIRE_AUTH_KEPT },
	{ C(StirRandom),                 0, 0, 0, false, false, WIRE_AUTH_KEPT },
	{ C(ActivateCredential),         2, 2, 0, false, true , WIRE_AUTH_KEPT },
	{ C(Certify),                    2, 2, 0, false, false, WIRE_AUTH_KEPT },
	{ C(PolicyNV),                   3, 1, 0, false, false, WIRE_AUTH_KEPT },
	{ C(CertifyCreation),            2, 1, 0, false, false, WIRE_AUTH_KEPT },
	{ C(Duplicate),                  2, 1, 0, true , true , WIRE_AUTH_KEPT },
	{ C(GetTime),                    2, 2, 0, false, false, WIRE_AUTH_KEPT },
	{ C(GetSessionAuditDigest),      3, 2, 0, false, false, WIRE_AUTH_KEPT },
	{ C(NV_Read),                    2, 1, 0, false, false, WIRE_AUTH_KEPT },
	{ C(NV_ReadLock),                2, 1, 0, false, false, WIRE_AUTH_KEPT },
	{ C(ObjectChangeAuth),           2, 1, 0, true , false, WIRE_AUTH_KEPT },
	{ C(PolicySecret),               2, 1, 0, false, false, WIRE_AUTH_KEPT },
	{ C(Rewrap),                     2, 1, 0, false, false, WIRE_AUTH_KEPT },
	{ C(Create),                     1, 1, 0, true , false, WIRE_AUTH_KEPT },
	{ C(ECDH_ZGen),                  1, 1, 0, false, true , WIRE_AUTH_KEPT },
	{ C(HMAC),                       1, 1, 0, true , true , WIRE_AUTH_KEPT },
	{ C(Import),                     1, 1, 0, true , true , WIRE_AUTH_KEPT },
	{ C(Load),                       1, 1, 1, false, false, WIRE_AUTH_KEPT },
	{ C(Quote),                      1, 1, 0, false, false, WIRE_AUTH_KEPT },
	{ C(RSA_Decrypt),                1, 1, 0, false, true , WIRE_AUTH_KEPT },
	{ C(HMAC_Start),                 1, 1, 1, true , false, WIRE_AUTH_KEPT },
	{ C(SequenceUpdate),             1, 1, 0, true , false, WIRE_AUTH_KEPT },
	{ C(Sign),                       1, 1, 0, false, false, WIRE_AUTH_KEPT },
	{ C(Unseal),                     1, 1, 0, false, true , WIRE_AUTH_KEPT },
	{ C(PolicySigned),               2, 0, 0, false, false, WIRE_AUTH_KEPT },
	{ C(ContextLoad),                0, 0, 1, false, false, WIRE_AUTH_KEPT },
	{ C(ContextSave),                1, 0, 0, false, false, WIRE_AUTH_KEPT },
	{ C(ECDH_KeyGen),                1, 0, 0, false, false, WIRE_AUTH_KEPT },
	{ C(EncryptDecrypt),             1, 1, 0, false, true , WIRE_AUTH_KEPT },
	{ C(FlushContext),               0, 0, 0, false, false, WIRE_AUTH_KEPT },
	{ C(LoadExternal),               0, 0, 1, false, false, WIRE_AUTH_KEPT },
	{ C(MakeCredential),             1, 0, 0, false, false, WIRE_AUTH_KEPT },
	{ C(NV_ReadPublic),              1, 0, 0, false, false, WIRE_AUTH_KEPT },
	{ C(PolicyAuthorize),            1, 0, 0, false, false, WIRE_AUTH_KEPT },
	{ C(PolicyAuthValue),            1, 0, 0, false, false, WIRE_AUTH_KEPT },
	{ C(PolicyCommandCode),          1, 0, 0, false, false, WIRE_AUTH_KEPT },
	{ C(PolicyCounterTimer),         1, 0, 0, false, false, WIRE_AUTH_KEPT },
	{ C(PolicyCpHash),               1, 0, 0, false, false, WIRE_AUTH_KEPT },
	{ C(PolicyLocality),             1, 0, 0, false, false, WIRE_AUTH_KEPT },
	{ C(PolicyNameHash),             1, 0, 0, false, false, WIRE_AUTH_KEPT },
	{ C(PolicyOR),                   1, 0, 0, false, false, WIRE_AUTH_KEPT },
	{ C(PolicyTicket),               1, 0, 0, false, false, WIRE_AUTH_KEPT },
	{ C(ReadPublic),                 1, 0, 0, false, false, WIRE_AUTH_KEPT },
	{ C(RSA_Encrypt),                1, 0, 0, false, false, WIRE_AUTH_KEPT },
	{ C(StartAuthSession),           2, 0, 1, false, false, WIRE_AUTH_KEPT },
	{ C(VerifySignature),            1, 0, 0, false, false, WIRE_AUTH_KEPT },
	{ C(ECC_Parameters),             0, 0, 0, false, false, WIRE_AUTH_KEPT },
	{ C(GetCapability),              0, 0, 0, false, false, WIRE_AUTH_KEPT },
	{ C(GetRandom),                  0, 0, 0, false, false, WIRE_AUTH_KEPT },
	{ C(GetTestResult),              0, 0, 0, false, false, WIRE_AUTH_KEPT },
	{ C(Hash),                       0, 0, 0, false, false, WIRE_AUTH_KEPT },
	{ C(PCR_Read),                   0, 0, 0, false, false, WIRE_AUTH_KEPT },
	{ C(PolicyPCR),                  1, 0, 0, false, false, WIRE_AUTH_KEPT },
	{ C(PolicyRestart),              1, 0, 0, false, false, WIRE_AUTH_KEPT },
	{ C(ReadClock),                  0, 0, 0, false, false, WIRE_AUTH_KEPT },
	{ C(PCR_Extend),                 1, 1, 0, false, false, WIRE_AUTH_KEPT },
	{ C(PCR_SetAuthValue),           1, 1, 0, true , false, WIRE_AUTH_NEW },
	{ C(NV_Certify),                 3, 2, 0, false, false, WIRE_AUTH_KEPT },
	{ C(EventSequenceComplete),      2, 2, 0, false, false, WIRE_AUTH_KEPT },
	{ C(HashSequenceStart),          0, 0, 1, false, false, WIRE_AUTH_KEPT },
	{ C(PolicyPhysicalPresence),     1, 0, 0, false, false, WIRE_AUTH_KEPT },
	{ C(PolicyDuplicationSelect),    1, 0, 0, false, false, WIRE_AUTH_KEPT },
	{ C(PolicyGetDigest),            1, 0, 0, false, false, WIRE_AUTH_KEPT },
	{ C(TestParms),                  0, 0, 0, false, false, WIRE_AUTH_KEPT },
	{ C(Commit),                     1, 1, 0, false, false, WIRE_AUTH_KEPT },
	{ C(PolicyPassword),             1, 0, 0, false, false, WIRE_AUTH_KEPT },
	{ C(ZGen_2Phase),                1, 1, 0, false, true , WIRE_AUTH_KEPT },
	{ C(EC_Ephemeral),               0, 0, 0, false, false, WIRE_AUTH_KEPT },
	{ C(PolicyNvWritten),            1, 0, 0, false, false, WIRE_AUTH_KEPT },
	{ C(PolicyTemplate),             1, 0, 0, false, false, WIRE_AUTH_KEPT },
	{ C(CreateLoaded),               1, 1, 1, true , false, WIRE_AUTH_KEPT },
	{ C(PolicyAuthorizeNV),          3, 1, 0, false, false, WIRE_AUTH_KEPT },
	{ C(EncryptDecrypt2),            1, 1, 0, true , true , WIRE_AUTH_KEPT },
	{ C(CertifyX509),                2, 2, 0, false, false, WIRE_AUTH_KEPT },
};
/* clang-format on */

const struct wire_command *
wire_command_rows(size_t *count)
{
	*count = sizeof commands / sizeof *commands;
	return commands;
}

const struct wire_command *
wire_command_find(uint32_t code)
{
	size_t low = 0;
	size_t high = sizeof commands / sizeof *commands;

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (commands[middle].code == code)
			return &commands[middle];
		if (commands[middle].code < code)
			low = middle + 1;
		else
			high = middle;
	}
	return NULL;
}
