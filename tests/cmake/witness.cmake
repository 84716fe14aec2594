set(here ${CMAKE_CURRENT_SOURCE_DIR})
unit_test(witness SOURCES ${here}/unit/test_witness.c ${here}/support/log_make.c
  USES base ossl tlog witness)
