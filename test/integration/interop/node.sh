#!/bin/bash
# SPDX-License-Identifier: BSD-2-Clause
# Node.js: pkcs11js, from npm's registry.
. "$(dirname "$0")/frame.sh"
. "$(dirname "$0")/languages.sh"

pkcs11js=2.1.7

client pkcs11js "=$pkcs11js" node npm make g++ openssl script
# Node's headers, so that they are not fetched.
node=$(dirname "$(dirname "$(readlink -f "$(command -v node)")")")
[ -e "$node/include/node/node_api.h" ] || skip_all "Node's headers are not installed (libnode-dev)"
export npm_config_nodedir=$node npm_config_update_notifier=false npm_config_fetch_retries=1
# A Node that is not Debian's has a list of authorities of its own, where the machine's are missing.
[ ! -e /etc/ssl/certs/ca-certificates.crt ] || export npm_config_cafile=/etc/ssl/certs/ca-certificates.crt
fetch_once "node-$pkcs11js" "npm_config_cache=\$PWD npm install --ignore-scripts --prefix '$T/loader' pkcs11js@$pkcs11js" ||
	skip_all "npm's registry is not reached"
export npm_config_cache=$fetched npm_config_offline=true
have_token
guide node pkcs11js=$pkcs11js
step install "pkcs11js is built"
write keys.js
keys_story module="$module"
