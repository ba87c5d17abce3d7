# targets.mk: the libraries that are compared with the grammar: harness/targets/NAME.c or .cc becomes build/targets/NAME.so.
#
# The packages are unpacked below build/sysroot, not installed; the rpath leads there. A library that cannot be had is left out
# with one message; build/targets/index names it still, and says why. Nothing else depends on this: `make` does not download.
SYSROOT := $(abspath $(B))/sysroot
TRIPLET := $(shell $(CC) -print-multiarch 2>/dev/null)
ROOTLIB := $(SYSROOT)/usr/lib/$(TRIPLET)
TARGETS := $(sort $(basename $(notdir $(wildcard harness/targets/*.c harness/targets/*.cc))))

# ---- the table: a file that shows that the library is there, flags to compile, flags to link. Fuzzers link the same way.
TARGET_NEEDS_dovecot    = $(SYSROOT)/usr/include/dovecot/imap-parser.h
TARGET_CFLAGS_dovecot   = -isystem $(SYSROOT)/usr/include/dovecot -DHAVE_CONFIG_H -include config.h \
                          $(if $(shell grep -s 'struct imap_parser_params' $(TARGET_NEEDS_dovecot)),-DDOVECOT_PARSER_PARAMS)
TARGET_LIBS_dovecot     = -L$(SYSROOT)/usr/lib/dovecot -Wl,-rpath,$(SYSROOT)/usr/lib/dovecot -ldovecot
TARGET_PACKAGE_dovecot  = dovecot-core

TARGET_NEEDS_cyrus      = $(ROOTLIB)/libcyrus_imap.so
TARGET_CFLAGS_cyrus     =
TARGET_LIBS_cyrus       = -lcyrus_imap -lcyrus_sieve -lcyrus -lcyrus_min
TARGET_PACKAGE_cyrus    = cyrus-dev

TARGET_NEEDS_libetpan   = $(SYSROOT)/usr/include/libetpan/libetpan.h
TARGET_CFLAGS_libetpan  = -isystem $(SYSROOT)/usr/include
TARGET_LIBS_libetpan    = -letpan
TARGET_PACKAGE_libetpan = libetpan20

# Its session's count of messages is a target of its own, with the same library.
TARGET_NEEDS_libetpan-view   = $(TARGET_NEEDS_libetpan)
TARGET_CFLAGS_libetpan-view  = $(TARGET_CFLAGS_libetpan)
TARGET_LIBS_libetpan-view    = $(TARGET_LIBS_libetpan)
TARGET_PACKAGE_libetpan-view = $(TARGET_PACKAGE_libetpan)

TARGET_NEEDS_vmime      = $(SYSROOT)/usr/include/vmime/vmime.hpp
TARGET_CFLAGS_vmime     = -isystem $(SYSROOT)/usr/include
TARGET_LIBS_vmime       = -lvmime
TARGET_PACKAGE_vmime    = libvmime1

TARGET_NEEDS_mailutils  = $(SYSROOT)/usr/include/mailutils/mailutils.h
TARGET_CFLAGS_mailutils = -isystem $(SYSROOT)/usr/include
TARGET_LIBS_mailutils   = -lmu_imap -lmu_auth -lmailutils
TARGET_PACKAGE_mailutils = libmailutils9

QT                      = $(SYSROOT)/usr/include/$(TRIPLET)/qt5
TARGET_NEEDS_kimap      = $(ROOTLIB)/libKF5IMAP.so
TARGET_CFLAGS_kimap     = -isystem $(QT) -isystem $(QT)/QtCore -isystem $(SYSROOT)/usr/include/KF5
TARGET_LIBS_kimap       = -lKF5IMAP -lQt5Core
TARGET_PACKAGE_kimap    = libkf5imap5

TARGET_NEEDS_cclient    = $(SYSROOT)/usr/include/c-client/c-client.h
TARGET_CFLAGS_cclient   = -isystem $(SYSROOT)/usr/include/c-client
TARGET_LIBS_cclient     = -L$(SYSROOT)/usr/lib -Wl,-rpath,$(SYSROOT)/usr/lib -lc-client
TARGET_PACKAGE_cclient  = libc-client2007e

# ---- for every target: the package's version, the folder of most libraries, and of what those need (hence no RUNPATH)
target_version = $(or $(shell sed -n 's/^$(TARGET_PACKAGE_$(1))_\(.*\)_[^_]*\.deb$$/\1/p' $(SYSROOT)/.packages/library_$(1) 2>/dev/null | \
    sed 's/%3a/:/'),unknown)
target_cflags  = $(TARGET_CFLAGS_$(1)) -DTARGET_VERSION='"$(call target_version,$(1))"'
target_libs    = -Wl,--disable-new-dtags -L$(ROOTLIB) -Wl,-rpath,$(ROOTLIB):$(SYSROOT)/lib/$(TRIPLET) $(TARGET_LIBS_$(1))
# Not linked into the fuzzers: slow, since it lives in a child, and functions of the same names are in other libraries (hash_lookup, fatal).
TARGETS_APART  = cclient kimap libetpan-view mailutils
TARGETS_LINKED = $(filter-out $(TARGETS_APART),$(TARGETS_HERE))
# A library without a line in the table is one of the system's own: nothing is looked for.
TARGETS_HERE   = $(foreach t,$(TARGETS),$(if $(TARGET_NEEDS_$(t)),$(if $(wildcard $(TARGET_NEEDS_$(t))),$(t)),$(t)))

TCSTD    := -std=c17 -D_GNU_SOURCE $(filter-out -Wmissing-prototypes,$(WARN))
TCXX     ?= g++
TCXXSTD  := -std=c++17 -D_GNU_SOURCE -Wall -Wextra -Werror
TINC      = $(INC_grammar) -Iharness

.PHONY: targets targets-built
targets: | deps ## the libraries that `imapdiff diff` compares: download, unpack, build their plug-ins
	@sh mk/targets.sh fetch $(B) $(TARGETS)
	@$(MAKE) --no-print-directory targets-built
targets-built: $(TARGETS_HERE:%=$(B)/targets/%.so)
	@sh mk/targets.sh index $(B) '$(TARGETS_HERE)' $(TARGETS)
# One object of each, in the plug-in and in the fuzzers.
.PRECIOUS: $(B)/targets/%.o
$(B)/targets/%.o: harness/targets/%.c harness/library.h mk/targets.mk | deps
	@mkdir -p $(@D)
	@echo cc $<
	$(Q)$(CC) $(TCSTD) $(OPT) -fPIC $(TINC) $(call target_cflags,$*) -c -o $@ $<
$(B)/targets/%.o: harness/targets/%.cc harness/library.h mk/targets.mk | deps
	@mkdir -p $(@D)
	@echo c++ $<
	$(Q)$(TCXX) $(TCXXSTD) $(OPT) -fPIC $(TINC) $(call target_cflags,$*) -c -o $@ $<
$(B)/targets/%.so: $(B)/targets/%.o
	$(Q)$(if $(wildcard harness/targets/$*.cc),$(TCXX),$(CC)) -shared -o $@ $< $(call target_libs,$*)

# What tests/harness/test_library.c loads.
$(B)/tests/plugins/%.so: tests/harness/plugins/%.c harness/library.h | deps
	@mkdir -p $(@D)
	$(Q)$(CC) $(TCSTD) -O0 -g -Wno-infinite-recursion -fPIC -shared $(TINC) -o $@ $<
$(B)/tests/harness/test_library: | $(B)/tests/plugins/bad.so $(B)/tests/plugins/empty.so
check check-full: targets
run: targets
