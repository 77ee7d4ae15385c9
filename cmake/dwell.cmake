# SPDX-FileCopyrightText: The Dwell authors
# SPDX-License-Identifier: Apache-2.0
#
# How a library, a program, a test and a fuzz target of Dwell are made.

set(CMAKE_C_STANDARD 17)
set(CMAKE_C_STANDARD_REQUIRED ON)
set(CMAKE_C_EXTENSIONS OFF)
set(CMAKE_EXPORT_COMPILE_COMMANDS ON)
if(NOT CMAKE_BUILD_TYPE)
  set(CMAKE_BUILD_TYPE RelWithDebInfo CACHE STRING "" FORCE)
endif()

add_library(dwell_flags INTERFACE)
target_compile_definitions(dwell_flags INTERFACE _GNU_SOURCE)
target_compile_options(dwell_flags INTERFACE
  -Wall -Wextra -Wconversion -Wshadow -Werror -Wstrict-prototypes -Wmissing-prototypes
  -fstack-protector-strong -fno-omit-frame-pointer -fvisibility=hidden)
if(DWELL_SANITIZE)
  # gcc warns of conversions that its own instrumentation makes; the plain builds check -Wconversion.
  target_compile_options(dwell_flags INTERFACE -Wno-conversion -fsanitize=${DWELL_SANITIZE} -fno-sanitize-recover=all)
  target_link_options(dwell_flags INTERFACE -fsanitize=${DWELL_SANITIZE})
else()
  target_compile_options(dwell_flags INTERFACE $<$<NOT:$<CONFIG:Debug>>:-U_FORTIFY_SOURCE -D_FORTIFY_SOURCE=2>)
endif()
if(DWELL_FUZZ)
  target_compile_options(dwell_flags INTERFACE -fsanitize=fuzzer-no-link)
endif()

# dwell_library(NAME SOURCES a.c ... LINK base ... PRIVATE_LINK PCRE2::PCRE2 ...)
# The headers of folder NAME are included as "NAME/header.h", by those that link NAME only: the
# include folder is a link in the build tree that holds this one folder.
function(dwell_library name)
  cmake_parse_arguments(arg "" "" "SOURCES;LINK;PRIVATE_LINK" ${ARGN})
  set(include ${CMAKE_BINARY_DIR}/include/${name})
  file(MAKE_DIRECTORY ${include})
  file(CREATE_LINK ${CMAKE_CURRENT_SOURCE_DIR} ${include}/${name} SYMBOLIC)
  add_library(${name} STATIC ${arg_SOURCES})
  target_include_directories(${name} PUBLIC ${include})
  target_link_libraries(${name} PUBLIC ${arg_LINK} PRIVATE dwell_flags ${arg_PRIVATE_LINK})
endfunction()

# dwell_program(NAME SOURCES main.c LINK ...)
function(dwell_program name)
  cmake_parse_arguments(arg "" "" "SOURCES;LINK" ${ARGN})
  add_executable(${name} ${arg_SOURCES})
  target_link_libraries(${name} PRIVATE dwell_flags ${arg_LINK})
endfunction()

# dwell_test(NAME SOURCES test_x.c LINK ... [TIMEOUT seconds])    a cmocka program, run by ctest
function(dwell_test name)
  cmake_parse_arguments(arg "" "TIMEOUT" "SOURCES;LINK" ${ARGN})
  add_executable(${name} ${arg_SOURCES})
  target_compile_definitions(${name} PRIVATE DWELL_SOURCE_DIR="${CMAKE_SOURCE_DIR}")
  target_link_libraries(${name} PRIVATE dwell_flags ${arg_LINK} support cmocka::cmocka)
  add_test(NAME ${name} COMMAND ${name} WORKING_DIRECTORY ${CMAKE_SOURCE_DIR})
  if(NOT arg_TIMEOUT)
    set(arg_TIMEOUT 400) # with a sanitizer, on a busy machine
  endif()
  set_tests_properties(${name} PROPERTIES TIMEOUT ${arg_TIMEOUT} SKIP_RETURN_CODE 77)
endfunction()

# dwell_fuzz(NAME SOURCE fuzz_x.c LINK ...)    corpus in ${CMAKE_CURRENT_SOURCE_DIR}/corpus/NAME
# A libFuzzer program with -DDWELL_FUZZ=ON; else a program that replays the corpus (and mutations
# of it) as a test.
function(dwell_fuzz name)
  cmake_parse_arguments(arg "" "" "SOURCE;LINK" ${ARGN})
  add_executable(${name} ${arg_SOURCE})
  target_link_libraries(${name} PRIVATE dwell_flags ${arg_LINK})
  if(DWELL_FUZZ)
    target_link_options(${name} PRIVATE -fsanitize=fuzzer)
  else()
    target_link_libraries(${name} PRIVATE fuzz_replay)
    add_test(NAME ${name} COMMAND ${name} ${CMAKE_CURRENT_SOURCE_DIR}/corpus/${name})
    set_tests_properties(${name} PROPERTIES TIMEOUT 400)
  endif()
endfunction()
