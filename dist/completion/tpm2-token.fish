# SPDX-License-Identifier: BSD-2-Clause
# Made by tools/from-table: change the tables of the tool instead.

complete -c tpm2-token -f
complete -c tpm2-token  -l config -d 'read this configuration file instead of the usual ones' -r -F
complete -c tpm2-token  -l help -d 'print help'
complete -c tpm2-token  -l version -d 'print the version'
complete -c tpm2-token -n __fish_use_subcommand -a init -d 'make a token, with a PIN for its security officer and one for its user'
complete -c tpm2-token -n __fish_use_subcommand -a list -d 'list tokens, keys and certificates'
complete -c tpm2-token -n __fish_use_subcommand -a keygen -d 'make a key pair in the TPM'
complete -c tpm2-token -n __fish_use_subcommand -a pin -d 'change the user'\''s PIN, or the security officer'\''s; set a new user PIN with the security officer'\''s PIN; keys stay'
complete -c tpm2-token -n __fish_use_subcommand -a cert -d 'store a certificate (PEM or DER) beside its key'
complete -c tpm2-token -n __fish_use_subcommand -a rm -d 'remove keys, certificates and data for ever'
complete -c tpm2-token -n __fish_use_subcommand -a ssh -d 'print public keys for SSH, and the lines that make SSH use them'
complete -c tpm2-token -n __fish_use_subcommand -a doctor -d 'examine TPM, store and configuration'
complete -c tpm2-token -n __fish_use_subcommand -a help -d 'print this text, or that of one command'
complete -c tpm2-token -n '__fish_seen_subcommand_from init' -l label -d 'the name of the token, key or certificate' -x
complete -c tpm2-token -n '__fish_seen_subcommand_from init' -l parent -d 'owner (default), endorsement, platform, null, or a persistent handle 0x81...' -x -a 'owner endorsement platform null 0x81000001'
complete -c tpm2-token -n '__fish_seen_subcommand_from init' -l auth-file -d 'file with the authorisation of the parent'\''s hierarchy' -r -F
complete -c tpm2-token -n '__fish_seen_subcommand_from init' -l pin-file -d 'file whose first line is the user'\''s PIN' -r -F
complete -c tpm2-token -n '__fish_seen_subcommand_from init' -l pin-fd -d 'descriptor from which one line is read: the user'\''s PIN' -x
complete -c tpm2-token -n '__fish_seen_subcommand_from init' -l so-pin-file -d 'file whose first line is the security officer'\''s PIN' -r -F
complete -c tpm2-token -n '__fish_seen_subcommand_from init' -l so-pin-fd -d 'descriptor from which one line is read: the security officer'\''s PIN' -x
complete -c tpm2-token -n '__fish_seen_subcommand_from list' -l token -d 'the token, by label or serial number (default: the only one)' -x
complete -c tpm2-token -n '__fish_seen_subcommand_from list' -l pin-file -d 'file whose first line is the user'\''s PIN' -r -F
complete -c tpm2-token -n '__fish_seen_subcommand_from list' -l pin-fd -d 'descriptor from which one line is read: the user'\''s PIN' -x
complete -c tpm2-token -n '__fish_seen_subcommand_from list' -l login -d 'log in first, and list private objects too; so does a PIN that is given'
complete -c tpm2-token -n '__fish_seen_subcommand_from list' -l json -d 'answer in JSON'
complete -c tpm2-token -n '__fish_seen_subcommand_from keygen' -l token -d 'the token, by label or serial number (default: the only one)' -x
complete -c tpm2-token -n '__fish_seen_subcommand_from keygen' -l label -d 'the name of the token, key or certificate' -x
complete -c tpm2-token -n '__fish_seen_subcommand_from keygen' -l id -d 'the CKA_ID that a key and its certificate share' -x
complete -c tpm2-token -n '__fish_seen_subcommand_from keygen' -l type -d 'ec:p256 (default), ec:p384, ec:p521, rsa:2048 or rsa:3072' -x -a 'ec:p256 ec:p384 ec:p521 rsa:2048 rsa:3072'
complete -c tpm2-token -n '__fish_seen_subcommand_from keygen' -l pin-file -d 'file whose first line is the user'\''s PIN' -r -F
complete -c tpm2-token -n '__fish_seen_subcommand_from keygen' -l pin-fd -d 'descriptor from which one line is read: the user'\''s PIN' -x
complete -c tpm2-token -n '__fish_seen_subcommand_from keygen' -l always-authenticate -d 'the key wants the PIN before each use'
complete -c tpm2-token -n '__fish_seen_subcommand_from keygen' -l decrypt -d 'the key decrypts too (RSA), or agrees on secrets (EC)'
complete -c tpm2-token -n '__fish_seen_subcommand_from pin; and not __fish_seen_subcommand_from change unblock' -a change -d 'change the user'\''s PIN, or the security officer'\''s'
complete -c tpm2-token -n '__fish_seen_subcommand_from pin; and __fish_seen_subcommand_from change' -l token -d 'the token, by label or serial number (default: the only one)' -x
complete -c tpm2-token -n '__fish_seen_subcommand_from pin; and __fish_seen_subcommand_from change' -l pin-file -d 'file whose first line is the user'\''s PIN' -r -F
complete -c tpm2-token -n '__fish_seen_subcommand_from pin; and __fish_seen_subcommand_from change' -l pin-fd -d 'descriptor from which one line is read: the user'\''s PIN' -x
complete -c tpm2-token -n '__fish_seen_subcommand_from pin; and __fish_seen_subcommand_from change' -l so-pin-file -d 'file whose first line is the security officer'\''s PIN' -r -F
complete -c tpm2-token -n '__fish_seen_subcommand_from pin; and __fish_seen_subcommand_from change' -l so-pin-fd -d 'descriptor from which one line is read: the security officer'\''s PIN' -x
complete -c tpm2-token -n '__fish_seen_subcommand_from pin; and __fish_seen_subcommand_from change' -l new-pin-file -d 'file whose first line is the new PIN' -r -F
complete -c tpm2-token -n '__fish_seen_subcommand_from pin; and __fish_seen_subcommand_from change' -l new-pin-fd -d 'descriptor from which one line is read: the new PIN' -x
complete -c tpm2-token -n '__fish_seen_subcommand_from pin; and __fish_seen_subcommand_from change' -l so -d 'the security officer'\''s PIN, not the user'\''s'
complete -c tpm2-token -n '__fish_seen_subcommand_from pin; and not __fish_seen_subcommand_from change unblock' -a unblock -d 'set a new user PIN with the security officer'\''s PIN; keys stay'
complete -c tpm2-token -n '__fish_seen_subcommand_from pin; and __fish_seen_subcommand_from unblock' -l token -d 'the token, by label or serial number (default: the only one)' -x
complete -c tpm2-token -n '__fish_seen_subcommand_from pin; and __fish_seen_subcommand_from unblock' -l so-pin-file -d 'file whose first line is the security officer'\''s PIN' -r -F
complete -c tpm2-token -n '__fish_seen_subcommand_from pin; and __fish_seen_subcommand_from unblock' -l so-pin-fd -d 'descriptor from which one line is read: the security officer'\''s PIN' -x
complete -c tpm2-token -n '__fish_seen_subcommand_from pin; and __fish_seen_subcommand_from unblock' -l new-pin-file -d 'file whose first line is the new PIN' -r -F
complete -c tpm2-token -n '__fish_seen_subcommand_from pin; and __fish_seen_subcommand_from unblock' -l new-pin-fd -d 'descriptor from which one line is read: the new PIN' -x
complete -c tpm2-token -n '__fish_seen_subcommand_from cert; and not __fish_seen_subcommand_from add' -a add -d 'store a certificate (PEM or DER) beside its key'
complete -c tpm2-token -n '__fish_seen_subcommand_from cert; and __fish_seen_subcommand_from add' -F
complete -c tpm2-token -n '__fish_seen_subcommand_from cert; and __fish_seen_subcommand_from add' -l token -d 'the token, by label or serial number (default: the only one)' -x
complete -c tpm2-token -n '__fish_seen_subcommand_from cert; and __fish_seen_subcommand_from add' -l label -d 'the name of the token, key or certificate' -x
complete -c tpm2-token -n '__fish_seen_subcommand_from cert; and __fish_seen_subcommand_from add' -l id -d 'the CKA_ID that a key and its certificate share' -x
complete -c tpm2-token -n '__fish_seen_subcommand_from cert; and __fish_seen_subcommand_from add' -l pin-file -d 'file whose first line is the user'\''s PIN' -r -F
complete -c tpm2-token -n '__fish_seen_subcommand_from cert; and __fish_seen_subcommand_from add' -l pin-fd -d 'descriptor from which one line is read: the user'\''s PIN' -x
complete -c tpm2-token -n '__fish_seen_subcommand_from rm' -l token -d 'the token, by label or serial number (default: the only one)' -x
complete -c tpm2-token -n '__fish_seen_subcommand_from rm' -l label -d 'the name of the token, key or certificate' -x
complete -c tpm2-token -n '__fish_seen_subcommand_from rm' -l id -d 'the CKA_ID that a key and its certificate share' -x
complete -c tpm2-token -n '__fish_seen_subcommand_from rm' -l uri -d 'the object, as a pkcs11: URI' -x
complete -c tpm2-token -n '__fish_seen_subcommand_from rm' -l pin-file -d 'file whose first line is the user'\''s PIN' -r -F
complete -c tpm2-token -n '__fish_seen_subcommand_from rm' -l pin-fd -d 'descriptor from which one line is read: the user'\''s PIN' -x
complete -c tpm2-token -n '__fish_seen_subcommand_from rm' -l yes -d 'do not ask for confirmation'
complete -c tpm2-token -n '__fish_seen_subcommand_from ssh' -l token -d 'the token, by label or serial number (default: the only one)' -x
complete -c tpm2-token -n '__fish_seen_subcommand_from ssh' -l label -d 'the name of the token, key or certificate' -x
complete -c tpm2-token -n '__fish_seen_subcommand_from ssh' -l id -d 'the CKA_ID that a key and its certificate share' -x
complete -c tpm2-token -n '__fish_seen_subcommand_from ssh' -l uri -d 'the object, as a pkcs11: URI' -x
complete -c tpm2-token -n '__fish_seen_subcommand_from ssh' -l public -d 'print the public keys and nothing else'
complete -c tpm2-token -n '__fish_seen_subcommand_from ssh' -l module -d 'where the PKCS#11 module is' -r -F
complete -c tpm2-token -n '__fish_seen_subcommand_from doctor' -l module -d 'where the PKCS#11 module is' -r -F
complete -c tpm2-token -n '__fish_seen_subcommand_from help' -a 'init list keygen pin cert rm ssh doctor help'
