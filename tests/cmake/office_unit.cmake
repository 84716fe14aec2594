unit_test(office
  SOURCES ${CMAKE_CURRENT_SOURCE_DIR}/unit/test_office.c
    ${CMAKE_CURRENT_SOURCE_DIR}/support/office_fixture.c
    ${CMAKE_CURRENT_SOURCE_DIR}/support/signing_fixture.c
    ${CMAKE_CURRENT_SOURCE_DIR}/support/dossier.c
  USES authority signing office)
unit_test(office_rows
  SOURCES ${CMAKE_CURRENT_SOURCE_DIR}/unit/test_office_rows.c
    ${CMAKE_CURRENT_SOURCE_DIR}/support/office_fixture.c
    ${CMAKE_CURRENT_SOURCE_DIR}/support/signing_fixture.c
    ${CMAKE_CURRENT_SOURCE_DIR}/support/dossier.c
  USES authority signing office
  INCLUDE ${PROJECT_SOURCE_DIR}/src/office)
