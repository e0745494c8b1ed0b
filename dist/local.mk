# SPDX-License-Identifier: BSD-2-Clause
p11config_DATA = dist/tpm2-token.module
completionsdir = $(datadir)/bash-completion/completions
dist_doc_DATA = dist/tpm2-token.conf
EXTRA_DIST += \
	dist/packages.sh \
	dist/tpm2-token.bash \
	dist/tpm2-token.module \
	check \
	quickstart \
	.ci/run

# p11-kit's folders are outside of the prefix; a trial installation stays inside.
AM_DISTCHECK_CONFIGURE_FLAGS = \
	--with-p11-module-dir='$${libdir}/pkcs11' \
	--with-p11-config-dir='$${datadir}/p11-kit/modules'

# bash-completion looks for a file that has the name of the command.
install-data-local:
	$(MKDIR_P) "$(DESTDIR)$(completionsdir)"
	$(INSTALL_DATA) $(srcdir)/dist/tpm2-token.bash "$(DESTDIR)$(completionsdir)/tpm2-token"

# Nobody links with a module: libtool's description of it is of no use.
install-data-hook:
	rm -f "$(DESTDIR)$(p11moduledir)/tpm2-token.la"

uninstall-local:
	rm -f "$(DESTDIR)$(completionsdir)/tpm2-token" "$(DESTDIR)$(p11moduledir)/tpm2-token.so"
