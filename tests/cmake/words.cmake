unit_test(words SOURCES ${CMAKE_CURRENT_SOURCE_DIR}/unit/test_words.c
  USES base workflow words)
