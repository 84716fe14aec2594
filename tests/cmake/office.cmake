script_test(restore ${CMAKE_CURRENT_SOURCE_DIR}/flow/restore.sh)
