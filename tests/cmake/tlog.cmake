set(here ${CMAKE_CURRENT_SOURCE_DIR})
unit_test(note SOURCES ${here}/unit/test_note.c USES base ossl tlog)
