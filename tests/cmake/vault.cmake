unit_test(vault SOURCES ${CMAKE_CURRENT_SOURCE_DIR}/unit/test_vault.c
  USES base ossl vault)
