unit_test(signing
  SOURCES ${CMAKE_CURRENT_SOURCE_DIR}/unit/test_signing.c
    ${CMAKE_CURRENT_SOURCE_DIR}/support/signing_fixture.c
  USES authority signing)
unit_test(signing_chain
  SOURCES ${CMAKE_CURRENT_SOURCE_DIR}/unit/test_signing_chain.c
    ${CMAKE_CURRENT_SOURCE_DIR}/support/signing_fixture.c
  USES authority signing)
