unit_test(acts SOURCES ${CMAKE_CURRENT_SOURCE_DIR}/unit/test_acts.c
  USES base jsonx workflow acts)
fuzz_target(acts SOURCE ${CMAKE_CURRENT_SOURCE_DIR}/fuzz/fuzz_acts.c
  USES base jsonx workflow acts)
