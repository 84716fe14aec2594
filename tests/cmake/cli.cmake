script_test(cli_offline ${CMAKE_CURRENT_SOURCE_DIR}/flow/cli_offline.py)
script_test(cli_server ${CMAKE_CURRENT_SOURCE_DIR}/flow/cli_server.py)
script_test(cli_hostile ${CMAKE_CURRENT_SOURCE_DIR}/flow/cli_hostile.py)
script_test(examples ${CMAKE_CURRENT_SOURCE_DIR}/flow/examples.py)
