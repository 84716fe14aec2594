unit_test(ca SOURCES ${CMAKE_CURRENT_SOURCE_DIR}/unit/test_ca.c
  ${CMAKE_CURRENT_SOURCE_DIR}/support/pki.c USES base ossl ca)
unit_test(ca_lint SOURCES ${CMAKE_CURRENT_SOURCE_DIR}/unit/test_ca_lint.c
  ${CMAKE_CURRENT_SOURCE_DIR}/support/pki.c USES base ossl text ca
  INCLUDE ${PROJECT_SOURCE_DIR}/src/ca)
fuzz_target(cert SOURCE ${CMAKE_CURRENT_SOURCE_DIR}/fuzz/fuzz_cert.c
  USES base ossl text ca)
fuzz_target(crl SOURCE ${CMAKE_CURRENT_SOURCE_DIR}/fuzz/fuzz_crl.c
  USES base ossl text ca)
