# The only ways to add code.  A module may use only what was defined before
# it, and folders are added in the order of the levels: no upward edge can be
# written down.

define_property(GLOBAL PROPERTY NINTEI_EDGES BRIEF_DOCS "module edges"
  FULL_DOCS "lines 'module: used ...', written out for scripts/lint-deps")

function(module name)
  cmake_parse_arguments(PARSE_ARGV 1 M "" "" "SOURCES;USES;LIBS")
  foreach(used ${M_USES})
    if(NOT TARGET nintei_${used})
      message(FATAL_ERROR "${name}: ${used} is not a lower module")
    endif()
  endforeach()
  string(JOIN " " edges ${M_USES})
  set_property(GLOBAL APPEND PROPERTY NINTEI_EDGES "${name}: ${edges}")
  list(TRANSFORM M_USES PREPEND nintei_)
  add_library(nintei_${name} STATIC ${M_SOURCES})
  target_include_directories(nintei_${name} PUBLIC ${PROJECT_SOURCE_DIR}/include
    PRIVATE ${CMAKE_CURRENT_SOURCE_DIR})
  target_link_libraries(nintei_${name} PUBLIC ${M_USES}
    PRIVATE nintei_flags ${M_LIBS})
endfunction()

# program(name SOURCES ... USES ...): an executable in build/<preset>/bin.
function(program name)
  cmake_parse_arguments(PARSE_ARGV 1 P "" "" "SOURCES;USES;LIBS")
  string(JOIN " " edges ${P_USES})
  set_property(GLOBAL APPEND PROPERTY NINTEI_EDGES "proc/${name}: ${edges}")
  list(TRANSFORM P_USES PREPEND nintei_)
  add_executable(${name} ${P_SOURCES})
  target_link_libraries(${name} PRIVATE ${P_USES} nintei_flags ${P_LIBS})
  target_link_options(${name} PRIVATE -Wl,--gc-sections -Wl,--as-needed)
  set_target_properties(${name} PROPERTIES RUNTIME_OUTPUT_DIRECTORY
    ${PROJECT_BINARY_DIR}/bin)
  install(TARGETS ${name} RUNTIME)
endfunction()

# What all tests have in common.  SERIAL: it measures time or counts what else
# runs, so nothing runs beside it.  Sanitizers take three times as long; their
# small quarantine keeps small what the fork of each worker copies.  One case
# of Check has as long as the whole: its own 4 s pass on a busy machine.
function(test_settle name label timeout serial)
  set(env ${ARGN})
  list(APPEND env "CK_DEFAULT_TIMEOUT=${timeout}")
  if(NINTEI_SANITIZE)
    math(EXPR timeout "${timeout} * 3")
    list(APPEND env "ASAN_OPTIONS=quarantine_size_mb=8"
      "UBSAN_OPTIONS=print_stacktrace=1")
  endif()
  set_tests_properties(${name} PROPERTIES LABELS ${label} TIMEOUT ${timeout}
    RUN_SERIAL ${serial} ENVIRONMENT "${env}")
endfunction()

# unit_test(name SOURCES ... USES ...): a Check suite; runs as ctest unit/name.
# The sources may include the module's *_int.h.
function(unit_test name)
  cmake_parse_arguments(PARSE_ARGV 1 T "SERIAL" "LABEL"
    "SOURCES;USES;LIBS;INCLUDE")
  if(NOT NINTEI_TESTS)
    return()
  endif()
  if(NOT T_LABEL)
    set(T_LABEL unit)
  endif()
  list(TRANSFORM T_USES PREPEND nintei_)
  add_executable(test_${name} ${T_SOURCES})
  target_include_directories(test_${name} PRIVATE
    ${PROJECT_SOURCE_DIR}/tests ${T_INCLUDE})
  target_compile_definitions(test_${name} PRIVATE
    TEST_SOURCE_DIR="${PROJECT_SOURCE_DIR}"
    TEST_BINARY_DIR="${PROJECT_BINARY_DIR}")
  target_link_libraries(test_${name} PRIVATE nintei_support ${T_USES}
    nintei_flags PkgConfig::CHECK ${T_LIBS})
  set_target_properties(test_${name} PROPERTIES RUNTIME_OUTPUT_DIRECTORY
    ${PROJECT_BINARY_DIR}/tests)
  add_test(NAME ${T_LABEL}/${name} COMMAND test_${name}
    WORKING_DIRECTORY ${PROJECT_BINARY_DIR})
  test_settle(${T_LABEL}/${name} ${T_LABEL} 300 ${T_SERIAL})
