set(here ${CMAKE_CURRENT_SOURCE_DIR})
unit_test(witness SOURCES ${here}/unit/test_witness.c ${here}/support/log_make.c
  USES base ossl tlog witness)
unit_test(cosigners
  SOURCES ${here}/unit/test_cosigners.c ${here}/support/log_make.c
  USES base ossl tlog witness cosigners)
fuzz_target(witness SOURCE ${here}/fuzz/fuzz_witness.c USES base ossl tlog witness)
script_test(witness ${here}/flow/witness.py TIMEOUT 600)
unit_test(courier SOURCES ${here}/unit/test_courier.c USES base privsep ipc courier)
script_test(courier ${here}/flow/courier.py TIMEOUT 300)
