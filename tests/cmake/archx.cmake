unit_test(archx SOURCES ${CMAKE_CURRENT_SOURCE_DIR}/unit/test_archx.c
  USES archx base)