endfunction()

# script_test(name script ARGS ...): a shell or python test, black box.
# It sees BUILD_DIR, SOURCE_DIR and PATH with the programs first.
function(script_test name script)
  cmake_parse_arguments(PARSE_ARGV 2 T "SERIAL" "LABEL;TIMEOUT" "ARGS")
  if(NOT NINTEI_TESTS)
    return()
  endif()
  if(NOT T_LABEL)
    set(T_LABEL flow)
  endif()
  if(NOT T_TIMEOUT)
    set(T_TIMEOUT 300)
  endif()
  add_test(NAME ${T_LABEL}/${name} COMMAND ${script} ${T_ARGS}
    WORKING_DIRECTORY ${PROJECT_BINARY_DIR})
  test_settle(${T_LABEL}/${name} ${T_LABEL} ${T_TIMEOUT} ${T_SERIAL}
    "BUILD_DIR=${PROJECT_BINARY_DIR}" "SOURCE_DIR=${PROJECT_SOURCE_DIR}"
    "PATH=${PROJECT_BINARY_DIR}/bin:$ENV{PATH}")
endfunction()

# fuzz_target(name SOURCE file USES ...): libFuzzer under -DNINTEI_FUZZ=ON,
# else a program that replays tests/fuzz/corpus/<name> as an ordinary ctest.
function(fuzz_target name)
  cmake_parse_arguments(PARSE_ARGV 1 F "" "SOURCE" "USES;LIBS;INCLUDE")
  if(NOT NINTEI_TESTS)
    return()
  endif()
  list(TRANSFORM F_USES PREPEND nintei_)
  add_executable(fuzz_${name} ${F_SOURCE})
  target_include_directories(fuzz_${name} PRIVATE ${PROJECT_SOURCE_DIR}/tests
    ${F_INCLUDE})
  target_link_libraries(fuzz_${name} PRIVATE ${F_USES} nintei_flags ${F_LIBS})
  set_target_properties(fuzz_${name} PROPERTIES RUNTIME_OUTPUT_DIRECTORY
    ${PROJECT_BINARY_DIR}/fuzz)
  if(NINTEI_FUZZ)
    target_link_options(fuzz_${name} PRIVATE -fsanitize=fuzzer)
  else()
    target_sources(fuzz_${name} PRIVATE ${PROJECT_SOURCE_DIR}/tests/fuzz/replay.c)
    add_test(NAME fuzz/${name} COMMAND fuzz_${name}
      ${PROJECT_SOURCE_DIR}/tests/fuzz/corpus/${name})
    test_settle(fuzz/${name} fuzz 100 FALSE)
  endif()
endfunction()

# surface_test(program): what a release build of it imports is the committed
# list tests/snapshot/surface/, and holds nothing that its process must not call.
function(surface_test name)
  if(NOT NINTEI_TESTS OR NINTEI_SANITIZE OR NINTEI_COVERAGE OR NINTEI_FUZZ
      OR NOT CMAKE_BUILD_TYPE STREQUAL "Release")
    return()
  endif()
  add_test(NAME snapshot/surface-${name} COMMAND
    ${PROJECT_SOURCE_DIR}/tests/snapshot/surface.sh ${name}
    $<TARGET_FILE:${name}> ${CMAKE_C_COMPILER_ID})
  test_settle(snapshot/surface-${name} snapshot 30 FALSE)
endfunction()

# Each public header compiles alone, in both orders of inclusion with itself.
function(headers_stand_alone)
  file(GLOB headers CONFIGURE_DEPENDS ${PROJECT_SOURCE_DIR}/include/nintei/*.h)
  set(sources)
  foreach(header ${headers})
    get_filename_component(base ${header} NAME_WE)
    set(source ${PROJECT_BINARY_DIR}/headers/${base}.c)
    file(GENERATE OUTPUT ${source} CONTENT
      "#include \"nintei/${base}.h\"\n#include \"nintei/${base}.h\"\ntypedef int nintei_${base}_alone;\n")
    list(APPEND sources ${source})
  endforeach()
  add_library(headers_alone OBJECT ${sources})
  target_include_directories(headers_alone PRIVATE ${PROJECT_SOURCE_DIR}/include)
  target_link_libraries(headers_alone PRIVATE nintei_flags)
endfunction()
