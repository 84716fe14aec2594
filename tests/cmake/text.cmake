unit_test(text SOURCES ${CMAKE_CURRENT_SOURCE_DIR}/unit/test_text.c
  USES text base)
