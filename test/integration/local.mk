# SPDX-License-Identifier: BSD-2-Clause
# Stories of the tool, and real clients with the module; each test has a software TPM of its own.
cli_tests = \
	test/integration/cli/bad.sh \
	test/integration/cli/cert.sh \
	test/integration/cli/doctor.sh \
	test/integration/cli/init.sh \
	test/integration/cli/keygen.sh \
	test/integration/cli/line.sh \
	test/integration/cli/list.sh \
	test/integration/cli/manual.sh \
	test/integration/cli/pin.sh \
	test/integration/cli/rm.sh \
	test/integration/cli/ssh.sh \
	test/integration/cli/terminal.sh
# Clients, in the order in which README.md lists their guides. Those of the first list are part of "make check".
interop_tests = \
	test/integration/interop/token.sh \
	test/integration/interop/openssh.sh \
	test/integration/interop/ssh-certificates.sh \
	test/integration/interop/ssh-server.sh \
	test/integration/interop/git.sh \
	test/integration/interop/certificate.sh \
	test/integration/interop/curl.sh \
	test/integration/interop/openssl-engine.sh \
	test/integration/interop/gnutls.sh \
	test/integration/interop/server.sh \
	test/integration/interop/nginx.sh \
	test/integration/interop/openvpn.sh \
	test/integration/interop/keytool.sh \
	test/integration/interop/java.sh \
	test/integration/interop/python.sh \
	test/integration/interop/pkcs11-tool.sh \
	test/integration/interop/p11tool.sh \
	test/integration/interop/p11-kit.sh \
	test/integration/interop/pkcs11-spy.sh \
	test/integration/interop/nss.sh \
	test/integration/interop/ca-openssl.sh \
	test/integration/interop/ca-certtool.sh \
	test/integration/interop/chip.sh
interop_more_tests =
interop_more_tests += test/integration/interop/openssl-provider.sh
interop_more_tests += test/integration/interop/apache.sh
interop_more_tests += test/integration/interop/stunnel.sh
interop_more_tests += test/integration/interop/haproxy.sh
interop_more_tests += test/integration/interop/strongswan.sh
interop_more_tests += test/integration/interop/wpa-supplicant.sh
interop_more_tests += test/integration/interop/firefox.sh
interop_more_tests += test/integration/interop/chromium.sh
interop_more_tests += test/integration/interop/thunderbird.sh
interop_more_tests += test/integration/interop/luks.sh
interop_more_tests += test/integration/interop/signing.sh
interop_more_tests += test/integration/interop/jarsigner.sh
interop_more_tests += test/integration/interop/gpg.sh
interop_more_tests += test/integration/interop/osslsigncode.sh
interop_more_tests += test/integration/interop/pdf.sh
interop_more_tests += test/integration/interop/libreoffice.sh
interop_more_tests += test/integration/interop/ca-java.sh
interop_more_tests += test/integration/interop/ca-go.sh
interop_more_tests += test/integration/interop/dnssec.sh
interop_more_tests += test/integration/interop/go.sh
interop_more_tests += test/integration/interop/rust.sh
interop_more_tests += test/integration/interop/node.sh
interop_more_tests += test/integration/interop/pam.sh

dist_check_SCRIPTS += $(cli_tests) $(interop_tests) $(interop_more_tests)
EXTRA_DIST += \
	doc/clients.md \
	doc/clients.tsv \
	doc/guides \
	test/fresh \
	test/integration/interop/devtools.pl \
	test/integration/interop/frame.sh \
	test/integration/interop/languages.sh \
	test/integration/interop/marionette.pl \
	test/integration/interop/matrix.sh \
	test/integration/interop/net.sh \
	test/integration/interop/sign.sh \
	test/integration/interop/ssh.sh \
	test/integration/interop/tls.sh \
	test/integration/lib.sh

TESTS += $(cli_tests)
# Foreign programs can not load a module that is built with ASan.
if !SANITIZERS
TESTS += $(interop_tests)
endif

# All clients, and what they did into doc/clients.md. INTEROP_RESULTS is where each test writes its lines of it.
.PHONY: check-interop
check-interop: all
	rm -rf interop-results && $(MKDIR_P) interop-results
	status=0; INTEROP_RESULTS='$(abs_top_builddir)/interop-results' $(MAKE) check-TESTS \
		TESTS='$(interop_tests) $(interop_more_tests)' TEST_SUITE_LOG=test-interop.log || status=1; \
	$(BASH_PATH) $(srcdir)/test/integration/interop/matrix.sh interop-results && exit $$status

clean-local:
	rm -rf interop-results
