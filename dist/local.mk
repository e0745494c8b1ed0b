# SPDX-License-Identifier: BSD-2-Clause
# What is installed beside the module, the tool and the manual; and the Debian packages.
p11config_DATA = dist/tpm2-token.module
pkgconfigdir = $(libdir)/pkgconfig
nodist_pkgconfig_DATA = dist/tpm2-token.pc

# A shell finds the completion by the name of its file.
bashcompletiondir = $(datadir)/bash-completion/completions
zshcompletiondir = $(datadir)/zsh/site-functions
fishcompletiondir = $(datadir)/fish/vendor_completions.d
dist_bashcompletion_DATA = dist/completion/tpm2-token
dist_zshcompletion_DATA = dist/completion/_tpm2-token
dist_fishcompletion_DATA = dist/completion/tpm2-token.fish

EXTRA_DIST += \
	dist/build-deb \
	dist/debian \
	dist/packages.sh \
	dist/tpm2-token.conf \
	dist/tpm2-token.module \
	quickstart \
	test/boot \
	test/package \
	.ci/run

# It has the name of a target: as one of EXTRA_DIST it would run all tests to make the archive.
dist-hook:
	cp -p '$(srcdir)/check' '$(distdir)/check'

# p11-kit's folders and /etc are outside of the prefix; a trial installation stays inside.
AM_DISTCHECK_CONFIGURE_FLAGS = \
	--sysconfdir='$${datarootdir}/etc' \
	--with-p11-module-dir='$${libdir}/pkcs11' \
	--with-p11-config-dir='$${datadir}/p11-kit/modules'

# What someone has written into the configuration stays, at an installation and after it.
conf_installed = "$(DESTDIR)$(sysconfdir)/tpm2-token.conf"
install-data-local:
	$(MKDIR_P) "$(DESTDIR)$(sysconfdir)"
	test -e $(conf_installed) || $(INSTALL_DATA) '$(srcdir)/dist/tpm2-token.conf' $(conf_installed)

# Nobody links with a module: libtool's description of it is of no use.
install-data-hook:
	rm -f "$(DESTDIR)$(p11moduledir)/tpm2-token.la"

uninstall-local:
	rm -f "$(DESTDIR)$(p11moduledir)/tpm2-token.so"
	! cmp -s '$(srcdir)/dist/tpm2-token.conf' $(conf_installed) || rm -f $(conf_installed)

# Written in several places, made from the tables of the tool. They are in the sources, so that nothing has to run to
# build them; test/integration/cli/manual.sh compares.
.PHONY: from-table
from-table: tpm2-token$(EXEEXT)
	./tpm2-token help --table >from-table.tmp
	$(srcdir)/tools/from-table bash <from-table.tmp >$(srcdir)/dist/completion/tpm2-token
	$(srcdir)/tools/from-table zsh <from-table.tmp >$(srcdir)/dist/completion/_tpm2-token
	$(srcdir)/tools/from-table fish <from-table.tmp >$(srcdir)/dist/completion/tpm2-token.fish
	$(srcdir)/tools/from-table mechanisms <from-table.tmp >$(srcdir)/man/tpm2-token-mechanisms.7
	rm -f from-table.tmp

# Debian packages, in deb/ of the build folder.
.PHONY: deb
deb: dist
	$(BASH_PATH) '$(srcdir)/dist/build-deb' $(distdir).tar.xz deb
