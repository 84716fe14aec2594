unit_test(ipc SOURCES ${CMAKE_CURRENT_SOURCE_DIR}/unit/test_ipc.c
  USES ipc privsep base)
fuzz_target(ipc SOURCE ${CMAKE_CURRENT_SOURCE_DIR}/fuzz/fuzz_ipc.c
  USES ipc privsep base)
