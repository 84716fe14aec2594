unit_test(sshsig SOURCES ${CMAKE_CURRENT_SOURCE_DIR}/unit/test_sshsig.c
  USES approval)
unit_test(decision SOURCES ${CMAKE_CURRENT_SOURCE_DIR}/unit/test_decision.c
  USES approval)
