unit_test(signing
  SOURCES ${CMAKE_CURRENT_SOURCE_DIR}/unit/test_signing.c
    ${CMAKE_CURRENT_SOURCE_DIR}/support/signing_fixture.c
  USES authority signing)
unit_test(signing_chain
  SOURCES ${CMAKE_CURRENT_SOURCE_DIR}/unit/test_signing_chain.c
    ${CMAKE_CURRENT_SOURCE_DIR}/support/signing_fixture.c
  USES authority signing)
fuzz_target(signer SOURCE ${CMAKE_CURRENT_SOURCE_DIR}/fuzz/fuzz_signer.c
  USES authority signing support LIBS PkgConfig::CHECK)
target_compile_definitions(fuzz_signer PRIVATE
  FUZZ_POLICIES="${PROJECT_SOURCE_DIR}/policies")
unit_test(signer LABEL sandbox
  SOURCES ${CMAKE_CURRENT_SOURCE_DIR}/sandbox/test_signer.c
    ${CMAKE_CURRENT_SOURCE_DIR}/support/signing_fixture.c
  USES authority signing)
add_dependencies(test_signer nintei-signer)
