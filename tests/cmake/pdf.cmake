if(NOT NINTEI_TESTS)
  return()
endif()
add_library(pdf_make STATIC ${CMAKE_CURRENT_SOURCE_DIR}/support/pdf_make.c)
target_include_directories(pdf_make PUBLIC ${CMAKE_CURRENT_SOURCE_DIR})
target_link_libraries(pdf_make PUBLIC nintei_archx nintei_base
  PRIVATE nintei_flags)
unit_test(pdf SOURCES ${CMAKE_CURRENT_SOURCE_DIR}/unit/test_pdf.c
  USES pdf xmlx jsonx base LIBS pdf_make)
unit_test(pdf_runs SOURCES ${CMAKE_CURRENT_SOURCE_DIR}/unit/test_pdf_runs.c
  USES pdf xmlx jsonx base LIBS pdf_make)
foreach(target pdf pdf_runs)
  fuzz_target(${target} SOURCE
    ${CMAKE_CURRENT_SOURCE_DIR}/fuzz/fuzz_${target}.c
    USES pdf xmlx jsonx base)
endforeach()
if(TARGET nintei-pdftext)
  unit_test(pdftext LABEL sandbox
    SOURCES ${CMAKE_CURRENT_SOURCE_DIR}/sandbox/test_pdftext.c
    USES privsep pdf jsonx base LIBS pdf_make)
  add_dependencies(test_pdftext nintei-pdftext)
endif()
unit_test(intake_pdf SOURCES ${CMAKE_CURRENT_SOURCE_DIR}/unit/test_intake_pdf.c
  ${CMAKE_CURRENT_SOURCE_DIR}/support/dossier.c
  ${CMAKE_CURRENT_SOURCE_DIR}/support/intake_fixture.c
  USES base ossl jsonx scheme privsep bundle examine intake LIBS pdf_make)
if(NINTEI_TESTS AND TARGET nintei-pdftext)
  target_compile_definitions(test_intake_pdf PRIVATE HAS_PDFTEXT=1)
  add_dependencies(test_intake_pdf nintei-pdftext)
endif()
