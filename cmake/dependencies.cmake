# SPDX-FileCopyrightText: The Dwell authors
# SPDX-License-Identifier: Apache-2.0
#
# The libraries Dwell leans on, each as an imported target. packaging/packages lists the Debian
# packages that hold them.
find_package(PkgConfig REQUIRED)
find_package(Threads REQUIRED)

# dwell_dependency(TARGET pkg-config-name)
function(dwell_dependency target module)
  string(REPLACE "::" "_" prefix ${target})
  pkg_check_modules(${prefix} REQUIRED IMPORTED_TARGET GLOBAL ${module})
  add_library(${target} ALIAS PkgConfig::${prefix})
endfunction()

dwell_dependency(pcap::pcap libpcap)
dwell_dependency(lmdb::lmdb lmdb)
dwell_dependency(microhttpd::microhttpd libmicrohttpd)
dwell_dependency(gnutls::gnutls gnutls)
dwell_dependency(gsl::gsl gsl)
dwell_dependency(cmocka::cmocka cmocka)
dwell_dependency(xxhash::xxhash libxxhash)
dwell_dependency(sodium::sodium libsodium)
dwell_dependency(zstd::zstd libzstd)
dwell_dependency(zlib::zlib zlib)
dwell_dependency(yaml::yaml yaml-0.1)
dwell_dependency(jansson::jansson jansson)
dwell_dependency(uv::uv libuv)
dwell_dependency(pcre2::pcre2 libpcre2-8)
dwell_dependency(seccomp::seccomp libseccomp)
dwell_dependency(cap::cap libcap)

# Debian's htp.pc names an include folder that is not there.
find_path(HTP_INCLUDE htp/htp.h REQUIRED)
find_library(HTP_LIBRARY htp REQUIRED)
add_library(htp::htp UNKNOWN IMPORTED)
set_target_properties(htp::htp PROPERTIES
  IMPORTED_LOCATION ${HTP_LIBRARY} INTERFACE_INCLUDE_DIRECTORIES ${HTP_INCLUDE})
