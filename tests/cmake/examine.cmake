unit_test(examine SOURCES ${CMAKE_CURRENT_SOURCE_DIR}/unit/test_examine.c
  USES base ossl jsonx privsep examine
  INCLUDE ${PROJECT_SOURCE_DIR}/src/examine)
