set(signing_support
  ${CMAKE_CURRENT_SOURCE_DIR}/support/signing_commits.c
  ${CMAKE_CURRENT_SOURCE_DIR}/support/signing_fixture.c)
unit_test(signing
  SOURCES ${CMAKE_CURRENT_SOURCE_DIR}/unit/test_signing.c
    ${CMAKE_CURRENT_SOURCE_DIR}/support/signing_fixture.c
  USES authority signing)
foreach(name signing_terms signing_statement signing_rules)
  unit_test(${name}
    SOURCES ${CMAKE_CURRENT_SOURCE_DIR}/unit/test_${name}.c
      ${CMAKE_CURRENT_SOURCE_DIR}/support/signing_terms.c ${signing_support}
    USES authority signing)
endforeach()
foreach(name signing_chain signing_group signing_lost signing_receipt)
  unit_test(${name}
    SOURCES ${CMAKE_CURRENT_SOURCE_DIR}/unit/test_${name}.c ${signing_support}
    USES authority signing)
endforeach()
foreach(target signer statement)
  fuzz_target(${target} SOURCE ${CMAKE_CURRENT_SOURCE_DIR}/fuzz/fuzz_${target}.c
    USES authority signing support LIBS PkgConfig::CHECK
    INCLUDE ${CMAKE_CURRENT_SOURCE_DIR}/fuzz)
  target_compile_definitions(fuzz_${target} PRIVATE
    FUZZ_POLICIES="${PROJECT_SOURCE_DIR}/policies")
endforeach()
unit_test(signer LABEL sandbox
  SOURCES ${CMAKE_CURRENT_SOURCE_DIR}/sandbox/test_signer.c ${signing_support}
    ${CMAKE_CURRENT_SOURCE_DIR}/support/signer_process.c
  USES authority signing)
add_dependencies(test_signer nintei-signer)
