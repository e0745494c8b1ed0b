# SPDX-License-Identifier: BSD-2-Clause
# Completion of tpm2-token for bash.

_tpm2_token()
{
	local word=${COMP_WORDS[COMP_CWORD]} before=${COMP_WORDS[COMP_CWORD - 1]}
	local select="--token --label --id --uri" user="--pin-file --pin-fd" so="--so-pin-file --so-pin-fd"
	local new="--new-pin-file --new-pin-fd" words
	COMPREPLY=()

	case $before in
	--config | --module | --auth-file | --*-file | add)
		compopt -o filenames
		mapfile -t COMPREPLY < <(compgen -f -- "$word")
		return ;;
	--parent) words="owner endorsement platform null 0x81000001" ;;
	--type) words="ec:p256 ec:p384 ec:p521 rsa:2048 rsa:3072" ;;
	--token | --label | --id | --uri | --*-fd) return ;;
	*)
		case "${COMP_WORDS[1]} ${COMP_WORDS[2]}" in
		"init "*) words="--label --parent --auth-file $user $so" ;;
		"list "*) words="--token --login --json $user" ;;
		"keygen "*) words="--token --type --label --id --always-authenticate $user" ;;
		"pin change") words="--token --so $user $so $new" ;;
		"pin unblock") words="--token $so $new" ;;
		"pin "*) words="change unblock" ;;
		"cert add") words="--token --label --id $user" ;;
		"cert "*) words="add" ;;
		"rm "*) words="$select --yes $user" ;;
		"ssh "*) words="$select --public --module" ;;
		"doctor "*) words="--module" ;;
		esac
		if [ "$COMP_CWORD" = 1 ] || [ "$before" = help ]; then
			words="init list keygen pin cert rm ssh doctor help --version"
		fi
		words="$words --config --help" ;;
	esac
	mapfile -t COMPREPLY < <(compgen -W "$words" -- "$word")
}
complete -F _tpm2_token tpm2-token
