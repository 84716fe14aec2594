unit_test(worker LABEL sandbox
  SOURCES ${CMAKE_CURRENT_SOURCE_DIR}/sandbox/test_worker.c
  USES privsep base)
