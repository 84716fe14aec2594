set(hostile ${CMAKE_CURRENT_SOURCE_DIR}/support/archive_make.c
  ${CMAKE_CURRENT_SOURCE_DIR}/support/hostile.c)
unit_test(hostile_names
  SOURCES ${CMAKE_CURRENT_SOURCE_DIR}/unit/test_hostile_names.c ${hostile}
  USES bundle archx text privsep base)
