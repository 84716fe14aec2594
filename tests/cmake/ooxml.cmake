unit_test(ooxml SOURCES ${CMAKE_CURRENT_SOURCE_DIR}/unit/test_ooxml.c
  ${CMAKE_CURRENT_SOURCE_DIR}/support/office_make.c
  ${CMAKE_CURRENT_SOURCE_DIR}/support/archive_make.c
  USES base archx jsonx ooxml examine)
unit_test(xmlx SOURCES ${CMAKE_CURRENT_SOURCE_DIR}/unit/test_xmlx.c
  USES base xmlx)
fuzz_target(ooxml SOURCE ${CMAKE_CURRENT_SOURCE_DIR}/fuzz/fuzz_ooxml.c
  USES base archx jsonx ooxml)
target_sources(fuzz_ooxml PRIVATE
  ${CMAKE_CURRENT_SOURCE_DIR}/support/office_make.c
  ${CMAKE_CURRENT_SOURCE_DIR}/support/archive_make.c)
fuzz_target(xml SOURCE ${CMAKE_CURRENT_SOURCE_DIR}/fuzz/fuzz_xml.c
  USES base xmlx)
unit_test(intake_office
  SOURCES ${CMAKE_CURRENT_SOURCE_DIR}/unit/test_intake_office.c
  ${CMAKE_CURRENT_SOURCE_DIR}/support/office_make.c
  ${CMAKE_CURRENT_SOURCE_DIR}/support/archive_make.c
  ${CMAKE_CURRENT_SOURCE_DIR}/support/dossier.c
  ${CMAKE_CURRENT_SOURCE_DIR}/support/intake_fixture.c
  USES base archx ossl jsonx scheme privsep bundle examine intake)
script_test(form_template ${CMAKE_CURRENT_SOURCE_DIR}/flow/form-template.sh)
