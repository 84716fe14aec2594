# nintei_flags: the warning set (as errors) and the hardening of all our code.
include(CheckCCompilerFlag)
add_library(nintei_flags INTERFACE)

set(warnings -Wall -Wextra -Wpedantic -Wshadow -Wconversion -Wsign-conversion
  -Wstrict-prototypes -Wmissing-prototypes -Wpointer-arith -Wcast-qual
  -Wcast-align -Wwrite-strings -Wundef -Wvla -Wformat=2 -Wnull-dereference
  -Wswitch-enum -Wimplicit-fallthrough)
if(CMAKE_C_COMPILER_ID STREQUAL "GNU")
  list(APPEND warnings -Wlogical-op -Wduplicated-cond -Wduplicated-branches)
endif()
if(NINTEI_WERROR)
  list(APPEND warnings -Werror)
endif()
target_compile_options(nintei_flags INTERFACE ${warnings})
target_compile_definitions(nintei_flags INTERFACE _GNU_SOURCE
  NINTEI_VERSION="${PROJECT_VERSION}")

# Messages name files as the reader of the source knows them.
target_compile_options(nintei_flags INTERFACE
  -fmacro-prefix-map=${PROJECT_SOURCE_DIR}/=)

set(hardening -fstack-protector-strong -fPIE)
foreach(flag -fstack-clash-protection -fcf-protection
    -ftrivial-auto-var-init=zero)
  string(MAKE_C_IDENTIFIER "have${flag}" have)
  check_c_compiler_flag("${flag} -Werror" ${have})
  if(${have})
    list(APPEND hardening ${flag})
  endif()
endforeach()
target_compile_options(nintei_flags INTERFACE ${hardening})
target_link_options(nintei_flags INTERFACE -pie -Wl,-z,relro -Wl,-z,now
  -Wl,-z,noexecstack)
if(NOT NINTEI_SANITIZE AND NOT NINTEI_FUZZ AND NOT NINTEI_COVERAGE)
  target_compile_options(nintei_flags INTERFACE
    $<$<NOT:$<CONFIG:Debug>>:-U_FORTIFY_SOURCE> $<$<NOT:$<CONFIG:Debug>>:-D_FORTIFY_SOURCE=3>)
endif()

if(NINTEI_SANITIZE)
  target_compile_options(nintei_flags INTERFACE -fsanitize=${NINTEI_SANITIZE}
    -fno-sanitize-recover=all -fno-omit-frame-pointer)
  target_link_options(nintei_flags INTERFACE -fsanitize=${NINTEI_SANITIZE})
  # A sanitizer run time needs files, maps and signals that the sandbox denies.
  target_compile_definitions(nintei_flags INTERFACE NINTEI_SANITIZED=1)
endif()
if(NINTEI_FUZZ)
  target_compile_options(nintei_flags INTERFACE -fsanitize=fuzzer-no-link)
endif()
if(NINTEI_COVERAGE)
  target_compile_options(nintei_flags INTERFACE --coverage)
  target_link_options(nintei_flags INTERFACE --coverage)
  # gcov writes its counters at exit: the sandbox denies it.
  target_compile_definitions(nintei_flags INTERFACE NINTEI_SANITIZED=1)
endif()
