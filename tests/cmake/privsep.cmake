unit_test(worker LABEL sandbox
  SOURCES ${CMAKE_CURRENT_SOURCE_DIR}/sandbox/test_worker.c
  USES privsep base)
unit_test(sets LABEL sandbox
  SOURCES ${CMAKE_CURRENT_SOURCE_DIR}/sandbox/test_sets.c
    ${CMAKE_CURRENT_SOURCE_DIR}/support/acts.c
  USES privsep base)
unit_test(filter SOURCES ${CMAKE_CURRENT_SOURCE_DIR}/unit/test_filter.c
  USES privsep base INCLUDE ${PROJECT_SOURCE_DIR}/src/privsep)
