add_executable(fake_proc ${CMAKE_CURRENT_SOURCE_DIR}/sandbox/fake_proc.c)
target_link_libraries(fake_proc PRIVATE nintei_ipc nintei_privsep nintei_base
  nintei_flags)
set_target_properties(fake_proc PROPERTIES RUNTIME_OUTPUT_DIRECTORY
  ${PROJECT_BINARY_DIR}/tests)
script_test(ninteid ${CMAKE_CURRENT_SOURCE_DIR}/sandbox/ninteid.py
  LABEL sandbox TIMEOUT 180)
script_test(recovery ${CMAKE_CURRENT_SOURCE_DIR}/flow/recovery.py SERIAL)
