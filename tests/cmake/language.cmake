unit_test(lang SOURCES ${CMAKE_CURRENT_SOURCE_DIR}/unit/test_lang.c
  USES base text lang)
unit_test(label SOURCES ${CMAKE_CURRENT_SOURCE_DIR}/unit/test_label.c
  USES base jsonx tag scheme label)
unit_test(paper SOURCES ${CMAKE_CURRENT_SOURCE_DIR}/unit/test_paper.c
  USES base jsonx lang label registry document)
unit_test(clam SOURCES ${CMAKE_CURRENT_SOURCE_DIR}/unit/test_clam.c
  ${CMAKE_CURRENT_SOURCE_DIR}/support/archive_make.c
  ${CMAKE_CURRENT_SOURCE_DIR}/support/clamd.c
  USES base archx privsep clam
  INCLUDE ${PROJECT_SOURCE_DIR}/src/clam)
find_program(CLAMD clamd HINTS /usr/sbin /usr/local/sbin)
if(NINTEI_TESTS AND CLAMD)
  target_compile_definitions(test_clam PRIVATE CLAMD="${CLAMD}")
elseif(NINTEI_TESTS)
  message(WARNING "without clamd unit/clam knows only the false one")
endif()
unit_test(documents SOURCES ${CMAKE_CURRENT_SOURCE_DIR}/unit/test_documents.c
  ${CMAKE_CURRENT_SOURCE_DIR}/support/clamd.c
  ${CMAKE_CURRENT_SOURCE_DIR}/support/dossier.c
  ${CMAKE_CURRENT_SOURCE_DIR}/support/intake_fixture.c
  USES base ossl jsonx scheme privsep bundle examine clam intake)
script_test(scanner ${CMAKE_CURRENT_SOURCE_DIR}/flow/scanner.py)
foreach(target plain paper labels)
  fuzz_target(${target}
    SOURCE ${CMAKE_CURRENT_SOURCE_DIR}/fuzz/fuzz_${target}.c
    USES base jsonx term scheme lang label registry document)
  target_compile_definitions(fuzz_${target} PRIVATE
    TEST_SOURCE_DIR="${PROJECT_SOURCE_DIR}")
endforeach()
