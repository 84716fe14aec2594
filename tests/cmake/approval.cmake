unit_test(sshsig SOURCES ${CMAKE_CURRENT_SOURCE_DIR}/unit/test_sshsig.c
  USES approval)
unit_test(decision SOURCES ${CMAKE_CURRENT_SOURCE_DIR}/unit/test_decision.c
  USES approval)
add_executable(sshsig_tool ${CMAKE_CURRENT_SOURCE_DIR}/support/sshsig_tool.c)
target_link_libraries(sshsig_tool PRIVATE nintei_approval nintei_flags)
set_target_properties(sshsig_tool PROPERTIES RUNTIME_OUTPUT_DIRECTORY
  ${PROJECT_BINARY_DIR}/tests)
script_test(sshsig-interop
  ${CMAKE_CURRENT_SOURCE_DIR}/flow/sshsig-interop.sh)
fuzz_target(sshsig SOURCE ${CMAKE_CURRENT_SOURCE_DIR}/fuzz/fuzz_sshsig.c
  USES approval)
fuzz_target(decision SOURCE ${CMAKE_CURRENT_SOURCE_DIR}/fuzz/fuzz_decision.c
  USES approval)
fuzz_target(detail SOURCE ${CMAKE_CURRENT_SOURCE_DIR}/fuzz/fuzz_detail.c
  USES approval)
