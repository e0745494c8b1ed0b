# SPDX-License-Identifier: BSD-2-Clause
# Who is measured, each with a folder and a software TPM of its own; sourced by bench.sh.
#
#   provider_find               fills "providers" with those that are installed, "missing" with a sentence for each other
#   provider_env NAME [STORE]   how to run the worker for it: "module" and "settings"; STORE is a folder's name
#   provider_keys NAME          how many P-256 keys it gets
#   provider_count NAME WORK    how many operations, where it is not what the worker's table says
#   provider_tidy NAME          after each process

library()
{
	local file
	for file; do
		[ ! -f "$file" ] || { echo "$file"; return; }
	done
}

provider_find()
{
	providers=(bare tpm2-token)
	peer=$(library "${TPM2_PKCS11_MODULE:-}" /usr/lib/*/pkcs11/libtpm2_pkcs11.so \
		/usr/lib/*/libtpm2_pkcs11.so.1)
	soft=$(library "${SOFTHSM2_MODULE:-}" /usr/lib/softhsm/libsofthsm2.so \
		/usr/lib/*/softhsm/libsofthsm2.so)
	missing=()
	if [ -n "$peer" ]; then providers+=(tpm2-pkcs11); else
		missing+=("tpm2-pkcs11 is not installed (Debian: libtpm2-pkcs11-1); TPM2_PKCS11_MODULE can name its file."); fi
	if [ -n "$soft" ]; then providers+=(softhsm2); else
		missing+=("SoftHSM2 is not installed (Debian: softhsm2); SOFTHSM2_MODULE can name its file."); fi
	mapfile -t providers < <(printf '%s\n' "${providers[@]}" | grep -E -- "$wanted")
}

# counted TCTI: through the counting TCTI when a log is wanted.
counted()
{
	if [ -n "$counting" ]; then
		echo "$top_builddir/test/tcti/.libs/tss2-tcti-tokentest.so:$1"
	else
		echo "$1"
	fi
}

provider_env()
{
	local folder=$T/$1-${2:-keys}
	mkdir -p "$folder"
	settings=(BENCH_PIN="$pin" BENCH_CIPHER="$folder/cipher")
	[ -z "$counting" ] || settings+=(TOKENTEST_LOG="$counting")
	case $1 in
	bare)
		module=bare
		settings+=(BENCH_TCTI="$(counted "$tcti_own")") ;;
	tpm2-token)
		module=$TOKEN_MODULE
		settings+=(TPM2_TOKEN_TCTI="$(counted "$tcti_own")" TPM2_TOKEN_STORE="$folder/tokens.sqlite"
			TPM2_TOKEN_RESOURCE_MANAGER="$managed") ;;
	tpm2-pkcs11)
		module=$peer
		settings+=(TPM2_PKCS11_TCTI="$(counted "$tcti_peer")" TPM2_PKCS11_STORE="$folder"
			TPM2_PKCS11_LOG_LEVEL=0 TSS2_LOG=all+none) ;;
	softhsm2)
		module=$soft
		mkdir -p "$folder/tokens"
		printf 'directories.tokendir = %s/tokens\nlog.level = ERROR\n' "$folder" >"$folder/conf"
		settings+=(SOFTHSM2_CONF="$folder/conf") ;;
	esac
}

# tpm2-pkcs11 leaves every key loaded that it has used: more than the three that fit are a failure, not a time.
provider_keys()
{
	if [ "$1" = tpm2-pkcs11 ]; then echo 4; else echo 64; fi
}

# The same at key generation.
provider_count()
{
	[[ $1/$2 != tpm2-pkcs11/keygen-* ]] || echo 1
}

# What a process leaves to a resource manager that is not here: tpm2-pkcs11 always, this module when it is told that there is one.
provider_tidy()
{
	local tcti=$tcti_peer
	if [ "$1" = tpm2-token ] && [ "$managed" = yes ]; then
		tcti=$tcti_own
	elif [ "$1" != tpm2-pkcs11 ]; then
		return 0
	fi
	TPM2TOOLS_TCTI=$tcti tpm2_flushcontext -t
	TPM2TOOLS_TCTI=$tcti tpm2_flushcontext -l
} >/dev/null 2>&1
