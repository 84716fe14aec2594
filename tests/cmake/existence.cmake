unit_test(signature SOURCES ${CMAKE_CURRENT_SOURCE_DIR}/unit/test_signature.c
  USES base ossl jsonx privsep registry examine
  INCLUDE ${PROJECT_SOURCE_DIR}/src/examine)
unit_test(existence SOURCES ${CMAKE_CURRENT_SOURCE_DIR}/unit/test_existence.c
  USES base term scheme existence)
unit_test(proofs SOURCES ${CMAKE_CURRENT_SOURCE_DIR}/unit/test_proofs.c
  ${CMAKE_CURRENT_SOURCE_DIR}/support/dossier.c
  ${CMAKE_CURRENT_SOURCE_DIR}/support/numbers_make.c
  USES base ossl jsonx scheme privsep bundle numbers examine intake)
fuzz_target(signature SOURCE ${CMAKE_CURRENT_SOURCE_DIR}/fuzz/fuzz_signature.c
  USES base ossl jsonx text registry examine
  INCLUDE ${PROJECT_SOURCE_DIR}/src/examine)
if(NINTEI_TESTS AND TARGET nintei-pdftext)
  unit_test(papers SOURCES ${CMAKE_CURRENT_SOURCE_DIR}/unit/test_papers.c
    ${CMAKE_CURRENT_SOURCE_DIR}/support/dossier.c
    ${CMAKE_CURRENT_SOURCE_DIR}/support/numbers_make.c
    ${CMAKE_CURRENT_SOURCE_DIR}/support/intake_fixture.c
    USES base ossl jsonx scheme privsep bundle numbers examine intake
    LIBS pdf_make)
  add_dependencies(test_papers nintei-pdftext)
endif()
