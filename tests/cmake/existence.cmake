unit_test(signature SOURCES ${CMAKE_CURRENT_SOURCE_DIR}/unit/test_signature.c
  USES base ossl jsonx privsep registry examine
  INCLUDE ${PROJECT_SOURCE_DIR}/src/examine)
unit_test(existence SOURCES ${CMAKE_CURRENT_SOURCE_DIR}/unit/test_existence.c
  USES base term scheme existence)
