unit_test(authority SOURCES ${CMAKE_CURRENT_SOURCE_DIR}/unit/test_authority.c
  USES authority)
