#!/bin/bash
# SPDX-License-Identifier: BSD-2-Clause
# Go: crypto11 and miekg/pkcs11, from the module proxy.
. "$(dirname "$0")/frame.sh"
. "$(dirname "$0")/languages.sh"

client crypto11 = go gcc openssl script
go_libraries
package="=$crypto11"
export GOTOOLCHAIN=local GOFLAGS=-modcacherw GOCACHE=$cache/go-build
fetch_once "go-$crypto11-$miekg-$term" "GOMODCACHE=\$PWD/modules; export GOMODCACHE; go mod init example.org/keys
	go get github.com/ThalesGroup/crypto11@$crypto11 github.com/miekg/pkcs11@$miekg golang.org/x/term@$term" ||
	skip_all "Go's module proxy is not reached: $(tail -n 1 "$T/fetch.log")"
export GOMODCACHE=$fetched/modules GOPROXY=off GOSUMDB=off
have_token
guide go crypto11=$crypto11 miekg=$miekg term=$term
step modules "the libraries are there"
for program in with_crypto11 with_miekg; do
	[ $program = with_crypto11 ] || client miekg/pkcs11 "=$miekg" go
	guide go program=$program
	write $program.go
	step build "the program is built"
	keys_story module="$module" program=$program
	keys_end
done
