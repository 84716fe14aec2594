unit_test(intake SOURCES ${CMAKE_CURRENT_SOURCE_DIR}/unit/test_intake.c
  ${CMAKE_CURRENT_SOURCE_DIR}/support/dossier.c
  USES base ossl jsonx scheme privsep bundle examine intake)
unit_test(budget SOURCES ${CMAKE_CURRENT_SOURCE_DIR}/unit/test_budget.c
  ${CMAKE_CURRENT_SOURCE_DIR}/support/dossier.c
  USES base ossl jsonx scheme privsep bundle examine intake)
unit_test(liars SOURCES ${CMAKE_CURRENT_SOURCE_DIR}/unit/test_liars.c
  ${CMAKE_CURRENT_SOURCE_DIR}/support/dossier.c
  USES base ossl jsonx scheme privsep bundle examine intake
  INCLUDE ${PROJECT_SOURCE_DIR}/src/examine)
unit_test(criterion SOURCES ${CMAKE_CURRENT_SOURCE_DIR}/unit/test_criterion.c
  USES base jsonx text term scheme intake
  INCLUDE ${PROJECT_SOURCE_DIR}/src/intake)
script_test(dossier_rules ${CMAKE_CURRENT_SOURCE_DIR}/snapshot/rules.sh
  ARGS ${PROJECT_SOURCE_DIR} LABEL snapshot)
script_test(rule_texts ${CMAKE_CURRENT_SOURCE_DIR}/snapshot/texts.py
  ARGS ${PROJECT_SOURCE_DIR} LABEL snapshot)
foreach(target facts manifest form request)
  fuzz_target(${target}
    SOURCE ${CMAKE_CURRENT_SOURCE_DIR}/fuzz/fuzz_${target}.c
    USES base jsonx scheme tag registry examine intake
    INCLUDE ${PROJECT_SOURCE_DIR}/src/intake ${PROJECT_SOURCE_DIR}/src/examine)
  target_compile_definitions(fuzz_${target} PRIVATE
    TEST_SOURCE_DIR="${PROJECT_SOURCE_DIR}")
endforeach()
