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
interop_tests = \
	test/integration/interop/chip.sh \
	test/integration/interop/git.sh \
	test/integration/interop/keytool.sh \
	test/integration/interop/openssh.sh \
	test/integration/interop/openssl-engine.sh \
	test/integration/interop/p11tool.sh \
	test/integration/interop/pkcs11-tool.sh

dist_check_SCRIPTS += $(cli_tests) $(interop_tests)
EXTRA_DIST += test/fresh test/integration/lib.sh

TESTS += $(cli_tests)
# Foreign programs can not load a module that is built with ASan.
if !SANITIZERS
TESTS += $(interop_tests)
endif
