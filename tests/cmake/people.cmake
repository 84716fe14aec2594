script_test(committee ${CMAKE_CURRENT_SOURCE_DIR}/flow/committee.py)
script_test(commands ${CMAKE_CURRENT_SOURCE_DIR}/flow/commands.py)
script_test(doors ${CMAKE_CURRENT_SOURCE_DIR}/flow/doors.py)
