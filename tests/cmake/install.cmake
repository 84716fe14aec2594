script_test(install ${CMAKE_CURRENT_SOURCE_DIR}/flow/install.sh)
