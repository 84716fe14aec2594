unit_test(base SOURCES ${CMAKE_CURRENT_SOURCE_DIR}/unit/test_base.c USES base)
unit_test(jsonx SOURCES ${CMAKE_CURRENT_SOURCE_DIR}/unit/test_jsonx.c
  USES base jsonx)
