set(here ${CMAKE_CURRENT_SOURCE_DIR})
unit_test(tlog SOURCES ${here}/unit/test_tlog.c USES base ossl tlog)
# What a store does is tested on both that there are.
add_subdirectory(${here}/support/plain_store)
function(store_test name)
  set(sources ${here}/unit/test_${name}.c ${here}/support/store_case.c
    ${here}/support/store_fixture.c)
  unit_test(${name} SOURCES ${sources}
    INCLUDE ${PROJECT_SOURCE_DIR}/src/store
    USES base ossl gitx jsonx tlog approval store)
  unit_test(plain_${name} SOURCES ${sources}
    INCLUDE ${PROJECT_SOURCE_DIR}/src/store
    USES base ossl gitx jsonx tlog approval LIBS plain_store)
endfunction()
store_test(store)
store_test(store_open)
# What is the journal's alone.
foreach(name store_journal store_recover store_fault)
  unit_test(${name} SOURCES ${here}/unit/test_${name}.c
    ${here}/support/store_case.c ${here}/support/store_faults.c
    ${here}/support/store_fixture.c
    USES base ossl gitx jsonx tlog approval pack store)
endforeach()
unit_test(index SOURCES ${here}/unit/test_index.c
  ${here}/support/store_fixture.c
  USES base ossl jsonx approval store index)
unit_test(account SOURCES ${here}/unit/test_account.c
  USES base ossl sqlx account)

add_executable(store_driver ${here}/crash/store_driver.c
  ${here}/support/store_fixture.c)
target_include_directories(store_driver PRIVATE ${here})
target_link_libraries(store_driver PRIVATE nintei_support nintei_store
  nintei_approval nintei_flags PkgConfig::CHECK)
set_target_properties(store_driver PROPERTIES RUNTIME_OUTPUT_DIRECTORY
  ${PROJECT_BINARY_DIR}/tests)
script_test(store-git ${here}/crash/stock_git.sh LABEL crash)
# Each kill reads all that is there: more of them are for tests/crash/run.
script_test(store-kill ${here}/crash/kill.sh LABEL crash TIMEOUT 600 ARGS 60)
# A sanitizer wants to be preloaded first itself.
if(NOT NINTEI_SANITIZE)
  add_library(fault_shim SHARED ${here}/crash/fault_shim.c)
  target_link_libraries(fault_shim PRIVATE nintei_flags)
  target_compile_options(fault_shim PRIVATE -U_FORTIFY_SOURCE)
  set_target_properties(fault_shim PROPERTIES LIBRARY_OUTPUT_DIRECTORY
    ${PROJECT_BINARY_DIR}/tests)
  script_test(store-fault ${here}/crash/fault.sh LABEL crash TIMEOUT 600)
endif()
