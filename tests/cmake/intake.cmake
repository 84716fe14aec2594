unit_test(intake SOURCES ${CMAKE_CURRENT_SOURCE_DIR}/unit/test_intake.c
  ${CMAKE_CURRENT_SOURCE_DIR}/support/dossier.c
  USES base ossl jsonx scheme privsep bundle examine intake)
