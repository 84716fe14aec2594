unit_test(conf SOURCES ${CMAKE_CURRENT_SOURCE_DIR}/unit/test_conf.c USES conf)
