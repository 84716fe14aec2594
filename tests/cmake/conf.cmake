unit_test(conf SOURCES ${CMAKE_CURRENT_SOURCE_DIR}/unit/test_conf.c USES conf)
fuzz_target(config SOURCE ${CMAKE_CURRENT_SOURCE_DIR}/fuzz/fuzz_config.c
  USES conf)
