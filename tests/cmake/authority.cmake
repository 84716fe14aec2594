unit_test(authority SOURCES ${CMAKE_CURRENT_SOURCE_DIR}/unit/test_authority.c
  USES authority)
script_test(init ${CMAKE_CURRENT_SOURCE_DIR}/flow/init.sh)
