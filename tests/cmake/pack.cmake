set(here ${CMAKE_CURRENT_SOURCE_DIR})
unit_test(pack SOURCES ${here}/unit/test_pack.c ${here}/support/pack_make.c
  INCLUDE ${PROJECT_SOURCE_DIR}/src/pack
  USES base ossl gitx archx pack)
unit_test(packset SOURCES ${here}/unit/test_packset.c
  ${here}/support/pack_make.c
  INCLUDE ${PROJECT_SOURCE_DIR}/src/pack
  USES base ossl gitx archx pack)
unit_test(trie SOURCES ${here}/unit/test_trie.c ${here}/support/pack_make.c
  USES base ossl gitx archx pack)
foreach(target pack idx)
  fuzz_target(${target} SOURCE ${here}/fuzz/fuzz_${target}.c
    INCLUDE ${PROJECT_SOURCE_DIR}/src/pack
    USES base ossl gitx archx pack)
endforeach()
