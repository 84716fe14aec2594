script_test(chain ${CMAKE_CURRENT_SOURCE_DIR}/flow/chain.py)
script_test(decisions ${CMAKE_CURRENT_SOURCE_DIR}/flow/decisions.py)
script_test(intake ${CMAKE_CURRENT_SOURCE_DIR}/flow/intake.py)
