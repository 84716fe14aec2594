set(here ${CMAKE_CURRENT_SOURCE_DIR})
unit_test(note SOURCES ${here}/unit/test_note.c USES base ossl tlog)
unit_test(tlog_text SOURCES ${here}/unit/test_tlog_text.c USES base ossl tlog)
unit_test(tiles SOURCES ${here}/unit/test_tiles.c USES base ossl tlog tiles)
foreach(target note proof tilepath)
  fuzz_target(${target} SOURCE ${here}/fuzz/fuzz_${target}.c
    USES base ossl tlog)
endforeach()
script_test(log ${here}/flow/log.py)
unit_test(office_log SOURCES ${here}/unit/test_office_log.c
  ${here}/support/office_fixture.c ${here}/support/signing_fixture.c
  ${here}/support/dossier.c
  USES authority signing office INCLUDE ${PROJECT_SOURCE_DIR}/src/office)
