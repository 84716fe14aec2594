unit_test(ossl SOURCES ${CMAKE_CURRENT_SOURCE_DIR}/unit/test_ossl.c
  ${CMAKE_CURRENT_SOURCE_DIR}/support/pki.c USES base ossl ca)
unit_test(x509 SOURCES ${CMAKE_CURRENT_SOURCE_DIR}/unit/test_x509.c
  ${CMAKE_CURRENT_SOURCE_DIR}/support/pki.c USES base ossl ca)
unit_test(cms SOURCES ${CMAKE_CURRENT_SOURCE_DIR}/unit/test_cms.c
  USES base ossl)
fuzz_target(csr SOURCE ${CMAKE_CURRENT_SOURCE_DIR}/fuzz/fuzz_csr.c
  USES base ossl)
