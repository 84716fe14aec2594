script_test(containers ${CMAKE_CURRENT_SOURCE_DIR}/flow/containers.py)
unit_test(asic SOURCES ${CMAKE_CURRENT_SOURCE_DIR}/unit/test_asic.c
  USES base ossl jsonx asic bag
  INCLUDE ${PROJECT_SOURCE_DIR}/src/asic ${PROJECT_SOURCE_DIR}/src/bag)
fuzz_target(asic SOURCE ${CMAKE_CURRENT_SOURCE_DIR}/fuzz/fuzz_asic.c
  USES base ossl jsonx asic)
fuzz_target(bag SOURCE ${CMAKE_CURRENT_SOURCE_DIR}/fuzz/fuzz_bag.c
  USES base jsonx bag)
