unit_test(themes SOURCES ${CMAKE_CURRENT_SOURCE_DIR}/unit/test_themes.c
  USES base jsonx scheme workflow)
