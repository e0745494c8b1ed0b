#!/bin/bash
# SPDX-License-Identifier: BSD-2-Clause
# Rust: the crate cryptoki, from crates.io.
. "$(dirname "$0")/frame.sh"
. "$(dirname "$0")/languages.sh"

cryptoki=0.12.1
rpassword=7.3.1

# rustup keeps its compilers in the user's home, which is not this test's.
[ -n "${RUSTUP_HOME-}" ] || [ ! -d "$user_home/.rustup" ] || export RUSTUP_HOME=$user_home/.rustup
client cryptoki "=$cryptoki" cargo rustc openssl script
have=$(rustc --version | cut -d ' ' -f 2)
suffices 1.82 "$have" || skip_all "cryptoki needs Rust 1.82, this is $have"
fetch_once "rust-$cryptoki-$rpassword" "CARGO_HOME=\$PWD/home; export CARGO_HOME; cargo init --vcs none --name keys
	cargo add cryptoki@=$cryptoki rpassword@=$rpassword; cargo fetch" ||
	skip_all "crates.io is not reached: $(tail -n 1 "$T/fetch.log")"
export CARGO_HOME=$fetched/home CARGO_NET_OFFLINE=true CARGO_TARGET_DIR=$cache/rust-build
have_token
guide rust cryptoki="=$cryptoki" rpassword="=$rpassword"
step project "a project with the crate"
cp "$fetched/Cargo.lock" "$T/user/work"
write src/main.rs
step build "is built"
keys_story module="$module"
