unit_test(numbers
  SOURCES ${CMAKE_CURRENT_SOURCE_DIR}/unit/test_numbers.c
    ${CMAKE_CURRENT_SOURCE_DIR}/unit/numbers_make.c
  INCLUDE ${PROJECT_SOURCE_DIR}/src/numbers
  USES base ossl sqlx text term registry numbers)
unit_test(numbers_import
  SOURCES ${CMAKE_CURRENT_SOURCE_DIR}/unit/test_numbers_import.c
    ${CMAKE_CURRENT_SOURCE_DIR}/unit/numbers_make.c
  USES base archx term registry numbers)
fuzz_target(nta SOURCE ${CMAKE_CURRENT_SOURCE_DIR}/fuzz/fuzz_nta.c
  INCLUDE ${PROJECT_SOURCE_DIR}/src/numbers
  USES base text numbers)
script_test(numbers ${CMAKE_CURRENT_SOURCE_DIR}/flow/numbers.py)
