unit_test(tag SOURCES ${CMAKE_CURRENT_SOURCE_DIR}/unit/test_tag.c USES base tag)
