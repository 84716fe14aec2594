unit_test(term SOURCES ${CMAKE_CURRENT_SOURCE_DIR}/unit/test_term.c USES term)
unit_test(dates SOURCES ${CMAKE_CURRENT_SOURCE_DIR}/unit/test_dates.c
  USES term)
unit_test(calendar LABEL property
  SOURCES ${CMAKE_CURRENT_SOURCE_DIR}/property/test_calendar.c USES term)
fuzz_target(dates SOURCE ${CMAKE_CURRENT_SOURCE_DIR}/fuzz/fuzz_dates.c
  USES term)
